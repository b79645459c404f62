"""The history of a plan: rows that are only ever added, each with the digest of the one before it.

Who changes or removes a row after the fact must change every row that follows, and the last digest that anybody has
written down, such as on a statement, no longer fits.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.rewards.digests import NOTHING, digest_of
from cem.rewards.models import RewardEvent


def record(session: Session, now: datetime, actor: str, plan_code: str, action: str, **details: Any) -> RewardEvent:
    """Add to a plan's history, and to the audit trail, in the verb's own transaction.

    Two that add at once meet in the number, which is the primary key: the second is rolled back.
    """
    last = session.scalars(
        select(RewardEvent).where(RewardEvent.plan_code == plan_code).order_by(RewardEvent.number.desc()).limit(1)
    ).first()
    number, previous = (last.number + 1, last.digest) if last else (1, NOTHING)
    event = RewardEvent(
        plan_code=plan_code,
        number=number,
        at=now,
        actor=actor,
        action=action,
        document=details,
        previous=previous,
        digest="",
    )
    event.digest = digest_of_event(event)
    session.add(event)
    session.flush()
    audit(session, now, actor, f"reward:{action}", plan_code, **details)
    return event


def digest_of_event(event: RewardEvent) -> str:
    """What its digest must be."""
    return digest_of(
        [
            event.plan_code,
            event.number,
            event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            event.actor,
            event.action,
            event.document,
            event.previous,
        ]
    )


def broken_links(session: Session, plan_code: str) -> Iterator[int]:
    """The numbers of the events that do not fit their digest, their predecessor or their place."""
    previous, expected = NOTHING, 1
    for event in session.scalars(
        select(RewardEvent).where(RewardEvent.plan_code == plan_code).order_by(RewardEvent.number)
    ):
        fits = event.number == expected and event.previous == previous and event.digest == digest_of_event(event)
        if not fits:
            yield event.number
        previous, expected = event.digest, event.number + 1
