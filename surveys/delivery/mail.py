"""Mail: a letter in two forms, text and HTML, and the server that takes it (SMTP, RFC 5321)."""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import msgspec

from surveys.delivery.sending import Undelivered
from surveys.models import Outgoing

KIND = "email"
LONGEST_ADDRESS = 254
# Seconds for each answer of the server.
PATIENCE = 20
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
# What mail servers everywhere take; quoted names and addresses in other scripts are not among it.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class Wire(EmailPolicy):
    """How the head of a message is written. Two lines are ours, because the library's own way breaks them.

    It loses the space where a subject in another script is cut, and writes a long address as an encoded word, which no
    mail program follows.
    """

    def fold(self, name: str, value: str) -> str:
        match name.lower():
            case "subject":
                text = Header(str(value), None if str(value).isascii() else "utf-8", header_name=name)
                return f"{name}: {text.encode(linesep=self.linesep)}{self.linesep}"
            case "list-unsubscribe":
                return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


WIRE = Wire(linesep="\r\n")


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What an outbox row of this kind holds. `stop` is the page where a reader ends such letters."""

    subject: str
    text: str
    html: str
    language: str
    stop: str = ""


def is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and in whose name. Its password is in no text that this makes."""

    scheme: str
    host: str
    port: int
    sender: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str, sender: str) -> Self:
        """From an address such as `smtp+starttls://user:password@mail.bank.example:587`; ValueError says what is wrong.

        The message never quotes the address.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("is not an address") from None
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("is not smtp://HOST:PORT, smtps://HOST:PORT or smtp+starttls://HOST:PORT")
        if not is_address(parseaddr(sender)[1]) or not sender.isprintable():
            raise ValueError("needs CEM_MAIL_FROM, an address such as cem@bank.example")
        names = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.scheme, parts.hostname, port or PORTS[parts.scheme], sender, *names)

    def write(self, row: Outgoing) -> EmailMessage:
        """The message of a row: the same one however often it is sent."""
        letter = msgspec.convert(row.payload, Letter)
        message = EmailMessage(policy=WIRE)
        message["From"] = self.sender
        message["To"] = row.recipient
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(row.created_at)
        message["Message-ID"] = f"<{row.outbox_id}@{parseaddr(self.sender)[1].rpartition('@')[2]}>"
        # Out-of-office answers stay away (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        if letter.stop:
            message["List-Unsubscribe"] = f"<{letter.stop}>"
            # One click is a POST without a page, and RFC 8058 wants TLS for it.
            if letter.stop.startswith("https://"):
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        # Last: a new content drops what was said of the one before.
        message["Content-Language"] = letter.language
        return message


class Post:
    """Hands letters over; one connection for all of a run, opened with the first."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self._open is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._open.quit()

    def send(self, row: Outgoing) -> None:
        """Undelivered where the server does not take it: for good with 5xx, for now with 4xx or where it is away."""
        message = self._server.write(row)
        connection = self._connection()
        try:
            connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as fault:
            raise _refusal(*next(iter(fault.recipients.values()))) from None
        except smtplib.SMTPResponseException as fault:
            self._drop()
            raise _refusal(fault.smtp_code, fault.smtp_error) from None
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            raise Undelivered(f"the mail server broke off: {type(fault).__name__}", final=False) from None

    def _connection(self) -> smtplib.SMTP:
        if self._open is None:
            try:
                self._open = _connect(self._server)
            except smtplib.SMTPAuthenticationError as fault:
                # A wrong password is the installation's fault and may be mended: no letter is given up for it.
                reason = f"the mail server refuses the name or the password ({fault.smtp_code})"
                raise Undelivered(reason, final=False) from None
            except (OSError, smtplib.SMTPException) as fault:
                raise Undelivered(f"the mail server is not reached: {type(fault).__name__}", final=False) from None
        return self._open

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.scheme == "smtps":
        encrypted = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=encrypted)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    try:
        if server.scheme == "smtp+starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
    except Exception:
        connection.close()
        raise
    return connection


def _refusal(code: int, said: bytes | str) -> Undelivered:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return Undelivered(" ".join(f"{code} {words}".split()), final=code >= 500)
