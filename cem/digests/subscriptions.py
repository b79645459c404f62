"""Somebody wants digests, wants them otherwise, or no more."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.digests.frequencies import Frequency
from cem.digests.models import DigestSubscription
from cem.people.accounts import Person
from cem.people.models import Account
from cem.roles import Role
from surveys.delivery.outbox import withdraw
from surveys.languages import Language, language


@dataclass(frozen=True)
class Subscriber:
    """Somebody who can get digests; without `since` they have not asked for any."""

    account_id: uuid.UUID
    person: Person
    email: str | None
    language: Language
    frequency: Frequency
    since: datetime | None

    @property
    def keys(self) -> str:
        """How the outbox's keys of their digests begin."""
        return f"digest:{self.account_id}:"


def subscriber_of(session: Session, name: str, spoken: Language) -> Subscriber:
    """A person with their wishes, or with what is offered first: weekly, in the language that they read just now."""
    account = session.scalars(select(Account).where(Account.name == name)).one()
    return _subscriber(account, session.get(DigestSubscription, account.account_id), spoken)


def subscribers(session: Session) -> list[Subscriber]:
    """Everyone who wants digests and can get them."""
    rows = session.execute(
        select(Account, DigestSubscription)
        .join(DigestSubscription, DigestSubscription.account_id == Account.account_id)
        .where(Account.disabled_at.is_(None), Account.email.is_not(None))
        .order_by(Account.account_id)
    )
    return [_subscriber(account, wish, language(wish.language)) for account, wish in rows]


def _subscriber(account: Account, wish: DigestSubscription | None, spoken: Language) -> Subscriber:
    return Subscriber(
        account.account_id,
        Person(account.name, account.full_name, Role(account.role), account.unit),
        account.email,
        language(wish.language) if wish else spoken,
        Frequency(wish.frequency) if wish else Frequency.WEEKLY,
        wish.since if wish else None,
    )


def subscribe(session: Session, now: datetime, one: Subscriber, spoken: Language, frequency: Frequency) -> None:
    """From the next one that falls due on."""
    wish = session.get(DigestSubscription, one.account_id)
    if wish is None:
        wish = DigestSubscription(account_id=one.account_id)
        session.add(wish)
    wish.language, wish.frequency, wish.since = spoken.code, frequency, now
    name = one.person.name
    audit(session, now, name, "digest:subscribe", name, language=spoken.code, frequency=frequency)


def unsubscribe(session: Session, now: datetime, account_id: uuid.UUID, way: str) -> bool:
    """No more, at once: what still waits to be sent is taken back. Whether there was anything to end."""
    wish = session.get(DigestSubscription, account_id)
    withdraw(session, f"digest:{account_id}:", now)
    if wish is None:
        return False
    session.delete(wish)
    session.flush()
    name = session.get_one(Account, account_id).name
    audit(session, now, name, "digest:unsubscribe", name, way=way)
    return True
