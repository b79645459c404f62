"""Mail over a real server: what arrives, what is tried again, what is given up, and what never shows a secret."""

import logging
import ssl
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import select

from surveys.database import Database
from surveys.delivery.mail import KIND, MailServer, Post, is_address
from surveys.delivery.outbox import PAUSES, TAKEN, take
from surveys.delivery.sending import send_due
from surveys.models import Outgoing

NOW = datetime(2025, 11, 10, 8, tzinfo=UTC)
SENDER = "cem <cem@bank.example>"
SECRET = "hush-hush"
PostLetter = Callable[..., bool]


def send(database: Database, server: MailServer, now: datetime = NOW) -> int:
    """Send what is due."""
    with Post(server) as post:
        return send_due(database, KIND, post.send, now)


def row(database: Database) -> Outgoing:
    """The only row."""
    with database.read() as reader:
        return reader.scalars(select(Outgoing)).one()


def test_a_letter_arrives(database: Database, smtp: MailServer, postbox: Any, post_letter: PostLetter) -> None:
    """Both forms in Persian, a link to end such mail with one click, and the mark of a machine; once."""
    post_letter()

    assert send(database, smtp) == 1
    assert send(database, smtp, NOW + timedelta(days=1)) == 0
    (message,) = postbox.arrived
    assert postbox.to == ["mina@bank.example"]
    assert (message["To"], message["From"]) == ("mina@bank.example", SENDER)
    assert message["Subject"] == "NPS ۱۲"
    assert message["Message-ID"] == f"<{row(database).outbox_id}@bank.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<https://cem.example/digests/stop/x>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == "شاخص: +۱۲"
    assert "<b>+۱۲</b>" in html.get_content()


def test_a_long_head(database: Database, smtp: MailServer, postbox: Any, post_letter: PostLetter) -> None:
    """A long Persian subject keeps every space, no line is too long, and the link to end is written as it is."""
    stop, subject = "https://cem.example/digests/stop/" + "x" * 90, "تجربه امروز شما از بانک نارون، " * 5
    post_letter(stop=stop, subject=subject.strip())
    send(database, smtp)
    head = postbox.raw[0].partition(b"\r\n\r\n")[0].decode("ascii")

    assert postbox.arrived[0]["Subject"] == subject.strip()
    assert f"\r\nList-Unsubscribe: <{stop}>\r\n" in head
    assert max(len(line) for line in head.split("\r\n") if not line.startswith("List-Unsubscribe:")) <= 78
    assert postbox.arrived[0]["Content-Language"] == "fa"


def test_one_click_needs_tls(database: Database, smtp: MailServer, postbox: Any, post_letter: PostLetter) -> None:
    """RFC 8058 wants https; without it the link is there, and mail programs open it as a page."""
    post_letter(stop="http://cem.example/digests/stop/x")
    send(database, smtp)

    assert postbox.arrived[0]["List-Unsubscribe"] == "<http://cem.example/digests/stop/x>"
    assert postbox.arrived[0]["List-Unsubscribe-Post"] is None


def test_not_now(database: Database, smtp: MailServer, postbox: Any, post_letter: PostLetter) -> None:
    """After a 451 the letter waits its pause and then arrives."""
    post_letter()
    postbox.answers = ["451 4.7.1 come again"]

    assert send(database, smtp) == 0
    assert (row(database).last_error, row(database).failed_at) == ("451 4.7.1 come again", None)
    assert send(database, smtp, NOW + PAUSES[0] - timedelta(seconds=1)) == 0
    assert send(database, smtp, NOW + PAUSES[0]) == 1
    assert len(postbox.arrived) == 1
    assert row(database).last_error is None


def test_never(database: Database, smtp: MailServer, postbox: Any, post_letter: PostLetter) -> None:
    """After a 550 the letter is given up with the server's reason, and its neighbour arrives."""
    post_letter("first")
    post_letter("second", now=NOW + timedelta(seconds=1))
    postbox.answers = ["550 5.7.1 not here"]

    assert send(database, smtp, NOW + timedelta(minutes=1)) == 1
    assert send(database, smtp, NOW + timedelta(days=9)) == 0
    with database.read() as reader:
        first, second = reader.scalars(select(Outgoing).order_by(Outgoing.key)).all()
    assert (first.last_error, first.failed_at) == ("550 5.7.1 not here", NOW + timedelta(minutes=1))
    assert second.sent_at is not None
    assert len(postbox.arrived) == 1


