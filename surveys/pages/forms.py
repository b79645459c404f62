"""What a public page was sent: one reading of the body, and one of the address."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from litestar import Request
from litestar.exceptions import ClientException, InternalServerException

from surveys.questionnaire import Form

# A Persian letter takes six bytes in a form, and a comment may have ten thousand of them.
LARGEST = 256 * 1024
MOST_FIELDS = 1000
# What is remembered of requests must not grow with what a stranger sends; the addresses that we make are shorter.
LONGEST_REMEMBERED = 1000
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Sent(NamedTuple):
    """A submitted form: the answers' fields beside the page's own."""

    form: Form
    ticket: str
    language: str
    page: int | None
    go: str
    honeypot: bool


async def read_sent(request: Request[Any, Any, Any]) -> Sent:
    try:
        body = await request.body()
    except InternalServerException as fault:  # Litestar's word for a connection that broke off
        raise ClientException("the form did not arrive whole") from fault
    try:
        form = parse_qs(body.decode(errors="replace"), errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as fault:
        raise ClientException("too many fields") from fault
    page = _last(form, "page")
    return Sent(
        form=form,
        ticket=_last(form, "ticket"),
        language=_last(form, "language"),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 4 else None,
        go=_last(form, "go"),
        honeypot=bool(_last(form, "reference")),
    )


def read_address(request: Request[Any, Any, Any]) -> Mapping[str, str]:
    """The address's parameters, the last of each name."""
    query = request.scope["query_string"]
    if not query:
        return _NOTHING
    return _remembered(query) if len(query) <= LONGEST_REMEMBERED else _parsed(query)


def _parsed(query: bytes) -> Mapping[str, str]:
    try:
        parsed = parse_qs(query.decode(errors="replace"), errors="replace", max_num_fields=50)
    except ValueError:
        return _NOTHING
    return MappingProxyType({name: values[-1] for name, values in parsed.items()})


_remembered = lru_cache(maxsize=256)(_parsed)


def _last(form: Form, name: str) -> str:
    values = form.get(name)
    return values[-1] if values else ""
