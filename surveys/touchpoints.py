"""An encounter arrives: may we ask about it? If so, with a personal link; every 'no' is kept with its reason."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveys.contacts import keep_addresses
from surveys.database import new_id
from surveys.links import PersonalLink
from surveys.models import Customer, Encounter, Invitation, Segment, Survey, Touchpoint, Unit
from surveys.publishing import current_version
from surveys.questionnaire import Questionnaire

# Asked within a day, or the memory is of something else (a transactional survey's freshness).
FRESH = timedelta(hours=24)
# One invitation a customer in 30 days, over all surveys.
REST = timedelta(days=30)

# Whether a customer has a severe case open: nobody is asked how it was while they are being helped.
InTrouble = Callable[[Session, uuid.UUID], bool]

_CUSTOMERS = uuid.UUID("5b0ee1e0-6d53-5c0c-9a0e-3f3c9f1f6f10")


class NotInvited(StrEnum):
    """Why nobody was asked."""

    NO_SURVEY = "no_survey"
    NOT_FRESH = "not_fresh"
    OPTED_OUT = "opted_out"
    OPEN_CASE = "open_case"
    FATIGUE_30D = "fatigue_30d"


class UnknownCode(ValueError):
    """A code that the company does not have: `field` is where it was sent."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"There is no {field.rpartition('.')[2]} {code!r}.")
        self.field = field


class KeyReused(ValueError):
    """The sender used a key again for something else."""


def customer_id_of(reference: str) -> uuid.UUID:
    """A customer's id from the company's own reference."""
    return uuid.uuid5(_CUSTOMERS, f"customer\0{reference}")


