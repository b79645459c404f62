"""The curves: who is still a customer, month by month after the answer, each group with its band."""

from typing import Any

import numpy as np

from cem.outcomes.groups import KpiGroup
from cem.outcomes.outcomes import Outcomes
from cem.outcomes.staying import FOLLOWED, MONTH
from cem.scorecards.figures import Figure, figure, isolated, steps
from cem.scorecards.kpis import Kpi
from metrics import Estimate, SurvivalCurve
from surveys.languages import N_, Language

# Points along a curve: enough for the eye, and few enough for a phone.
POINTS = 49
SHOWN_MONTHS = (1, 3, 6, 9, 12, 18, 24, 36)


def survival_figure(language: Language, kpi: Kpi, outcomes: Outcomes) -> Figure | None:
    """None where no group is followed for a month."""
    curves = outcomes.staying.curves
    lengths = {code: _length(curve) for code, curve in curves.items()}
    longest = max(lengths.values(), default=0.0)
    if longest < 1:
        return None
    drawn = [(group, _points(curves[group.code], lengths[group.code])) for group in outcomes.groups]
    lowest = min(point[2] for _, points in drawn for point in points)
    floor = min(95.0, max(0.0, 5 * (lowest // 5)))
    drawing = figure(
        language,
        [trace for group, points in drawn for trace in (_band(group, points), _line(language, group, points))],
        x={
            "ticks": [(month, language.digits(int(month))) for month, _ in steps(0, longest) if month == int(month)],
            "range": [0, longest * 1.02],
            "title": {"text": isolated(language, language.gettext(N_("Months after the answer")))},
        },
        y={
            "ticks": [(value, language.percent(value, places)) for value, places in steps(floor, 100)],
            "range": [floor - 1, 100.8],
        },
        hovermode="closest",
    )
    months = [month for month in SHOWN_MONTHS if month <= longest]
    sure, followed = N_("Confidence interval"), N_("Followed so long")
    head = (N_("Group and months"), N_("Still customers"), sure, followed)
    rows = tuple(
        _row(language, group, month, curves[group.code].at(month * MONTH))
        for month in months
        for group in outcomes.groups
        if month <= lengths[group.code]
    )
    caption = language.fill(N_("%(kpi)s: who is still a customer"), {"kpi": kpi.name(language)})
    return Figure("survival", drawing, caption, tuple(map(language.gettext, head)), rows)


def _length(curve: SurvivalCurve) -> float:
    """The months for which enough are followed: beyond them a few customers would make the curve."""
    if curve.n < FOLLOWED:
        return 0.0
    return float(curve.durations[-FOLLOWED]) / MONTH


def _points(curve: SurvivalCurve, length: float) -> list[tuple[float, float, float, float]]:
    """Month, value, low and high at even steps."""
    points = []
    for month in np.linspace(0, length, POINTS).tolist():
        at = curve.at(month * MONTH) if month else None
        if at is None:
            points.append((0.0, 100.0, 100.0, 100.0))
        elif at.value is not None and at.low is not None and at.high is not None:
            points.append((round(month, 3), round(at.value, 3), round(at.low, 3), round(at.high, 3)))
    return points


def _band(group: KpiGroup, points: list[tuple[float, float, float, float]]) -> dict[str, Any]:
    red, green, blue = (int(group.colour[place : place + 2], 16) for place in (1, 3, 5))
    months = [point[0] for point in points]
    return {
        "type": "scatter",
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": f"rgba({red},{green},{blue},0.18)",
        "hoverinfo": "skip",
        "x": [*months, *reversed(months)],
        "y": [*(point[2] for point in points), *(point[3] for point in reversed(points))],
    }


def _line(language: Language, group: KpiGroup, points: list[tuple[float, float, float, float]]) -> dict[str, Any]:
    told = [
        language.fill(
            N_("%(group)s, %(months)s months: %(value)s<br>%(low)s to %(high)s"),
            {
                "group": language.gettext(group.name),
                "months": language.number(month, 1),
                "value": language.percent(value, 1),
                "low": language.percent(low, 1),
                "high": language.percent(high, 1),
            },
        )
        for month, value, low, high in points
    ]
    return {
        "type": "scatter",
        "mode": "lines",
        "line": {"color": group.colour, "width": 3, "shape": "hv"},
        "x": [point[0] for point in points],
        "y": [point[1] for point in points],
        "hoverinfo": "text",
        "hovertext": [isolated(language, text) for text in told],
    }


def _row(language: Language, group: KpiGroup, month: int, at: Estimate) -> tuple[str, ...]:
    values = {"group": language.gettext(group.name), "months": language.number(month)}
    name = language.fill(N_("%(group)s, %(months)s months"), values)
    if at.value is None or at.low is None or at.high is None:
        return name, language.gettext(N_("not enough data")), "", ""
    interval = {"low": language.percent(at.low, 1), "high": language.percent(at.high, 1)}
    return (
        name,
        language.percent(at.value, 1),
        language.fill(N_("%(low)s to %(high)s"), interval),
        language.number(at.effective_n),
    )
