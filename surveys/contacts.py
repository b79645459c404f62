"""Addresses of customers: an e-mail address or a mobile number as people type it, and where a customer is reached.

The same address is always the same text: small letters, or a number as +989121234567. Addresses stand in tables of
their own and go into no audit row, log or export.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveys.delivery.mail import is_address
from surveys.languages import ascii_digits
from surveys.models import ContactDetail

EMAIL, SMS = "email", "sms"
# Whatever is longer is neither, and cleaning costs time for every letter.
LONGEST = 400

# What people write between the digits, and the marks of direction that come along when a number is copied.
_BETWEEN = re.compile(r"[\s().\-/\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
# With a zero of the trunk or without; with or without the country.
_IRANIAN = re.compile(r"(?:\+?98|0)?0?(9\d{9})", re.ASCII)
_FOREIGN = re.compile(r"\+(?!98)[1-9]\d{6,14}", re.ASCII)


def normal_mobile(text: str) -> str | None:
    """A mobile number as +989121234567, from any of the ways in which it is written in Iran; None where it is none.

    A number of another country is taken where it begins with + or 00.
    """
    if len(text) > LONGEST:
        return None
    number = re.sub(r"^00", "+", _BETWEEN.sub("", ascii_digits(text).replace("\uff0b", "+")))
    if found := _IRANIAN.fullmatch(number):
        return f"+98{found[1]}"
    return number if _FOREIGN.fullmatch(number) else None


def normal_email(text: str) -> str | None:
    """An e-mail address in small letters; None where it is none."""
    if len(text) > LONGEST:
        return None
    address = _INVISIBLE.sub("", ascii_digits(text)).strip().lower()
    return address if is_address(address) else None


def read_contact(text: str) -> tuple[str, str] | None:
    """The channel and the address of what somebody typed; None where it is neither e-mail address nor mobile number."""
    if "@" not in text:
        mobile = normal_mobile(text)
        return (SMS, mobile) if mobile else None
    email = normal_email(text)
    # Whoever types "ali@gmail" has forgotten its end: no customer's mail lives at a name without a dot.
    return (EMAIL, email) if email and "." in email.rpartition("@")[2] else None


def addresses_of(session: Session, customer_id: uuid.UUID) -> dict[str, str]:
    """Where a customer is reached: an address for each channel that is known."""
    statement = select(ContactDetail.channel, ContactDetail.address).where(ContactDetail.customer_id == customer_id)
    return {channel: address for channel, address in session.execute(statement)}  # noqa: C416 - rows, not pairs


def keep_addresses(session: Session, told: Mapping[uuid.UUID, Mapping[str, str]]) -> set[uuid.UUID]:
    """Keep what was told of these customers, by channel; who has an address that is new.

    A channel that nothing was told of stays as it was.
    """
    told = {customer_id: addresses for customer_id, addresses in told.items() if addresses}
    if not told:
        return set()
    known: dict[uuid.UUID, dict[str, str]] = defaultdict(dict)
    columns = ContactDetail.customer_id, ContactDetail.channel, ContactDetail.address
    for customer_id, channel, address in session.execute(select(*columns).where(ContactDetail.customer_id.in_(told))):
        known[customer_id][channel] = address
    rows: list[dict[str, Any]] = [
        {"customer_id": customer_id, "channel": channel, "address": address}
        for customer_id, addresses in told.items()
        for channel, address in addresses.items()
        if known[customer_id].get(channel) != address
    ]
    if rows:
        session.connection().execute(_UPSERT[session.get_bind().dialect.name], rows)
    return {row["customer_id"] for row in rows}


def _upsert(dialect: Any) -> Any:
    statement = dialect.insert(ContactDetail)
    changed = {"address": statement.excluded.address}
    return statement.on_conflict_do_update(index_elements=["customer_id", "channel"], set_=changed)


_UPSERT = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}
