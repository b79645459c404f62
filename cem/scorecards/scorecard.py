"""The scorecard: from tallies to what the page, a report and a reward show, so that they are the same numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from cem.scorecards.choices import Choice
from cem.scorecards.comments import Remark, latest_comments
from cem.scorecards.disclosure import closed_series
from cem.scorecards.kpis import Kpi
from cem.scorecards.leagues import League, build_league
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import MINIMUM, hidden
from cem.scorecards.targets import targets_of
from metrics import Comparison, Estimate, Histogram, adjust_p_values
from metrics.net_promoter import net_groups
from surveys.languages import N_, Language, Month
from surveys.tallies import Cell, Periods, read

# A change is called real where chance would make it less often than this.
ALPHA = 0.05

Months = Mapping[str, Mapping[Month, Histogram]]


@dataclass(frozen=True)
class Point:
    """A month of the trend; without `estimate` its answers are too few to be shown."""

    month: Month
    estimate: Estimate | None


@dataclass(frozen=True)
class Tile:
    """A KPI over the period. Without `estimate` its answers are too few to be shown, and `answers` is empty.

    `real` is the verdict on its change, with the number of changes on the same page taken into account.
    """

    kpi: Kpi
    estimate: Estimate | None
    answers: Histogram
    change: Comparison | None
    target: float | None
    trend: tuple[Point, ...]
    real: bool = False

    @property
    def places(self) -> int:
        return self.kpi.places if self.estimate is None else self.kpi.places_for(self.estimate)

    @property
    def finest(self) -> int:
        """The decimals that every month of the trend can be told by."""
        estimates = [point.estimate for point in self.trend if point.estimate is not None]
        return max(map(self.kpi.places_for, estimates), default=self.places)

    @property
    def shown(self) -> bool:
        return self.estimate is not None and self.estimate.enough()

    def write_target(self, language: Language) -> str:
        """A target is a round number: it gets no more decimals than it needs."""
        target = self.target or 0
        places = next((places for places in range(3) if round(target, places) == target), 3)
        return self.kpi.write(language, target, places)

    @property
    def groups(self) -> tuple[tuple[str, str, int, float], ...]:
        """Promoters, passives and detractors of an NPS: code, name, how many, and their share in percent."""
        if self.kpi.kind != "nps" or not self.shown:
            return ()
        split = net_groups(self.answers)
        named = (
            ("promoter", N_("Promoters"), split.promoters),
            ("passive", N_("Passives"), split.passives),
            ("detractor", N_("Detractors"), split.detractors),
        )
        return tuple((code, name, int(count), 100 * count / split.n) for code, name, count in named)

    @property
    def against_target(self) -> str:
        """`above` or `below` where the whole interval is, otherwise `open`; nothing without a target."""
        if self.target is None or self.estimate is None or self.estimate.low is None or self.estimate.high is None:
            return ""
        if self.estimate.low >= self.target:
            return "above"
        return "below" if self.estimate.high < self.target else "open"


@dataclass(frozen=True)
class Scorecard:
    tiles: tuple[Tile, ...]
    focus: Tile
    touchpoints: League | None
    units: League | None
    comments: tuple[Remark, ...]
    suspect: int
    answers_today: int


def build_scorecard(reader: Session, choice: Choice, offers: Offers, today: date, *, comments: bool) -> Scorecard:
    """What a choice shows; `comments` where the person may read respondents' own words."""
    months = _read_months(reader, choice)
    targets = targets_of(reader, choice.survey_id, choice.unit, today)
    closed = closed_series(reader, choice, offers)
    tiles = _judged(
        Tile(kpi, None, Histogram(), None, targets.get(kpi.series), ())
        if kpi.series in closed
        else _build_tile(kpi, choice, months[kpi.series], targets.get(kpi.series))
        for kpi in choice.kpis
    )
    focus = next(tile for tile in tiles if tile.kpi.series == choice.kpi)
    return Scorecard(
        tiles=tiles,
        focus=focus,
        touchpoints=None if choice.kpi in closed else _compare_touchpoints(reader, choice, offers),
        units=None if choice.kpi in closed else _compare_units(reader, choice, offers),
        # Below the minimum the words of a few would be as telling as their scores.
        comments=latest_comments(reader, choice) if comments and focus.estimate is not None else (),
        suspect=_count_suspect(reader, choice),
        answers_today=count_today(reader, choice, today),
    )


