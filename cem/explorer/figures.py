"""The quadrant of drivers: how important, how well done, with the intervals of both."""

from typing import Any

from cem.explorer.drivers import QUADRANTS, DriverList, Place
from cem.scorecards.figures import BLUE, GREY, INK, ORANGE, Figure, figure, isolated, room, steps
from cem.scorecards.kpis import Kpi
from metrics import Estimate
from surveys.languages import N_, Language

_COLOURS = {"concentrate_here": ORANGE, "keep_up": BLUE}


def quadrant_figure(language: Language, kpi: Kpi, drivers: DriverList) -> Figure:
    """Performance across, importance up; a number stands for each driver, as in the table."""
    across = [end for place in drivers.places for end in _ends(place.performance)]
    up = [end for place in drivers.places for end in _ends(place.driver.importance)]
    ends = room(min(across), max(across))
    lines = [
        _line([drivers.performance] * 2, room(min(up), max(up))),
        _line(ends, [drivers.importance] * 2),
    ]
    drawing = figure(
        language,
        [*lines, _points(language, drivers)],
        x={
            "ticks": [(value, language.percent(value, places)) for value, places in steps(min(across), max(across))],
            "range": ends[::-1] if language.persian else ends,
            "title": {"text": isolated(language, language.gettext(N_("Performance")))},
        },
        y={
            "ticks": [(value, language.percent(value, places)) for value, places in steps(min(up), max(up))],
            "range": room(min(up), max(up)),
            "title": {"text": isolated(language, language.gettext(N_("Importance")))},
        },
        hovermode="closest",
    )
    sure = N_("Confidence interval")
    titles = (N_("Question"), N_("Importance"), sure, N_("Performance"), sure, N_("What to do"))
    head = tuple(map(language.gettext, titles))
    rows = tuple(_row(language, number, place) for number, place in enumerate(drivers.places, 1))
    caption = language.fill(N_("%(kpi)s: importance and performance"), {"kpi": kpi.name(language)})
    return Figure("quadrant", drawing, caption, head, rows)


def _line(x: Any, y: Any) -> dict[str, Any]:
    look = {"mode": "lines", "line": {"color": GREY, "width": 1, "dash": "dot"}, "hoverinfo": "skip"}
    return {"type": "scatter", "x": list(x), "y": list(y), **look}


def _points(language: Language, drivers: DriverList) -> dict[str, Any]:
    places = drivers.places
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [place.performance.value for place in places],
        "y": [place.driver.importance.value for place in places],
        "error_x": _whiskers([place.performance for place in places]),
        "error_y": _whiskers([place.driver.importance for place in places]),
        "text": [isolated(language, language.digits(number)) for number, _ in enumerate(places, 1)],
        "textposition": "top right",
        "textfont": {"size": 15},
        "marker": {"size": 11, "color": [_COLOURS.get(place.quadrant, GREY) for place in places]},
        "hoverinfo": "text",
        "hovertext": [isolated(language, language.own(place.question.text)) for place in places],
        "cliponaxis": False,
    }


def _whiskers(estimates: list[Estimate]) -> dict[str, Any]:
    look = {"type": "data", "symmetric": False, "color": INK, "thickness": 1, "width": 0}
    return look | {
        "array": [high - (estimate.value or 0) for estimate in estimates for _, high in [_ends(estimate)]],
        "arrayminus": [(estimate.value or 0) - low for estimate in estimates for low, _ in [_ends(estimate)]],
    }


def _ends(estimate: Estimate) -> tuple[float, float]:
    value = estimate.value or 0.0
    return (value if estimate.low is None else estimate.low, value if estimate.high is None else estimate.high)


def _row(language: Language, number: int, place: Place) -> tuple[str, ...]:
    name = f"{language.digits(number)}. {language.own(place.question.text)}"
    cells = []
    for estimate in (place.driver.importance, place.performance):
        low, high = (language.percent(end) for end in _ends(estimate))
        cells += [
            language.percent(estimate.value or 0),
            language.fill(N_("%(low)s to %(high)s"), {"low": low, "high": high}),
        ]
    return (name, *cells, language.gettext(QUADRANTS[place.quadrant]))
