"""Effects: the KPI before an improvement against after it, and against units that were not changed.

What is counted before and after is equally long; the days right after it was done are left out, while customers get to
notice it. Nothing is said before two weeks of answers are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from cem.improvements.forms import kpi_of
from cem.improvements.improvements import DONE
from cem.improvements.models import Improvement
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from metrics import Comparison, Estimate, Histogram, difference_in_differences
from metrics import Effect as AgainstOthers
from surveys.languages import N_
from surveys.tallies import Cell, Periods, Where, read

# Days: left out after it was done, at most and at least compared.
TRANSITION, LONGEST, LEAST = 7, 90, 14

NOT_DONE, NO_KPI, EARLY, FEW, MEASURED = "not_done", "no_kpi", "early", "few", "measured"
PROVEN, HARMFUL, NOT_PROVEN = "proven", "harmful", "not_proven"
VERDICTS = {
    NOT_DONE: N_("Not done yet"),
    NO_KPI: N_("No KPI is named"),
    EARLY: N_("Too early to tell"),
    FEW: N_("Too few answers"),
    PROVEN: N_("Effect proven"),
    HARMFUL: N_("The KPI got worse"),
    NOT_PROVEN: N_("Effect not proven"),
}


@dataclass(frozen=True)
class Windows:
    """Two equally long stretches of days; each ends the day before its `end`."""

    before: date
    done: date
    after: date
    end: date


@dataclass(frozen=True)
class Measured:
    """What became of an improvement's KPI, in its own points.

    `state` says how far one can tell; from MEASURED on there are two estimates and their difference, and `others` where
    units for comparison had enough answers too. `back_on` is when it is no longer too early.
    """

    state: str
    kpi: Kpi | None = None
    windows: Windows | None = None
    back_on: date | None = None
    before: Estimate | None = None
    after: Estimate | None = None
    change: Comparison | None = None
    others: AgainstOthers | None = None
    expected: float | None = None

    @property
    def value(self) -> float | None:
        """The effect: what is left when the others' change is taken away, or the change itself."""
        return self.others.value if self.others else self.change.difference if self.change else None

    @property
    def low(self) -> float | None:
        return self.others.low if self.others else self.change.low if self.change else None

    @property
    def high(self) -> float | None:
        return self.others.high if self.others else self.change.high if self.change else None

    @property
    def n(self) -> int:
        """The answers of the changed place, before and after."""
        return round((self.before.n if self.before else 0) + (self.after.n if self.after else 0))

    @property
    def significant(self) -> bool:
        """Whether the effect is more than noise would give."""
        return bool(self.others.significant if self.others else self.change and self.change.significant)

    @property
    def verdict(self) -> str:
        """A key of VERDICTS; every KPI is better when it is higher, unless a fall was expected."""
        if self.state != MEASURED:
            return self.state
        if not self.significant or not self.value:
            return NOT_PROVEN
        return PROVEN if (self.value > 0) == ((self.expected or 1) > 0) else HARMFUL

    @property
    def as_expected(self) -> bool | None:
        """Whether the expected change lies within the interval; None where none was expected or nothing is known."""
        if self.expected is None or self.low is None or self.high is None:
            return None
        return self.low <= self.expected <= self.high


def read_windows(done: date, today: date) -> Windows | date:
    """What is compared today, which itself is not over; or the day from which on there is enough."""
    after = done + timedelta(days=TRANSITION)
    days = min(LONGEST, (today - after).days)
    if days < LEAST:
        return after + timedelta(days=LEAST)
    return Windows(done - timedelta(days=days), done, after, after + timedelta(days=days))


def measure_effect(reader: Session, row: Improvement, offers: Offers, today: date) -> Measured:
    """The effect of an improvement as far as it can be told today, from valid answers."""
    kpi = kpi_of(row, offers)
    if row.status != DONE or row.done_on is None:
        return Measured(NOT_DONE, kpi, expected=row.expected)
    if kpi is None:
        return Measured(NO_KPI)
    found = read_windows(row.done_on, today)
    if isinstance(found, date):
        return Measured(EARLY, kpi, back_on=found, expected=row.expected)
    before, after = _count(reader, where_of(row, offers), kpi, found)
    first, second = kpi.estimate(before), kpi.estimate(after)
    if not (first.enough() and second.enough()):
        return Measured(FEW, kpi, found, expected=row.expected)
    others = None
    if row.control_units:
        control = _count(reader, where_of(row, offers, row.control_units), kpi, found)
        others = difference_in_differences(before, after, *control, kpi=kpi.known_as, **kpi.scale)
        others = others if others.enough() else None
    change = kpi.change(before, after)
    return Measured(MEASURED, kpi, found, None, first, second, change, others, row.expected)


def where_of(row: Improvement, offers: Offers, units: Sequence[str] | None = None) -> Where:
    """Which answers an improvement is about, or the same of other units."""
    if row.survey_id is None:
        raise ValueError("an improvement without a KPI has no answers")
    named = units if units is not None else [row.unit] if row.unit else None
    codes = None if named is None else frozenset(code for one in named for code in offers.subtree(one))
    return Where(row.survey_id, touchpoints=[row.touchpoint] if row.touchpoint else None, units=codes)


def _count(reader: Session, where: Where, kpi: Kpi, windows: Windows) -> tuple[Histogram, Histogram]:
    periods = Periods((windows.before, windows.done, windows.after), windows.end)
    counted = read(reader, where, [kpi.series], periods)
    before, after = (counted.get(Cell(kpi.series, place), Histogram()) for place in (0, 2))
    return before, after
