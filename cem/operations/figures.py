"""Figures added up: what a unit and all below it have counted over some days, exactly.

Scorecards show these totals and rewards are paid on them, so both are the same numbers.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, exists, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from cem.operations.models import MILLIONTHS, SHARE, OperationalFigure, OperationalMetric
from metrics import Estimate, proportion
from surveys.models import Unit

# A first and a last day, both included.
Days = tuple[date, date]
WHOLE = ""
_KEY = ("metric", "unit", "first_day", "last_day")


@dataclass(frozen=True)
class OperationalTotal:
    """What was counted over what, with the moment at which the newest of its figures arrived."""

    metric: str
    unit: str
    numerator: Fraction
    denominator: Fraction
    kind: str
    census: bool
    lower_is_better: bool
    received_at: datetime

    @property
    def value(self) -> Fraction | None:
        """In percent for a share, otherwise the mean; None where nothing was counted."""
        if not self.denominator:
            return None
        return self.numerator / self.denominator * (100 if self.kind == SHARE else 1)

    @property
    def n(self) -> int:
        """How many cases were counted."""
        return int(self.denominator)

    def estimate(self, confidence: float = 0.95) -> Estimate:
        """A share of some cases has Wilson's interval; a census has none, and neither has a mean without squares."""
        if self.kind == SHARE and not self.census:
            return proportion(float(self.numerator), float(self.denominator), confidence)
        value, n = self.value, float(self.denominator)
        return Estimate(None if value is None else float(value), None, None, n, n, "census" if self.census else "none")


def operational_metrics(session: Session) -> list[OperationalMetric]:
    """All metrics, in the order of their codes."""
    return list(session.scalars(select(OperationalMetric).order_by(OperationalMetric.code)))


def operational_totals(
    session: Session,
    metrics: Collection[str],
    units: Collection[str],
    first: date,
    last: date,
    *,
    until: datetime | None = None,
) -> dict[tuple[str, str], OperationalTotal]:
    """The totals by metric and unit of the figures whose days lie wholly within first..last.

    Of each metric, unit and days the newest revision counts; with `until`, the newest that had arrived before it. A
    unit has its own figures and those of all below it; '' is the whole company. Without figures there is no total.
    """
    return totals_by_period(session, metrics, units, [(first, last)], until=until)[0]


def totals_by_period(
    session: Session,
    metrics: Collection[str],
    units: Collection[str],
    periods: Sequence[Days],
    *,
    until: datetime | None = None,
) -> list[dict[tuple[str, str], OperationalTotal]]:
    """The totals of several periods that do not overlap, from one grouped query."""
    below = _below(session, units)
    definitions = {one.code: one for one in operational_metrics(session) if one.code in set(metrics)}
    found: list[dict[tuple[str, str], OperationalTotal]] = [{} for _ in periods]
    if not below or not definitions:
        return found
    reach = None if WHOLE in below else frozenset().union(*below.values())
    for metric, unit, period, numerator, denominator, received_at in _sums(session, definitions, reach, periods, until):
        for asked, codes in below.items():
            if asked != WHOLE and unit not in codes:
                continue
            before = found[period].get((metric, asked))
            found[period][metric, asked] = OperationalTotal(
                metric=metric,
                unit=asked,
                numerator=numerator + (before.numerator if before else 0),
                denominator=denominator + (before.denominator if before else 0),
                kind=definitions[metric].kind,
                census=definitions[metric].census,
                lower_is_better=definitions[metric].lower_is_better,
                received_at=max(received_at, before.received_at) if before else received_at,
            )
    return found


def _below(session: Session, units: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Each of these units with all that is below it, past ones too."""
    children: dict[str | None, list[str]] = {}
    for code, parent in session.execute(select(Unit.code, Unit.parent)):
        children.setdefault(parent, []).append(code)
    found = {}
    for unit in set(units):
        codes = [unit]
        for code in codes:
            codes.extend(children.get(code, ()))
        found[unit] = frozenset(codes)
    return found


def _sums(
    session: Session,
    metrics: Collection[str],
    units: Collection[str] | None,
    periods: Sequence[Days],
    until: datetime | None,
) -> list[tuple[str, str, int, Fraction, Fraction, datetime]]:
    """Metric, unit, place of the period, numerator, denominator and when the newest arrived."""
    inside = [(OperationalFigure.first_day >= first) & (OperationalFigure.last_day <= last) for first, last in periods]
    figures = (
        select(
            OperationalFigure.metric,
            OperationalFigure.unit,
            OperationalFigure.numerator,
            OperationalFigure.denominator,
            OperationalFigure.received_at,
            case(*((within, place) for place, within in enumerate(inside))).label("period"),
        )
        .where(or_(*inside), *newest(metrics, units, until))
        .subquery()
        .c
    )
    statement = select(
        figures.metric,
        figures.unit,
        figures.period,
        *exact_sums(figures.numerator),
        *exact_sums(figures.denominator),
        func.max(figures.received_at),
    ).group_by(figures.metric, figures.unit, figures.period)
    return [
        (metric, unit, period, joined(*sums[:2]), joined(*sums[2:]), received_at)
        for metric, unit, period, *sums, received_at in session.execute(statement)
    ]


def newest(
    metrics: Collection[str], units: Collection[str] | None, until: datetime | None = None
) -> Iterator[ColumnElement[bool]]:
    """What holds of the figures that count: of these metrics and units (None: all), not corrected before `until`."""
    later = aliased(OperationalFigure)
    same = [getattr(later, name) == getattr(OperationalFigure, name) for name in _KEY]
    corrected = exists().where(*same, later.revision > OperationalFigure.revision)
    yield OperationalFigure.metric.in_(metrics)
    if units is not None:
        yield OperationalFigure.unit.in_(units)
    if until is not None:
        yield OperationalFigure.received_at < until
        corrected = corrected.where(later.received_at < until)
    yield ~corrected


def exact_sums(
    column: InstrumentedAttribute[Any] | ColumnElement[Any],
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """A sum in two parts, whole ones and millionths: together they could be more than eight bytes hold."""
    scaled = type_coerce(column, BigInteger)
    return func.sum(scaled // MILLIONTHS), func.sum(scaled % MILLIONTHS)


def joined(whole: Any, millionths: Any) -> Fraction:
    return int(whole) + Fraction(int(millionths), MILLIONTHS)
