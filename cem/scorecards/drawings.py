"""What plotly draws of a scorecard: the trend of a KPI with its band, and how many gave each score."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cem.scorecards.figures import BAND, BLUE, GREY, ORANGE, Figure, figure, isolated, room, steps
from cem.scorecards.kpis import Kpi
from cem.scorecards.scorecard import Point, Tile
from cem.scorecards.sketches import limits, runs
from metrics.net_promoter import DETRACTORS, PASSIVES
from surveys.languages import ENGLISH_MONTHS, N_, PERSIAN_MONTHS, Language, Month


def trend_figure(language: Language, tile: Tile) -> Figure | None:
    """The KPI month by month with the band of its intervals; None where no month has enough answers."""
    known = runs(tile.trend)
    if not known:
        return None
    ends = [end for run in known for point in run for end in limits(point)]
    layout: dict[str, Any] = {}
    data = [_band(known), _line(language, tile)]
    if tile.target is not None:
        ends.append(tile.target)
        data.append(_target_line(tile))
        layout["annotations"] = [_target_label(language, tile)]
    lowest, highest = min(ends), max(ends)
    ticks = [(value, tile.kpi.write(language, value, decimals)) for value, decimals in steps(lowest, highest)]
    drawing = figure(
        language,
        data,
        x={"type": "date", "ticks": list(_month_ticks(language, tile.trend))},
        y={"ticks": ticks, "range": room(lowest, highest)},
        **layout,
    )
    head = tuple(map(language.gettext, (N_("Month"), N_("Value"), N_("Confidence interval"), N_("Answers"))))
    caption = language.fill(N_("%(kpi)s by month"), {"kpi": tile.kpi.name(language)})
    return Figure("trend", drawing, caption, head, tuple(_row(language, tile, point) for point in tile.trend))


def _band(known: Iterable[Sequence[Point]]) -> dict[str, Any]:
    """Closed outlines, one for each unbroken run of months."""
    x: list[str | None] = []
    y: list[float | None] = []
    for run in known:
        days = [_day(point) for point in run]
        x += [*days, *reversed(days), None]
        y += [*(limits(p)[0] for p in run), *(limits(p)[2] for p in reversed(run)), None]
    look = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": BAND, "hoverinfo": "skip"}
    return {"type": "scatter", "x": x, "y": y, **look}


def _line(language: Language, tile: Tile) -> dict[str, Any]:
    look = {"mode": "lines+markers", "line": {"color": BLUE, "width": 3}, "marker": {"size": 7, "color": BLUE}}
    return {
        "type": "scatter",
        "x": [_day(point) for point in tile.trend],
        "y": [limits(point)[1] if _known(point) else None for point in tile.trend],
        "connectgaps": False,
        "hoverinfo": "text",
        "hovertext": [isolated(language, _told(language, tile, point)) for point in tile.trend],
        **look,
    }


def _target_line(tile: Tile) -> dict[str, Any]:
    look = {"mode": "lines", "line": {"color": ORANGE, "width": 2, "dash": "dash"}, "hoverinfo": "skip"}
    return {"type": "scatter", "x": [_day(tile.trend[0]), _day(tile.trend[-1])], "y": [tile.target] * 2, **look}


def _target_label(language: Language, tile: Tile) -> dict[str, Any]:
    text = language.fill(N_("Target %(value)s"), {"value": tile.write_target(language)})
    place = {"x": _day(tile.trend[0]), "y": tile.target, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return place | {"text": isolated(language, text)}


def _month_ticks(language: Language, trend: Sequence[Point]) -> Iterator[tuple[str, str]]:
    """Every third month back from the last, so that a phone has room for their names."""
    for point in trend[(len(trend) - 1) % 3 :: 3]:
        yield _day(point), f"{month_name(point.month)}<br>{language.digits(point.month.year)}"


def month_name(month: Month) -> str:
    return (PERSIAN_MONTHS if month.year < 1700 else ENGLISH_MONTHS)[month.month - 1]


def _told(language: Language, tile: Tile, point: Point) -> str:
    if not _known(point):
        return language.month(point.month)
    low, value, high = (tile.kpi.write(language, limit, tile.finest) for limit in limits(point))
    n = language.number(point.estimate.n if point.estimate else 0)
    values = {"month": language.month(point.month), "value": value, "low": low, "high": high, "n": n}
    return language.fill(N_("%(month)s: %(value)s<br>%(low)s to %(high)s<br>%(n)s answers"), values)


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


def distribution_figure(language: Language, tile: Tile) -> Figure | None:
    """How many gave each score; None where too few answered."""
    if not tile.shown:
        return None
    points = tile.kpi.points
    counts = [int(tile.answers.counts[score]) for score in points]
    total = sum(counts)
    shares = [language.percent(100 * count / total, 1) for count in counts]
    told = [
        language.fill(N_("%(score)s: %(n)s answers, %(share)s"), {"score": s, "n": language.number(n), "share": share})
        for s, n, share in zip(points, counts, shares, strict=True)
    ]
    bars = {
        "type": "bar",
        "x": list(points),
        "y": [round(100 * count / total, 3) for count in counts],
        "marker": {"color": [_colour(tile.kpi, score) for score in points]},
        "text": [isolated(language, language.percent(100 * count / total)) for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "text",
        "hovertext": [isolated(language, text) for text in told],
    }
    ends = [points[0] - 0.6, points[-1] + 0.6]
    scores = {"ticks": [(s, language.digits(s)) for s in points], "range": ends[::-1] if language.persian else ends}
    drawing = figure(
        language,
        [bars],
        x=scores,
        y={"visible": False, "rangemode": "tozero", "range": [0, 115 * max(counts) / total]},
        bargap=0.25,
        uniformtext={"minsize": 9, "mode": "show"},
    )
    rows = tuple(
        (language.digits(score), language.number(count), share)
        for score, count, share in zip(points, counts, shares, strict=True)
    )
    caption = language.fill(N_("%(kpi)s: answers by score"), {"kpi": tile.kpi.name(language)})
    head = tuple(map(language.gettext, (N_("Score"), N_("Answers"), N_("Share"))))
    return Figure("distribution", drawing, caption, head, rows)


def _colour(kpi: Kpi, score: int) -> str:
    if kpi.kind == "nps":
        return ORANGE if score < DETRACTORS.stop else GREY if score < PASSIVES.stop else BLUE
    if kpi.kind == "csat":
        return BLUE if score > kpi.points[-1] - kpi.scale["top"] else GREY
    return BLUE
