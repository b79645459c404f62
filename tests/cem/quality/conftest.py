"""Responses with the facts by which their quality is judged, and invitations that say whose they are."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from surveys.database import Database, new_id
from surveys.models import Customer, Invitation, Survey
from surveys.publishing import publish
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record

DAY = date(2025, 11, 10)
MORNING = datetime(2025, 11, 10, 6, tzinfo=UTC)
PANEL = """
id: panel
kind: relational
languages: [fa, en]
title: {fa: رابطه, en: Relationship}
consent: {fa: همکاران ما می‌خوانند., en: Our colleagues read it.}
thanks: {fa: سپاس, en: Thank you}
blocks:
  - id: aspects
    questions:
      - {type: nps, id: recommend, purpose: p, text: {fa: توصیه, en: Recommend}}
      - {type: rating, id: a1, purpose: p, text: {fa: یک, en: One}}
      - {type: rating, id: a2, purpose: p, text: {fa: دو, en: Two}}
      - {type: rating, id: a3, purpose: p, text: {fa: سه, en: Three}}
      - {type: rating, id: a4, purpose: p, text: {fa: چهار, en: Four}}
      - {type: rating, id: a5, purpose: p, text: {fa: پنج, en: Five}}
"""

Send = Callable[..., uuid.UUID]


@pytest.fixture
def panel(database: Database, survey: Survey) -> Survey:
    """A survey with five ratings on one page, beside that of visits."""
    with database.write() as session:
        version = publish(session, read_yaml(PANEL), MORNING)
        found = session.get(Survey, version.survey_id)
        assert found is not None
    return found


@pytest.fixture
def send(database: Database, panel: Survey) -> Send:
    """Store a response to the panel's survey, `minutes` after the morning; `customer` is who was invited."""
    questionnaire = read_yaml(PANEL)

    def store(
        answers: dict[str, Any],
        *,
        minutes: float = 0,
        seconds: int | None = 60,
        customer: str = "",
        day: date = DAY,
        quality: str = "valid",
        unit: str = "vanak",
        channel: str = "sms",
    ) -> uuid.UUID:
        moment = MORNING + (day - DAY) + timedelta(minutes=minutes)
        identity = new_id(moment)
        with database.write() as session:
            if customer:
                _invite(session, panel, identity, customer, moment)
            submission = Submission(
                survey_id=panel.survey_id,
                response_id=identity,
                version=1,
                day=day,
                touchpoint="",
                unit=unit,
                channel=channel,
                language="fa",
                quality=quality,
                signals=[],
                has_comment=False,
                answers=answers,
                submitted_at=moment,
                seconds=seconds,
                scores=scores(questionnaire, answers),
            )
            record(session.connection(), [submission])
        return identity

    return store


def _invite(session: Any, panel: Survey, identity: uuid.UUID, customer: str, moment: datetime) -> None:
    customer_id = uuid.uuid5(uuid.NAMESPACE_OID, customer)
    if session.get(Customer, customer_id) is None:
        session.add(Customer(customer_id=customer_id, reference=customer, language="fa", opted_out_at=None))
    session.add(
        Invitation(
            survey_id=panel.survey_id,
            invitation_id=identity,
            customer_id=customer_id,
            encounter_id=None,
            touchpoint="",
            unit="vanak",
            channel="sms",
            language="fa",
            created_at=moment,
            expires_at=moment + timedelta(days=30),
            withdrawn_at=None,
        )
    )
    session.flush()
