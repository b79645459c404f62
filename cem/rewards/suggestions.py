"""Threshold, target and stretch as the company's own past year suggests them, with what they rest on.

Units are shrunken before they are looked at: the best and worst of raw scores are mostly small units with luck. The
threshold is then what about 85% of the units reach, the target about 55%, and the stretch about one in ten.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import numpy as np
from sqlalchemy.orm import Session

from cem.operations.figures import OperationalTotal, operational_totals
from cem.rewards.sources import Sourced
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import hidden
from metrics import Histogram
from surveys.languages import N_
from surveys.questionnaire import Text
from surveys.tallies import Periods, Where, read

# Which share of the units stays below the threshold, the target and the stretch.
BELOW = (0.15, 0.45, 0.9)
FEWEST_UNITS = 5
# Twice the standard error: how far a sample of so many lies from the truth, nineteen times of twenty.
_Z = 1.96
Basis = Literal["units", "company", "nothing"]
BASES: Mapping[Basis, str] = {
    "units": N_(
        "From %(start)s to %(end)s, %(units)s units with %(n)s answers or cases: of their scores without the luck of "
        "small numbers, %(t0)s reached the threshold, %(t1)s the target and %(t2)s the stretch."
    ),
    "company": N_(
        "From %(start)s to %(end)s the company stood at %(value)s (%(n)s answers or cases). There are too few units to "
        "compare, so the target is where it stood, and the other two lie a margin of error away."
    ),
    "nothing": N_("There is nothing from %(start)s to %(end)s to suggest targets from. Set them with care."),
}


@dataclass(frozen=True)
class PastUnit:
    """What a unit stood at in the past year; `steady` is the score that points are set against."""

    code: str
    names: Text
    n: float
    value: float
    low: float | None
    high: float | None
    steady: float


@dataclass(frozen=True)
class Past:
    """The past year of a source: each unit that may be shown, and the whole company."""

    start: date
    end: date
    units: tuple[PastUnit, ...]
    n: float
    value: float | None
    low: float | None = None
    high: float | None = None
    # The standard deviation of one answer; None where the number is no sample.
    deviation: float | None = None

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    def margin(self, n: int) -> float | None:
        """The margin of error of so many answers."""
        return None if self.deviation is None else _Z * self.deviation / math.sqrt(n)


@dataclass(frozen=True)
class Suggestion:
    """Three points and what they rest on; `reached` is how many units would have reached each."""

    threshold: Decimal
    target: Decimal
    stretch: Decimal
    basis: Basis
    reached: tuple[int, int, int] = (0, 0, 0)


def read_past(
    session: Session, offers: Offers, sourced: Sourced, start: date, end: date, units: Collection[str] = ()
) -> Past:
    """The days from `start` until the day before `end`, in these units or in all that have none below them."""
    leaves = sorted(units) or [code for code in offers.units if not offers.children(code)]
    if sourced.survey and sourced.kpi:
        where = Where(sourced.survey.survey_id)
        counted = read(session, where, [sourced.kpi.series], Periods((start,), end), by="unit")
        return _answered(offers, sourced.kpi, {cell.group: h for cell, h in counted.items()}, leaves, (start, end))
    code = sourced.metric.code if sourced.metric else ""
    totals = operational_totals(session, [code], [*leaves, ""], start, end - timedelta(days=1))
    return _counted(offers, {unit: total for (_, unit), total in totals.items()}, leaves, (start, end))


def _answered(
    offers: Offers, kpi: Kpi, by_unit: Mapping[str, Histogram], leaves: Sequence[str], days: tuple[date, date]
) -> Past:
    whole = sum(by_unit.values(), Histogram())
    groups = {
        leaf: sum((h for unit, h in by_unit.items() if unit in below), Histogram())
        for leaf in leaves
        if (below := offers.subtree(leaf))
    }
    beside = whole.n - sum(h.n for h in groups.values())
    closed = hidden({None: max(beside, 0), **{code: h.n for code, h in groups.items()}})
    shown = {code: h for code, h in groups.items() if h.n and code not in closed}
    shrunk = kpi.shrunk(shown).units
    units = []
    for code, h in shown.items():
        estimate, steady = kpi.estimate(h), shrunk.get(code)
        if estimate.value is not None:
            settled = estimate.value if steady is None else steady.value
            names = offers.units[code].names
            units.append(PastUnit(code, names, h.n, estimate.value, estimate.low, estimate.high, settled))
    estimate, average = kpi.estimate(whole), kpi.average(whole)
    deviation = math.sqrt(average.variance) if average else None
    return Past(*days, tuple(units), whole.n, estimate.value, estimate.low, estimate.high, deviation)


def _counted(
    offers: Offers, totals: Mapping[str, OperationalTotal], leaves: Sequence[str], days: tuple[date, date]
) -> Past:
    units = []
    for code in leaves:
        if (total := totals.get(code)) is not None and total.value is not None:
            estimate, value = total.estimate(), float(total.value)
            units.append(PastUnit(code, offers.units[code].names, total.n, value, estimate.low, estimate.high, value))
    whole = totals.get("")
    if whole is None or whole.value is None:
        return Past(*days, tuple(units), 0, None)
    estimate = whole.estimate()
    return Past(*days, tuple(units), whole.n, float(whole.value), estimate.low, estimate.high)


def suggest(sourced: Sourced, past: Past, *, least_n: int = 100, company: bool = False) -> Suggestion:
    """The three points, rounded as people write them; `company` where all are paid on the whole company."""
    sign = -1 if sourced.lower_is_better else 1
    if past.value is None:
        return _apart(sourced, [0, 50, 100] if sign > 0 else [100, 50, 0], 1, "nothing")
    step = _step(sourced, past.value)
    if company or len(past.units) < FEWEST_UNITS:
        away = max(past.margin(least_n) or abs(past.value) * 0.1, 2 * step)
        return _apart(sourced, [past.value - sign * away, past.value, past.value + sign * away], step, "company")
    steady = [sign * unit.steady for unit in past.units]
    points = [sign * float(np.quantile(steady, below)) for below in BELOW]
    found = _apart(sourced, points, step, "units")
    reached = [
        sum(sign * unit.steady >= sign * float(point) for unit in past.units)
        for point in (found.threshold, found.target, found.stretch)
    ]
    return Suggestion(found.threshold, found.target, found.stretch, "units", (reached[0], reached[1], reached[2]))


def _step(sourced: Sourced, value: float) -> float:
    """To what points are rounded: whole points, tenths of a scale, or the second digit of a number."""
    if sourced.percent or (sourced.kpi and sourced.kpi.kind == "nps"):
        return 1
    if sourced.kpi:
        return 0.1
    return float(10.0 ** (math.floor(math.log10(abs(value))) - 1)) if value else 0.1


def _apart(sourced: Sourced, points: Sequence[float], step: float, basis: Basis) -> Suggestion:
    """Rounded, within the bounds, and at least two steps apart, so that the curve has somewhere to rise."""
    sign = -1 if sourced.lower_is_better else 1
    low, high = sorted(sign * bound for bound in sourced.bounds)
    steps = [round(sign * point / step) for point in points]
    steps[1] = round(min(max(steps[1], low / step + 2), high / step - 2))
    steps[0] = round(max(min(steps[0], steps[1] - 2), low / step))
    steps[2] = round(min(max(steps[2], steps[1] + 2), high / step))
    places = max(0, -math.floor(math.log10(step)))
    written = [Decimal(f"{sign * one * step:.{places}f}") for one in steps]
    return Suggestion(written[0], written[1], written[2], basis)