def test_death_between_sending_and_recording(
    database: Database, smtp: MailServer, postbox: Any, post_letter: PostLetter
) -> None:
    """At least once: who dies with a letter handed over leaves it to be sent again, with the same Message-ID."""
    post_letter()
    with database.write() as session:
        (taken,) = take(session, NOW, KIND)
    with Post(smtp) as post:
        post.send(taken)  # and nobody records it

    assert send(database, smtp, NOW + TAKEN / 2) == 0
    assert send(database, smtp, NOW + TAKEN) == 1
    first, second = postbox.arrived
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_no_server(database: Database, post_letter: PostLetter) -> None:
    """Where nobody answers, letters wait; the reason names no address and no password."""
    post_letter()
    server = MailServer.read(f"smtp://mina:{SECRET}@127.0.0.1:1", SENDER)

    assert send(database, server) == 0
    assert row(database).last_error == "the mail server is not reached: ConnectionRefusedError"
    assert row(database).failed_at is None


def test_a_row_that_cannot_be_sent(
    database: Database, smtp: MailServer, post_letter: PostLetter, caplog: pytest.LogCaptureFixture
) -> None:
    """A payload that is no letter is given up; neither the log nor the row quotes it."""
    post_letter("bad", subject=f"{SECRET}\nBcc: everybody@bank.example")
    post_letter("good", now=NOW + timedelta(seconds=1))

    with caplog.at_level(logging.DEBUG):
        assert send(database, smtp, NOW + timedelta(minutes=1)) == 1
    with database.read() as reader:
        bad = reader.scalars(select(Outgoing).where(Outgoing.key == "bad")).one()
    assert bad.failed_at is not None
    assert bad.last_error == "cannot be sent: ValueError"
    assert SECRET not in caplog.text


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that this machine signs for itself."""
    folder = tmp_path_factory.mktemp("tls")
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*made.split(), *files], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_tls_and_sign_in(
    scheme: str,
    database: Database,
    certificate: Path,
    postbox: Any,
    start_server: Callable[..., int],
    post_letter: PostLetter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Over either kind of TLS with a name and a password; a certificate that nobody vouches for, or a wrong password,
    keeps the letter, and no text names the password.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")

    def allowed(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == SECRET.encode()
        return AuthResult(success=right, handled=False)

    outside = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    # aiosmtpd knows of TLS alone that began as plain text.
    asked = scheme != "smtps"
    port = start_server(authenticator=allowed, auth_required=asked, auth_require_tls=asked, **outside)
    right, wrong = (
        MailServer.read(f"{scheme}://mina:{word}@127.0.0.1:{port}", SENDER) for word in (SECRET, "wrong-word")
    )
    post_letter()

    assert send(database, right) == 0
    assert row(database).last_error == "the mail server is not reached: SSLCertVerificationError"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "certificate.pem"))
    assert send(database, wrong, NOW + PAUSES[0]) == 0
    assert row(database).last_error == "the mail server refuses the name or the password (535)"
    assert row(database).failed_at is None
    assert send(database, right, NOW + PAUSES[0] + PAUSES[1]) == 1
    assert len(postbox.arrived) == 1
    assert SECRET not in caplog.text + repr(right)
    assert "wrong-word" not in caplog.text


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        (f"http://mina:{SECRET}@mail", SENDER),
        (f"smtp://mina:{SECRET}@", SENDER),
        (f"smtp://mina:{SECRET}@mail:99999999", SENDER),
        (f"smtp://mina:{SECRET}@mail/path", SENDER),
        (f"smtp://mina:{SECRET}@mail", ""),
        (f"smtp://mina:{SECRET}@mail", "cem"),
        (f"smtp://mina:{SECRET}@mail", "cem@bank.example\nBcc: x@y.z"),
    ],
)
def test_addresses_of_servers_that_cannot_be(url: str, sender: str) -> None:
    """Each says what is wrong, without the address that holds the password."""
    with pytest.raises(ValueError, match=r"^(is not|needs)") as fault:
        MailServer.read(url, sender)

    assert SECRET not in str(fault.value)


def test_ports_and_names() -> None:
    """Each scheme has its usual port; what cannot stand in an address is written with percent signs."""
    servers = [MailServer.read(f"{scheme}://mail", SENDER) for scheme in ("smtp", "smtps", "smtp+starttls")]

    assert [server.port for server in servers] == [25, 465, 587]
    assert MailServer.read("smtps://a%40b:c%3Ad@mail:1", SENDER).user == "a@b"
    assert MailServer.read("smtps://a%40b:c%3Ad@mail:1", SENDER).password == "c:d"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("mina@bank.example", True), ("m+i.n'a@bank", True), ("mina", False), ("a b@c", False), ("a@b,c@d", False)],
)
def test_addresses(text: str, *, is_one: bool) -> None:
    """One plain address, and nothing that a header could take for more."""
    assert is_address(text) is is_one
    assert not is_address("a" * 250 + "@bank")
    assert not is_address("a@b\n")
