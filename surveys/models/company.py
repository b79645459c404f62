"""The measured company: units, segments, journeys and touchpoints. Small tables, named by codes that never change."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base

Code = String(64)


class Unit(Base):
    """A measured part of the company, in a tree; it decides who sees what."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    parent: Mapped[str | None] = mapped_column(Code, ForeignKey("unit.code"), index=True)
    names: Mapped[dict[str, Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Segment(Base):
    """Customers who have something in common, such as what they bring or what they need."""

    __tablename__ = "segment"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    position: Mapped[int]
    names: Mapped[dict[str, Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Journey(Base):
    """What a customer sets out to do, told in stages."""

    __tablename__ = "journey"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    names: Mapped[dict[str, Any]]


class Stage(Base):
    __tablename__ = "stage"

    journey: Mapped[str] = mapped_column(Code, ForeignKey("journey.code"), primary_key=True)
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    position: Mapped[int]
    names: Mapped[dict[str, Any]]


class Touchpoint(Base):
    """A place where customer and company meet, with the unit that owns it and the standard that it promises."""

    __tablename__ = "touchpoint"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    names: Mapped[dict[str, Any]]
    journey: Mapped[str] = mapped_column(Code, ForeignKey("journey.code"), index=True)
    stage: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(String(32))
    owner: Mapped[str] = mapped_column(Code, ForeignKey("unit.code"), index=True)
    standard: Mapped[dict[str, Any]]
    # The survey that an encounter here may lead to, and the one of the always-on page.
    transactional_survey: Mapped[uuid.UUID | None]
    feedback_survey: Mapped[uuid.UUID | None]
