"""Reading comments: language, sentiment, topics, and whether score and words contradict each other.

The customer's own score comes first, then the company's model, then word lists; where none knows, the sentiment is
'unknown'. An anonymous survey's comments are read by their words alone. What is read is read again when a model is
published or a topic changes; what a person corrected stays.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from cem.comments.models import CommentReading, TextModel
from cem.comments.taxonomy import Taxonomy, read_taxonomy
from cem.comments.wordings import opinion_of_score, read_questionnaires, words_of
from cem.settings import Settings
from metrics.text.languages import language_of
from metrics.text.lexicon import opinion
from metrics.text.model import Model
from metrics.text.normalise import normalise
from metrics.text.personal_data import scrub
from metrics.text.topics import Topics
from surveys.database import Database
from surveys.models import Response, Survey
from surveys.questionnaire import Questionnaire

BATCH = 500
OPPOSITE = {"positive": "negative", "negative": "positive"}

_RESPONSE = (
    Response.survey_id,
    Response.response_id,
    Response.version,
    Response.day,
    Response.touchpoint,
    Response.unit,
    Response.channel,
    Response.quality,
    Response.answers,
)


@dataclass(frozen=True)
class Reader:
    """What reads: the topics' rules and the published model, if there is one."""

    topics: Topics
    model: Model | None
    model_id: uuid.UUID | None
    since: datetime | None

    def read(self, response: Row[Any], asked: Questionnaire, now: datetime) -> dict[str, Any]:
        """The row of a comment."""
        words = scrub(words_of(response.answers, asked))
        by_score = "" if asked.anonymous else opinion_of_score(response.answers, asked)
        language = language_of(words)
        said = self.model.sentiment(words) if self.model else opinion(words, language)
        source = "score" if by_score else "model" if self.model else "words"
        return {
            "survey_id": response.survey_id,
            "response_id": response.response_id,
            "day": response.day,
            "touchpoint": response.touchpoint,
            "unit": response.unit,
            "channel": response.channel,
            "quality": response.quality,
            "language": language,
            "sentiment": by_score or said.label,
            "probability": said.probability,
            "source": source,
            "by_score": by_score,
            "by_words": "" if said.label == "unknown" else said.label,
            "conflict": by_score != "" and OPPOSITE[by_score] == said.label,
            "topics": list(self.topics.of(words)),
            "words": normalise(words),
            "model_id": self.model_id if source == "model" else None,
            "corrected": False,
            "read_at": now,
        }


def read_waiting(
    database: Database, settings: Settings, now: datetime, told: Callable[[int], None] = lambda _done: None
) -> int:
    """Read the comments that have no reading yet, or one that is out of date; how many were read."""
    del settings  # every job is called alike
    with database.read() as session:
        reader = prepare(session, read_taxonomy(session), now)
        waiting = [
            (survey_id, day)
            for survey_id in session.scalars(select(Survey.survey_id))
            for day in _days(session, survey_id, reader)
        ]
    done = 0
    for survey_id, days in _together(waiting):
        while True:
            with database.write() as session:
                some = read_batch(session, survey_id, days, reader, now)
            done += some
            told(done)
            if some < BATCH:
                break
    return done


def prepare(session: Session, taxonomy: Taxonomy, now: datetime) -> Reader:
    """What reads now; `since` is the moment before which a reading is out of date."""
    found = session.execute(
        select(TextModel.model_id, TextModel.document, TextModel.published_at)
        .where(TextModel.published_at.is_not(None))
        .order_by(TextModel.published_at.desc())
        .limit(1)
    ).first()
    moments = [moment for moment in (taxonomy.changed_at, found and found.published_at) if moment is not None]
    model = Model.from_bytes(found.document) if found else None
    return Reader(taxonomy.rules, model, found.model_id if found else None, _earlier(max(moments, default=None), now))


def read_batch(session: Session, survey_id: uuid.UUID, days: Sequence[date], reader: Reader, now: datetime) -> int:
    """Read some of the comments of these days that are waiting."""
    fresh = select(CommentReading.response_id).where(
        CommentReading.survey_id == survey_id,
        CommentReading.response_id == Response.response_id,
        *_fresh(reader),
    )
    responses = session.execute(
        select(*_RESPONSE)
        .where(
            Response.survey_id == survey_id,
            Response.has_comment,
            Response.day >= days[0],
            Response.day <= days[-1],
            ~fresh.exists(),
        )
        .limit(BATCH)
    ).all()
    store(session, responses, read_questionnaires(session, survey_id), reader, now)
    return len(responses)


def store(
    session: Session,
    responses: Sequence[Row[Any]],
    asked: Mapping[int, Questionnaire],
    reader: Reader,
    now: datetime,
) -> None:
    """Write the readings of these responses in place of older ones."""
    if not responses:
        return
    session.execute(
        delete(CommentReading).where(
            CommentReading.survey_id == responses[0].survey_id,
            CommentReading.response_id.in_([response.response_id for response in responses]),
        )
    )
    session.execute(insert(CommentReading), [reader.read(one, asked[one.version], now) for one in responses])


def _days(session: Session, survey_id: uuid.UUID, reader: Reader) -> Iterator[date]:
    """The days that have more comments than readings; both are counted from an index."""
    written = select(Response.day, func.count()).where(Response.survey_id == survey_id, Response.has_comment)
    known = select(CommentReading.day, func.count()).where(CommentReading.survey_id == survey_id, *_fresh(reader))
    have = {day: n for day, n in session.execute(known.group_by(CommentReading.day))}  # noqa: C416
    for day, n in session.execute(written.group_by(Response.day).order_by(Response.day)):
        if have.get(day, 0) < n:
            yield day


def _earlier(since: datetime | None, now: datetime) -> datetime | None:
    """A clock that was set back makes nothing stale for ever."""
    return None if since is None else min(since, now)


def _fresh(reader: Reader) -> list[Any]:
    if reader.since is None:
        return []
    return [or_(CommentReading.corrected, CommentReading.read_at >= reader.since)]


def _together(waiting: Sequence[tuple[uuid.UUID, date]]) -> Iterator[tuple[uuid.UUID, list[date]]]:
    """A survey's days in stretches of a month or so: few statements, and none that scans years for one day."""
    stretch: list[date] = []
    for place, (survey_id, day) in enumerate(waiting):
        stretch.append(day)
        following = waiting[place + 1] if place + 1 < len(waiting) else None
        if following is None or following[0] != survey_id or (following[1] - stretch[0]).days > 31:
            yield survey_id, stretch
            stretch = []
