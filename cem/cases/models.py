"""Cases and what belongs to them. A case's history is rows that are only ever added."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code

Account = String(64)


def _where(condition: str) -> dict[str, Any]:
    """An index of those rows alone, on either database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


OPEN, OVER = _where("closed_at IS NULL"), _where("closed_at IS NOT NULL")
UNOWNED = _where("closed_at IS NULL AND owner IS NULL")
NARROWED = ("severity", "status", "kind", "touchpoint", "closed_at")
KNOWN = _where("closed_at IS NULL AND customer_id IS NOT NULL")


class Case(Base):
    """One customer's trouble, wish or praise about one touchpoint, with its owner and its clocks.

    `due_at` is the nearest moment that a running clock names, and each way to narrow down the work list has an index in
    its order; `escalate_at` is when somebody else is to be told. Both are empty where nothing runs. Where an anonymous
    answer opened the case there is no customer, and the customer's own page is the only way to them.
    """

    __tablename__ = "customer_case"
    __table_args__ = (
        # One open case for each customer and touchpoint: a second one cannot be opened, even at the same instant.
        Index("uq_customer_case_open", "customer_id", "touchpoint", unique=True, **KNOWN),
        # These three hold whatever a list is narrowed down by, so that looking for it reads no case.
        Index("ix_customer_case_due", "due_at", "case_id", *NARROWED, "unit", "owner", **OPEN),
        Index("ix_customer_case_unit_due", "unit", "due_at", "case_id", *NARROWED, "owner", **OPEN),
        Index("ix_customer_case_owner_due", "owner", "due_at", "case_id", *NARROWED, "unit", **OPEN),
        Index("ix_customer_case_severity_due", "severity", "due_at", "case_id", **OPEN),
        Index("ix_customer_case_status_due", "status", "due_at", "case_id", **OPEN),
        Index("ix_customer_case_kind_due", "kind", "due_at", "case_id", **OPEN),
        Index("ix_customer_case_touchpoint_due", "touchpoint", "due_at", "case_id", **OPEN),
        Index("ix_customer_case_unowned_due", "due_at", "case_id", **UNOWNED),
        Index("ix_customer_case_closed", "closed_at", "case_id", **OVER),
        Index("ix_customer_case_unit_closed", "unit", "closed_at", "case_id", **OVER),
        Index("ix_customer_case_owner_closed", "owner", "closed_at", "case_id", **OVER),
        Index("ix_customer_case_escalate", "escalate_at", **OPEN),
        Index("ix_customer_case_opened", "opened_at", "case_id"),
        Index("ix_customer_case_unit_opened", "unit", "opened_at", "case_id"),
        Index("ix_customer_case_customer", "customer_id", "opened_at"),
        Index("ix_customer_case_cause", "cause", "unit", "opened_at"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    # What people say on the telephone, such as 482-173-0629.
    number: Mapped[str] = mapped_column(String(16), unique=True)
    opened_at: Mapped[datetime]
    # A rule, somebody of the staff, or the customer on the own page.
    origin: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    severity: Mapped[int]
    status: Mapped[str] = mapped_column(String(24))
    # The first answer that it is about; a case that the staff logged has none, and its words are here.
    survey_id: Mapped[uuid.UUID | None]
    response_id: Mapped[uuid.UUID | None]
    customer_id: Mapped[uuid.UUID | None]
    touchpoint: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(2))
    segment: Mapped[str] = mapped_column(Code)
    # The words of a logged case, and what the customer asks for.
    words: Mapped[str] = mapped_column(Text)
    wanted: Mapped[str] = mapped_column(String(300))
    # The score that opened it, and its series; what a recovery survey is compared with.
    series: Mapped[str] = mapped_column(Code)
    score: Mapped[int | None]
    # Whether the customer asked for an answer, or left a way to give one.
    contact_allowed: Mapped[bool]
    # Where replies go besides the customer's own page: 'email', 'sms' or ''.
    reply_channel: Mapped[str] = mapped_column(String(8))
    reply_address: Mapped[str] = mapped_column(String(254))
    owner: Mapped[str | None] = mapped_column(Account)
    acknowledge_due: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    contact_due: Mapped[datetime]
    contacted_at: Mapped[datetime | None]
    # Where the clock to resolve began: at the opening, or when it was opened again.
    resolve_from: Mapped[datetime]
    resolve_due: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    # Waiting for the customer stops the clock to resolve, never the one to the first contact.
    waiting_since: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    cause: Mapped[str | None] = mapped_column(Code)
    outcome: Mapped[str | None] = mapped_column(String(32))
    no_reply_reason: Mapped[str] = mapped_column(String(300))
    merged_into: Mapped[uuid.UUID | None]
    reopened: Mapped[int]
    reopened_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    escalate_at: Mapped[datetime | None]
    # Which marks of which clocks were told already, such as 'contact:80'.
    escalated: Mapped[list[str]]


class CaseSignal(Base):
    """An answer that a case is about; an answer belongs to one case at most."""

    __tablename__ = "case_signal"

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    response_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(index=True)
    rule: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]


