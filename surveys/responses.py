"""Responses: a submission becomes a row, its tallies and the end of its draft, in one transaction."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from surveys import tallies
from surveys.models import Draft, Response
from surveys.tallies import Score, Scored


class Submission(NamedTuple):
    """A response that was read and checked, ready to be stored; `scores` is what it adds to the tallies."""

    survey_id: uuid.UUID
    response_id: uuid.UUID
    version: int
    day: date
    touchpoint: str
    unit: str
    channel: str
    language: str
    quality: str
    signals: Sequence[str]
    has_comment: bool
    answers: Mapping[str, Any]
    submitted_at: datetime | None
    seconds: int | None
    scores: Sequence[Score]
    segment: str = ""

    def row(self) -> dict[str, Any]:
        row = self._asdict()
        del row["scores"]
        return row


def record(connection: Connection, submissions: Sequence[Submission]) -> set[uuid.UUID]:
    """Store these responses and count them; the ids of those that were new.

    A response that is there already is left as it is and not counted again: the primary key is the guard.
    """
    if not submissions:
        return set()
    # Sorted, so that two writers who were sent the same responses never wait for each other in a ring.
    submissions = sorted(submissions, key=lambda s: s.response_id.int)
    statement = _INSERT[connection.dialect.name]
    inserted = set(connection.execute(statement, [s.row() for s in submissions]).scalars())
    # One batch may carry the same response twice; only one of them is in the table.
    new = {s.response_id: s for s in reversed(submissions) if s.response_id in inserted}
    scored = (Scored(s.survey_id, s.day, s.touchpoint, s.unit, s.channel, s.quality, s.scores) for s in new.values())
    tallies.add(connection, tallies.count(scored))
    connection.execute(_FORGET_DRAFT, [{"survey": s.survey_id, "response": s.response_id} for s in submissions])
    return inserted


def _insert(dialect: Any) -> Any:
    return dialect.insert(Response).on_conflict_do_nothing().returning(Response.response_id)


_INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}
_FORGET_DRAFT = delete(Draft).where(Draft.survey_id == bindparam("survey"), Draft.response_id == bindparam("response"))
