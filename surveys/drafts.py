"""Drafts: answers that are not sent yet, kept so that the same link resumes them."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveys.models import Draft, Response
from surveys.questionnaire import Answer

# Whoever has not come back by then will not; the words of somebody who did not send them are not ours to keep.
KEPT = timedelta(days=30)


def draft_of(session: Session, survey_id: uuid.UUID, response_id: uuid.UUID) -> Draft | None:
    return session.get(Draft, (survey_id, response_id))


def answered(session: Session, survey_id: uuid.UUID, response_id: uuid.UUID) -> bool:
    """Whether the response was sent; then nothing more is asked and no draft is kept."""
    statement = select(func.count()).where(Response.survey_id == survey_id, Response.response_id == response_id)
    return bool(session.scalar(statement))


def keep_draft(
    session: Session,
    survey_id: uuid.UUID,
    response_id: uuid.UUID,
    version: int,
    answers: Mapping[str, Answer],
    now: datetime,
) -> None:
    """Replace the draft of a response that is not sent yet.

    A page that is left may report its last words after the answers arrived; they are not kept.
    """
    if answered(session, survey_id, response_id):
        return
    session.execute(
        _UPSERT[session.get_bind().dialect.name],
        {
            "survey_id": survey_id,
            "response_id": response_id,
            "version": version,
            "answers": dict(answers),
            "updated_at": now,
        },
    )


def forget_drafts(session: Session, before: datetime) -> int:
    """Remove the drafts that nobody came back to; how many there were."""
    forgotten = session.execute(delete(Draft).where(Draft.updated_at < before).returning(Draft.response_id))
    return len(forgotten.all())


def _upsert(dialect: Any) -> Any:
    statement = dialect.insert(Draft)
    changed = {name: statement.excluded[name] for name in ("version", "answers", "updated_at")}
    return statement.on_conflict_do_update(index_elements=["survey_id", "response_id"], set_=changed)


_UPSERT = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}
