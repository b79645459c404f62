"""The change of a KPI in steps: from the period before, through the mix and what happened within each part, to now."""

from collections.abc import Mapping
from itertools import accumulate
from textwrap import wrap
from typing import Any

from cem.scorecards.figures import BLUE, GREY, Figure, figure, isolated, room, steps
from cem.scorecards.kpis import Kpi
from metrics import Decomposition
from surveys.languages import N_, Language
from surveys.questionnaire import Text

# More steps than this cannot be read on a phone; the smallest are told together.
PARTS = 8
LINE = 15

CAPTIONS = {
    "touchpoint": N_("Where the change of %(kpi)s comes from, by touchpoint"),
    "unit": N_("Where the change of %(kpi)s comes from, by unit"),
}
Step = tuple[str, float]


def change_figure(
    language: Language, kpi: Kpi, part: str, split: Decomposition | None, names: Mapping[str, Text]
) -> Figure | None:
    """None where there are not at least two parts."""
    if split is None or len(split.segments) < 2:
        return None
    inner = _inner(language, split, names)
    sizes = [split.mix.value, *(size for _, size in inner)]
    levels = list(accumulate(sizes, initial=split.before))
    labels = [
        language.gettext(N_("Before")),
        language.gettext(N_("Mix")),
        *(label for label, _ in inner),
        language.gettext(N_("Now")),
    ]
    ends = [min(levels), max(levels)]
    ticks = [(value, kpi.write(language, value, decimals)) for value, decimals in steps(*ends)]
    axis = room(ends[0] - 0.12 * (ends[1] - ends[0]), ends[1] + 0.12 * (ends[1] - ends[0]))
    drawing = figure(
        language,
        [_bars(language, kpi, sizes, levels), _ends(language, kpi, split, len(labels))],
        x={
            "ticks": ticks[:: 1 + (len(ticks) > 5)],
            "range": axis[::-1] if language.persian else axis,
            "showgrid": True,
        },
        y={"ticks": list(enumerate(_folded(labels))), "range": [len(labels) - 0.4, -0.6], "showgrid": False},
        bargap=0.35,
        hovermode="closest",
    )
    caption = language.fill(CAPTIONS[part], {"kpi": kpi.name(language)})
    head = tuple(
        map(language.gettext, (N_("Step"), N_("Points"), N_("Share of answers before"), N_("Share of answers now")))
    )
    return Figure("change", drawing, caption, head, _rows(language, kpi, split, names))


def _inner(language: Language, split: Decomposition, names: Mapping[str, Text]) -> list[Step]:
    """What each part adds by what happened within it, the largest first; the smallest are one step."""
    parts = sorted(split.segments.items(), key=lambda row: -abs(row[1].within))
    found = [(_name(language, code, names), piece.within) for code, piece in parts]
    if len(found) <= PARTS:
        return found
    rest = sum(size for _, size in found[PARTS - 1 :])
    return [*found[: PARTS - 1], (language.gettext(N_("All others")), rest)]


def _name(language: Language, code: str, names: Mapping[str, Text]) -> str:
    return language.own(names.get(code)) or code or language.gettext(N_("Not known"))


def _folded(labels: list[str]) -> list[str]:
    return ["<br>".join(wrap(label, LINE)[:2]) for label in labels]


def _signed(language: Language, kpi: Kpi, size: float) -> str:
    places = kpi.places + (abs(size) < 2.5 * 10.0**-kpi.places)
    return language.number(size, places, signed=True)


def _bars(language: Language, kpi: Kpi, sizes: list[float], levels: list[float]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [round(size, 3) for size in sizes],
        "base": [round(level, 3) for level in levels[:-1]],
        "y": list(range(1, len(sizes) + 1)),
        # The mix is told apart by its look; no step is coloured as good or bad, for not each is proven.
        "marker": {"color": [GREY, *[BLUE] * (len(sizes) - 1)]},
        "text": [isolated(language, _signed(language, kpi, size)) for size in sizes],
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _ends(language: Language, kpi: Kpi, split: Decomposition, rows: int) -> dict[str, Any]:
    """The KPI before and now: levels, not changes, so they are dots and no bars."""
    values = (split.before, split.after)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [round(value, 3) for value in values],
        "y": [0, rows - 1],
        "marker": {"size": 12, "color": BLUE, "symbol": "diamond"},
        "text": [isolated(language, kpi.write(language, value, kpi.places)) for value in values],
        # Beside the dot: above it is the bar of the step before.
        "textposition": "middle left" if language.persian else "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _rows(language: Language, kpi: Kpi, split: Decomposition, names: Mapping[str, Text]) -> tuple[tuple[str, ...], ...]:
    mix = language.gettext(N_("Mix: other shares of the answers"))
    parts = sorted(split.segments.items(), key=lambda row: -abs(row[1].within))
    return (
        (language.gettext(N_("Before")), kpi.write(language, split.before), "", ""),
        (mix, _signed(language, kpi, split.mix.value), "", ""),
        *(
            (
                language.fill(N_("Within “%(place)s”"), {"place": _name(language, code, names)}),
                _signed(language, kpi, piece.within),
                language.percent(piece.before),
                language.percent(piece.after),
            )
            for code, piece in parts
        ),
        (language.gettext(N_("Now")), kpi.write(language, split.after), "", ""),
    )
