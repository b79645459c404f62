"""Targets: what a KPI is to reach."""

import uuid
from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code


class KpiTarget(Base):
    """A target holds from its day until the next one; a unit without its own follows the company's (unit '')."""

    __tablename__ = "kpi_target"

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey.survey_id"), primary_key=True)
    series: Mapped[str] = mapped_column(Code, primary_key=True)
    unit: Mapped[str] = mapped_column(Code, primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float]
