"""The scorecard: from tallies to what the page, a report and a reward show, so that they are the same numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from cem.scorecards.annotations import Note, annotations_of
from cem.scorecards.benchmarks import Compared, benchmarks_of
from cem.scorecards.choices import Choice
from cem.scorecards.comments import Remark, latest_comments
from cem.scorecards.courses import Course, Point, build_course
from cem.scorecards.disclosure import closed_series
from cem.scorecards.findings.changes import Broken
from cem.scorecards.findings.finding import Finding
from cem.scorecards.findings.mix import split_of
from cem.scorecards.findings.scene import Scene
from cem.scorecards.findings.search import find
from cem.scorecards.history import Place, closed_months, read_history
from cem.scorecards.kpis import Kpi
from cem.scorecards.leagues import League, build_league
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import MINIMUM
from cem.scorecards.targets import targets_of
from cem.scorecards.tiles import Tile
from metrics import Decomposition, Estimate, Histogram, adjust_p_values
from surveys.languages import Month
from surveys.tallies import Periods, read, read_days

__all__ = ["Point", "Scorecard", "Tile", "build_scorecard", "count_today"]

# A change is called real where chance would make it less often than this.
ALPHA = 0.05


@dataclass(frozen=True)
class Scorecard:
    tiles: tuple[Tile, ...]
    focus: Tile
    touchpoints: League | None
    units: League | None
    comments: tuple[Remark, ...]
    suspects: Mapping[date, Histogram]
    answers_today: int
    course: Course | None = None
    notes: tuple[Note, ...] = ()
    findings: tuple[Finding, ...] = ()
    part: str = ""
    split: Decomposition | None = None
    benchmarks: Mapping[str, tuple[Compared, ...]] = field(default_factory=dict)

    @property
    def suspect(self) -> int:
        """Responses that were flagged and are left out."""
        return int(sum(h.n for h in self.suspects.values()))

    @property
    def with_suspects(self) -> Estimate | None:
        """The KPI in focus if they were counted; None where nothing is shown, or none was left out."""
        if not self.suspect or not self.focus.shown:
            return None
        return self.focus.kpi.estimate(self.focus.answers + sum(self.suspects.values(), Histogram()))


def build_scorecard(reader: Session, choice: Choice, offers: Offers, today: date, *, comments: bool) -> Scorecard:
    """What a choice shows; `comments` where the person may read respondents' own words."""
    history = read_history(reader, choice)
    targets = targets_of(reader, choice.survey_id, choice.unit, today)
    closed = closed_series(reader, choice, offers)
    tiles = _judged(
        Tile(kpi, None, Histogram(), None, targets.get(kpi.series), ())
        if kpi.series in closed
        else _build_tile(kpi, choice, history.of(kpi.series), targets.get(kpi.series))
        for kpi in choice.kpis
    )
    focus = next(tile for tile in tiles if tile.kpi.series == choice.kpi)
    open_ = choice.kpi not in closed
    months = history.of(choice.kpi)
    course = build_course(choice.focus, choice, months, closed_months(choice, months)) if open_ else None
    scene = course and Scene(
        choice,
        offers,
        history,
        course,
        annotations_of(reader, choice, offers, history.months),
        read_days(reader, choice.where("suspect"), choice.kpi, choice.period.start, choice.period.end),
    )
    part, split = split_of(scene) if scene and focus.change else ("", None)
    findings = find(reader, scene, tiles) if scene else ()
    proven = any(isinstance(one, Broken) and one.place is None for one in findings)
    return Scorecard(
        tiles=tiles,
        focus=focus,
        touchpoints=_compare_touchpoints(choice, offers, history.now) if open_ else None,
        units=_compare_units(choice, offers, history.now) if open_ else None,
        # Below the minimum the words of a few would be as telling as their scores.
        comments=latest_comments(reader, choice) if comments and focus.estimate is not None else (),
        suspects=scene.suspects if scene else {},
        answers_today=count_today(reader, choice, today),
        course=course and replace(course, proven=proven),
        notes=scene.notes if scene else (),
        findings=findings,
        part=part,
        split=split,
        benchmarks=benchmarks_of(reader, choice.kpis, today),
    )


def count_today(reader: Session, choice: Choice, today: date) -> int:
    """How many scores were given today: the cheapest number that changes with every answer."""
    counted = read(reader, choice.where(), _series(choice), Periods((today,), today + timedelta(days=1)))
    return int(sum(h.n for h in counted.values()))


def _series(choice: Choice) -> list[str]:
    return [kpi.series for kpi in choice.kpis]


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
    closed = closed_months(choice, months)
    shown = [month for month in months if month in choice.period.trend]
    return tuple(Point(month, None if month in closed else kpi.estimate(months[month])) for month in shown)


def _compare_touchpoints(choice: Choice, offers: Offers, now: Mapping[Place, Histogram]) -> League | None:
    names = {code: touchpoint.names for code, touchpoint in offers.touchpoints.items()}
    groups: dict[str, Histogram] = {}
    for (touchpoint, _), h in now.items():
        groups[touchpoint] = groups.get(touchpoint, Histogram()) + h
    return build_league(choice.focus, groups, names)


def _compare_units(choice: Choice, offers: Offers, now: Mapping[Place, Histogram]) -> League | None:
    """The units right below the chosen one, each with all that is below it."""
    children = offers.children(choice.unit)
    if len(children) < 2:
        return None
    groups = {
        child: sum((h for (_, unit), h in now.items() if unit in below), Histogram())
        for child in children
        if (below := offers.subtree(child))
    }
    names = {code: unit.names for code, unit in offers.units.items()}
    above = offers.units[children[0]].parent
    beside = sum(h.n for (_, unit), h in now.items() if unit == above)
    return build_league(choice.focus, groups, names, beside, shrink=True)
