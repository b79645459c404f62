"""What people decided about answers: rows of decisions are only ever added."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code


class QualityDecision(Base):
    """A response was called valid or suspect: by whom or by which rule, from what, and why."""

    __tablename__ = "quality_decision"
    __table_args__ = (Index("ix_quality_decision_survey_id_at", "survey_id", "at"),)

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    response_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    decision_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(128))
    # A rule takes back what a rule has marked, and never what a person has decided.
    by_rule: Mapped[bool]
    was: Mapped[str] = mapped_column(String(16))
    became: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(400))


class QualityRule(Base):
    """From which threshold on a survey's answers show a signal, and whether the signal makes them suspect."""

    __tablename__ = "quality_rule"

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey.survey_id"), primary_key=True)
    signal: Mapped[str] = mapped_column(String(32), primary_key=True)
    marks: Mapped[bool]
    threshold: Mapped[float]


class RepeatWay(Base):
    """How a survey counts customers who answer more than once."""

    __tablename__ = "repeat_way"

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey.survey_id"), primary_key=True)
    way: Mapped[str] = mapped_column(String(16))
    chosen_at: Mapped[datetime]
    chosen_by: Mapped[str] = mapped_column(String(128))


class PopulationMargin(Base):
    """How large a category of the customers is, as a count or a share; of a survey's own, or the company's (NIL)."""

    __tablename__ = "population_margin"

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(String(32), primary_key=True)
    category: Mapped[str] = mapped_column(Code, primary_key=True)
    amount: Mapped[float]
    source: Mapped[str] = mapped_column(String(200))
    as_of: Mapped[date]
