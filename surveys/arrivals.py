"""Arrivals: responses that nobody has looked at yet: the inbox fills the queue, and whoever looks empties it."""

import uuid
from collections.abc import Collection

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from surveys.models import Arrival

# A survey's id and a response's.
Key = tuple[uuid.UUID, uuid.UUID]


def waiting(session: Session, most: int) -> list[Key]:
    """The keys of up to `most` responses that wait, survey by survey, the oldest of each first.

    They wait until they are `done`: who dies in between leaves them to the next who looks.
    """
    statement = select(Arrival.survey_id, Arrival.response_id).order_by(Arrival.survey_id, Arrival.response_id)
    return [(survey_id, response_id) for survey_id, response_id in session.execute(statement.limit(most))]


def any_waiting(session: Session) -> bool:
    return session.scalar(select(Arrival.response_id).limit(1)) is not None


def done(session: Session, keys: Collection[Key]) -> None:
    """These wait no more, in the transaction of what came of them; what does not wait is passed over."""
    if keys:
        # In one order, so that two who looked at the same responses never wait for each other in a ring.
        rows = [{"survey": survey_id, "response": response_id} for survey_id, response_id in sorted(keys)]
        session.connection().execute(_DONE, rows)


_DONE = delete(Arrival).where(Arrival.survey_id == bindparam("survey"), Arrival.response_id == bindparam("response"))
