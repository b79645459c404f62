"""The pictures above the comments: topics, the KPI of those who name them, and keywords; each with its table."""

from collections.abc import Sequence
from typing import Any

from cem.comments.findings import TopicLine, TopicTable
from cem.comments.taxonomy import Taxonomy
from cem.scorecards.figures import BLUE, GREY, INK, ORANGE, Figure, figure, isolated, room, steps
from cem.scorecards.kpis import Kpi
from metrics import Estimate
from metrics.text.keywords import Keyword
from surveys.languages import N_, Language

_COLOURS = {1: BLUE, 0: GREY, -1: ORANGE}
WIDEST = 26  # letters of a label
DIFFERS = {1: N_("higher than the others"), -1: N_("lower than the others"), 0: N_("no proven difference")}


def topics_figure(language: Language, table: TopicTable, taxonomy: Taxonomy) -> Figure:
    """How many of all comments name each topic."""
    lines, names = table.lines, [taxonomy.name(line.code, language) for line in table.lines]
    highest = max(_ends(line.share)[1] for line in lines)
    drawing = _across(
        language,
        [
            _bars(
                language, [line.share.value or 0 for line in lines], [BLUE] * len(lines), [line.share for line in lines]
            )
        ],
        names,
        [0, highest * 1.08],
        [(value, language.percent(value, places)) for value, places in steps(0, highest)],
    )
    head = (N_("Topic"), N_("Comments"), N_("Share"), N_("Confidence interval"))
    rows = [
        (name, language.number(line.n), language.percent(line.share.value or 0), _span(language, line.share))
        for name, line in zip(names, lines, strict=True)
    ]
    caption = language.gettext(N_("What comments speak of"))
    return Figure("topics", drawing, caption, tuple(map(language.gettext, head)), tuple(rows))


def topic_kpi_figure(language: Language, kpi: Kpi, table: TopicTable, taxonomy: Taxonomy) -> Figure | None:
    """The KPI of the customers who name each topic; a colour only where they differ for real."""
    lines = [line for line in table.lines if line.estimate is not None and line.estimate.enough()]
    if not lines:
        return None
    names = [taxonomy.name(line.code, language) for line in lines]
    estimates = [line.estimate for line in lines if line.estimate is not None]
    reached = [end for estimate in estimates for end in _ends(estimate)]
    if table.whole and table.whole.value is not None:
        reached.append(table.whole.value)
    low, high = min(reached), max(reached)
    data = [_points(language, kpi, lines, estimates)]
    if table.whole and table.whole.value is not None:
        data.insert(0, _rule(table.whole.value, len(lines)))
    ticks = [(value, kpi.write(language, value, places)) for value, places in steps(low, high)]
    drawing = _across(language, data, names, room(low, high), ticks)
    head = (N_("Topic"), kpi.short_name(language), N_("Confidence interval"), N_("Answers"), N_("Against the others"))
    rows = tuple(
        (
            name,
            kpi.write(language, estimate.value or 0),
            language.fill(
                N_("%(low)s to %(high)s"), dict(zip(("low", "high"), _written(language, kpi, estimate), strict=True))
            ),
            language.number(estimate.n),
            language.gettext(DIFFERS[line.differs]),
        )
        for name, line, estimate in zip(names, lines, estimates, strict=True)
    )
    caption = language.fill(N_("%(kpi)s of those who name the topic"), {"kpi": kpi.name(language)})
    return Figure("topic-kpi", drawing, caption, tuple(map(language.gettext, head)), rows)


def keywords_figure(language: Language, found: Sequence[Keyword]) -> Figure:
    """The words of promoters on one side, those of detractors on the other."""
    ordered = sorted(found, key=lambda word: -word.z)
    ends = [min(0.0, *(word.z for word in ordered)), max(0.0, *(word.z for word in ordered))]
    colours = [BLUE if word.z > 0 else ORANGE for word in ordered]
    drawing = _across(
        language,
        [_bars(language, [word.z for word in ordered], colours)],
        [word.term for word in ordered],
        room(*ends),
        [(value, language.number(value, places, signed=True)) for value, places in steps(*ends)],
    )
    head = (N_("Word"), N_("Promoters who use it"), N_("Detractors who use it"), N_("Log-odds, standardised"))
    rows = tuple(
        (word.term, language.number(word.first), language.number(word.second), language.number(word.z, 1, signed=True))
        for word in ordered
    )
    caption = language.gettext(N_("Words of satisfied against dissatisfied customers"))
    return Figure("keywords", drawing, caption, tuple(map(language.gettext, head)), rows)


def _across(
    language: Language,
    data: Sequence[dict[str, Any]],
    names: Sequence[str],
    ends: Sequence[float],
    ticks: Sequence[tuple[float, str]],
) -> dict[str, Any]:
    """Lines below one another, the first on top, with values across; from the right in Persian."""
    labels = [name if len(name) <= WIDEST else f"{name[: WIDEST - 1]}…" for name in names]
    return figure(
        language,
        data,
        x={"ticks": list(ticks), "range": list(ends)[::-1] if language.persian else list(ends), "showgrid": True},
        y={"ticks": list(enumerate(labels)), "range": [len(names) - 0.4, -0.6], "showgrid": False},
        hovermode="closest",
        bargap=0.35,
    )


def _bars(
    language: Language, values: Sequence[float], colours: Sequence[str], estimates: Sequence[Estimate] = ()
) -> dict[str, Any]:
    bars: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": list(values),
        "y": list(range(len(values))),
        "marker": {"color": list(colours)},
        "hoverinfo": "skip",
    }
    if estimates:
        bars["error_x"] = _whiskers(estimates)
    del language
    return bars


def _points(language: Language, kpi: Kpi, lines: Sequence[TopicLine], estimates: Sequence[Estimate]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [estimate.value for estimate in estimates],
        "y": list(range(len(estimates))),
        "error_x": _whiskers(estimates),
        # The shape says it too: a colour alone does not reach everybody.
        "marker": {
            "size": 12,
            "color": [_COLOURS[line.differs] for line in lines],
            "symbol": [{1: "triangle-up", -1: "triangle-down", 0: "circle"}[line.differs] for line in lines],
        },
        "hoverinfo": "text",
        "hovertext": [isolated(language, kpi.write(language, estimate.value or 0)) for estimate in estimates],
        "cliponaxis": False,
    }


def _rule(value: float, lines: int) -> dict[str, Any]:
    look = {"mode": "lines", "line": {"color": GREY, "width": 1, "dash": "dot"}, "hoverinfo": "skip"}
    return {"type": "scatter", "x": [value, value], "y": [-0.6, lines - 0.4], **look}


def _whiskers(estimates: Sequence[Estimate]) -> dict[str, Any]:
    look = {"type": "data", "symmetric": False, "color": INK, "thickness": 1, "width": 0}
    return look | {
        "array": [_ends(estimate)[1] - (estimate.value or 0) for estimate in estimates],
        "arrayminus": [(estimate.value or 0) - _ends(estimate)[0] for estimate in estimates],
    }


def _ends(estimate: Estimate) -> tuple[float, float]:
    value = estimate.value or 0.0
    return (value if estimate.low is None else estimate.low, value if estimate.high is None else estimate.high)


def _written(language: Language, kpi: Kpi, estimate: Estimate) -> tuple[str, str]:
    low, high = (kpi.write(language, end) for end in _ends(estimate))
    return low, high


def _span(language: Language, estimate: Estimate) -> str:
    low, high = (language.percent(end) for end in _ends(estimate))
    return language.fill(N_("%(low)s to %(high)s"), {"low": low, "high": high})
