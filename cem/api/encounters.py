"""`POST /api/v1/encounters`: a customer met the company; whether and where to ask is the answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta
from sqlalchemy.orm import Session

from cem.cases.opening import in_trouble
from cem.errors import Conflict, NotSignedIn, Problem
from cem.settings import Settings
from surveys.contacts import EMAIL, SMS, normal_email, normal_mobile
from surveys.database import utc_now
from surveys.reception import Reception
from surveys.touchpoints import KeyReused, Met, NotInvited, Outcome, UnknownCode, record_encounter

# PostgreSQL keeps no NUL, and nobody reads the other control characters. A bare `$` would let a line break through.
Text = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Address = Annotated[str, Meta(min_length=1, max_length=254)]
# A sender's clock may run ahead a little; a meeting of tomorrow is a mistake.
AHEAD = timedelta(minutes=5)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class CustomerIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A customer with what the company knows of them; what is left out stays as it was."""

    reference: Annotated[Text, Meta(description="Your reference of the customer.")]
    segment: Annotated[Text | None, Meta(description="The code of the customer's segment.")] = None
    email: Annotated[Address | None, Meta(description="Where the customer is reached by e-mail.")] = None
    mobile: Annotated[
        Address | None,
        Meta(description="The customer's mobile number: +989121234567, 09121234567, or another + number."),
    ] = None


class EncounterIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An encounter as its sender tells it. Sending the same `key` again changes nothing and gives the same answer."""

    key: Annotated[Text, Meta(description="Your own name for this encounter; makes sending twice safe.")]
    customer: Annotated[
        Text | CustomerIn, Meta(description="Your reference of the customer, alone or with what is known of them.")
    ]
    touchpoint: Annotated[Text, Meta(description="The code of the touchpoint.")]
    unit: Annotated[Text, Meta(description="The code of the unit that served the customer.")]
    occurred_at: Annotated[datetime, Meta(tz=True, description="When, with its UTC offset.")]
    language: Literal["fa", "en"] = "fa"


class InvitationOut(msgspec.Struct):
    url: str
    expires_at: datetime


class EncounterOut(msgspec.Struct):
    """`invitation` is the personal link to hand to the customer; without one, `not_invited` says why."""

    encounter_id: str
    invitation: InvitationOut | None
    not_invited: NotInvited | None


class EncounterApi(Controller):
    path = "/encounters"
    tags = ("encounters",)

    @post(sync_to_thread=True, summary="Record an encounter")
    def record(
        self,
        request: Request[str | None, Any, Any],
        data: JSONBody[EncounterIn],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
        reception: NamedDependency[Reception],
    ) -> Response[EncounterOut]:
        now = utc_now()
        if data.occurred_at > now + AHEAD:
            raise Problem("occurred_at", "The encounter lies in the future.")
        if data.occurred_at < EARLIEST:
            raise Problem("occurred_at", "The encounter lies before 1970.")
        outcome = _record(session, _met(request.user, data, settings.zone), now)
        return Response(_out(outcome, settings, reception), status_code=200 if outcome.repeated else 201)


def _met(sender: str | None, data: EncounterIn, zone: ZoneInfo) -> Met:
    if sender is None:
        raise NotSignedIn
    known = CustomerIn(reference=data.customer) if isinstance(data.customer, str) else data.customer
    return Met(
        sender=sender,
        key=data.key,
        customer=known.reference,
        touchpoint=data.touchpoint,
        unit=data.unit,
        # The day that a unit opens or closes is the company's own.
        occurred_at=data.occurred_at.astimezone(zone),
        language=data.language,
        segment=known.segment or "",
        addresses=dict(_addresses(known)),
    )


def _addresses(known: CustomerIn) -> Iterator[tuple[str, str]]:
    """The addresses by channel; the fault of a wrong one does not repeat it."""
    if known.email is not None:
        if (email := normal_email(known.email)) is None:
            raise Problem("customer.email", "This is no e-mail address, such as name@mail.example.")
        yield EMAIL, email
    if known.mobile is not None:
        if (mobile := normal_mobile(known.mobile)) is None:
            raise Problem("customer.mobile", "This is no mobile number, such as +989121234567 or 09121234567.")
        yield SMS, mobile


def _record(session: Session, met: Met, now: datetime) -> Outcome:
    try:
        return record_encounter(session, met, now, in_trouble)
    except UnknownCode as fault:
        raise Problem(fault.field, str(fault)) from fault
    except KeyReused as fault:
        raise Conflict(str(fault)) from fault


def _out(outcome: Outcome, settings: Settings, reception: Reception) -> EncounterOut:
    invitation = None
    if outcome.invitation is not None and outcome.expires_at is not None:
        url = f"{settings.base_url.rstrip('/')}/i/{reception.links.personal(outcome.invitation)}"
        invitation = InvitationOut(url, outcome.expires_at)
    return EncounterOut(str(outcome.encounter_id), invitation, outcome.not_invited)
