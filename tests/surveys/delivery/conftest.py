"""A real mail server on this machine, which answers as a test wishes, and an outbox with a letter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
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