class CaseEvent(Base):
    """What happened to a case, in its order: rows are only ever added, and hold no words of the customer."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_case_id", "case_id", "event_id"),)

    event_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer_case.case_id"))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Account)
    kind: Mapped[str] = mapped_column(String(32))
    details: Mapped[dict[str, Any]]


class CaseMessage(Base):
    """A message between the customer and the company, or a note that stays inside it."""

    __tablename__ = "case_message"
    __table_args__ = (Index("ix_case_message_case_id", "case_id", "message_id"),)

    message_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer_case.case_id"))
    at: Mapped[datetime]
    # 'customer', 'cem' for what is sent by itself, or an account's name.
    author: Mapped[str] = mapped_column(Account)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    # How it went out beside the customer's own page: 'email', 'sms' or ''.
    sent_by: Mapped[str] = mapped_column(String(8))
    read_at: Mapped[datetime | None]


class CaseTask(Base):
    """What another unit contributes; the case keeps its one owner."""

    __tablename__ = "case_task"

    task_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer_case.case_id"), index=True)
    unit: Mapped[str] = mapped_column(Code, index=True)
    text: Mapped[str] = mapped_column(String(500))
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Account)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(Account)
    result: Mapped[str] = mapped_column(String(500))


class CaseView(Base):
    """Who saw a case on which day."""

    __tablename__ = "case_view"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer_case.case_id"), primary_key=True)
    account: Mapped[str] = mapped_column(Account, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]


class Remedy(Base):
    """What the company may do to put something right; up to `own_limit` rials whoever owns the case decides alone."""

    __tablename__ = "remedy"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    names: Mapped[dict[str, Any]]
    # Empty where the remedy costs no money, such as an apology.
    own_limit: Mapped[int | None] = mapped_column(BigInteger)
    position: Mapped[int]
    retired_at: Mapped[datetime | None]


class CaseRemedy(Base):
    """A remedy given to a customer, or one that waits for somebody's approval."""

    __tablename__ = "case_remedy"

    remedy_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer_case.case_id"), index=True)
    code: Mapped[str] = mapped_column(Code, ForeignKey("remedy.code"))
    amount: Mapped[int] = mapped_column(BigInteger)
    offered_at: Mapped[datetime]
    offered_by: Mapped[str] = mapped_column(Account)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Account)
    granted: Mapped[bool | None]


class ReplyTemplate(Base):
    """Words to begin a reply with."""

    __tablename__ = "reply_template"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    names: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any]]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]


class Absence(Base):
    """Somebody is away, and a deputy has their cases meanwhile."""

    __tablename__ = "absence"

    absence_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(Account, ForeignKey("account.name"), index=True)
    deputy: Mapped[str] = mapped_column(Account, ForeignKey("account.name"))
    first_day: Mapped[date]
    last_day: Mapped[date]


class CaseTerms(Base):
    """What is promised for each severity, and when who is told; the newest row holds."""

    __tablename__ = "case_terms"

    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(Account)


class Recovery(Base):
    """The survey after a case was resolved, one for each case, and what it said."""

    __tablename__ = "recovery"
    __table_args__ = (
        Index(
            "ix_recovery_waiting",
            "due_at",
            sqlite_where=text("asked_at IS NULL"),
            postgresql_where=text("asked_at IS NULL"),
        ),
        Index("ix_recovery_survey_id", "survey_id", "invitation_id"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer_case.case_id"), primary_key=True)
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    survey_id: Mapped[uuid.UUID | None]
    invitation_id: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime | None]
    # Scores 0 to 10; the one before is on the same scale where the case was opened by an NPS answer.
    before: Mapped[int | None]
    after: Mapped[int | None]
    resolved: Mapped[bool | None]
    effort: Mapped[int | None]


class Commendation(Base):
    """Praise that is passed on to the person whom the customer named."""

    __tablename__ = "commendation"

    commendation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer_case.case_id"), index=True)
    unit: Mapped[str] = mapped_column(Code)
    named: Mapped[str] = mapped_column(String(128))
    words: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(Account)


class CaseNumbers(Base):
    """What cases add up to for a unit and a period, counted by a job: no screen counts a hundred thousand cases."""

    __tablename__ = "case_numbers"

    unit: Mapped[str] = mapped_column(Code, primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime]
    document: Mapped[dict[str, Any]]
