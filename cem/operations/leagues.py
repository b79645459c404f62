"""Units compared in one metric: shares with their intervals and bands of ranks, means side by side without ranks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from cem.operations.figures import OperationalTotal, operational_totals
from cem.operations.lines import SCALE, counted
from cem.operations.models import MEAN, SHARE, OperationalMetric
from cem.operations.places import Place
from cem.scorecards.offers import Offers
from metrics import Estimate, compare_many, proportion
from surveys.languages import Language
from surveys.questionnaire import Text

_ENOUGH = 10
_LAST = (10**9, 10**9)


@dataclass(frozen=True)
class UnitRow:
    """A unit. The interval says how far its share would move by chance alone if it worked on as it does."""

    code: str
    names: Text
    total: OperationalTotal
    estimate: Estimate
    band: tuple[int, int] | None


@dataclass(frozen=True)
class UnitLeague:
    """The units right below a place, best band first, and the axis that they share."""

    rows: tuple[UnitRow, ...]
    low: float
    high: float
    ranked: int

    def place(self, value: float) -> float:
        """Where a value stands on the axis, in percent of its length."""
        return round(100 * (value - self.low) / (self.high - self.low), 2)

    @property
    def level(self) -> bool:
        """Whether no unit can be told from another."""
        return all(row.band in {None, (1, self.ranked)} for row in self.rows)


def build_unit_league(
    session: Session, metric: OperationalMetric, place: Place, offers: Offers, language: Language
) -> UnitLeague | None:
    """None where there is nothing to compare."""
    children = offers.children(place.unit)
    last = place.period.end - timedelta(days=1)
    totals = operational_totals(session, [metric.code], children, place.period.start, last)
    found = {unit: total for (_, unit), total in totals.items() if total.value is not None}
    if len(found) < 2:
        return None
    bands = _bands(metric, found)
    rows = [
        UnitRow(code, offers.units[code].names, total, interval_of(total), bands.get(code))
        for code, total in found.items()
    ]
    rows.sort(key=lambda row: (row.band or _LAST, language.sort_key(language.own(row.names))))
    return UnitLeague(tuple(rows), *_axis(metric, rows), ranked=len(bands))


def interval_of(total: OperationalTotal) -> Estimate:
    """A share with Wilson's interval, as if its cases were some of many like them; a mean has none."""
    if total.kind != SHARE:
        return total.estimate()
    return proportion(float(total.numerator), float(total.denominator))


def _bands(metric: OperationalMetric, totals: Mapping[str, OperationalTotal]) -> Mapping[str, tuple[int, int]]:
    """The ranks that each unit may hold; means come without the spread that would tell units apart."""
    if metric.kind != SHARE:
        return {}
    enough = {code: counted(total, good=True) for code, total in totals.items() if total.n >= _ENOUGH}
    if len(enough) < 2:
        return {}
    bands = compare_many(enough, kpi="csat", **SCALE).bands
    return {code: band for code, band in bands.items() if band is not None}


def _axis(metric: OperationalMetric, rows: list[UnitRow]) -> tuple[float, float]:
    """Means stand on an axis from zero: nothing else says how large their differences are."""
    ends = [end for row in rows for end in (row.estimate.low, row.estimate.value, row.estimate.high) if end is not None]
    low, high = min(ends), max(ends)
    if metric.kind == MEAN:
        low = min(low, 0.0)
    room = max((high - low) * 0.06, 1e-9)
    return low - room, high + room
