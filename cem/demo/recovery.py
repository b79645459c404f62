"""What the demo company's customers said after their cases were resolved: answers to the product's own survey."""

import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import insert
from sqlalchemy.orm import Session

from cem.calendar.calendars import read_calendar
from cem.calendar.hours import BusinessCalendar
from cem.cases.desk import CUSTOMER, ITSELF
from cem.cases.models import CaseEvent, Recovery
from cem.cases.recovery import EFFORT, FEELING, SOLVED_IT, customer_of_case, recovery_survey
from cem.cases.terms import Terms, read_terms
from cem.demo.case_lives import Life
from cem.demo.timeline import Timeline, seeded_id
from surveys.database import Base, day_of
from surveys.models import Invitation
from surveys.questionnaire import Questionnaire, scores
from surveys.responses import Submission, record

SEED = 14040317


def add_recoveries(session: Session, lives: Iterable[Life], timeline: Timeline, now: datetime) -> int:
    """The survey is published and asked after each resolution, as the job would have done; how many answered."""
    version = recovery_survey(session, now)
    asked = msgspec.convert(version.document, Questionnaire)
    chance, terms, calendar = random.Random(SEED), read_terms(session), read_calendar(session, timeline.zone)
    recoveries, invitations, events = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    answers = list[Submission]()
    for life in lives:
        told = life.recovery and _due(life, terms, calendar, now)
        if not told:
            continue
        row = dict.fromkeys(column.key for column in Recovery.__table__.columns) | told
        said = row.pop("said", None)
        if (asked_at := row["asked_at"]) is not None:
            invitation_id = seeded_id(chance, asked_at)
            row |= {"survey_id": version.survey_id, "invitation_id": invitation_id}
            invitations.append(_invitation(life, row, asked.link_days))
            events += _events(life, row, chance)
            if row["answered_at"] is not None:
                given = {SOLVED_IT: said, EFFORT: row["effort"], FEELING: row["after"]}
                answers.append(_answer(life, row, version.version, given, asked, timeline, chance))
        recoveries.append(row)
    tables: dict[type[Base], list[dict[str, Any]]] = {
        Invitation: invitations,
        Recovery: recoveries,
        CaseEvent: events,
    }
    for table, rows in tables.items():
        if rows:
            # Straight into the table: the mapper would look at each of these many rows.
            session.connection().execute(insert(table.__table__), rows)  # type: ignore[arg-type] # it is a table
    return len(record(session.connection(), answers))


def _due(life: Life, terms: Terms, calendar: BusinessCalendar, now: datetime) -> dict[str, Any] | None:
    """The recovery of a life, asked where its time has come; None where the job has dropped it."""
    assert life.recovery is not None  # noqa: S101 - looked at before
    if "asked_at" in life.recovery:
        return life.recovery
    if life.case.resolved_at is None:
        # Opened again before it was asked, it is asked after the next resolution.
        return life.recovery if life.recovery["due_at"] > now else None
    due = life.case.resolved_at + timedelta(days=terms.recovery_days)
    opening = calendar.next_opening(due)
    return life.recovery | {"due_at": due, "asked_at": opening if opening <= now else None}


def _invitation(life: Life, row: dict[str, Any], days: int) -> dict[str, Any]:
    case = life.case
    return {
        "survey_id": row["survey_id"],
        "invitation_id": row["invitation_id"],
        "customer_id": customer_of_case(case),
        "encounter_id": None,
        "touchpoint": case.touchpoint,
        "unit": case.unit,
        "channel": case.channel,
        "language": case.language,
        "segment": case.segment,
        "created_at": row["asked_at"],
        "expires_at": row["asked_at"] + timedelta(days=days),
        "withdrawn_at": None,
    }


def _events(life: Life, row: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    """What the history of the case tells of it."""
    case_id: uuid.UUID = life.case.case_id
    told = {"sent_by": life.case.reply_channel}
    yield _event(case_id, row["asked_at"], ITSELF, "recovery", told, chance)
    if row["answered_at"] is not None:
        said = {"after": row["after"], "resolved": row["resolved"]}
        yield _event(case_id, row["answered_at"], CUSTOMER, "recovered", said, chance)


def _event(
    case_id: uuid.UUID, at: datetime, actor: str, kind: str, details: dict[str, Any], chance: random.Random
) -> dict[str, Any]:
    event_id = seeded_id(chance, at)
    return {"event_id": event_id, "case_id": case_id, "at": at, "actor": actor, "kind": kind, "details": details}


def _answer(
    life: Life,
    row: dict[str, Any],
    version: int,
    given: dict[str, Any],
    asked: Questionnaire,
    timeline: Timeline,
    chance: random.Random,
) -> Submission:
    case = life.case
    return Submission(
        survey_id=row["survey_id"],
        response_id=row["invitation_id"],
        version=version,
        day=day_of(row["answered_at"], timeline.zone),
        touchpoint=case.touchpoint,
        unit=case.unit,
        channel=case.channel,
        language=case.language,
        quality="valid",
        signals=(),
        has_comment=False,
        answers=given,
        submitted_at=row["answered_at"],
        seconds=chance.randint(15, 90),
        scores=scores(asked, given),
        segment=case.segment,
    )
