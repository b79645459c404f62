"""The outbox: put in the caller's transaction, taken once, sent at least once, given up with its reason.

Whoever sends takes a row for a while, sends outside any transaction and records the result. If it dies in between, the
row is free again after that while and goes out a second time with the same `Message-ID`: a mail twice is a nuisance, a
mail lost is a promise broken.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveys.database import new_id
from surveys.models import Outgoing

# Longer than the slowest exchange with a mail server.
TAKEN = timedelta(minutes=5)
# After each try that failed; when there are no more, the row is given up: two and a half days.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440, 1440))
NO_WAIT = timedelta()
# For so long a row is remembered, which is longer than any period whose message must not go out twice.
REMEMBERED = timedelta(days=90)
LONGEST_ERROR = 300


def put(
    session: Session,
    now: datetime,
    *,
    kind: str,
    recipient: str,
    key: str,
    payload: Mapping[str, Any],
    due_at: datetime | None = None,
) -> bool:
    """Something to send, unless its key is here already; whether it is new."""
    values = {
        "outbox_id": new_id(now),
        "key": key,
        "kind": kind,
        "recipient": recipient,
        "payload": dict(payload),
        "created_at": now,
        "due_at": due_at or now,
        "attempts": 0,
    }
    return session.scalar(_INSERT[session.get_bind().dialect.name], values) is not None


def take(session: Session, now: datetime, kind: str, limit: int = 1) -> list[Outgoing]:
    """The rows that are due, longest first, which nobody else takes until TAKEN has passed.

    On PostgreSQL the rows that another is taking are passed over; on SQLite one transaction writes at a time.
    """
    rows = session.scalars(
        select(Outgoing)
        .where(*_waiting(), Outgoing.kind == kind, Outgoing.due_at <= now, *_free(now))
        .order_by(Outgoing.due_at, Outgoing.outbox_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.taken_until, row.attempts = now + TAKEN, row.attempts + 1
    return list(rows)


def record_sent(session: Session, outbox_id: uuid.UUID, now: datetime) -> None:
    changes: dict[str, Any] = {"sent_at": now, "taken_until": None, "last_error": None, "payload": {}}
    session.execute(update(Outgoing).where(Outgoing.outbox_id == outbox_id).values(changes))


def record_fault(
    session: Session, taken: Outgoing, now: datetime, error: str, *, final: bool, wait: timedelta = NO_WAIT
) -> None:
    """What went wrong: tried again after a pause or, if that is longer, the wait that the other side asks for; or
    given up. Nothing where another has taken the row since.
    """
    given_up = final or taken.attempts > len(PAUSES)
    changes: dict[str, Any] = {"taken_until": None, "last_error": error[:LONGEST_ERROR]}
    changes |= {"failed_at": now} if given_up else {"due_at": now + max(wait, PAUSES[taken.attempts - 1])}
    mine = Outgoing.outbox_id == taken.outbox_id, Outgoing.taken_until == taken.taken_until
    session.execute(update(Outgoing).where(*mine, *_waiting()).values(changes))


def withdraw(session: Session, keys: str, now: datetime) -> int:
    """Take back what waits under keys that begin so; what somebody is sending just now goes out."""
    gone = delete(Outgoing).where(Outgoing.key.startswith(keys, autoescape=True), *_waiting(), *_free(now))
    return len(session.execute(gone.returning(Outgoing.outbox_id)).all())


def forget(session: Session, before: datetime) -> int:
    """Remove the rows that are done with and older than this."""
    done = or_(Outgoing.sent_at.is_not(None), Outgoing.failed_at.is_not(None))
    gone = delete(Outgoing).where(Outgoing.created_at < before, done).returning(Outgoing.outbox_id)
    return len(session.execute(gone).all())


def is_due(session: Session, now: datetime, kind: str) -> bool:
    """Whether there is a row to take; a look, without a transaction that writes."""
    there = select(1).where(*_waiting(), Outgoing.kind == kind, Outgoing.due_at <= now, *_free(now)).limit(1)
    return session.scalar(there) is not None


def count_waiting(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Outgoing).where(*_waiting())) or 0


def latest(session: Session, keys: str, limit: int = 5) -> list[Outgoing]:
    """The newest rows under keys that begin so."""
    rows = select(Outgoing).where(Outgoing.key.startswith(keys, autoescape=True))
    return list(session.scalars(rows.order_by(Outgoing.created_at.desc()).limit(limit)))


def _waiting() -> tuple[Any, ...]:
    return Outgoing.sent_at.is_(None), Outgoing.failed_at.is_(None)


def _free(now: datetime) -> tuple[Any, ...]:
    return (or_(Outgoing.taken_until.is_(None), Outgoing.taken_until <= now),)


def _insert(dialect: Any) -> Any:
    statement = dialect.insert(Outgoing).on_conflict_do_nothing(index_elements=["key"])
    return statement.returning(Outgoing.outbox_id)


_INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}
