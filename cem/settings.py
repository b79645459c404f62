"""Settings: read once from the environment and `cem.toml`, then passed down. The environment wins."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from cem.errors import SettingsFault
from surveys.delivery.mail import MailServer
from surveys.delivery.sms import BODY, JSON, SmsGateway

FILE = "cem.toml"
_WRITTEN = {int: "a whole number", str: "a text in quotes"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation decides; each is `CEM_` and its name in the environment, its name in the file."""

    secret_key: str
    database_url: str = "sqlite:///cem.db"
    base_url: str = "http://127.0.0.1:8000"
    timezone: str = "Asia/Tehran"
    # The calendar of the company's own quarters, jalali or gregorian; pages follow their reader's.
    calendar: str = "jalali"
    # From one address: a branch's shared network is many people, a script is one.
    posts_per_minute: int = 120
    sign_ins_per_minute: int = 20
    # Responses that may wait for the disk before the next is asked to come again.
    inbox_capacity: int = 4096
    # Where mail is handed over; without it mail waits in the outbox.
    smtp_url: str = ""
    mail_from: str = ""
    # The HTTP gateway that text messages are handed to; without it they wait in the outbox.
    sms_url: str = ""
    sms_body: str = BODY
    sms_content_type: str = JSON
    sms_authorization: str = ""
    sms_from: str = ""
    # For how long it is known who was paid what by a reward plan; payroll keeps its own books.
    rewards_keep_years: int = 5
    # A folder of the company's own templates: a file of the same name stands in for the built-in one.
    templates: str = ""
    # The program that prints PDF files; found by itself where it has a usual name.
    chromium: str = ""

    def __post_init__(self) -> None:
        if len(self.secret_key) < 32:
            raise SettingsFault("CEM_SECRET_KEY needs at least 32 characters; `cem init` makes one.")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as fault:
            raise SettingsFault(f"CEM_TIMEZONE is not a time zone: {self.timezone!r}") from fault
        if self.calendar not in {"jalali", "gregorian"}:
            raise SettingsFault(f"CEM_CALENDAR is jalali or gregorian, not {self.calendar!r}.")
        if not self.base_url.startswith(("http://", "https://")):
            raise SettingsFault(f"CEM_BASE_URL must begin with http:// or https://, not as {self.base_url!r} does.")
        for name in ("posts_per_minute", "sign_ins_per_minute", "inbox_capacity", "rewards_keep_years"):
            if getattr(self, name) < 1:
                raise SettingsFault(f"CEM_{name.upper()} must be 1 or more.")
        self._check_ways_out()
        if self.templates and not Path(self.templates).is_dir():
            raise SettingsFault(f"CEM_TEMPLATES is not a folder: {self.templates!r}")
        # Addresses are made by adding a path.
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))

    def _check_ways_out(self) -> None:
        """Where mail and text messages are handed over."""
        if self.smtp_url:
            try:
                MailServer.read(self.smtp_url, self.mail_from)
            except ValueError as fault:
                raise SettingsFault(f"CEM_SMTP_URL {fault}.") from None
        try:
            self.sms_gateway  # noqa: B018 - it is made, and with that checked
        except ValueError as fault:
            raise SettingsFault(f"{fault}.") from None

    def __repr__(self) -> str:
        return "Settings(...)"  # a secret never reaches a log by being printed

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def own_templates(self) -> Path | None:
        """The folder of the company's own templates."""
        return Path(self.templates).resolve() if self.templates else None

    @property
    def mail_server(self) -> MailServer | None:
        return MailServer.read(self.smtp_url, self.mail_from) if self.smtp_url else None

    @property
    def sms_gateway(self) -> SmsGateway | None:
        if not self.sms_url:
            return None
        return SmsGateway(self.sms_url, self.sms_body, self.sms_content_type, self.sms_authorization, self.sms_from)

    @property
    def secure(self) -> bool:
        """Whether people reach cem over TLS, so that cookies may insist on it."""
        return self.base_url.startswith("https://")


def read_settings(folder: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a folder; SettingsFault says what is missing and what to do."""
    file = (folder or Path.cwd()) / FILE
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsFault(f"{file} is not TOML: {fault}") from fault
    known = {field.name: field.type for field in fields(Settings)}
    if unknown := sorted(values.keys() - known.keys()):
        raise SettingsFault(f"{file} has settings that cem does not know: {', '.join(unknown)}")
    values |= {name: environment[key] for name in known if (key := f"CEM_{name.upper()}") in environment}
    if "secret_key" not in values:
        raise SettingsFault(f"There is no {FILE} here and no CEM_SECRET_KEY. `cem init` makes both.")
    return Settings(**{name: _typed(name, known[name], value) for name, value in values.items()})


def _typed(name: str, kind: Any, value: object) -> Any:
    """A value of the file as it stands there; the environment writes its numbers as texts."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        raise SettingsFault(f"CEM_{name.upper()} must be {_WRITTEN[kind]}.") from None
