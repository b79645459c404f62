"""Figures: plotly's own documents as plain data, all through one helper, each with a table of the same numbers.

What plotly gets wrong in Persian is made here: digits and months are texts of ours, every text is isolated
right-to-left, the value axis stands on the right and scores run from the right. Time runs left to right in both
languages. Colours have a contrast of 3 to 1 on the light and on the dark card; the script gives texts the page's ink.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surveys.languages import Language

RIGHT_TO_LEFT_ISOLATE, POP_ISOLATE = "\u2067", "\u2069"
BLUE, GREY, ORANGE, BAND = "#3d85c6", "#8b949e", "#d9731a", "rgba(61,133,198,0.22)"
INK, GRID = "#6e7781", "rgba(139,148,158,0.3)"

# Nothing of a company's data may leave through a button of the figure.
CONFIG = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
}


@dataclass(frozen=True)
class Figure:
    """What plotly draws, and the rows of its table: texts in the reader's language, the first being the row's head."""

    name: str
    drawing: dict[str, Any]
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    # Where each row's answers are read, for those who may.
    links: tuple[str, ...] = ()


def isolated(language: Language, text: str) -> str:
    """A text as plotly must get it: its SVG takes every text for left-to-right."""
    if not language.persian:
        return text
    return "<br>".join(f"{RIGHT_TO_LEFT_ISOLATE}{line}{POP_ISOLATE}" for line in text.split("<br>"))


def figure(
    language: Language, data: Sequence[dict[str, Any]], *, x: dict[str, Any], y: dict[str, Any], **layout: Any
) -> dict[str, Any]:
    """The one way to a drawing; ticks come as (place, text) pairs under `ticks`."""
    side = "right" if language.persian else "left"
    margin = {"l": 8, "r": 8, "t": 8, "b": 8}
    if widest := max((len(_ink(line)) for _, text in y.get("ticks", ()) for line in text.split("<br>")), default=0):
        # plotly takes isolated text for narrower than it is, so the room for the value axis is reckoned here.
        # A digit is wide; the letters of a long name are not.
        margin[side[0]] = round(16 + 9 * min(widest, 6) + 6.5 * max(widest - 6, 0))
    return {
        "data": list(data),
        "layout": {
            "autosize": True,
            "margin": margin,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"color": INK, "size": 13},
            "showlegend": False,
            "dragmode": False,
            "hovermode": "x",
            "hoverlabel": {"align": "right" if language.persian else "left"},
            "xaxis": {
                "fixedrange": True,
                "automargin": True,
                "showgrid": False,
                "gridcolor": GRID,
                "zeroline": False,
                "zerolinecolor": GRID,
                **_axis(language, x),
            },
            "yaxis": {
                "fixedrange": True,
                "automargin": True,
                "gridcolor": GRID,
                "zerolinecolor": GRID,
                "side": side,
                # Marks that are not seen keep the names from the bars.
                "ticks": "outside",
                "ticklen": 5,
                "tickcolor": "rgba(0,0,0,0)",
                **_axis(language, y),
            },
            **layout,
        },
        "config": CONFIG,
    }


def _ink(text: str) -> str:
    """What of a text takes room: its isolates do not."""
    return "".join(c for c in text if not "\u2066" <= c <= POP_ISOLATE)


def _axis(language: Language, axis: dict[str, Any]) -> dict[str, Any]:
    ticks = list(axis.pop("ticks", ()))
    marked = {
        "fixedrange": True,
        "automargin": True,
        "tickmode": "array",
        "tickvals": [place for place, _ in ticks],
        "ticktext": [isolated(language, text) for _, text in ticks],
    }
    return marked | axis


def steps(low: float, high: float) -> list[tuple[float, int]]:
    """Round values for an axis, each with the decimals that it needs."""
    raw = max(high - low, 1e-6) / 4
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if raw <= factor * magnitude)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(round(place * step, decimals), decimals) for place in range(first, last + 1)]


def room(low: float, high: float) -> list[float]:
    margin = max((high - low) * 0.08, 1e-6)
    return [low - margin, high + margin]
