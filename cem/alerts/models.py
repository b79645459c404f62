"""Alert rules, and what each of them did."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code


class AlertRule(Base):
    """What opens a case: the document says when, how severe it is and who gets it. Every change is a new version."""

    __tablename__ = "alert_rule"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    version: Mapped[int]
    document: Mapped[dict[str, Any]]
    enabled: Mapped[bool]
    position: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(64))


class AlertRuleVersion(Base):
    """A rule as it was from some moment on: what it did then names the version."""

    __tablename__ = "alert_rule_version"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(64))


class AlertRun(Base):
    """A rule that held for an answer, or for a KPI, and what came of it."""

    __tablename__ = "alert_run"
    __table_args__ = (Index("ix_alert_run_rule_at", "rule", "at", "run_id"), Index("ix_alert_run_at", "at", "run_id"))

    run_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(Code)
    version: Mapped[int]
    at: Mapped[datetime]
    survey_id: Mapped[uuid.UUID | None]
    response_id: Mapped[uuid.UUID | None]
    # What it was about, such as a unit whose KPI fell; a rule rests about the same thing during its cooldown.
    subject: Mapped[str] = mapped_column(String(128))
    result: Mapped[str] = mapped_column(String(16))
    case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
