"""Responses: a submission becomes a row, its tallies and the end of its draft, in one transaction."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from surveys import tallies
from surveys.models import Arrival, Draft, ReplyAddress, Response
from surveys.tallies import Counters, Score, Scored, ScoresOf


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
    # The channel and address at which whoever answered wants to be answered; they are no part of the response.
    reply_to: tuple[str, str] | None = None

    def row(self) -> dict[str, Any]:
        row = self._asdict()
        del row["scores"], row["reply_to"]
        return row


def record(connection: Connection, submissions: Sequence[Submission], *, arriving: bool = False) -> set[uuid.UUID]:
    """Store these responses and count them; the ids of those that were new.

    A response that is there already is left as it is and not counted again: the primary key is the guard. The new ones
    wait to be looked at where they are `arriving`: an import brings in what somebody has looked at elsewhere.
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
    if arriving and new:
        keys = [{"survey_id": s.survey_id, "response_id": s.response_id} for s in new.values()]
        connection.execute(_ARRIVE[connection.dialect.name], keys)
    if addresses := [_address(s.survey_id, s.response_id, *s.reply_to) for s in new.values() if s.reply_to]:
        connection.execute(insert(ReplyAddress), addresses)
    return inserted


def _address(survey_id: uuid.UUID, response_id: uuid.UUID, channel: str, address: str) -> dict[str, Any]:
    return {"survey_id": survey_id, "response_id": response_id, "channel": channel, "address": address}


def change_quality(
    connection: Connection, survey_id: uuid.UUID, response_ids: Collection[uuid.UUID], became: str, scores_of: ScoresOf
) -> dict[uuid.UUID, str]:
    """Count these responses as `became` from now on, in the tallies too; what each was that was not so already."""
    was: dict[uuid.UUID, str] = {}
    moved = _nothing()
    # In one order, so that two who decide about the same responses never wait for each other in a ring.
    ids = sorted(response_ids, key=lambda response_id: response_id.int)
    for start in range(0, len(ids), _AT_ONCE):
        chosen = Response.survey_id == survey_id, Response.response_id.in_(ids[start : start + _AT_ONCE])
        moving = select(*_COUNTED).where(*chosen, Response.quality != became).order_by(Response.response_id)
        for response_id, version, answers, day, touchpoint, unit, channel, quality in connection.execute(
            moving.with_for_update()
        ).all():
            was[response_id] = quality
            given = scores_of(version, answers)
            for changed, sign in ((became, 1), (quality, -1)):
                _shift(moved, Scored(survey_id, day, touchpoint, unit, channel, changed, given), sign)
        connection.execute(update(Response).where(*chosen, Response.quality != became).values(quality=became))
    tallies.add(connection, moved)
    return was


def forget(
    connection: Connection, survey_id: uuid.UUID, response_ids: Collection[uuid.UUID], scores_of: ScoresOf
) -> int:
    """Remove these responses and what they added to the tallies; how many there were."""
    found, moved = 0, _nothing()
    ids = sorted(response_ids, key=lambda response_id: response_id.int)
    for start in range(0, len(ids), _AT_ONCE):
        chosen = Response.survey_id == survey_id, Response.response_id.in_(ids[start : start + _AT_ONCE])
        going = select(*_COUNTED).where(*chosen).order_by(Response.response_id).with_for_update()
        for _, version, answers, day, touchpoint, unit, channel, quality in connection.execute(going).all():
            found += 1
            given = scores_of(version, answers)
            _shift(moved, Scored(survey_id, day, touchpoint, unit, channel, quality, given), -1)
        connection.execute(delete(Response).where(*chosen))
    tallies.add(connection, moved)
    return found


def _nothing() -> Counters:
    return defaultdict(lambda: [0] * len(tallies.COLUMNS))


def _shift(moved: Counters, scored: Scored, sign: int) -> None:
    for key, counts in tallies.count([scored]).items():
        moved[key] = [sum_ + sign * n for sum_, n in zip(moved[key], counts, strict=True)]


_AT_ONCE = 500
_PLACE = (Response.day, Response.touchpoint, Response.unit, Response.channel)
_COUNTED = (Response.response_id, Response.version, Response.answers, *_PLACE, Response.quality)


def _insert(dialect: Any) -> Any:
    return dialect.insert(Response).on_conflict_do_nothing().returning(Response.response_id)


def _arrive(dialect: Any) -> Any:
    return dialect.insert(Arrival).on_conflict_do_nothing()


_INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}
_ARRIVE = {"sqlite": _arrive(sqlite), "postgresql": _arrive(postgresql)}
_FORGET_DRAFT = delete(Draft).where(Draft.survey_id == bindparam("survey"), Draft.response_id == bindparam("response"))
