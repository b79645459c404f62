"""What is drawn of a metric: its months with the target, and beside them the months of the perception it explains."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from cem.operations.lines import MONTHS, Line, OperationalMonth, write_target
from cem.operations.models import OperationalMetric
from cem.operations.places import Place
from cem.people.accounts import Person
from cem.scorecards.choices import read_choice
from cem.scorecards.courses import Point
from cem.scorecards.disclosure import closed_series
from cem.scorecards.figures import BAND, BLUE, ORANGE, Figure, figure, isolated, room, steps
from cem.scorecards.history import closed_months, read_history
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import OfferedSurvey, Offers
from cem.scorecards.sketches import HEIGHT, WIDTH, Sketch
from cem.scorecards.tiles import Tile
from cem.scorecards.trends import month_name, trend_figure
from metrics import Histogram
from surveys.languages import N_, Language, Month


def _known(line: Line) -> list[tuple[OperationalMonth, float]]:
    return [
        (month, float(month.total.value))
        for month in line.months
        if month.total is not None and month.total.value is not None
    ]


def months_sketch(line: Line) -> Sketch | None:
    """The months in one stroke for each unbroken run; None where fewer than two are known."""
    known = _known(line)
    if len(known) < 2:
        return None
    values = [value for _, value in known]
    lowest, highest = min(values), max(values)
    strokes: list[list[str]] = [[]]
    for place, month in enumerate(line.months):
        if month.total is None or month.total.value is None:
            strokes.append([])
            continue
        rise = (float(month.total.value) - lowest) / ((highest - lowest) or 1)
        strokes[-1].append(f"{WIDTH * place / (len(line.months) - 1):.1f},{HEIGHT * (1 - rise):.1f}")
    return Sketch(tuple(" ".join(points) for points in strokes if len(points) > 1), ())


def months_figure(language: Language, line: Line) -> Figure | None:
    """The metric month by month; a share of some cases has the band of its intervals, a census has none."""
    known = _known(line)
    if not known:
        return None
    ends = [value for _, value in known] + [end for month, _ in known for end in _limits(month)]
    data = [*_band(known), _stroke(language, line)]
    layout: dict[str, Any] = {}
    if line.target is not None:
        ends.append(float(line.target))
        data.append(_target_stroke(line))
        layout["annotations"] = [_target_label(language, line)]
    ticks = [(value, line.write(language, value, places)) for value, places in steps(min(ends), max(ends))]
    drawing = figure(
        language,
        data,
        x={
            "type": "date",
            "ticks": list(_month_ticks(language, line.months)),
            "range": _span([month.month for month in line.months]),
        },
        y={"ticks": ticks, "range": room(min(ends), max(ends))},
        **layout,
    )
    caption = language.fill(N_("%(kpi)s by month"), {"kpi": language.own(line.metric.names)})
    head = tuple(map(language.gettext, (N_("Month"), N_("Days"), N_("Value"), N_("Counted"))))
    return Figure("months", drawing, caption, head, tuple(_row(language, line, month) for month in line.months))


def _span(months: Sequence[Month]) -> list[str]:
    """From a little before the first of these months to a little after the last."""
    room = timedelta(days=20)
    return [(months[0].first_day - room).isoformat(), (months[-1].first_day + room).isoformat()]


def _limits(month: OperationalMonth) -> tuple[float, ...]:
    estimate = month.total.estimate() if month.total else None
    if estimate is None or estimate.low is None or estimate.high is None:
        return ()
    return estimate.low, estimate.high


def _day(month: OperationalMonth) -> str:
    return month.month.first_day.isoformat()


def _band(known: Sequence[tuple[OperationalMonth, float]]) -> Iterator[dict[str, Any]]:
    limits = [(_day(month), _limits(month)) for month, _ in known]
    limits = [(day, ends) for day, ends in limits if ends]
    if len(limits) < 2:
        return
    days = [day for day, _ in limits]
    low, high = ([round(ends[side], 3) for _, ends in limits] for side in (0, 1))
    look = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": BAND, "hoverinfo": "skip"}
    yield {"type": "scatter", "x": [*days, *reversed(days)], "y": [*low, *reversed(high)], **look}


def _stroke(language: Language, line: Line) -> dict[str, Any]:
    values = [month.total.value if month.total else None for month in line.months]
    told = [f"{language.month(month.month)}: {_written(language, line, month)}" for month in line.months]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [_day(month) for month in line.months],
        "y": [None if value is None else round(float(value), 3) for value in values],
        "line": {"color": BLUE, "width": 3},
        "marker": {"size": 7, "color": BLUE},
        "connectgaps": False,
        "hoverinfo": "text",
        "hovertext": [isolated(language, text) for text in told],
    }


def _target_stroke(line: Line) -> dict[str, Any]:
    look = {"mode": "lines", "line": {"color": ORANGE, "width": 2, "dash": "dash"}, "hoverinfo": "skip"}
    target = float(line.target or 0)
    return {"type": "scatter", "x": [_day(line.months[0]), _day(line.months[-1])], "y": [target] * 2, **look}


def _target_label(language: Language, line: Line) -> dict[str, Any]:
    text = language.fill(N_("Target %(value)s"), {"value": write_target(language, line)})
    place = {"x": _day(line.months[0]), "y": float(line.target or 0), "xanchor": "left", "yanchor": "bottom"}
    return {**place, "showarrow": False, "text": isolated(language, text)}


def _month_ticks(language: Language, months: Sequence[OperationalMonth]) -> Iterator[tuple[str, str]]:
    """Every sixth month back from the last, so that a phone has room for their names."""
    for month in months[(len(months) - 1) % 6 :: 6]:
        yield _day(month), f"{month_name(month.month)}<br>{language.digits(month.month.year)}"


def _written(language: Language, line: Line, month: OperationalMonth) -> str:
    if month.total is None or month.total.value is None:
        return language.gettext(N_("nothing was counted"))
    return line.write(language, month.total.value)


def _row(language: Language, line: Line, month: OperationalMonth) -> tuple[str, ...]:
    if month.total is None or month.first is None or month.last is None:
        return language.month(month.month), "", language.gettext(N_("no figures")), ""
    return (
        language.month(month.month),
        days_in_words(language, month.first, month.last),
        _written(language, line, month),
        language.number(month.total.n),
    )


def days_in_words(language: Language, first: date, last: date) -> str:
    """From which day to which."""
    if first == last:
        return language.date(first)
    return language.fill(N_("%(first)s to %(last)s"), {"first": language.date(first), "last": language.date(last)})


def perception_figure(
    session: Session,
    language: Language,
    metric: OperationalMetric,
    place: Place,
    offers: Offers,
    person: Person,
    today: date,
) -> Figure | None:
    """The KPI that a metric explains, over the same months and units; None where it explains none, or none may be seen.

    What a scorecard hides for its few answers is hidden here too.
    """
    survey = survey_of(metric, offers)
    if survey is None:
        return None
    asked = {"survey": survey.slug, "kpi": metric.kpi, "touchpoint": metric.touchpoint, "unit": place.unit}
    choice = read_choice(asked | {"period": place.period.name}, offers, person, language.calendar, today)
    if choice is None or metric.kpi in closed_series(session, choice, offers):
        return None
    months = read_history(session, choice).of(metric.kpi)
    closed = closed_months(choice, months)
    kpi = choice.focus
    points = tuple(Point(month, None if month in closed else kpi.estimate(h)) for month, h in months.items())
    drawn = trend_figure(language, Tile(kpi, None, Histogram(), None, None, points))
    if drawn is None:
        return None
    # The same months as beside it, so that both can be read together.
    drawn.drawing["layout"]["xaxis"]["range"] = _span([point.month for point in points][-MONTHS:])
    return replace(drawn, name="perception")


def survey_of(metric: OperationalMetric, offers: Offers) -> OfferedSurvey | None:
    """The survey that asks the KPI that a metric explains; a transactional one where several do."""
    surveys = [one for one in _ordered(offers) if metric.kpi in _series(one)]
    return surveys[0] if metric.kpi and surveys else None


def _ordered(offers: Offers) -> list[OfferedSurvey]:
    return sorted(offers.surveys.values(), key=lambda one: (one.kind != "transactional", one.survey_id))


def _series(survey: OfferedSurvey) -> Mapping[str, object]:
    return {kpi.series: kpi for kpi in kpis_of(survey.questionnaire)}
