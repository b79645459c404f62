"""Invitations, drafts, responses and tallies; `survey_id` leads every key, so that a survey's rows live together."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code

# Scores run from 0 to 10; a tally row is their histogram.
COUNTERS = tuple(f"c{score}" for score in range(11))


class Invitation(Base):
    """A personal link; its id is the id of the response that it leads to, so a used one has a response."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_survey_id_customer_id", "survey_id", "customer_id"),)

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID]
    encounter_id: Mapped[uuid.UUID | None]
    touchpoint: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(2))
    segment: Mapped[str] = mapped_column(Code, default="", server_default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Draft(Base):
    """Answers that are not sent yet, kept so that the same link resumes them."""

    __tablename__ = "draft"

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    response_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    answers: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class Response(Base):
    """One customer's answers to one version, as typed values and option codes keyed by question.

    A touchpoint, unit, channel or segment that is not known is an empty string; the segment is the customer's when they
    were asked, so that history stays true when they move. An anonymous survey's row has no moment and no segment, and
    its id tells the day alone.
    """

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "version"], ["survey_version.survey_id", "survey_version.version"]),
        Index(
            # The newest comments first, and every filter is answered from the index.
            "ix_response_comments",
            "survey_id",
            "day",
            "submitted_at",
            "response_id",
            "touchpoint",
            "unit",
            "channel",
            "quality",
            sqlite_where=text("has_comment = 1"),
            postgresql_where=text("has_comment"),
        ),
        # A part of a period is found by its days, and a page of its responses by where the one before ended.
        Index(
            "ix_response_days",
            "survey_id",
            "day",
            "response_id",
            "touchpoint",
            "unit",
            "channel",
            "segment",
            "language",
            "quality",
        ),
        # What looks odd is rare, so that asking for it does not read what is not.
        Index(
            "ix_response_signals",
            "survey_id",
            "day",
            sqlite_where=text("signals <> '[]'"),
            postgresql_where=text("signals <> '[]'"),
        ),
    )

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    response_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    day: Mapped[date]
    touchpoint: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(2))
    segment: Mapped[str] = mapped_column(Code, default="", server_default="")
    quality: Mapped[str] = mapped_column(String(16))
    signals: Mapped[list[str]]
    has_comment: Mapped[bool]
    answers: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime | None]
    seconds: Mapped[int | None]


class Arrival(Base):
    """A response that nobody has looked at yet. There is no moment: an anonymous response has none."""

    __tablename__ = "arrival"

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    response_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class ReplyAddress(Base):
    """Where somebody who answered wants to be answered. It stands apart, so that no reader of answers meets it."""

    __tablename__ = "reply_address"

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    response_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(254))


class Tally(Base):
    """How many gave each score, by day and by all that a scorecard is cut by: a histogram a row."""

    __tablename__ = "tally"

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(Code, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    touchpoint: Mapped[str] = mapped_column(Code, primary_key=True)
    unit: Mapped[str] = mapped_column(Code, primary_key=True)
    channel: Mapped[str] = mapped_column(String(32), primary_key=True)
    quality: Mapped[str] = mapped_column(String(16), primary_key=True)
    c0: Mapped[int]
    c1: Mapped[int]
    c2: Mapped[int]
    c3: Mapped[int]
    c4: Mapped[int]
    c5: Mapped[int]
    c6: Mapped[int]
    c7: Mapped[int]
    c8: Mapped[int]
    c9: Mapped[int]
    c10: Mapped[int]
    not_applicable: Mapped[int]
