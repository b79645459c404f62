"""Where nothing happens, nothing is found."""

import uuid
from datetime import date

import numpy as np
import pytest

from cem.scorecards.choices import Choice
from cem.scorecards.courses import build_course
from cem.scorecards.findings.changes import find_breaks, find_parts
from cem.scorecards.findings.finding import Finding, proven
from cem.scorecards.findings.mix import find_mix, split_of
from cem.scorecards.findings.oddities import find_outliers, find_seasons, find_standing
from cem.scorecards.findings.scene import Scene
from cem.scorecards.history import History
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from cem.scorecards.periods import read_period
from metrics import Histogram
from surveys.models import Unit

TODAY = date(2026, 3, 25)
UNITS = [f"unit-{n}" for n in range(12)]
TOUCHPOINTS = [f"touchpoint-{n}" for n in range(5)]
KPIS = [
    (Kpi("k", "nps", {"en": "Recommend?"}, range(11)), [0.1 / 7] * 7 + [0.15, 0.2, 0.25, 0.3]),
    (Kpi("k", "csat", {"en": "Satisfied?"}, range(1, 6)), [0, 0.05, 0.08, 0.15, 0.35, 0.37] + [0] * 5),
]
PAGES = 60


def a_scene(kpi: Kpi, chances: np.ndarray, seed: int) -> Scene:
    """Two years of a company in which nothing happens; four hundred answers a month."""
    generator = np.random.default_rng(seed)
    period = read_period("12m", "jalali", TODAY)
    choice = Choice("s", uuid.UUID(int=1), period, "", "", "", "k", (kpi,), None, "", anonymous=False)
    sizes = generator.poisson(400 / 60, (24, len(TOUCHPOINTS), len(UNITS)))
    counts = generator.multinomial(sizes, chances)
    halves = counts[:12].sum(axis=0), counts[12:].sum(axis=0)
    before, now = (
        {(t, u): Histogram(half[i, j].tolist()) for i, t in enumerate(TOUCHPOINTS) for j, u in enumerate(UNITS)}
        for half in halves
    )
    rows = counts.sum(axis=2)
    touchpoints = {t: tuple(Histogram(row[i].tolist()) for row in rows) for i, t in enumerate(TOUCHPOINTS)}
    totals = {"k": tuple(Histogram(row.tolist()) for row in counts.sum(axis=(1, 2)))}
    history = History(period.read_months, totals, touchpoints, before, now)
    units = {code: Unit(code=code, names={"en": code}) for code in UNITS}
    course = build_course(kpi, choice, history.of("k"), frozenset())
    assert course is not None
    return Scene(choice, Offers({}, units, {}), history, course)


def found(scene: Scene) -> list[Finding]:
    part, split = split_of(scene)
    return proven(
        [
            *find_mix(scene, part, split, real=True),
            *find_breaks(scene),
            *find_parts(scene, part, split),
            *find_outliers(scene),
            *find_seasons(scene),
            *find_standing(scene),
        ]
    )


@pytest.mark.parametrize(("kpi", "shares"), KPIS, ids=lambda value: getattr(value, "kind", ""))
def test_few_pages_find_what_is_not_there(kpi: Kpi, shares: list[float]) -> None:
    """Of pages without any effect fewer than 5 in 100 find something, with room for the luck of so many draws."""
    chances = np.array(shares) / sum(shares)
    wrong = sum(bool(found(a_scene(kpi, chances, seed))) for seed in range(PAGES))

    assert wrong <= 0.05 * PAGES + 2 * (0.05 * 0.95 * PAGES) ** 0.5
