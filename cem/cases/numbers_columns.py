"""The columns that the closed loop's numbers are counted from, and how many valid answers there are: what is read."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from cem.calendar.hours import BusinessCalendar
from cem.cases.models import Case, CaseSignal, Recovery
from cem.cases.numbers import PERIODS
from cem.cases.numbers_counting import Answers, Columns, Floats
from cem.cases.statuses import CLOSED, MERGED, UNREACHABLE, WITHDRAWN
from cem.comments.wordings import opinion_of_score, read_questionnaires, unhappy_up_to
from cem.outcomes.models import CustomerRecord
from cem.scorecards.offers import Offers
from surveys.database import day_of
from surveys.models import Arrival, ReplyAddress, Response
from surveys.questionnaire import NPS

# Whoever is counted in the last year was opened no longer ago than this, or is open still.
READ = timedelta(days=2 * 365)
RECURS = STAYS = timedelta(days=90)
NAN = float("nan")

_COLUMNS = (
    Case.severity,
    Case.owner,
    Case.unit,
    Case.kind,
    Case.status,
    Case.customer_id,
    Case.cause,
    Case.series,
    Case.score,
    Case.contact_allowed,
    Case.opened_at,
    Case.acknowledge_due,
    Case.acknowledged_at,
    Case.contact_due,
    Case.contacted_at,
    Case.resolve_due,
    Case.resolved_at,
    Case.waiting_since,
    Case.due_at,
    Case.closed_at,
    Case.reopened_at,
    Recovery.answered_at,
    Recovery.before,
    Recovery.after,
)


def read_columns(
    session: Session, calendar: BusinessCalendar, offers: Offers, now: datetime
) -> tuple[Columns, list[str]]:
    """The cases that anything can be counted from, and the unit of each."""
    wanted = (Case.opened_at >= now - READ) | Case.closed_at.is_(None)
    rows = session.execute(
        select(*_COLUMNS).join(Recovery, Recovery.case_id == Case.case_id, isouter=True).where(wanted)
    ).all()
    limits, nps = _series(offers)
    status = np.array([row.status for row in rows], dtype=np.str_)
    contact, resolve = _hours(rows, calendar, now)
    return (
        Columns(
            severity=np.array([row.severity for row in rows], dtype=np.int64),
            owner=np.array([row.owner or "" for row in rows], dtype=np.str_),
            opened=_moments(row.opened_at for row in rows),
            acknowledge_due=_moments(row.acknowledge_due for row in rows),
            acknowledged=_moments(row.acknowledged_at for row in rows),
            contact_due=_moments(row.contact_due for row in rows),
            contacted=_moments(row.contacted_at for row in rows),
            resolve_due=_moments(row.resolve_due for row in rows),
            resolved=_moments(row.resolved_at for row in rows),
            waiting=_moments(row.waiting_since for row in rows),
            due=_moments(row.due_at for row in rows),
            ended=_moments(row.closed_at for row in rows),
            reopened=_moments(row.reopened_at for row in rows),
            closed=status == CLOSED,
            withdrawn=status == WITHDRAWN,
            merged=status == MERGED,
            unreachable=status == UNREACHABLE,
            contact_hours=np.array(contact, dtype=np.float64),
            resolve_hours=np.array(resolve, dtype=np.float64),
            allowed=np.array(
                [
                    bool(row.contact_allowed and row.score is not None and row.score <= limits.get(row.series, -1))
                    for row in rows
                ],
                dtype=np.bool_,
            ),
            known=np.array([row.customer_id is not None for row in rows], dtype=np.bool_),
            repeats=np.array(_repeats(rows), dtype=np.bool_),
            recovered=_moments(row.answered_at for row in rows),
            before=_scores(row.before if row.series in nps else None for row in rows),
            after=_scores(row.after for row in rows),
            stayed=np.array(_stayed(rows, _books(session, now), calendar), dtype=np.float64),
        ),
        [row.unit for row in rows],
    )


def read_answers(session: Session, now: datetime, calendar: BusinessCalendar) -> Mapping[str, tuple[Answers, ...]]:
    """By unit, for each of the periods."""
    firsts = [day_of(now - timedelta(days=days), calendar.zone) for days in PERIODS]
    inside = [func.sum(case((Response.day >= first, 1), else_=0)) for first in firsts]
    valid = select(Response.unit, *inside).where(Response.quality == "valid", Response.day >= min(firsts))
    linked = (Response.survey_id == CaseSignal.survey_id) & (Response.response_id == CaseSignal.response_id)
    counted = {unit: tuple(counts) for unit, *counts in session.execute(valid.group_by(Response.unit))}
    acted = session.execute(
        select(Response.unit, *inside)
        .select_from(CaseSignal)
        .join(Response, linked)
        .where(Response.quality == "valid", Response.day >= min(firsts))
        .group_by(Response.unit)
    )
    acted_on = {unit: tuple(counts) for unit, *counts in acted}
    vain: dict[str, list[int]] = {}
    for unit, day in _in_vain(session, min(firsts)):
        found = vain.setdefault(unit, [0] * len(PERIODS))
        for place, first in enumerate(firsts):
            found[place] += day >= first
    none = (0,) * len(PERIODS)
    return {
        unit: tuple(
            Answers(int(all_), int(some), lost)
            for all_, some, lost in zip(
                counted.get(unit, none), acted_on.get(unit, none), vain.get(unit, none), strict=True
            )
        )
        for unit in counted.keys() | vain.keys()
    }


def _in_vain(session: Session, first: date) -> Iterator[tuple[str, date]]:
    """Unhappy answers that left an address and became no case, as where no rule was in force."""
    same = (Response.survey_id == ReplyAddress.survey_id) & (Response.response_id == ReplyAddress.response_id)
    rows = session.execute(
        select(Response.survey_id, Response.unit, Response.day, Response.version, Response.answers)
        .join(ReplyAddress, same)
        .where(
            Response.day >= first,
            ~exists().where(CaseSignal.survey_id == Response.survey_id, CaseSignal.response_id == Response.response_id),
            ~exists().where(Arrival.survey_id == Response.survey_id, Arrival.response_id == Response.response_id),
        )
    ).all()
    asked = {survey_id: read_questionnaires(session, survey_id) for survey_id in {row.survey_id for row in rows}}
    for row in rows:
        if opinion_of_score(row.answers, asked[row.survey_id][row.version]) == "negative":
            yield row.unit, row.day


def _series(offers: Offers) -> tuple[dict[str, int], frozenset[str]]:
    """Up to which score each series finds a customer unhappy, and which of them are NPS, from 0 to 10."""
    questions = [one for survey in offers.surveys.values() for one in survey.questionnaire.questions]
    limits = {}
    for question in questions:
        if (limit := unhappy_up_to(question)) is not None:
            limits[question.series] = limit  # type: ignore[union-attr] # a KPI's question has one
    return limits, frozenset(question.series for question in questions if isinstance(question, NPS))


def _hours(rows: Sequence[Any], calendar: BusinessCalendar, now: datetime) -> tuple[list[float], list[float]]:
    contact, resolve = list[float](), list[float]()
    for row in rows:
        last = row.closed_at or now
        for found, done in ((contact, row.contacted_at), (resolve, row.resolved_at)):
            found.append(calendar.between(row.opened_at, done or last).total_seconds() / 3600)
    return contact, resolve


def _repeats(rows: Sequence[Any]) -> list[bool]:
    """Whether the same customer had an earlier case with the same cause that was over for 90 days at most."""
    ends: dict[tuple[uuid.UUID, str], datetime | None] = {}
    found = [False] * len(rows)
    for place, row in sorted(enumerate(rows), key=lambda pair: pair[1].opened_at):
        if row.customer_id is None or row.cause is None:
            continue
        key, end = (row.customer_id, row.cause), row.closed_at or row.resolved_at
        if key in ends:
            last = ends[key]
            found[place] = last is None or row.opened_at - last <= RECURS
            end = None if last is None or end is None else max(last, end)
        ends[key] = end
    return found


def _books(session: Session, now: datetime) -> dict[uuid.UUID, tuple[date, date | None]]:
    """Until when the books tell of each unhappy customer, and when they left."""
    unhappy = select(Case.customer_id).where(Case.kind == "complaint", Case.opened_at >= now - READ)
    rows = session.execute(
        select(CustomerRecord.customer_id, func.max(CustomerRecord.day), func.max(CustomerRecord.left_on))
        .where(CustomerRecord.customer_id.in_(unhappy))
        .group_by(CustomerRecord.customer_id)
    )
    return {customer: (day, left) for customer, day, left in rows}


def _stayed(
    rows: Sequence[Any], books: Mapping[uuid.UUID, tuple[date, date | None]], calendar: BusinessCalendar
) -> list[float]:
    """Each customer counts once, by the first complaint; who left before they were to be contacted counts nowhere.

    A complaint counts when the books reach 90 days beyond it: before that only those who have left would be known.
    """
    found, seen = [NAN] * len(rows), set[uuid.UUID]()
    end = max((until for until, _ in books.values()), default=date.min)
    for place, row in sorted(enumerate(rows), key=lambda pair: pair[1].opened_at):
        if row.kind != "complaint" or row.customer_id not in books or row.customer_id in seen:
            continue
        seen.add(row.customer_id)
        until, left = books[row.customer_id]
        last = day_of(row.opened_at + STAYS, calendar.zone)
        if last > end or (left is not None and left <= day_of(row.contact_due, calendar.zone)):
            continue
        if left is not None and left <= last:
            found[place] = 0.0
        elif until >= last:
            found[place] = 1.0
    return found


def _moments(moments: Iterator[datetime | None]) -> Floats:
    return np.array([NAN if one is None else one.timestamp() for one in moments], dtype=np.float64)


def _scores(scores: Iterator[int | None]) -> Floats:
    return np.array([NAN if one is None else one for one in scores], dtype=np.float64)
