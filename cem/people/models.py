"""Accounts, their signed-in browsers, and the keys of programs."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code


class Account(Base):
    __tablename__ = "account"

    account_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    full_name: Mapped[str] = mapped_column(String(128))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(32))
    # The unit that a unit manager answers for, with everything below it.
    unit: Mapped[str | None] = mapped_column(Code, ForeignKey("unit.code"))
    email: Mapped[str | None] = mapped_column(String(254))
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class BrowserSession(Base):
    """A signed-in browser. The table holds the digest of its cookie: who reads the table cannot sign in with it."""

    __tablename__ = "browser_session"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.account_id"), index=True)
    expires_at: Mapped[datetime]


class ApiKey(Base):
    __tablename__ = "api_key"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    # Whether it opens payroll as well: amounts by name are not for the programs that send encounters.
    payroll: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Employee(Base):
    """Somebody whom the company pays. `account` is the name that they sign in by, where they do."""

    __tablename__ = "employee"

    employee_no: Mapped[str] = mapped_column(String(32), primary_key=True)
    full_name: Mapped[str] = mapped_column(String(128))
    grade: Mapped[str] = mapped_column(String(32))
    region: Mapped[str] = mapped_column(String(64))
    cost_centre: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(2))
    account: Mapped[str | None] = mapped_column(String(64), ForeignKey("account.name"), unique=True)
