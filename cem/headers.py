"""Security headers of every answer, unless the page has set its own."""

from litestar.types import Message, Scope

# Staff pages load our own files and nothing else. plotly positions its layers with inline styles.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    b"content-security-policy": _POLICY.encode(),
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    # A personal link is a secret; it must not travel to the next site.
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}


async def add_headers(message: Message, _: Scope) -> None:
    """Works on the raw list: this runs for every answer, and a header object would cost as much as the page."""
    if message["type"] != "http.response.start":
        return
    headers = list(message.get("headers", ()))
    present = {name for name, _ in headers}
    # A survey page brings its own policy and with it all that it needs: each header costs what a query would.
    if b"content-security-policy" not in present:
        message["headers"] = headers + [pair for pair in _HEADERS.items() if pair[0] not in present]