@dataclass(frozen=True, kw_only=True)
class Met:
    """What a sender tells of an encounter; `key` is the sender's own name for it. An empty segment tells nothing."""

    sender: str
    key: str
    customer: str
    touchpoint: str
    unit: str
    occurred_at: datetime
    language: str = "fa"
    segment: str = ""
    # By channel, as they are kept. They are the customer's, not the encounter's: a repeat is known without them.
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def encounter_id(self) -> uuid.UUID:
        return uuid.uuid5(_CUSTOMERS, f"encounter\0{self.sender}\0{self.key}")

    @property
    def customer_id(self) -> uuid.UUID:
        return customer_id_of(self.customer)

    @property
    def digest(self) -> str:
        """Tells a repeat from another encounter under the same key; a moment is the same in any time zone."""
        occurred_at = self.occurred_at.astimezone(UTC).isoformat()
        said = [self.customer, self.touchpoint, self.unit, occurred_at, self.language]
        # What was recorded before there were segments is still known again.
        said += [self.segment] if self.segment else []
        return sha256("\0".join(said).encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What came of an encounter: an invitation, or the reason why there is none."""

    encounter_id: uuid.UUID
    invitation: PersonalLink | None
    expires_at: datetime | None
    not_invited: NotInvited | None
    repeated: bool = False


def record_encounter(session: Session, met: Met, now: datetime, in_trouble: InTrouble = lambda *_: False) -> Outcome:
    """Keep an encounter and invite the customer where a survey is due, unless they are `in_trouble`.

    UnknownCode for a touchpoint, unit or segment that is not there; KeyReused where the key came with something else
    before.
    """
    if (repeat := _repeat(session, met)) is not None:
        return repeat
    touchpoint = session.get(Touchpoint, met.touchpoint)
    if touchpoint is None:
        raise UnknownCode("touchpoint", met.touchpoint)
    if not _open(session.get(Unit, met.unit), met.occurred_at):
        raise UnknownCode("unit", met.unit)
    if met.segment and not _open(session.get(Segment, met.segment), met.occurred_at):
        raise UnknownCode("customer.segment", met.segment)
    customer = _held_customer(session, met)
    # Two tries at once: while this one waited for the customer, the other may have come to its end.
    if (repeat := _repeat(session, met)) is not None:
        return repeat
    customer.segment = met.segment or customer.segment
    keep_addresses(session, {met.customer_id: met.addresses})
    reason = why_not(session, customer, touchpoint, met.occurred_at, now, in_trouble)
    invitation = None if reason else _invite(session, met, customer, touchpoint, now)
    session.add(
        Encounter(
            customer_id=met.customer_id,
            encounter_id=met.encounter_id,
            digest=met.digest,
            touchpoint=met.touchpoint,
            unit=met.unit,
            channel=touchpoint.channel,
            occurred_at=met.occurred_at,
            recorded_at=now,
            survey_id=invitation and invitation.survey_id,
            invitation_id=invitation and invitation.invitation_id,
            not_invited=reason,
        )
    )
    return _outcome(met.encounter_id, invitation, reason)


def why_not(
    session: Session,
    customer: Customer,
    touchpoint: Touchpoint,
    occurred_at: datetime,
    now: datetime,
    in_trouble: InTrouble,
) -> NotInvited | None:
    """The first rule that forbids asking this customer about this encounter, in the order of their weight."""
    survey = touchpoint.transactional_survey and session.get(Survey, touchpoint.transactional_survey)
    if not survey or survey.closed_at is not None:
        return NotInvited.NO_SURVEY
    if customer.opted_out_at is not None:
        return NotInvited.OPTED_OUT
    if in_trouble(session, customer.customer_id):
        return NotInvited.OPEN_CASE
    if now - occurred_at > FRESH:
        return NotInvited.NOT_FRESH
    invited_lately = session.scalar(
        select(Encounter.encounter_id)
        .where(
            Encounter.customer_id == customer.customer_id,
            Encounter.invitation_id.is_not(None),
            Encounter.recorded_at > now - REST,
        )
        .limit(1)
    )
    return NotInvited.FATIGUE_30D if invited_lately else None


def _held_customer(session: Session, met: Met) -> Customer:
    """The customer, held until this transaction ends: two encounters at once would both be asked about."""
    values = {"customer_id": met.customer_id, "reference": met.customer, "language": met.language}
    session.execute(_INSERT[session.get_bind().dialect.name], values)
    return session.get_one(Customer, met.customer_id, with_for_update=True)


def _insert(dialect: Any) -> Any:
    return dialect.insert(Customer).on_conflict_do_nothing()


_INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}


def _open(part: Unit | Segment | None, occurred_at: datetime) -> bool:
    """Whether a part of the company was there on the day of the encounter."""
    day = occurred_at.date()
    return part is not None and part.valid_from <= day and (part.valid_to is None or day <= part.valid_to)


def _invite(session: Session, met: Met, customer: Customer, touchpoint: Touchpoint, now: datetime) -> Invitation:
    assert touchpoint.transactional_survey is not None  # noqa: S101 - `why_not` has seen it
    version = current_version(session, touchpoint.transactional_survey)
    questionnaire = msgspec.convert(version.document, Questionnaire)
    invitation = Invitation(
        survey_id=version.survey_id,
        invitation_id=new_id(now),
        customer_id=met.customer_id,
        encounter_id=met.encounter_id,
        touchpoint=met.touchpoint,
        unit=met.unit,
        channel=touchpoint.channel,
        language=met.language,
        segment=customer.segment,
        created_at=now,
        expires_at=now + timedelta(days=questionnaire.link_days),
    )
    session.add(invitation)
    return invitation


def _repeat(session: Session, met: Met) -> Outcome | None:
    """What came of this encounter the first time; None where this is the first time."""
    # By the sender's key alone: the same key with another customer is the sender's mistake, not a second encounter.
    known = session.scalar(select(Encounter).where(Encounter.encounter_id == met.encounter_id))
    if known is None:
        return None
    if known.digest != met.digest:
        raise KeyReused(f"The key {met.key!r} was sent before with another encounter.")
    invitation = (
        session.get(Invitation, (known.survey_id, known.invitation_id)) if known.invitation_id is not None else None
    )
    reason = NotInvited(known.not_invited) if known.not_invited else None
    return _outcome(known.encounter_id, invitation, reason, repeated=True)


def _outcome(
    encounter_id: uuid.UUID, invitation: Invitation | None, reason: NotInvited | None, *, repeated: bool = False
) -> Outcome:
    if invitation is None:
        return Outcome(encounter_id, None, None, reason, repeated)
    link = PersonalLink(invitation.survey_id, invitation.invitation_id)
    return Outcome(encounter_id, link, invitation.expires_at, None, repeated)
