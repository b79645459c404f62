"""Signed links. Nobody can make one, or change what one says, without the secret.

Four kinds: a *personal link* names an invitation; a *ticket* stands in a page and names the response that the page
will become, so that sending it twice is one response; a *stop link* stands in a mail and names whom to send no more;
the link of somebody's *own page* names the response that they gave, and nothing about who they are.
The message authentication code is HMAC-SHA-256 cut to 128 bits (RFC 2104 section 5), with a key of its own for each
kind.
"""

import hmac
import struct
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from surveys.errors import UnknownLink

_SIGNATURE = 16
_PAIR = 32  # survey id, and an invitation's or a response's
_TICKET = 39  # survey id, response id, seconds since 1970, version, whether personal
_NUMBERS = struct.Struct(">IH?")


@dataclass(frozen=True, slots=True)
class PersonalLink:
    survey_id: uuid.UUID
    invitation_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OwnPage:
    survey_id: uuid.UUID
    response_id: uuid.UUID


class Ticket(NamedTuple):
    """The response that a shown page will become: which version was shown, when and where.

    A ticket of a personal page is good for that page alone: a link that was called back stays so.
    """

    survey_id: uuid.UUID
    response_id: uuid.UUID
    version: int
    issued: datetime
    personal: bool = False
    touchpoint: str = ""
    unit: str = ""
    channel: str = ""


class Links:
    """Makes and reads signed links with one secret."""

    def __init__(self, secret: str) -> None:
        self._personal_key = hmac.digest(secret.encode(), b"personal link", "sha256")
        self._ticket_key = hmac.digest(secret.encode(), b"ticket", "sha256")
        self._stop_key = hmac.digest(secret.encode(), b"stop link", "sha256")
        self._own_page_key = hmac.digest(secret.encode(), b"own page", "sha256")

    def personal(self, link: PersonalLink) -> str:
        return _signed(link.survey_id.bytes + link.invitation_id.bytes, self._personal_key)

    def read_personal(self, token: str) -> PersonalLink:
        """The invitation behind a token; UnknownLink where it is not ours."""
        return PersonalLink(*_pair(token, self._personal_key))

    def ticket(self, ticket: Ticket) -> str:
        place = f"{ticket.touchpoint}|{ticket.unit}|{ticket.channel}".encode()
        numbers = _NUMBERS.pack(int(ticket.issued.timestamp()), ticket.version, ticket.personal)
        return _signed(ticket.survey_id.bytes + ticket.response_id.bytes + numbers + place, self._ticket_key)

    def read_ticket(self, token: str) -> Ticket:
        """The response behind a ticket; UnknownLink where it is not ours."""
        payload = _verified(token, self._ticket_key)
        place = payload[_TICKET:].decode().split("|")
        if len(payload) < _TICKET or len(place) != 3:
            raise UnknownLink
        seconds, version, personal = _NUMBERS.unpack(payload[32:_TICKET])
        issued = datetime.fromtimestamp(seconds, UTC)
        return Ticket(uuid.UUID(bytes=payload[:16]), uuid.UUID(bytes=payload[16:32]), version, issued, personal, *place)

    def stop(self, recipient: uuid.UUID) -> str:
        return _signed(recipient.bytes, self._stop_key)

    def read_stop(self, token: str) -> uuid.UUID:
        """Whom a stop link is about; UnknownLink where it is not ours."""
        payload = _verified(token, self._stop_key)
        if len(payload) != 16:
            raise UnknownLink
        return uuid.UUID(bytes=payload)

    def own_page(self, survey_id: uuid.UUID, response_id: uuid.UUID) -> str:
        return _signed(survey_id.bytes + response_id.bytes, self._own_page_key)

    def read_own_page(self, token: str) -> OwnPage:
        """Whose page it is, by the response that they gave; UnknownLink where the token is not ours."""
        return OwnPage(*_pair(token, self._own_page_key))


def _pair(token: str, key: bytes) -> tuple[uuid.UUID, uuid.UUID]:
    payload = _verified(token, key)
    if len(payload) != _PAIR:
        raise UnknownLink
    return uuid.UUID(bytes=payload[:16]), uuid.UUID(bytes=payload[16:])


def _signed(payload: bytes, key: bytes) -> str:
    return urlsafe_b64encode(payload + hmac.digest(key, payload, "sha256")[:_SIGNATURE]).rstrip(b"=").decode()


def _verified(token: str, key: bytes) -> bytes:
    try:
        signed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (NotBase64, UnicodeEncodeError, ValueError) as fault:
        raise UnknownLink from fault
    payload, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
    # Re-encoding refuses a second spelling of the same bytes, which lenient base64 would let through.
    if not hmac.compare_digest(hmac.digest(key, payload, "sha256")[:_SIGNATURE], signature) or _differs(token, signed):
        raise UnknownLink
    return payload


def _differs(token: str, signed: bytes) -> bool:
    return urlsafe_b64encode(signed).rstrip(b"=").decode() != token
