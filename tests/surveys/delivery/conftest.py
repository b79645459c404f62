"""A real mail server and a real SMS gateway on this machine, which answer as a test wishes; an outbox to send from."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from surveys.database import Database
from surveys.delivery.mail import KIND, MailServer
from surveys.delivery.outbox import put

NOW = datetime(2025, 11, 10, 8, tzinfo=UTC)
PAYLOAD = {
    "subject": "NPS ۱۲",
    "text": "شاخص: +۱۲",
    "html": "<html dir=rtl><b>+۱۲</b></html>",
    "language": "fa",
    "stop": "https://cem.example/digests/stop/x",
}


@dataclass
class Postbox:
    """What arrived, and what the server is to say to the next ones."""

    answers: list[str] = field(default_factory=list)
    arrived: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.arrived.append(message)
            self.raw.append(envelope.content)
            self.to += envelope.rcpt_tos
        return answer


class Server(Controller):
    """A mail server on a port that is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr] # it is started
        super()._trigger_server()


@pytest.fixture
def postbox() -> Postbox:
    """An empty postbox."""
    return Postbox()


@pytest.fixture
def smtp(postbox: Postbox) -> Iterator[MailServer]:
    """The server of that postbox."""
    server = Server(postbox, hostname="127.0.0.1", port=0)
    server.start()
    yield MailServer.read(f"smtp://127.0.0.1:{server.port}", "cem <cem@bank.example>")
    server.stop()


@pytest.fixture
def start_server(postbox: Postbox) -> Iterator[Callable[..., int]]:
    """Start a server of that postbox with options of its own; its port."""
    started: list[Server] = []

    def start(**options: Any) -> int:
        server = Server(postbox, hostname="127.0.0.1", port=0, **options)
        server.start()
        started.append(server)
        return server.port

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def post_letter(database: Database) -> Callable[..., bool]:
    """Put a letter into the outbox; whether it is new."""

    def letter(key: str = "digest:1", recipient: str = "mina@bank.example", now: datetime = NOW, **others: str) -> bool:
        with database.write() as session:
            return put(session, now, kind=KIND, recipient=recipient, key=key, payload=PAYLOAD | others)

    return letter


@dataclass
class Desk:
    """What reached the gateway, and what it is to say to the next ones: status and headers."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    headers: list[Message] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    callers: set[Any] = field(default_factory=set)
    address: str = ""


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An HTTP server that takes text messages and quotes them in what it answers."""
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers = desk.answers.pop(0) if desk.answers else (200, {})
            desk.headers.append(self.headers)
            desk.bodies.append(body)
            desk.callers.add(self.client_address)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    desk.address = f"http://127.0.0.1:{server.server_address[1]}/send"
    yield desk
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def post_text(database: Database) -> Callable[..., bool]:
    """Put a text message into the outbox; whether it is new."""

    def text(key: str = "invitation:1", words: str = "سلام مینا", now: datetime = NOW) -> bool:
        with database.write() as session:
            payload = {"text": words, "language": "fa"}
            return put(session, now, kind="sms", recipient="+989121234567", key=key, payload=payload)

    return text
