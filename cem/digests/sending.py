"""Digests that fall due go into the outbox, each once; and one may be sent for right away."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from cem.digests.digest import build_digest
from cem.digests.frequencies import current_issue
from cem.digests.letters import write_letter
from cem.digests.subscriptions import Subscriber, subscribers
from cem.settings import Settings
from surveys.database import Database, day_of
from surveys.delivery.mail import KIND, Letter
from surveys.delivery.outbox import latest, put, withdraw
from surveys.templating import Templates

log = logging.getLogger(__name__)


def put_due_digests(database: Database, settings: Settings, now: datetime) -> int:
    """How many went into the outbox. What one person's digest meets does not keep the others from theirs."""
    templates = Templates(own=settings.own_templates)
    with database.read() as reader:
        waiting = [one for one in subscribers(reader) if _is_due(reader, settings, one, now)]
    count = 0
    for one in waiting:
        try:
            count += _put_due(database, settings, templates, one, now)
        except Exception as fault:  # noqa: BLE001 - as above; the next run tries again
            log.error("a digest was not written: %s", type(fault).__name__)  # noqa: TRY400 - it may quote answers
    return count


def _key(settings: Settings, one: Subscriber, now: datetime) -> str:
    issue = current_issue(one.frequency, one.language, day_of(now, settings.zone))
    return f"{one.keys}{issue.frequency}:{issue.day.isoformat()}"


def _is_due(reader: Session, settings: Settings, one: Subscriber, now: datetime) -> bool:
    issue = current_issue(one.frequency, one.language, day_of(now, settings.zone))
    due = issue.due(settings.zone)
    if one.since is None or not one.since < due <= now:
        return False
    return not latest(reader, _key(settings, one, now), 1)


def _put_due(database: Database, settings: Settings, templates: Templates, one: Subscriber, now: datetime) -> bool:
    with database.read() as reader:
        letter = compose(reader, settings, templates, one, now)
    if letter is None:
        return False
    with database.write() as session:
        # The newer one says all that an older one would that still waits.
        withdraw(session, one.keys, now)
        return _put(session, now, one, _key(settings, one, now), letter)


def compose(reader: Session, settings: Settings, templates: Templates, one: Subscriber, now: datetime) -> Letter | None:
    """The letter of the current issue; None where there is no survey to tell about."""
    today = day_of(now, settings.zone)
    digest = build_digest(reader, one, current_issue(one.frequency, one.language, today), today)
    return None if digest is None else write_letter(templates, settings, one, digest)


def put_now(session: Session, now: datetime, one: Subscriber, letter: Letter) -> bool:
    """One for right away, besides those that fall due; within a minute a second is the same one."""
    return _put(session, now, one, f"{one.keys}now:{now:%Y-%m-%dT%H:%M}", letter)


def _put(session: Session, now: datetime, one: Subscriber, key: str, letter: Letter) -> bool:
    payload = {name: getattr(letter, name) for name in letter.__struct_fields__}
    return one.email is not None and put(session, now, kind=KIND, recipient=one.email, key=key, payload=payload)
