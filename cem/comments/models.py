"""What was read in a comment, who corrected it, the company's topics, and the models that read."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code


class CommentReading(Base):
    """A comment as it was last read; a person's correction stays whatever reads it later.

    `words` is the comment normalised and without personal data, for searching and counting words. What the score and
    the words say each for itself is kept beside the sentiment, '' where they say nothing; `conflict` is where they
    contradict each other. The place is that of the response, so that filters are answered from the index.
    """

    __tablename__ = "comment_reading"
    __table_args__ = (
        Index(
            "ix_comment_reading_day",
            "survey_id",
            "day",
            "response_id",
            "quality",
            "unit",
            "touchpoint",
            "channel",
            "sentiment",
            "conflict",
            "language",
        ),
        Index("ix_comment_reading_fresh", "survey_id", "day", "corrected", "read_at"),
    )

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    response_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    day: Mapped[date]
    touchpoint: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(String(32))
    quality: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    sentiment: Mapped[str] = mapped_column(String(8))
    # That the comment is positive, as the model has it; nothing else knows one.
    probability: Mapped[float | None]
    # score, model, words or person
    source: Mapped[str] = mapped_column(String(8))
    by_score: Mapped[str] = mapped_column(String(8))
    by_words: Mapped[str] = mapped_column(String(8))
    conflict: Mapped[bool]
    topics: Mapped[list[str]]
    words: Mapped[str] = mapped_column(Text)
    model_id: Mapped[uuid.UUID | None]
    corrected: Mapped[bool]
    read_at: Mapped[datetime]


class CommentCorrection(Base):
    """What a person said of a comment, and what stood there before. Rows are only ever added."""

    __tablename__ = "comment_correction"

    survey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    response_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    correction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(128))
    sentiment: Mapped[str] = mapped_column(String(8))
    topics: Mapped[list[str]]
    replaced: Mapped[dict[str, Any]]


class Topic(Base):
    """One topic of the company's taxonomy: a comment that holds one of its words has it.

    `words` has a list for each language. A retired topic is found no more and keeps its name for what was read before.
    """

    __tablename__ = "topic"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    names: Mapped[dict[str, Any]]
    words: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class TextModel(Base):
    """A model that was trained here, its figures, and when it was published or why it was not."""

    __tablename__ = "text_model"

    model_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    trained_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(128))
    figures: Mapped[dict[str, Any]]
    document: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[datetime | None]
    # Why it is not used; '' where it is.
    reason: Mapped[str] = mapped_column(String(64))
