"""People with addresses, and the postbox that their digests arrive in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import update

from cem.digests.frequencies import Frequency
from cem.digests.subscriptions import subscribe, subscriber_of
from cem.people.models import Account
from cem.roles import Role
from cem.settings import Settings
from surveys.database import Database
from surveys.languages import language


@dataclass
class Postbox:
    """What arrived."""

    port: int = 0
    arrived: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        return "250 OK"


class Server(Controller):
    """A mail server on a port that is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr] # it is started
        super()._trigger_server()


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """A mail server on this machine."""
    postbox = Postbox()
    server = Server(postbox, hostname="127.0.0.1", port=0)
    server.start()
    postbox.port = server.port
    yield postbox
    server.stop()


@pytest.fixture
def mailing(settings: Settings, postbox: Postbox) -> Settings:
    """Settings with that server, of an installation that is reached over TLS."""
    url = f"smtp://127.0.0.1:{postbox.port}"
    return replace(settings, smtp_url=url, mail_from="cem@bank.example", base_url="https://cem.example")


@pytest.fixture
def addresses(database: Database, accounts: None) -> None:
    """Each account gets mail at its name."""
    with database.write() as session:
        session.execute(update(Account).values(email=Account.name + "@bank.example"))


@pytest.fixture
def wish(database: Database, addresses: None) -> Callable[..., None]:
    """Somebody subscribes: `wish(Role.EXECUTIVE, "fa", "weekly", now)`."""

    def asked(role: Role, spoken: str, frequency: str, now: datetime) -> None:
        with database.write() as session:
            one = subscriber_of(session, role.value, language(spoken))
            subscribe(session, now, one, language(spoken), Frequency(frequency))

    return asked
