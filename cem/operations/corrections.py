"""What was corrected: every figure that was there before stays, beside the one that counts now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from cem.operations.figures import OperationalTotal
from cem.operations.models import OperationalFigure, OperationalMetric

SHOWN = 30


@dataclass(frozen=True)
class Correction:
    """A figure and the one that replaced it."""

    unit: str
    first_day: date
    last_day: date
    before: OperationalTotal
    after: OperationalTotal
    received_at: datetime


def read_corrections(
    session: Session, metric: OperationalMetric, units: Collection[str] | None, most: int = SHOWN
) -> list[Correction]:
    """The latest corrections of a metric in these units (None: all), the newest first."""
    earlier = aliased(OperationalFigure)
    same = (getattr(earlier, name) == getattr(OperationalFigure, name) for name in _KEY)
    statement = (
        select(earlier, OperationalFigure)
        .join(OperationalFigure, and_(*same, OperationalFigure.revision == earlier.revision + 1))
        .where(OperationalFigure.metric == metric.code)
        .order_by(OperationalFigure.received_at.desc(), OperationalFigure.unit, OperationalFigure.first_day)
        .limit(most)
    )
    if units is not None:
        statement = statement.where(OperationalFigure.unit.in_(units))
    return [
        Correction(
            after.unit,
            after.first_day,
            after.last_day,
            _as_total(metric, before),
            _as_total(metric, after),
            after.received_at,
        )
        for before, after in session.execute(statement)
    ]


_KEY = ("metric", "unit", "first_day", "last_day")


def _as_total(metric: OperationalMetric, figure: OperationalFigure) -> OperationalTotal:
    return OperationalTotal(
        metric=metric.code,
        unit=figure.unit,
        numerator=Fraction(figure.numerator),
        denominator=Fraction(figure.denominator),
        kind=metric.kind,
        census=metric.census,
        lower_is_better=metric.lower_is_better,
        received_at=figure.received_at,
    )
