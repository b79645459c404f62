"""What plotly draws of a KPI's months: its band, what was usual before, what stands out, and what was noted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cem.scorecards.annotations import Note
from cem.scorecards.courses import Course, Point
from cem.scorecards.figures import BAND, BLUE, GREY, INK, ORANGE, Figure, figure, isolated, room, steps
from cem.scorecards.sketches import limits, runs
from cem.scorecards.tiles import Tile
from surveys.languages import ENGLISH_MONTHS, N_, PERSIAN_MONTHS, Language, Month

# The shape of a month that does not fit, and what the table says of it; a colour alone would not be seen by all.
SHAPES = {"outside": "diamond", "run": "square"}
SIGNALS = {"outside": N_("outside the limits"), "run": N_("eighth in a row on one side"), "": ""}
NOW = "rgba(139,148,158,0.12)"


def trend_figure(
    language: Language, tile: Tile, course: Course | None = None, notes: Sequence[Note] = ()
) -> Figure | None:
    """The KPI month by month with the band of its intervals; None where no month has enough answers."""
    points = course.points if course else tile.trend
    known = runs(points)
    if not known:
        return None
    ends = [end for run in known for point in run for end in limits(point)]
    data = [_band(known), _line(language, tile, points, course)]
    layout: dict[str, list[dict[str, Any]]] = {"annotations": [], "shapes": []}
    if tile.target is not None:
        ends.append(tile.target)
        data.append(_target_line(tile, points))
        layout["annotations"].append(_target_label(language, tile, points))
    if course is not None:
        data += _limit_lines(course)
        # Not those of the last month: while it runs, its few answers have limits that would flatten all the others.
        ends += [end for row in (course.chart.lower, course.chart.upper) for end in row[:-1] if end is not None]
        layout["shapes"] += [_now(course), *_break_line(course)]
        layout["annotations"] += [*_break_label(language, course), *_note_marks(language, course, notes)]
    lowest, highest = min(ends), max(ends)
    ticks = [(value, tile.kpi.write(language, value, decimals)) for value, decimals in steps(lowest, highest)]
    drawing = figure(
        language,
        data,
        x={"type": "date", "ticks": list(_month_ticks(language, points))},
        y={"ticks": ticks, "range": _with_room_for_notes(room(lowest, highest), notes)},
        **{name: marks for name, marks in layout.items() if marks},
    )
    caption = language.fill(N_("%(kpi)s by month"), {"kpi": tile.kpi.name(language)})
    return Figure("trend", drawing, caption, _head(language, course), _rows(language, tile, points, course))


def _head(language: Language, course: Course | None) -> tuple[str, ...]:
    head = (N_("Month"), N_("Value"), N_("Confidence interval"), N_("Answers"))
    more = (N_("Control limits"), N_("Signal")) if course and course.chart.reason is None else ()
    return tuple(map(language.gettext, (*head, *more)))


def _with_room_for_notes(ends: list[float], notes: Sequence[Note]) -> list[float]:
    low, high = ends
    return [low, high + (high - low) * 0.12] if notes else ends


def _limit_lines(course: Course) -> list[dict[str, Any]]:
    """The limits as steps, for each belongs to its month, and the centre."""
    if course.chart.reason:
        return []
    look = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "connectgaps": False}
    days = [_day(point) for point in course.points]
    edge = {"color": GREY, "width": 1.5, "dash": "dot", "shape": "hvh"}
    centre = {"color": GREY, "width": 1.5}
    rows = (list(map(_rounded, course.chart.lower)), list(map(_rounded, course.chart.upper)))
    return [
        *({**look, "x": days, "y": row, "line": edge} for row in rows),
        {**look, "x": [days[0], days[-1]], "y": [_rounded(course.chart.centre)] * 2, "line": centre},
    ]


def _now(course: Course) -> dict[str, Any]:
    """The months of the period lie on a darker ground."""
    look = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "fillcolor": NOW, "line": {"width": 0}, "layer": "below"}
    return look | {
        "x0": course.since.first_day.isoformat(),
        "x1": course.points[-1].month.plus(1).first_day.isoformat(),
    }


def _break_line(course: Course) -> Iterator[dict[str, Any]]:
    if course.changed is not None:
        day = course.changed.first_day.isoformat()
        line = {"color": ORANGE, "width": 2, "dash": "longdash"}
        yield {"type": "line", "x0": day, "x1": day, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _break_label(language: Language, course: Course) -> Iterator[dict[str, Any]]:
    if course.changed is not None:
        text = isolated(language, language.gettext(N_("changed for good")))
        # On the side where there is more room.
        late = course.points.index(next(p for p in course.points if p.month == course.changed)) > len(course.points) / 2
        place = {"x": course.changed.first_day.isoformat(), "yref": "paper", "y": 0, "yanchor": "bottom"}
        yield {**place, "xanchor": "right" if late else "left", "showarrow": False, "text": text}


def _note_marks(language: Language, course: Course, notes: Sequence[Note]) -> Iterator[dict[str, Any]]:
    """The numbers of the list under the figure; those of one month share a mark."""
    first = course.points[0].month.first_day
    numbers: dict[Any, list[str]] = {}
    for number, note in enumerate(notes, 1):
        if note.day >= first:
            month = max(p.month for p in course.points if p.month.first_day <= note.day)
            numbers.setdefault(month, []).append(language.digits(number))
    for month, found in numbers.items():
        place = {"x": month.first_day.isoformat(), "yref": "paper", "y": 1, "yanchor": "top", "showarrow": False}
        look = {"bordercolor": INK, "borderpad": 3, "borderwidth": 1, "bgcolor": "rgba(139,148,158,0.25)"}
        yield {**place, **look, "text": isolated(language, ("، " if language.persian else ", ").join(found))}


def _band(known: Iterable[Sequence[Point]]) -> dict[str, Any]:
    """Closed outlines, one for each unbroken run of months."""
    x: list[str | None] = []
    y: list[float | None] = []
    for run in known:
        days = [_day(point) for point in run]
        x += [*days, *reversed(days), None]
        y += [*(_rounded(limits(p)[0]) for p in run), *(_rounded(limits(p)[2]) for p in reversed(run)), None]
    look = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": BAND, "hoverinfo": "skip"}
    return {"type": "scatter", "x": x, "y": y, **look}


def _line(language: Language, tile: Tile, points: Sequence[Point], course: Course | None) -> dict[str, Any]:
    signals = [course.signal(place) if course else "" for place in range(len(points))]
    marker = {
        "size": [11 if signal else 7 for signal in signals],
        "symbol": [SHAPES.get(signal, "circle") for signal in signals],
        "color": [ORANGE if signal else BLUE for signal in signals],
    }
    look = {"mode": "lines+markers", "line": {"color": BLUE, "width": 3}, "marker": marker}
    told = [_told(language, tile, point, signal) for point, signal in zip(points, signals, strict=True)]
    return {
        "type": "scatter",
        "x": [_day(point) for point in points],
        "y": [_rounded(limits(point)[1]) if _known(point) else None for point in points],
        "connectgaps": False,
        "hoverinfo": "text",
        "hovertext": [isolated(language, text) for text in told],
        **look,
    }


def _rounded(value: float | None) -> float | None:
    """More digits than a screen has dots would only make the page heavier."""
    return None if value is None else round(value, 3)


def _target_line(tile: Tile, points: Sequence[Point]) -> dict[str, Any]:
    look = {"mode": "lines", "line": {"color": ORANGE, "width": 2, "dash": "dash"}, "hoverinfo": "skip"}
    return {"type": "scatter", "x": [_day(points[0]), _day(points[-1])], "y": [tile.target] * 2, **look}


def _target_label(language: Language, tile: Tile, points: Sequence[Point]) -> dict[str, Any]:
    text = language.fill(N_("Target %(value)s"), {"value": tile.write_target(language)})
    place = {"x": _day(points[0]), "y": tile.target, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return place | {"text": isolated(language, text)}


def _month_ticks(language: Language, trend: Sequence[Point]) -> Iterator[tuple[str, str]]:
    """Every third month back from the last, or every sixth of two years, so that a phone has room for their names."""
    step = 3 if len(trend) <= 12 else 6
    for point in trend[(len(trend) - 1) % step :: step]:
        yield _day(point), f"{month_name(point.month)}<br>{language.digits(point.month.year)}"


def month_name(month: Month) -> str:
    return (PERSIAN_MONTHS if month.year < 1700 else ENGLISH_MONTHS)[month.month - 1]


def _told(language: Language, tile: Tile, point: Point, signal: str) -> str:
    if not _known(point):
        return language.month(point.month)
    low, value, high = (tile.kpi.write(language, limit, tile.finest) for limit in limits(point))
    n = language.number(point.estimate.n if point.estimate else 0)
    values = {"month": language.month(point.month), "value": value, "low": low, "high": high, "n": n}
    text = language.fill(N_("%(month)s: %(value)s<br>%(low)s to %(high)s<br>%(n)s answers"), values)
    return f"{text}<br>{language.gettext(SIGNALS[signal])}" if signal else text


def _rows(
    language: Language, tile: Tile, points: Sequence[Point], course: Course | None
) -> tuple[tuple[str, ...], ...]:
    rows = [_row(language, tile, point) for point in points]
    if course is None or course.chart.reason is not None:
        return tuple(rows)
    return tuple((*row, *_limits_of(language, tile, course, place)) for place, row in enumerate(rows))


def _limits_of(language: Language, tile: Tile, course: Course, place: int) -> tuple[str, str]:
    lower, upper = course.chart.lower[place], course.chart.upper[place]
    if lower is None or upper is None or course.chart.points[place] is None:
        return "", ""
    low, high = (tile.kpi.write(language, limit, tile.finest) for limit in (lower, upper))
    written = language.fill(N_("%(low)s to %(high)s"), {"low": low, "high": high})
    return written, language.gettext(SIGNALS[course.signal(place)])


def _row(language: Language, tile: Tile, point: Point) -> tuple[str, str, str, str]:
    month, estimate = language.month(point.month), point.estimate
    if estimate is None:
        return month, language.gettext(N_("too few answers")), "", ""
    if not _known(point):
        return month, language.gettext(N_("not enough data")), "", language.number(estimate.n)
    low, value, high = (tile.kpi.write(language, limit, tile.finest) for limit in limits(point))
    interval = language.fill(N_("%(low)s to %(high)s"), {"low": low, "high": high})
    return month, value, interval, language.number(estimate.n)


def _known(point: Point) -> bool:
    return point.estimate is not None and point.estimate.enough()


def _day(point: Point) -> str:
    return point.month.first_day.isoformat()
