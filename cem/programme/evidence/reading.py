"""What most evidence reads: the last days, what of the company is live, and how many have answered where."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Interval, extract, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from cem.programme.evidence.found import Moment, Part
from cem.scorecards.kpis import Kpi, kpis_of
from cem.scorecards.offers import OfferedSurvey, Offers
from cem.scorecards.periods import Period
from metrics import Histogram
from surveys.languages import CODES, Month, language
from surveys.models import Response, Survey, Touchpoint, Unit
from surveys.questionnaire import Text
from surveys.tallies import Cell, Periods, Where, read

VALID = "valid"
# What "lately" is where a criterion does not say otherwise, in days, today among them.
RECENT = 90
# From so many answers on a channel or a KPI stands for more than whoever came by.
ENOUGH = 30


def first_day(moment: Moment, days: int = RECENT) -> date:
    return moment.today - timedelta(days=days - 1)


def day_after(moment: Moment) -> date:
    return moment.today + timedelta(days=1)


def since(moment: Moment, days: int = RECENT) -> datetime:
    return moment.now - timedelta(days=days)


def first_id(at: datetime) -> uuid.UUID:
    """The lowest id that the application makes at this moment: ids are in the order of time, and indexed."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)


Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def days_between(reader: Session, later: Column, earlier: Column) -> ColumnElement[Any]:
    """How many days lie between two moments, as a number, told by the database."""
    if reader.get_bind().dialect.name == "sqlite":
        return func.julianday(later) - func.julianday(earlier)
    return extract("epoch", type_coerce(later.op("-")(earlier), Interval())) / 86400.0


@dataclass(frozen=True)
class LastDays(Period):
    """The last so many days as a period, for whatever counts a scorecard's choice."""

    opens: date = date.min
    closes: date = date.min

    @cached_property
    def start(self) -> date:
        return self.opens

    @cached_property
    def end(self) -> date:
        return self.closes


def last_days(moment: Moment, days: int = RECENT) -> LastDays:
    return LastDays("", Month.of(first_day(moment, days), "jalali"), 1, first_day(moment, days), day_after(moment))


@dataclass(frozen=True)
class AskedKpi:
    """A KPI that an open survey asks for."""

    survey: OfferedSurvey
    kpi: Kpi

    def part(self, *, counts: bool) -> Part:
        return Part(
            counts,
            named(self.survey, self.kpi),
            address=f"/scorecards?survey={self.survey.slug}&kpi={self.kpi.series}",
        )


def named(survey: OfferedSurvey, kpi: Kpi) -> Text:
    """What a KPI of a survey is called in each language."""
    spoken = [language(code) for code in CODES]
    return {one.code: f"{one.own(survey.title)}: {kpi.name(one)}" for one in spoken}


# Who answers these is no customer, or tells of how a case went.
OTHERS = frozenset({"internal_service", "recovery"})


def open_surveys(reader: Session, offers: Offers) -> list[OfferedSurvey]:
    """The surveys of customers' experience that are open."""
    closed = set(reader.scalars(select(Survey.survey_id).where(Survey.closed_at.is_not(None))))
    return [one for one in offers.surveys.values() if one.survey_id not in closed and one.kind not in OTHERS]


def customer_kpis(surveys: Iterable[OfferedSurvey]) -> list[AskedKpi]:
    """NPS, CSAT and CES of each survey; of one that asks for none of them, its own scores."""
    found = []
    for survey in surveys:
        kpis = kpis_of(survey.questionnaire)
        found += [AskedKpi(survey, kpi) for kpi in [one for one in kpis if one.kind != "mean"] or kpis]
    return found


def is_open(part: Unit, day: date) -> bool:
    return part.valid_from <= day and (part.valid_to is None or day <= part.valid_to)


def live_touchpoints(offers: Offers, day: date) -> list[Touchpoint]:
    """Touchpoints are never taken away: those of a unit that has ended are the past's."""
    return [one for one in offers.touchpoints.values() if is_open(offers.units[one.owner], day)]


def touchpoint_part(touchpoint: Touchpoint, *, counts: bool) -> Part:
    return Part(counts, touchpoint.names, address=f"/scorecards?touchpoint={touchpoint.code}")


def valid_by(reader: Session, moment: Moment, column: str, days: int = RECENT) -> Mapping[Any, int]:
    """How many valid responses of the last days each value of a column of theirs has; from the index alone."""
    group = getattr(Response, column)
    counted = (
        select(group, func.count())
        .where(
            Response.survey_id.in_(select(Survey.survey_id)),
            Response.day >= first_day(moment, days),
            Response.day < day_after(moment),
            Response.quality == VALID,
        )
        .group_by(group)
    )
    return dict(reader.execute(counted).all())


def scores_by(
    reader: Session, moment: Moment, survey: OfferedSurvey, kpis: Iterable[Kpi], by: str | None = None
) -> Mapping[str, dict[str, Histogram]]:
    """What was answered lately to each series, by a column of the tallies ('' without one)."""
    found: dict[str, dict[str, Histogram]] = {}
    periods = Periods((first_day(moment),), day_after(moment))
    cells: Mapping[Cell, Histogram] = read(reader, Where(survey.survey_id), [kpi.series for kpi in kpis], periods, by)
    for cell, histogram in cells.items():
        found.setdefault(cell.series, {})[cell.group] = histogram
    return found
