"""Text messages: a text and a number, and the company's own HTTP gateway that takes them.

Gateways differ in one thing, the names of what they want. So the body is a template of the installation's, JSON or a
form, and cem puts the values in, escaped for the format.
"""

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from surveys.delivery.sending import Undelivered
from surveys.models import Outgoing

KIND = "sms"
# Seconds for each step of an exchange with the gateway.
PATIENCE = 10
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
BODY = '{"to": "{to}", "text": "{text}", "id": "{id}", "from": "{sender}"}'
# Time, too early, too many: the message itself is fine. So it is with a wrong key, which the installation can mend.
AGAIN = frozenset({401, 408, 425, 429})
LONGEST_WAIT = timedelta(days=1)
# An answer is read to the end only so that its connection can be used again.
LONGEST_ANSWER = 65536
_PLACE = re.compile(r"\{(\w+)\}")
_PLACES = frozenset({"to", "text", "id", "sender"})
# They log the address of each request, and there are gateways with a key in it.
_TALKATIVE = "httpx", "httpcore"


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """What an outbox row of this kind holds."""

    text: str
    language: str


@dataclass(frozen=True, repr=False)
class Request:
    """What the gateway is sent for a row. It is not printed: it has a number and a key."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class SmsGateway:
    """Where text messages are handed over, and in whose name. Addresses of gateways hold keys: none is printed."""

    url: str = field(repr=False)
    body: str = BODY
    content_type: str = JSON
    authorization: str = field(default="", repr=False)
    sender: str = ""

    def __post_init__(self) -> None:
        """ValueError names the setting that is wrong and says what to do; it never quotes the address or the key."""
        _check_address(self.url)
        for name in ("content_type", "authorization", "sender"):
            if not getattr(self, name).isprintable():
                raise ValueError(f"CEM_SMS_{name.replace('sender', 'from').upper()} must be one line of plain text")
        if not self.authorization.isascii():
            raise ValueError("CEM_SMS_AUTHORIZATION is the value of a header, such as Bearer KEY, in Latin letters")
        if self._media_type not in {JSON, FORM} or not self.content_type.isascii():
            raise ValueError(f"CEM_SMS_CONTENT_TYPE must be {JSON} or {FORM}")
        places = set(_PLACE.findall(self.body))
        if unknown := sorted(places - _PLACES):
            raise ValueError(f"CEM_SMS_BODY has {{{unknown[0]}}}; there are {{to}}, {{text}}, {{id}} and {{sender}}")
        if not {"to", "text"} <= places:
            raise ValueError("CEM_SMS_BODY needs {to} and {text}")
        self._fill(dict.fromkeys(_PLACES, ""))

    def write(self, row: Outgoing) -> Request:
        """The request of a row: the same one however often it is sent, so that a gateway may know it again."""
        message = msgspec.convert(row.payload, Text)
        key = str(row.outbox_id)
        headers = {"Content-Type": self.content_type, "Idempotency-Key": key}
        if self.authorization:
            headers["Authorization"] = self.authorization
        values = {"to": row.recipient, "text": message.text, "id": key, "sender": self.sender}
        return Request(headers, self._fill(values))

    @property
    def _media_type(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()

    def _fill(self, values: dict[str, str]) -> bytes:
        if self._media_type == FORM:
            return _put(self.body, values, lambda value: quote(value, safe="")).encode()
        try:
            document = msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            raise ValueError(f"CEM_SMS_BODY is not JSON; for a form CEM_SMS_CONTENT_TYPE is {FORM}") from None
        # Each text is filled after it was read and before it is written, so no value can end its quotation marks.
        return msgspec.json.encode(_put_deep(document, values))


class Courier:
    """Hands text messages over; its connection is kept for all of a run."""

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = httpx.Client(timeout=PATIENCE, follow_redirects=False)
        self._away: str = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._client.close()

    def send(self, row: Outgoing) -> None:
        """Undelivered where the gateway does not take it. What it says in words is not kept: it may quote the number.

        For now with 5xx, where it is away, busy or refuses our key, or sends us elsewhere; for good with other 4xx. One
        that is away is not waited for again in the same run: mail and all other jobs wait behind it.
        """
        if self._away:
            raise Undelivered(self._away, final=False)
        request = self._gateway.write(row)
        url, headers = self._gateway.url, request.headers
        try:
            with self._client.stream("POST", url, headers=headers, content=request.body) as answer:
                _finish(answer)
        except httpx.HTTPError as fault:
            reason = f"the SMS gateway is not reached: {type(fault).__name__}"
            if isinstance(fault, httpx.TimeoutException | httpx.ConnectError):
                self._away = reason
            raise Undelivered(reason, final=False) from None
        if not answer.is_success:
            final = answer.is_client_error and answer.status_code not in AGAIN
            reason = f"the SMS gateway answers {answer.status_code}"
            raise Undelivered(reason, final=final, wait=_wait(answer.headers.get("Retry-After", "")))


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        wrong = parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0 or parts.fragment
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        raise ValueError("CEM_SMS_URL is not an address") from None
    if wrong:
        raise ValueError("CEM_SMS_URL is not https://HOST/PATH or http://HOST/PATH")
    if parts.username is not None or parts.password is not None:
        raise ValueError("CEM_SMS_URL has a name or a password; CEM_SMS_AUTHORIZATION is the place of secrets")


def _put(template: str, values: dict[str, str], escape: Callable[[str], str]) -> str:
    """All at once: a message that says {to} is not filled a second time."""
    return _PLACE.sub(lambda place: escape(values[place[1]]), template)


def _put_deep(document: Any, values: dict[str, str]) -> Any:
    match document:
        case str():
            return _put(document, values, str)
        case list():
            return [_put_deep(part, values) for part in document]
        case dict():
            return {name: _put_deep(part, values) for name, part in document.items()}
    return document


def _finish(answer: httpx.Response) -> None:
    """Read a short answer away. Whether the message was taken is known before, and a long answer is cut off."""
    length = answer.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) <= LONGEST_ANSWER:
        with suppress(httpx.HTTPError):
            answer.read()


def _wait(seconds: str) -> timedelta:
    """How long the gateway asks us to stay away; its other form, a date, needs a clock that we share."""
    known = seconds.isdecimal() and seconds.isascii() and len(seconds) < 9
    return min(timedelta(seconds=int(seconds)), LONGEST_WAIT) if known else timedelta()
