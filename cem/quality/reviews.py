"""The answers that are up for a decision. Their scores are not shown: who decides must not pick by what they say."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import Session

from cem.errors import CemError
from cem.quality.decisions import read_history
from cem.quality.models import QualityDecision
from cem.quality.overview import FLAGGED
from cem.scorecards.choices import Choice
from cem.scorecards.privacy import MINIMUM
from surveys.formats.exports import QUALITIES, Export
from surveys.languages import N_
from surveys.models import Response

LISTED = 50
# More than this at once is no decision any more, and would keep others waiting.
MOST_AT_ONCE = 20_000


class TooManyAtOnce(CemError):
    status = 413
    title = N_("Too many answers for one decision")
    advice = N_("Choose a shorter period, one place or one signal. Nothing was changed.")


@dataclass(frozen=True)
class Asked:
    """Which of a choice's answers: with this signal, of this quality; empty is any."""

    signal: str = ""
    quality: str = ""

    @property
    def qualities(self) -> tuple[str, ...]:
        return (self.quality,) if self.quality in QUALITIES else QUALITIES


@dataclass(frozen=True)
class Review:
    """Some of the answers that match, the newest first, each with what was decided; and how many there are."""

    rows: Sequence[Any]
    history: dict[uuid.UUID, list[QualityDecision]]
    matching: int
    # Of an anonymous survey none is listed by itself, and none decided about among too few.
    single: bool
    together: bool


def read_review(reader: Session, choice: Choice, asked: Asked) -> Review:
    matching = reader.scalar(select(func.count()).select_from(Response).where(*_matches(choice, asked))) or 0
    if choice.anonymous:
        return Review((), {}, matching, single=False, together=matching >= MINIMUM)
    columns = (
        Response.response_id,
        Response.day,
        Response.touchpoint,
        Response.unit,
        Response.quality,
        Response.signals,
        Response.seconds,
    )
    newest = Response.day.desc(), Response.submitted_at.desc(), Response.response_id.desc()
    rows = reader.execute(select(*columns).where(*_matches(choice, asked)).order_by(*newest).limit(LISTED)).all()
    history = read_history(reader, choice.survey_id, [row.response_id for row in rows])
    return Review(rows, history, matching, single=True, together=bool(matching))


def read_matching(reader: Session, choice: Choice, asked: Asked) -> list[uuid.UUID]:
    """The ids of all that match; TooManyAtOnce where they are too many, none of an anonymous survey's few."""
    chosen = select(Response.response_id).where(*_matches(choice, asked)).limit(MOST_AT_ONCE + 1)
    ids = list(reader.scalars(chosen))
    if len(ids) > MOST_AT_ONCE:
        raise TooManyAtOnce
    return [] if choice.anonymous and len(ids) < MINIMUM else ids


def _matches(choice: Choice, asked: Asked) -> list[ColumnElement[bool]]:
    """Of the choice's place and period, and with a signal, or decided about before."""
    clauses = Export(choice.where(), choice.period.start, choice.period.end, asked.qualities).clauses()
    if asked.signal:
        return [*clauses, FLAGGED, cast(Response.signals, String).contains(f'"{asked.signal}"', autoescape=True)]
    decided = select(QualityDecision.response_id).where(QualityDecision.survey_id == choice.survey_id)
    return [*clauses, or_(FLAGGED, Response.response_id.in_(decided))]
