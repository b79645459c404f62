"""History: the counts behind a scorecard, read once; tiles, trend, leagues and findings are all made of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cem.scorecards.choices import Choice
from cem.scorecards.privacy import hidden
from metrics import Histogram
from surveys.languages import Month
from surveys.tallies import Cell, Periods, read, read_places

Place = tuple[str, str]


@dataclass(frozen=True)
class History:
    """Months of every KPI, and for the one in focus its months by touchpoint and its answers by place.

    A place is a touchpoint and a unit; `before` is the period before that of the choice.
    """

    months: tuple[Month, ...]
    totals: Mapping[str, tuple[Histogram, ...]]
    touchpoints: Mapping[str, tuple[Histogram, ...]]
    before: Mapping[Place, Histogram]
    now: Mapping[Place, Histogram]

    def of(self, series: str) -> Mapping[Month, Histogram]:
        return dict(zip(self.months, self.totals[series], strict=True))


def read_history(reader: Session, choice: Choice) -> History:
    months = choice.period.read_months
    periods = Periods(tuple(month.first_day for month in months), choice.period.end)
    others = [kpi.series for kpi in choice.kpis if kpi.series != choice.kpi]
    counted = read(reader, choice.where(), others, periods) if others else {}
    focus = read(reader, choice.where(), [choice.kpi], periods, by="touchpoint")
    places = range(len(months))
    touchpoints = {
        code: tuple(focus.get(Cell(choice.kpi, place, code), Histogram()) for place in places)
        for code in sorted({cell.group for cell in focus})
    }
    totals = {series: tuple(counted.get(Cell(series, place), Histogram()) for place in places) for series in others}
    totals[choice.kpi] = tuple(sum((row[place] for row in touchpoints.values()), Histogram()) for place in places)
    halves = _read_halves(reader, choice)
    return History(months, totals, touchpoints, *halves)


def _read_halves(reader: Session, choice: Choice) -> tuple[Mapping[Place, Histogram], Mapping[Place, Histogram]]:
    """The focus by place, before and now."""
    period = choice.period
    before = period.first.plus(-period.months).first_day
    counted = read_places(reader, choice.where(), choice.kpi, Periods((before, period.start), period.end))
    halves: tuple[dict[Place, Histogram], dict[Place, Histogram]] = ({}, {})
    for (half, touchpoint, unit), h in counted.items():
        halves[half][touchpoint, unit] = h
    return halves


def closed_months(choice: Choice, months: Mapping[Month, Histogram]) -> frozenset[Month]:
    """The months to hide.

    Those of a period add up to what its tile shows, so each period is closed against subtraction by itself.
    """
    first = choice.period.first
    before = first.plus(-choice.period.months)
    blocks: dict[int, dict[Month, float]] = {0: {}, 1: {}, 2: {}}
    for month, h in months.items():
        blocks[0 if month >= first else 1 if month >= before else 2][month] = h.n
    return frozenset[Month]().union(*(hidden(block) for block in blocks.values()))
