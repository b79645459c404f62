"""The cases of the demo company since its alert rules began a year ago, and what handling them needs."""

import random
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cem.alerts.models import AlertRun
from cem.alerts.watching import OPENED
from cem.calendar.calendars import read_calendar
from cem.cases.models import (
    Absence,
    Case,
    CaseEvent,
    CaseMessage,
    CaseRemedy,
    CaseSignal,
    CaseTask,
    Commendation,
    Remedy,
    ReplyTemplate,
)
from cem.cases.routing import managers
from cem.cases.terms import read_terms
from cem.demo import case_words as words
from cem.demo.answers import Sheet
from cem.demo.case_lives import Life, Lives, chosen
from cem.demo.timeline import Timeline
from cem.outcomes.models import CustomerRecord
from surveys.database import Base, new_id
from surveys.models import Invitation, Unit
from surveys.responses import Submission

SEED = 14040205
# Since when answers open cases.
SINCE = timedelta(days=365)
# What the company may do to put something right, and up to how many rials whoever owns the case decides alone.
REMEDIES: tuple[tuple[str, words.Texts, int | None], ...] = (
    ("apology", {"fa": "عذرخواهی", "en": "Apology"}, None),
    ("correction", {"fa": "اصلاح کار", "en": "Correction"}, None),
    ("fee-refund", {"fa": "بازگرداندن کارمزد", "en": "Refund of the fee"}, 1_000_000),
    ("replacement", {"fa": "کارت جایگزین", "en": "Replacement card"}, 500_000),
    ("goodwill", {"fa": "هدیه دلجویی", "en": "Goodwill"}, 2_000_000),
)
TEMPLATES: tuple[tuple[str, words.Texts], ...] = (
    ("waiting", {"fa": "زمان انتظار", "en": "Waiting time"}),
    ("fees", {"fa": "کارمزد", "en": "Fees"}),
    ("technical", {"fa": "خطای فنی", "en": "Technical fault"}),
    ("staff", {"fa": "برخورد کارکنان", "en": "The staff"}),
)


def keep_remedies(session: Session) -> None:
    """The catalogue of remedies, and words to begin a reply with."""
    for position, (code, names, limit) in enumerate(REMEDIES):
        session.add(Remedy(code=code, names=dict(names), own_limit=limit, position=position))
    for position, (code, names) in enumerate(TEMPLATES):
        texts = dict(words.REPLIES[code])
        session.add(ReplyTemplate(code=code, names=dict(names), texts=texts, position=position))


def add_cases(
    session: Session, sheet: Sheet, submissions: Iterable[Submission], timeline: Timeline, now: datetime
) -> list[Life]:
    """The cases that the answers of the last year opened, as far as they have come."""
    keep_remedies(session)
    since = now - SINCE
    answers = [
        one
        for one in submissions
        if one.survey_id == sheet.survey_id
        and one.quality == "valid"
        and one.unit
        and one.submitted_at is not None
        and one.submitted_at >= since
    ]
    customers = _customers(session, sheet.survey_id)
    owners = {unit: next(managers(session, unit, timeline.today), "cx") for unit in session.scalars(select(Unit.code))}
    terms, calendar = read_terms(session), read_calendar(session, timeline.zone)
    lives = Lives(SEED + 1, now, terms, calendar, timeline.zone, _left(session))
    found, taken = list[Life](), set[tuple[uuid.UUID, str]]()
    for answer, kind, severity in chosen(random.Random(SEED), answers):
        customer = customers.get(answer.response_id)
        # One case for each customer and touchpoint: who answers again while one may be open is left to it.
        if customer is not None and (customer, answer.touchpoint) in taken:
            continue
        if customer is not None:
            taken.add((customer, answer.touchpoint))
        found.append(lives.live(answer, customer, kind, severity, owners[answer.unit]))
    store_lives(session, found)
    _absence(session, timeline, now)
    return found


def store_lives(session: Session, lives: Sequence[Life]) -> None:
    """Straight into the tables: the mapper would look at each of these many rows."""
    rows: dict[type[Base], list[dict[str, Any]]] = {
        Case: [_columns(life.case) for life in lives],
        CaseSignal: [
            {
                "survey_id": life.case.survey_id,
                "response_id": life.case.response_id,
                "case_id": life.case.case_id,
                "rule": RULES[life.case.kind, life.case.severity],
                "at": life.case.opened_at,
            }
            for life in lives
        ],
        AlertRun: [
            {
                "run_id": new_id(life.case.opened_at),
                "rule": RULES[life.case.kind, life.case.severity],
                "version": 1,
                "at": life.case.opened_at,
                "survey_id": life.case.survey_id,
                "response_id": life.case.response_id,
                "subject": life.case.customer_id.hex if life.case.customer_id else "",
                "result": OPENED,
                "case_id": life.case.case_id,
            }
            for life in lives
        ],
        CaseEvent: [row for life in lives for row in life.events],
        CaseMessage: [row for life in lives for row in life.messages],
        CaseTask: [row for life in lives for row in life.tasks],
        CaseRemedy: [row for life in lives for row in life.remedies],
        Commendation: [row for life in lives for row in life.commendations],
    }
    for table, some in rows.items():
        if some:
            session.connection().execute(insert(table.__table__), some)  # type: ignore[arg-type] # it is a table


# Which rule opened a case of this kind and severity.
RULES = {
    ("complaint", 1): "safety",
    ("complaint", 2): "asks-contact",
    ("complaint", 3): "unhappy",
    ("suggestion", 4): "suggestion",
    ("praise", 4): "praise",
}


def _columns(case: Case) -> dict[str, Any]:
    return {column.key: getattr(case, column.key) for column in Case.__table__.columns}


def _customers(session: Session, survey_id: uuid.UUID) -> dict[uuid.UUID, uuid.UUID]:
    """Who answered by which invitation, which is the response's own id."""
    invited = select(Invitation.invitation_id, Invitation.customer_id).where(Invitation.survey_id == survey_id)
    return {response: customer for response, customer in session.execute(invited)}  # noqa: C416 - rows, not pairs


def _left(session: Session) -> dict[uuid.UUID | None, date]:
    """Who is no customer any more, and since when."""
    gone = select(CustomerRecord.customer_id, CustomerRecord.left_on).where(CustomerRecord.left_on.is_not(None))
    return {customer: day for customer, day in session.execute(gone) if day is not None}


def _absence(session: Session, timeline: Timeline, now: datetime) -> None:
    """One manager is away next week, and the CX manager stands in."""
    first = timeline.today + timedelta(days=7)
    session.add(
        Absence(
            absence_id=new_id(now), account="east", deputy="cx", first_day=first, last_day=first + timedelta(days=6)
        )
    )
