"""Drafts: answers that are not sent yet."""

from datetime import timedelta

from sqlalchemy import select

from surveys.database import Database, new_id, utc_now
from surveys.drafts import draft_of, forget_drafts, keep_draft
from surveys.models import Draft

NOW = utc_now()


def test_the_newest_answers_are_the_draft(database: Database) -> None:
    """A draft is replaced as a whole, with its version."""
    survey_id, response_id = new_id(), new_id()
    with database.write() as session:
        keep_draft(session, survey_id, response_id, 1, {"a": 1, "b": "x"}, NOW)
        keep_draft(session, survey_id, response_id, 2, {"a": 2}, NOW)
    with database.read() as session:
        draft = draft_of(session, survey_id, response_id)

    assert draft is not None
    assert (draft.version, draft.answers, draft.updated_at) == (2, {"a": 2}, NOW)


def test_what_nobody_came_back_to_is_forgotten(database: Database) -> None:
    """Older drafts go, younger ones stay."""
    survey_id, old, young = new_id(), new_id(), new_id()
    with database.write() as session:
        keep_draft(session, survey_id, old, 1, {"a": 1}, NOW - timedelta(days=40))
        keep_draft(session, survey_id, young, 1, {"a": 1}, NOW)
        forgotten = forget_drafts(session, NOW - timedelta(days=30))
        left = list(session.scalars(select(Draft.response_id)))

    assert (forgotten, left) == (1, [young])
