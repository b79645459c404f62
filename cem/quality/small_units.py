"""Small units: a unit's own score beside the one that chance is taken out of, and how far either can be relied on."""

import math
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cem.quality.axes import Axis
from cem.scorecards.choices import Choice
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import hidden
from metrics import Estimate, Histogram, Prior, shrink_units
from metrics.averages import pooled, worth_of
from metrics.comparisons.targets import SharePrior
from metrics.shrinkage.normal import answers_for_reliability
from surveys.languages import N_
from surveys.questionnaire import Text
from surveys.tallies import Periods, read

RELIABLE = 0.7
# So many answers of an average unit beside its own are a fit that found no difference.
UNLIKELY = 1e6
FEWEST_ANSWERS = 2

REASONS = {
    "too_few_units": N_(
        "Fewer than five units have answers here, so nobody can tell how far units lie apart. Choose a larger part."
    ),
    "no_variation": N_("All answers agree, so there is nothing to tell the units apart by."),
}


@dataclass(frozen=True)
class Row:
    """A unit; without `raw` its answers are too few to be shown, without `shrunk` it cannot be shrunken."""

    code: str
    names: Text
    raw: Estimate | None
    shrunk: Estimate | None = None
    reliability: float | None = None
    needed: float | None = None


@dataclass(frozen=True)
class SmallUnits:
    """The units below a choice, by name; `reason` where they are not shrunken. `whole` is what they are drawn to."""

    rows: tuple[Row, ...]
    reason: str | None
    whole: float | None
    axis: Axis
    alike: bool


def read_units(reader: Session, choice: Choice, kpi: Kpi, offers: Offers) -> SmallUnits | None:
    """Every measured unit below the choice that has no other below it; None with fewer than two."""
    below = offers.subtree(choice.unit) if choice.unit else frozenset(offers.units)
    leaves = [code for code in offers.units if code in below and not offers.children(code)]
    if len(leaves) < 2:
        return None
    period = Periods((choice.period.start,), choice.period.end)
    counted = {cell.group: h for cell, h in read(reader, choice.where(), [kpi.series], period, by="unit").items()}
    groups = {code: counted.get(code, Histogram()) for code in leaves}
    beside = sum(h.n for code, h in counted.items() if code not in groups)
    closed = hidden({None: beside, **{code: h.n for code, h in groups.items()}})
    open_ = {code: h for code, h in groups.items() if code not in closed and h.n >= FEWEST_ANSWERS}
    found = shrink_units(open_, kpi.known_as, **kpi.scale)
    rows = []
    for code, h in groups.items():
        row = Row(code, offers.units[code].names, None if code in closed else kpi.estimate(h))
        if (unit := found.units.get(code)) is not None:
            shrunk = Estimate(unit.value, unit.low, unit.high, h.n, h.n, "shrunken")
            row = Row(code, row.names, row.raw, shrunk, unit.reliability, _needed(kpi, open_, found.prior))
        rows.append(row)
    drawn = [estimate for row in rows for estimate in (row.raw, row.shrunk) if row.shrunk]
    alike = found.reason is None and _needed(kpi, open_, found.prior) is None
    return SmallUnits(tuple(rows), found.reason, _mean(found.prior), Axis.of(kpi, drawn), alike)


def _needed(kpi: Kpi, groups: dict[str, Histogram], prior: Prior | SharePrior | None) -> float | None:
    """The answers at which a unit's score has the reliability; None where the units do not differ."""
    if isinstance(prior, SharePrior):
        # A unit's own answers count as many as these of an average unit.
        alike = prior.alpha + prior.beta
        return math.ceil(alike * RELIABLE / (1 - RELIABLE)) if alike < UNLIKELY else None
    worth = worth_of(kpi.known_as, groups.values(), kpi.scale)
    averages = [average for h in groups.values() if (average := worth.average(h)) is not None]
    # Within the units: what lies between them is the other side of the ratio.
    within = pooled(average._replace(mean=0.0) for average in averages)
    if prior is None or within is None or not prior.between or not within.variance:
        return None
    return math.ceil(answers_for_reliability(RELIABLE, math.sqrt(within.variance), prior.between))


def _mean(prior: Prior | SharePrior | None) -> float | None:
    if isinstance(prior, SharePrior):
        return 100 * prior.alpha / (prior.alpha + prior.beta)
    return prior and prior.mean
