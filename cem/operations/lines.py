"""A metric as pages show it: its total over a period beside the one before, its target, its months, how fresh it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.operations.figures import (
    OperationalTotal,
    exact_sums,
    joined,
    newest,
    operational_metrics,
)
from cem.operations.models import SHARE, OperationalFigure, OperationalMetric
from cem.operations.places import Place
from cem.operations.targets import operational_targets
from metrics import Estimate, Histogram, compare
from surveys.languages import N_, Language, Month

MONTHS = 24


@dataclass(frozen=True)
class Span:
    """What a metric counted on some days, in all units that are asked about."""

    first: date
    last: date
    numerator: Fraction
    denominator: Fraction
    received_at: datetime

    @property
    def middle(self) -> date:
        """A month of one calendar lies across two of the other: its middle says which of them it is most of."""
        return self.first + (self.last - self.first) / 2


@dataclass(frozen=True)
class OperationalMonth:
    """The figures of a month, with the days that they cover; without any there is no total."""

    month: Month
    first: date | None = None
    last: date | None = None
    total: OperationalTotal | None = None


@dataclass(frozen=True)
class Line:
    """A metric at a place; `latest` is the last day that its figures cover."""

    metric: OperationalMetric
    now: OperationalTotal | None
    before: OperationalTotal | None
    target: Decimal | None
    months: tuple[OperationalMonth, ...]
    latest: date | None
    late_since: date | None

    @property
    def estimate(self) -> Estimate | None:
        return self.now.estimate() if self.now and self.now.value is not None else None

    @property
    def change(self) -> Fraction | None:
        """How far the value has moved since the period before."""
        if self.now is None or self.before is None or self.now.value is None or self.before.value is None:
            return None
        return self.now.value - self.before.value

    @property
    def better(self) -> bool | None:
        """Whether it moved the right way; None where chance alone could have moved it, or nobody can tell."""
        if not self.change or not self.real:
            return None
        return (self.change < 0) is self.metric.lower_is_better

    @property
    def real(self) -> bool | None:
        """Whether more than chance moved a share, as if its cases were some of many like them.

        Of a census the change is a fact; that something works differently now is not. None for a mean: without the
        spread of its cases nobody can tell.
        """
        if self.metric.kind != SHARE or self.now is None or self.before is None or self.change is None:
            return None
        return bool(compare(counted(self.now), counted(self.before), kpi="csat", **SCALE).significant)

    @property
    def against_target(self) -> str:
        """`reached` or `missed`, `open` where the interval holds the target; nothing without one."""
        estimate = self.estimate
        if self.target is None or estimate is None or estimate.value is None:
            return ""
        target = float(self.target)
        low = estimate.value if estimate.low is None else estimate.low
        high = estimate.value if estimate.high is None else estimate.high
        if self.metric.lower_is_better:
            low, high, target = -high, -low, -target
        if low >= target:
            return "reached"
        return "missed" if high < target else "open"

    def write(self, language: Language, value: Fraction | Decimal | float, places: int = 1) -> str:
        return write(language, self.metric, value, places)


# A share as a scale of two points, the upper of which counts.
SCALE: dict[str, Any] = {"top": 1, "points": 2}


def counted(total: OperationalTotal, *, good: bool = False) -> Histogram:
    """A share as answers on a scale of two points; with `good`, of cases that went well."""
    hits, n = round(total.numerator), round(total.denominator)
    if good and total.lower_is_better:
        hits = n - hits
    return Histogram([0, n - hits, hits])


def write(language: Language, metric: OperationalMetric, value: Fraction | Decimal | float, places: int = 1) -> str:
    """A share in percent, a mean with what it is measured in."""
    if metric.kind == SHARE:
        return language.percent(float(value), places)
    unit = language.own(metric.measured_in)
    return f"{language.number(float(value), places)} {unit}".strip()


def write_target(language: Language, line: Line) -> str:
    """A target is a round number: it gets no more decimals than it needs."""
    target = line.target or Decimal(0)
    places = next((places for places in range(3) if round(target, places) == target), 3)
    return write(language, line.metric, target, places)


STILL = N_("as in %(before)s")
MORE = N_("%(size)s more than in %(before)s")
LESS = N_("%(size)s less than in %(before)s")
ALONE = N_("there is nothing before it to compare with")


def change_in_words(language: Language, line: Line, place: Place) -> str:
    """How the value moved since the period before."""
    if line.change is None:
        return language.gettext(ALONE)
    size = language.number(abs(float(line.change)), 1)
    if line.metric.kind == SHARE:
        size = language.fill(N_("%(n)s points"), {"n": size})
    said = STILL if not round(line.change, 1) else MORE if line.change > 0 else LESS
    return language.fill(said, {"size": size, "before": place.period.before(language)})


def read_lines(session: Session, place: Place, calendar: str, today: date, codes: Sequence[str] = ()) -> list[Line]:
    """The metrics at a place, from one grouped query; all of them, or those of these codes."""
    metrics = [one for one in operational_metrics(session) if not codes or one.code in codes]
    if not metrics:
        return []
    period = place.period
    known = [one.code for one in metrics]
    targets = operational_targets(session, known, [place.unit], min(today, period.end - timedelta(days=1)))
    history = tuple(period.last.plus(n) for n in range(1 - MONTHS, 1))
    since = min(history[0].first_day, period.first.plus(-period.months).first_day)
    spans = read_spans(session, known, place.units, since - timedelta(days=31))
    return [
        _line(one, place, spans.get(one.code, []), targets.get((one.code, place.unit)), history, calendar, today)
        for one in metrics
    ]


def _line(
    metric: OperationalMetric,
    place: Place,
    spans: Sequence[Span],
    target: Decimal | None,
    history: Sequence[Month],
    calendar: str,
    today: date,
) -> Line:
    period = place.period
    before = period.first.plus(-period.months).first_day
    latest = max((span.last for span in spans), default=None)
    due = latest and latest + timedelta(days=metric.expected_every_days)
    return Line(
        metric=metric,
        now=_total(metric, place.unit, _within(spans, period.start, period.end)),
        before=_total(metric, place.unit, _within(spans, before, period.start)),
        target=target,
        months=tuple(months_of(metric, place.unit, spans, history, calendar)),
        latest=latest,
        late_since=due + timedelta(days=1) if due and today > due else None,
    )


def _within(spans: Iterable[Span], start: date, end: date) -> list[Span]:
    """Those wholly inside; `end` is the day after the last."""
    return [span for span in spans if start <= span.first and span.last < end]


def months_of(
    metric: OperationalMetric, unit: str, spans: Iterable[Span], history: Sequence[Month], calendar: str
) -> Iterable[OperationalMonth]:
    """Each month with the figures that lie mostly in it."""
    found: dict[Month, list[Span]] = {}
    # The period's own calendar, where the address names a month of it.
    calendar = "jalali" if history[-1].year < 1700 else calendar
    for span in spans:
        found.setdefault(Month.of(span.middle, calendar), []).append(span)
    for month in history:
        inside = found.get(month, [])
        if inside:
            first, last = min(span.first for span in inside), max(span.last for span in inside)
            yield OperationalMonth(month, first, last, _total(metric, unit, inside))
        else:
            yield OperationalMonth(month)


def _total(metric: OperationalMetric, unit: str, spans: Sequence[Span]) -> OperationalTotal | None:
    if not spans:
        return None
    return OperationalTotal(
        metric=metric.code,
        unit=unit,
        numerator=sum((span.numerator for span in spans), Fraction()),
        denominator=sum((span.denominator for span in spans), Fraction()),
        kind=metric.kind,
        census=metric.census,
        lower_is_better=metric.lower_is_better,
        received_at=max(span.received_at for span in spans),
    )


def read_spans(
    session: Session, metrics: Sequence[str], units: frozenset[str] | None, since: date
) -> dict[str, list[Span]]:
    """The newest figures of these metrics added up over these units, by their days."""
    days = OperationalFigure.metric, OperationalFigure.first_day, OperationalFigure.last_day
    statement = (
        select(
            *days,
            *exact_sums(OperationalFigure.numerator),
            *exact_sums(OperationalFigure.denominator),
            func.max(OperationalFigure.received_at),
        )
        .where(OperationalFigure.first_day >= since, *newest(metrics, units))
        .group_by(*days)
        .order_by(*days)
    )
    found: dict[str, list[Span]] = {}
    for metric, first, last, *sums, received_at in session.execute(statement):
        span = Span(first, last, joined(*sums[:2]), joined(*sums[2:]), received_at)
        found.setdefault(metric, []).append(span)
    return found
