"""The curve of a plan: how the margin of error falls as answers come in."""

from cem.quality.planner import Plan
from cem.scorecards.figures import BLUE, ORANGE, Figure, figure, isolated, steps
from cem.scorecards.kpis import Kpi
from surveys.languages import N_, Language

_TICKS = (10, 30, 100, 300, 1000, 3000, 10_000)


def curve_figure(language: Language, kpi: Kpi, plan: Plan) -> Figure:
    """Answers across on a scale of multiples, the margin up; the dot is what is needed."""
    n, margins = zip(*plan.curve, strict=True)
    told = [_told(language, kpi, answers, margin) for answers, margin in plan.curve]
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(n),
        "y": list(margins),
        "line": {"color": BLUE, "width": 3},
        "marker": {"size": 6, "color": BLUE},
        "hoverinfo": "text",
        "hovertext": [isolated(language, text) for text in told],
    }
    data = [line]
    if n[0] <= plan.needed.n <= n[-1]:
        look = {"mode": "lines", "line": {"color": ORANGE, "width": 2, "dash": "dash"}, "hoverinfo": "skip"}
        data.append({"type": "scatter", "x": [plan.needed.n] * 2, "y": [0, max(margins)], **look})
    drawing = figure(
        language,
        data,
        x={
            "type": "log",
            "ticks": [(answers, language.number(answers)) for answers in _TICKS if answers <= n[-1]],
            "title": {"text": isolated(language, language.gettext(N_("Answers")))},
        },
        y={
            "ticks": [(value, kpi.write_size(language, value, places)) for value, places in steps(0, max(margins))],
            "range": [0, 1.06 * max(margins)],
        },
        hovermode="closest",
    )
    head = (language.gettext(N_("Answers")), language.gettext(N_("Margin of error")))
    rows = tuple(
        (language.number(answers), kpi.write_size(language, margin, kpi.places + 1)) for answers, margin in plan.curve
    )
    return Figure("curve", drawing, language.gettext(N_("Margin of error by number of answers")), head, rows)


def _told(language: Language, kpi: Kpi, answers: int, margin: float) -> str:
    values = {"n": language.number(answers), "margin": kpi.write_size(language, margin, kpi.places + 1)}
    return language.fill(N_("%(n)s answers: ±%(margin)s"), values)
