"""What is drawn of an effect: the KPI before and after the day on which the improvement was done, beside the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from cem.improvements.effects import LONGEST, TRANSITION, Measured, where_of
from cem.improvements.models import Improvement
from cem.scorecards.figures import BAND, BLUE, GREY, ORANGE, Figure, figure, isolated, room, steps
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import hidden
from cem.scorecards.trends import NOW
from metrics import Estimate, Histogram
from surveys.languages import N_, Language
from surveys.tallies import read_days

# A point stands for so many days: the fewest at which it has on average as many answers as a value needs.
STEPS, ENOUGH = (7, 14, 30), 10


@dataclass(frozen=True)
class Step:
    """Some days with their value; None where too few answered, here or beside it."""

    first: date
    end: date
    own: Estimate | None
    others: Estimate | None

    @property
    def middle(self) -> str:
        return (self.first + (self.end - self.first) / 2).isoformat()


def effect_figure(
    reader: Session, language: Language, row: Improvement, offers: Offers, effect: Measured, *, controls: bool
) -> Figure | None:
    """The KPI in steps of days around the day on which it was done; `controls` draws the units for comparison too.

    None where too little can be shown.
    """
    kpi, windows, done = effect.kpi, effect.windows, row.done_on
    if kpi is None or windows is None or done is None:
        return None
    first = done - timedelta(days=LONGEST)
    own = read_days(reader, where_of(row, offers), row.series, first, windows.end)
    others = (
        read_days(reader, where_of(row, offers, row.control_units), row.series, first, windows.end)
        if controls and row.control_units
        else {}
    )
    known = _steps(kpi, own, others, first, done, windows.end)
    drawn = [step for step in known if step.own is not None and step.own.enough()]
    if len(drawn) < 2:
        return None
    ends = [end for step in drawn for end in _limits(step.own)]
    ends += [step.others.value for step in known if step.others is not None and step.others.value is not None]
    ticks = [(value, kpi.write(language, value, places)) for value, places in steps(min(ends), max(ends))]
    drawing = figure(
        language,
        [_band(drawn), *([_others(known)] if others else []), _line(language, kpi, drawn)],
        x={"type": "date", "ticks": _day_ticks(language, done, windows.end), "range": _span(first, windows.end)},
        y={"ticks": ticks, "range": room(min(ends), max(ends))},
        shapes=[_transition(done), _marker(done)],
        annotations=[_label(language, done)],
    )
    caption = language.fill(N_("%(kpi)s before and after"), {"kpi": kpi.name(language)})
    return Figure("effect", drawing, caption, _head(language, bool(others)), _rows(language, kpi, known, bool(others)))


def _steps(
    kpi: Kpi, own: Mapping[date, Histogram], others: Mapping[date, Histogram], first: date, done: date, end: date
) -> list[Step]:
    """Steps that meet on the day on which it was done; a short one at either end is left out."""
    answers = sum(h.n for h in own.values())
    per_day = answers / max((end - first).days, 1)
    length = next((days for days in STEPS if per_day * days >= ENOUGH), STEPS[-1])
    starts = [
        done + timedelta(days=length * place)
        for place in range(-((done - first).days // length), (end - done).days // length)
    ]
    counted = {start: _sum(own, start, length) for start in starts}
    beside = {start: _sum(others, start, length) for start in starts}
    # The steps of each side add up to about what the words tell.
    closed = [
        hidden({start: h.n for start, h in line.items() if (start < done) is early})
        for line in (counted, beside)
        for early in (True, False)
    ]
    closed_own, closed_others = closed[0] | closed[1], closed[2] | closed[3]
    return [
        Step(
            start,
            start + timedelta(days=length),
            None if start in closed_own else kpi.estimate(counted[start]),
            None if start in closed_others or not others else kpi.estimate(beside[start]),
        )
        for start in starts
    ]


def _sum(days: Mapping[date, Histogram], start: date, length: int) -> Histogram:
    return sum((days.get(start + timedelta(days=day), Histogram()) for day in range(length)), Histogram())


def _limits(estimate: Estimate | None) -> tuple[float, ...]:
    if estimate is None or estimate.low is None or estimate.high is None or estimate.value is None:
        return ()
    return estimate.low, estimate.value, estimate.high


def _band(drawn: Sequence[Step]) -> dict[str, Any]:
    known = [step for step in drawn if _limits(step.own)]
    days = [step.middle for step in known]
    low, high = ([round(_limits(step.own)[side], 3) for step in known] for side in (0, 2))
    look = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": BAND, "hoverinfo": "skip"}
    return {"type": "scatter", "x": [*days, *reversed(days)], "y": [*low, *reversed(high)], **look}


def _line(language: Language, kpi: Kpi, drawn: Sequence[Step]) -> dict[str, Any]:
    told = [": ".join(_row(language, kpi, step)[:2]) for step in drawn]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [step.middle for step in drawn],
        "y": [round(step.own.value, 3) if step.own and step.own.value is not None else None for step in drawn],
        "line": {"color": BLUE, "width": 3},
        "marker": {"size": 7, "color": BLUE},
        "hoverinfo": "text",
        "hovertext": [isolated(language, text) for text in told],
    }


def _others(known: Sequence[Step]) -> dict[str, Any]:
    values = [step.others.value if step.others and step.others.enough() else None for step in known]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [step.middle for step in known],
        "y": [None if value is None else round(value, 3) for value in values],
        "line": {"color": GREY, "width": 2, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _transition(done: date) -> dict[str, Any]:
    """The days that are not counted lie on a darker ground."""
    look = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "fillcolor": NOW, "line": {"width": 0}, "layer": "below"}
    return {**look, "x0": done.isoformat(), "x1": (done + timedelta(days=TRANSITION)).isoformat()}


def _marker(done: date) -> dict[str, Any]:
    line = {"color": ORANGE, "width": 2, "dash": "longdash"}
    return {
        "type": "line",
        "x0": done.isoformat(),
        "x1": done.isoformat(),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": line,
    }


def _label(language: Language, done: date) -> dict[str, Any]:
    place = {"x": done.isoformat(), "xanchor": "right", "yref": "paper", "y": 1, "yanchor": "top", "showarrow": False}
    return {**place, "text": isolated(language, language.gettext(N_("done")))}


def _day_ticks(language: Language, done: date, end: date) -> list[tuple[str, str]]:
    days = [done + timedelta(days=days) for days in (-70, 0, 70)]
    return [(day.isoformat(), "<br>".join(language.date(day).rsplit(" ", 1))) for day in days if day < end]


def _span(first: date, end: date) -> list[str]:
    return [(first - timedelta(days=4)).isoformat(), (end + timedelta(days=4)).isoformat()]


def _head(language: Language, others: bool) -> tuple[str, ...]:
    head = (N_("Days"), N_("Value"), N_("Confidence interval"), N_("Answers"))
    return tuple(map(language.gettext, (*head, *((N_("Units without the change"),) if others else ()))))


def _rows(language: Language, kpi: Kpi, known: Sequence[Step], others: bool) -> tuple[tuple[str, ...], ...]:
    rows = []
    for step in known:
        beside = (_value(language, kpi, step.others),) if others else ()
        rows.append((*_row(language, kpi, step), *beside))
    return tuple(rows)


def _value(language: Language, kpi: Kpi, estimate: Estimate | None) -> str:
    """A value, or nothing where too few stand behind it."""
    if estimate is None or estimate.value is None or not estimate.enough():
        return ""
    return kpi.write(language, estimate.value)


def _row(language: Language, kpi: Kpi, step: Step) -> tuple[str, str, str, str]:
    last = step.end - timedelta(days=1)
    values = {"first": language.date(step.first), "last": language.date(last)}
    days = language.fill(N_("%(first)s to %(last)s"), values)
    if step.own is None:
        return days, language.gettext(N_("too few answers")), "", ""
    n = language.number(step.own.n)
    if not step.own.enough() or step.own.value is None or step.own.low is None or step.own.high is None:
        return days, language.gettext(N_("not enough data")), "", n
    ends = {"low": kpi.write(language, step.own.low), "high": kpi.write(language, step.own.high)}
    return days, kpi.write(language, step.own.value), language.fill(N_("%(low)s to %(high)s"), ends), n