def count_today(reader: Session, choice: Choice, today: date) -> int:
    """How many scores were given today: the cheapest number that changes with every answer."""
    counted = read(reader, choice.where(), _series(choice), Periods((today,), today + timedelta(days=1)))
    return int(sum(h.n for h in counted.values()))


def _series(choice: Choice) -> list[str]:
    return [kpi.series for kpi in choice.kpis]


def _whole(choice: Choice) -> Periods:
    return Periods((choice.period.start,), choice.period.end)


def _read_months(reader: Session, choice: Choice) -> Months:
    months = choice.period.read_months
    periods = Periods(tuple(month.first_day for month in months), choice.period.end)
    counted = read(reader, choice.where(), _series(choice), periods)
    return {
        series: {month: counted.get(Cell(series, place), Histogram()) for place, month in enumerate(months)}
        for series in _series(choice)
    }


def _build_tile(kpi: Kpi, choice: Choice, months: Mapping[Month, Histogram], target: float | None) -> Tile:
    period = choice.period
    now = {month: h for month, h in months.items() if month >= period.first}
    before = {month: h for month, h in months.items() if period.first.plus(-period.months) <= month < period.first}
    answers, earlier = sum(now.values(), Histogram()), sum(before.values(), Histogram())
    estimate = kpi.estimate(answers)
    if 0 < estimate.n < MINIMUM:
        return Tile(kpi, None, Histogram(), None, target, ())
    comparable = estimate.enough() and kpi.estimate(earlier).enough()
    change = kpi.change(earlier, answers) if comparable else None
    return Tile(kpi, estimate, answers, change, target, _build_trend(kpi, choice, months))


def _judged(tiles: Iterable[Tile]) -> tuple[Tile, ...]:
    """The tiles of a page with the verdicts on their changes: of many that are noise, some would look real alone."""
    tiles = tuple(tiles)
    adjusted = adjust_p_values([tile.change.p if tile.change else None for tile in tiles])
    return tuple(replace(tile, real=q is not None and q < ALPHA) for tile, q in zip(tiles, adjusted, strict=True))


def _build_trend(kpi: Kpi, choice: Choice, months: Mapping[Month, Histogram]) -> tuple[Point, ...]:
    first = choice.period.first
    before = first.plus(-choice.period.months)
    # The months of a period add up to what its tile shows, so each period is closed against subtraction by itself.
    blocks: dict[int, dict[Month, float]] = {0: {}, 1: {}, 2: {}}
    for month, h in months.items():
        blocks[0 if month >= first else 1 if month >= before else 2][month] = h.n
    closed = frozenset[Month]().union(*(hidden(block) for block in blocks.values()))
    shown = [month for month in months if month in choice.period.trend]
    return tuple(Point(month, None if month in closed else kpi.estimate(months[month])) for month in shown)


def _compare_touchpoints(reader: Session, choice: Choice, offers: Offers) -> League | None:
    counted = read(reader, choice.where(), [choice.kpi], _whole(choice), by="touchpoint")
    names = {code: touchpoint.names for code, touchpoint in offers.touchpoints.items()}
    return build_league(choice.focus, {cell.group: h for cell, h in counted.items()}, names)


def _compare_units(reader: Session, choice: Choice, offers: Offers) -> League | None:
    """The units right below the chosen one, each with all that is below it."""
    children = offers.children(choice.unit)
    if len(children) < 2:
        return None
    counted = read(reader, choice.where(), [choice.kpi], _whole(choice), by="unit")
    groups = {
        child: sum((h for cell, h in counted.items() if cell.group in below), Histogram())
        for child in children
        if (below := offers.subtree(child))
    }
    names = {code: unit.names for code, unit in offers.units.items()}
    above = offers.units[children[0]].parent
    beside = sum(h.n for cell, h in counted.items() if cell.group == above)
    return build_league(choice.focus, groups, names, beside)


def _count_suspect(reader: Session, choice: Choice) -> int:
    """Responses that were flagged and are left out; who answered several questions is counted once."""
    counted = read(reader, choice.where("suspect"), _series(choice), _whole(choice))
    return int(max((h.n for h in counted.values()), default=0))
