"""A KPI's groups: promoters, passives and detractors, or the top, middle and low third of another scale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cem.scorecards.figures import BLUE, GREY, ORANGE
from cem.scorecards.kpis import Kpi
from cem.scorecards.privacy import hidden
from surveys.languages import N_


@dataclass(frozen=True)
class KpiGroup:
    """`one` is the group's name for a single customer within a sentence."""

    code: str
    name: str
    one: str
    colour: str


NPS_GROUPS = (
    KpiGroup("promoter", N_("Promoters"), N_("promoter"), BLUE),
    KpiGroup("passive", N_("Passives"), N_("passive"), GREY),
    KpiGroup("detractor", N_("Detractors"), N_("detractor"), ORANGE),
)
THIRDS = (
    KpiGroup("promoter", N_("Top scores"), N_("customer with a top score"), BLUE),
    KpiGroup("passive", N_("Middle scores"), N_("customer with a middle score"), GREY),
    KpiGroup("detractor", N_("Low scores"), N_("customer with a low score"), ORANGE),
)
TOP, MIDDLE, LOW = "promoter", "passive", "detractor"


def groups_of(kpi: Kpi) -> tuple[KpiGroup, ...]:
    return NPS_GROUPS if kpi.kind == "nps" else THIRDS


def membership(kpi: Kpi, score: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """Which customers each group holds; groups of few are left out, and so is what would tell them."""
    if kpi.kind == "nps":
        top, low = score >= 9, score <= 6
    else:
        worst, best = kpi.points[0], kpi.points[-1]
        place = (score - worst) / (best - worst)
        top, low = place > 0.66, place < 0.34
    groups = {TOP: top, MIDDLE: ~top & ~low, LOW: low}
    closed = hidden({code: int(inside.sum()) for code, inside in groups.items()})
    return {code: inside for code, inside in groups.items() if inside.any() and code not in closed}
