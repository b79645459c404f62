"""What the programme keeps. Evidence is a row a day; judgements, values and snapshots are rows that are only added."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base

Actor = String(128)
CriterionCode = String(8)


class CriterionEvidence(Base):
    """What the product itself found of a criterion on a day; its document tells what was counted."""

    __tablename__ = "criterion_evidence"

    criterion: Mapped[str] = mapped_column(CriterionCode, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int]
    gathered_at: Mapped[datetime]
    document: Mapped[dict[str, Any]]


class Judgement(Base):
    """What somebody says of a criterion, from 0 to 4; it counts once somebody else has confirmed it."""

    __tablename__ = "judgement"
    __table_args__ = (Index("ix_judgement_criterion", "criterion", "judgement_id"),)

    judgement_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(CriterionCode)
    version: Mapped[int]
    score: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(String(128))
    file: Mapped[bytes | None] = mapped_column(LargeBinary)
    judged_by: Mapped[str] = mapped_column(Actor)
    judged_at: Mapped[datetime]
    # None while it waits for the second assessor.
    confirmed: Mapped[bool | None]
    decided_by: Mapped[str | None] = mapped_column(Actor)
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(Text)


class MeasuredValue(Base):
    """A criterion's value that the company measured elsewhere; it is evidence for a year from its day."""

    __tablename__ = "measured_value"
    __table_args__ = (Index("ix_measured_value_criterion", "criterion", "day"),)

    value_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(CriterionCode)
    version: Mapped[int]
    # A percentage of `n`, or a count.
    value: Mapped[float]
    n: Mapped[int | None]
    # Whether the n are some of those whom it is about: then the share has an interval.
    sample: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    note: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(String(128))
    file: Mapped[bytes | None] = mapped_column(LargeBinary)
    entered_by: Mapped[str] = mapped_column(Actor)
    entered_at: Mapped[datetime]
    withdrawn_by: Mapped[str | None] = mapped_column(Actor)
    withdrawn_at: Mapped[datetime | None]


class ProgrammeAction(Base):
    """What is done so that a criterion gets better: by whom, until when, and what it is expected to bring."""

    __tablename__ = "programme_action"
    __table_args__ = (Index("ix_programme_action_criterion", "criterion", "action_id"),)

    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(CriterionCode)
    words: Mapped[str] = mapped_column(String(300))
    expected: Mapped[str] = mapped_column(String(300))
    # The name of an account.
    owner: Mapped[str] = mapped_column(String(64))
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Actor)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(Actor)
    result: Mapped[str] = mapped_column(String(300))


class ProgrammeSnapshot(Base):
    """The whole programme as it stood at the end of a quarter. Its digest is over the document and the one before."""

    __tablename__ = "programme_snapshot"

    # Such as 1404-Q3.
    quarter: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date]
    taken_at: Mapped[datetime]
    taken_by: Mapped[str] = mapped_column(Actor)
    document: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
