"""Causes, the root causes that are looked into, improvements, and who was told of them."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code


class Cause(Base):
    """Why something went wrong, as a tree; a case is closed with one. `kind` is people, process, policy and so on."""

    __tablename__ = "cause"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    parent: Mapped[str | None] = mapped_column(Code, ForeignKey("cause.code"))
    kind: Mapped[str] = mapped_column(String(16))
    names: Mapped[dict[str, Any]]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]


class RootCause(Base):
    """A cause that is looked into for a unit, or for the whole company (''), with the five whys."""

    __tablename__ = "root_cause"
    __table_args__ = (
        Index(
            "uq_root_cause_open",
            "cause",
            "unit",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    root_cause_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(Code, ForeignKey("cause.code"))
    unit: Mapped[str] = mapped_column(Code)
    # Why it was taken up: 'count', 'share', 'severity' or 'hand', with what was counted then.
    reason: Mapped[str] = mapped_column(String(16))
    counted: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str | None] = mapped_column(String(64))
    whys: Mapped[list[str]]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(64))
    conclusion: Mapped[str] = mapped_column(String(500))


class Improvement(Base):
    """What is changed because of a root cause, and the effect on a KPI that is expected and then tested."""

    __tablename__ = "improvement"

    improvement_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    root_cause_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("root_cause.root_cause_id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(Code)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(64))
    due_on: Mapped[date]
    # Rials.
    cost: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(16))
    # The day from which customers notice it: what is before is compared with what is after.
    done_on: Mapped[date | None]
    # The KPI that is to move: a survey's series at a touchpoint ('' all) of a unit ('' the company), in its own points.
    survey_id: Mapped[uuid.UUID | None]
    series: Mapped[str] = mapped_column(Code)
    touchpoint: Mapped[str] = mapped_column(Code)
    expected: Mapped[float | None]
    # Units that were not changed, for comparison; empty: before and after alone.
    control_units: Mapped[list[str]]
    # What customers are told, in both languages.
    told: Mapped[dict[str, Any]]
    told_at: Mapped[datetime | None]
    # How many people had raised it then, and to how many of them it has gone out by mail or text message.
    raised: Mapped[int]
    reached: Mapped[int]
    # What became of the KPI, as a job last measured it: lists and counts read it here.
    verdict: Mapped[str] = mapped_column(String(16))
    effect: Mapped[float | None]
    effect_low: Mapped[float | None]
    effect_high: Mapped[float | None]
    effect_n: Mapped[int | None]
    measured_on: Mapped[date | None]


class ClosureNotice(Base):
    """'You said, we did': one for each person who raised it; `told_at` is empty until it has gone out."""

    __tablename__ = "closure_notice"
    __table_args__ = (
        Index(
            "ix_closure_notice_waiting",
            "improvement_id",
            "case_id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )

    improvement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("improvement.improvement_id"), primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer_case.case_id"), primary_key=True)
    told_at: Mapped[datetime | None]
    # 'email' or 'sms'; '' where it stands on the customer's own page alone.
    sent_by: Mapped[str] = mapped_column(String(8))


class CauseCount(Base):
    """How many cases of the last `days` each cause has in a unit ('' no cause yet), counted by a job."""

    __tablename__ = "cause_count"

    days: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(Code, primary_key=True)
    cause: Mapped[str] = mapped_column(Code, primary_key=True)
    n: Mapped[int]
    counted_at: Mapped[datetime]
