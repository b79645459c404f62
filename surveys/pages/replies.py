"""What the public pages send: bytes and headers that are ready, without a framework's way around them."""

import gzip
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from litestar.types import Receive, Scope, Send

from surveys.stitching import Stitched

Headers = Sequence[tuple[bytes, bytes]]

_ALWAYS: Headers = (
    # The address may hold a ticket or a token, and the page a customer's words: nobody keeps either.
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex"),
)
_HTML: Headers = (
    *_ALWAYS,
    (b"content-type", b"text/html; charset=utf-8"),
    (b"vary", b"accept-encoding, accept-language"),
)
_GZIP = (b"content-encoding", b"gzip")
# A page that nobody has typed into is kept by its browser for the back button alone: it shows the same ticket again, so
# that sending it again is the same response. Asked for anew, it is fetched anew.
_KEPT_FOR_BACK = (b"cache-control", b"private, no-cache")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as ASGI sends it; to HEAD it says the same without its body."""

    status: int
    headers: Headers
    body: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        length = () if self.status == 204 else ((b"content-length", str(len(self.body)).encode()),)
        headers = [*self.headers, *length]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        body = b"" if scope.get("method") == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body, "more_body": False})


@dataclass(frozen=True, slots=True)
class Html:
    """A rendered page and the only inline styles and scripts that its policy lets run."""

    text: str
    styles: Sequence[str] = ()
    scripts: Sequence[str] = ()

    @property
    def headers(self) -> Headers:
        return (*_HTML, (b"content-security-policy", _policy(self.styles, self.scripts).encode()))

    def reply(self, *, gzipped: bool, status: int = 200, retry_after: int | None = None) -> Reply:
        body, headers = self.text.encode(), list(self.headers)
        if retry_after is not None:
            headers.append((b"retry-after", str(retry_after).encode()))
        if gzipped:
            return Reply(status, [*headers, _GZIP], gzip.compress(body, 6, mtime=0))
        return Reply(status, headers, body)


class ReadyPage:
    """A page that is rendered and compressed already, but for one place, which comes after its author's words."""

    def __init__(self, page: Html, hole: str) -> None:
        head, tail = page.text.rsplit(hole, 1)
        self._page = Stitched.around(head.encode(), tail.encode())
        self._plain = (_KEPT_FOR_BACK, *(pair for pair in page.headers if pair[0] != b"cache-control"))
        self._gzipped = (*self._plain, _GZIP)

    def reply(self, middle: str, *, gzipped: bool) -> Reply:
        filling = middle.encode()
        if gzipped:
            return Reply(200, self._gzipped, self._page.gzip(filling))
        return Reply(200, self._plain, self._page.plain(filling))


def see_other(address: str) -> Reply:
    return Reply(303, (*_ALWAYS, (b"location", address.encode())))


def nothing() -> Reply:
    return Reply(204, _ALWAYS)


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    return (
        f"default-src 'none'; style-src {_hashes(styles)}; script-src {_hashes(scripts)}; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src data:"
    )


def _hashes(texts: Sequence[str]) -> str:
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
