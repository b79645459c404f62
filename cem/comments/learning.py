"""A company's own model: learnt from its scored comments and its people's corrections, published if it is worth it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.comments.models import CommentReading, TextModel
from cem.errors import CemError
from metrics.text.evaluation import GAIN, Quality
from metrics.text.lexicon import read
from surveys.database import new_id
from surveys.languages import N_

if TYPE_CHECKING:
    from metrics.text.training import Trained

LEAST = 500
LEAST_EACH = 50
MOST = 20_000  # the newest; more teach little and cost memory
KNOWN = ("positive", "negative")
BELOW = "below-baseline"
REASONS = {
    BELOW: N_("It is hardly better than always saying the larger of the two."),
}


class TooFewComments(CemError):
    title = N_("Too few scored comments")


@dataclass(frozen=True)
class Lesson:
    """Comments whose sentiment is known, and how many of them people corrected."""

    words: list[str]
    positive: list[bool]
    corrected: int


def collect(session: Session) -> Lesson:
    """The newest comments whose own score, or a person, says what they are."""
    rows = session.execute(
        select(CommentReading.words, CommentReading.sentiment, CommentReading.by_score, CommentReading.corrected)
        .where(
            CommentReading.quality == "valid",
            CommentReading.words != "",
            or_(
                CommentReading.corrected & CommentReading.sentiment.in_(KNOWN),
                ~CommentReading.corrected & CommentReading.by_score.in_(KNOWN),
            ),
        )
        .order_by(CommentReading.day.desc(), CommentReading.response_id.desc())
        .limit(MOST)
    ).all()
    return Lesson(
        [row.words for row in rows],
        [(row.sentiment if row.corrected else row.by_score) == "positive" for row in rows],
        sum(row.corrected for row in rows),
    )


def learn(lesson: Lesson, told: Callable[[int, int], None]) -> "Trained":
    """Train and measure; TooFewComments where there is not enough to learn from."""
    n, positive = len(lesson.words), sum(lesson.positive)
    if n < LEAST or min(positive, n - positive) < LEAST_EACH:
        raise TooFewComments(
            f"There are {n} comments with a score that says yes or no ({positive} yes, {n - positive} no). Training "
            f"needs {LEAST}, and {LEAST_EACH} of each; until then word lists are used."
        )
    from metrics.text.training import train  # noqa: PLC0415 - scikit-learn, which no server loads

    return train([read(words) for words in lesson.words], lesson.positive, told)


def keep_model(session: Session, now: datetime, actor: str, trained: "Trained") -> TextModel:
    """Store a model, and publish it where it beats the baseline by enough; otherwise the one before it stays."""
    worth = trained.quality.worth_publishing
    model = TextModel(
        model_id=new_id(now),
        trained_at=now,
        actor=actor,
        figures=msgspec.to_builtins(trained.quality),
        document=trained.model.to_bytes(),
        published_at=now if worth else None,
        reason="" if worth else BELOW,
    )
    session.add(model)
    figures = {"accuracy": round(trained.quality.accuracy, 4), "macro_f1": round(trained.quality.macro_f1, 4)}
    audit(session, now, actor, "text-model:train", str(model.model_id), published=worth, n=trained.quality.n, **figures)
    return model


@dataclass(frozen=True)
class ModelState:
    """The last model that was trained, without its document."""

    trained_at: datetime
    published_at: datetime | None
    reason: str
    quality: Quality


def model_state(session: Session) -> tuple[ModelState | None, ModelState | None]:
    """The model that reads now, and one that was trained later and not published; None where there is none."""
    columns = TextModel.trained_at, TextModel.published_at, TextModel.reason, TextModel.figures
    newest = select(*columns).order_by(TextModel.trained_at.desc()).limit(1)
    used = select(*columns).where(TextModel.published_at.is_not(None)).order_by(TextModel.published_at.desc()).limit(1)
    published, last = (
        ModelState(row.trained_at, row.published_at, row.reason, msgspec.convert(row.figures, Quality)) if row else None
        for row in (session.execute(statement).first() for statement in (used, newest))
    )
    return published, last if last and not last.published_at else None


__all__ = ["GAIN", "LEAST", "Lesson", "ModelState", "collect", "keep_model", "learn", "model_state"]
