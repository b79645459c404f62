"""Targets, annotations and benchmarks: what people know beside the numbers."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code

Actor = String(128)


class KpiTarget(Base):
    """A target holds from its day until the next one; a unit without its own follows the company's (unit '')."""

    __tablename__ = "kpi_target"

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey.survey_id"), primary_key=True)
    series: Mapped[str] = mapped_column(Code, primary_key=True)
    unit: Mapped[str] = mapped_column(Code, primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float]


class Annotation(Base):
    """What was changed on a day, and where; '' is everywhere, and without a survey it stands on all of them.

    Never edited: what was wrong is withdrawn and written anew.
    """

    __tablename__ = "annotation"

    annotation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("survey.survey_id"))
    unit: Mapped[str] = mapped_column(Code)
    touchpoint: Mapped[str] = mapped_column(Code)
    day: Mapped[date]
    words: Mapped[dict[str, Any]]
    entered_by: Mapped[str] = mapped_column(Actor)
    entered_at: Mapped[datetime]
    withdrawn_by: Mapped[str | None] = mapped_column(Actor)
    withdrawn_at: Mapped[datetime | None]


class Benchmark(Base):
    """A KPI's value somewhere else, as its source tells it; '' as series stands for every series of the kind."""

    __tablename__ = "benchmark"

    benchmark_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    series: Mapped[str] = mapped_column(Code)
    value: Mapped[float]
    low: Mapped[float | None]
    high: Mapped[float | None]
    n: Mapped[int | None]
    names: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(200))
    source_date: Mapped[date]
    valid_from: Mapped[date]
    # What makes it hard to compare: `wording`, `sample`, both, or nothing that is known.
    differs: Mapped[list[str]]
    entered_by: Mapped[str] = mapped_column(Actor)
    entered_at: Mapped[datetime]
    withdrawn_by: Mapped[str | None] = mapped_column(Actor)
    withdrawn_at: Mapped[datetime | None]
