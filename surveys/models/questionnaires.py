"""Surveys and their versions; a version never changes once it is published."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code


class Survey(Base):
    __tablename__ = "survey"

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(Code, unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    closed_at: Mapped[datetime | None]


class SurveyVersion(Base):
    __tablename__ = "survey_version"

    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey.survey_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
