"""Touchpoints and units compared: intervals and bands of ranks, never bare ranks."""

from collections.abc import Mapping
from dataclasses import dataclass

from cem.scorecards.kpis import Kpi
from cem.scorecards.privacy import hidden
from metrics import Estimate, Histogram
from surveys.questionnaire import Text

# How far a value must be drawn towards the mean of all before that is told.
SMALL = 0.2


@dataclass(frozen=True)
class Row:
    """A group; without `estimate` its answers are too few to be shown."""

    code: str
    names: Text
    estimate: Estimate | None
    band: tuple[int, int] | None
    # What a small group would most likely be with more answers; None where its own are enough to stand for themselves.
    drawn_in: float | None = None


@dataclass(frozen=True)
class League:
    """The groups, best first, and the axis of the drawing, which holds every interval that is shown."""

    rows: tuple[Row, ...]
    low: float
    high: float
    ranked: int

    def place(self, value: float) -> float:
        """Where a value stands on the axis, in percent of its length."""
        return round(100 * (value - self.low) / (self.high - self.low), 2)

    @property
    def level(self) -> bool:
        """Whether no group can be told from another."""
        return all(row.band in {None, (1, self.ranked)} for row in self.rows)


def build_league(
    kpi: Kpi, groups: Mapping[str, Histogram], names: Mapping[str, Text], beside: float = 0, *, shrink: bool = False
) -> League | None:
    """The league of these groups; None where there is nothing to compare.

    `beside` is how many answers of the whole are in none of the groups: if they are few, they must not be what is left.
    With `shrink`, groups of few answers have beside their own value one that is drawn towards the mean of all.
    """
    estimates = {code: kpi.estimate(h) for code, h in groups.items() if h.n}
    if len(estimates) < 2:
        return None
    closed = hidden({None: beside, **{code: estimate.n for code, estimate in estimates.items()}})
    enough = {code: groups[code] for code, e in estimates.items() if code not in closed and e.enough()}
    bands = kpi.ranked(enough).bands
    drawn_in = _drawn_in(kpi, enough) if shrink else {}
    rows = [
        Row(code, names.get(code, {}), None if code in closed else estimate, bands.get(code), drawn_in.get(code))
        for code, estimate in estimates.items()
    ]
    shown = [estimates[code] for code in enough]
    return League(tuple(sorted(rows, key=_place)), *_axis(kpi, shown), ranked=len(enough))


def _drawn_in(kpi: Kpi, groups: Mapping[str, Histogram]) -> Mapping[str, float]:
    """The shrunken value of each group whose own answers are worth less than four fifths of it; of five groups or more.

    Of fewer nobody can tell how far groups lie apart, and `shrink_units` gives none.
    """
    units = kpi.shrunk(groups).units
    return {code: unit.value for code, unit in units.items() if unit is not None and unit.pull > SMALL}


def _place(row: Row) -> tuple[bool, float, str]:
    known = row.estimate is not None and row.estimate.enough()
    return (not known, -(row.estimate.value or 0) if known and row.estimate else 0, row.code)


def _axis(kpi: Kpi, estimates: list[Estimate]) -> tuple[float, float]:
    lows = [e.low for e in estimates if e.low is not None]
    highs = [e.high for e in estimates if e.high is not None]
    if not lows or not highs:
        return kpi.bounds
    lowest, highest = kpi.bounds
    room = max((max(highs) - min(lows)) * 0.06, 1e-9)
    return max(lowest, min(lows) - room), min(highest, max(highs) + room)
