"""The list of comments: which ones an address asks for, and what may be shown of each."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from cem.comments.corrections import SENTIMENTS
from cem.comments.models import CommentReading
from cem.comments.taxonomy import Taxonomy
from cem.comments.wordings import read_questionnaires, words_of
from cem.scorecards.choices import Choice, UnknownChoice
from metrics.text.normalise import normalise
from metrics.text.personal_data import Kind, scrub
from surveys.languages import N_, Language
from surveys.models import Response
from surveys.questionnaire import Questionnaire, Scored

PAGE = 20
LONGEST_SEARCH = 100
LANGUAGES = {"fa": N_("Persian"), "en": N_("English"), "other": N_("Another language")}
SENTIMENT_NAMES = {
    "positive": N_("Positive"),
    "negative": N_("Negative"),
    "mixed": N_("Both"),
    "unknown": N_("Unknown"),
}
# What stands in the place of personal data.
MARKS: Mapping[Kind, str] = {
    "e-mail": N_("e-mail address"),
    "address": N_("web address"),
    "account": N_("account number"),
    "card": N_("card number"),
    "telephone": N_("telephone number"),
    "identity": N_("identity number"),
}
PARTS = ("sentiment", "topic", "conflict", "language", "q")


@dataclass(frozen=True)
class Narrowing:
    """What is asked of the comments beyond when and where they were written; `before` is where the page begins."""

    sentiment: str = ""
    topic: str = ""
    conflict: str = ""
    language: str = ""
    q: str = ""
    before: tuple[date, uuid.UUID] | None = None

    def query(self, choice: Choice, **changes: str) -> str:
        """The address's query, which keeps the choice."""
        parts = {name: str(getattr(self, name)) for name in PARTS} | changes
        return "&".join(part for part in (choice.query(), urlencode({k: v for k, v in parts.items() if v})) if part)

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The limits as the database has them; the words of a search are compared in one spelling."""
        if self.sentiment:
            yield CommentReading.sentiment == self.sentiment
        if self.language:
            yield CommentReading.language == self.language
        if self.conflict:
            yield CommentReading.conflict.is_(True)
        if self.topic:
            # A list of codes is written as JSON in either database.
            yield cast(CommentReading.topics, String).contains(f'"{self.topic}"', autoescape=True)
        for word in normalise(self.q).split():
            yield CommentReading.words.contains(word, autoescape=True)


@dataclass(frozen=True)
class Remark:
    """A comment as it is shown. In an anonymous survey it stands alone, without place, score or what the score says."""

    response_id: uuid.UUID
    words: str
    language: str
    day: date
    sentiment: str
    source: str
    topics: tuple[str, ...]
    conflict: bool
    corrected: bool
    score: int | None = None
    highest: int | None = None
    touchpoint: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Listed:
    """One page of comments, where the next begins, and how many there are of each sentiment."""

    remarks: tuple[Remark, ...]
    following: str
    sentiments: Mapping[str, int]

    @property
    def n(self) -> int:
        return sum(self.sentiments.values())


def read_narrowing(asked: Mapping[str, str], taxonomy: Taxonomy) -> Narrowing:
    """What an address asks for; UnknownChoice for what there is not."""
    known = {"sentiment": SENTIMENTS, "topic": taxonomy.topics, "conflict": ("1",), "language": LANGUAGES}
    given = {name: asked.get(name, "") for name in PARTS}
    if any(given[name] and given[name] not in values for name, values in known.items()):
        raise UnknownChoice
    return Narrowing(**given | {"q": given["q"][:LONGEST_SEARCH]}, before=_read_place(asked.get("before", "")))


def within(choice: Choice) -> list[ColumnElement[bool]]:
    """The readings of a choice, as their index holds them."""
    return [
        *choice.where().clauses(CommentReading),
        CommentReading.day >= choice.period.start,
        CommentReading.day < choice.period.end,
    ]


def list_comments(reader: Session, choice: Choice, narrowing: Narrowing, language: Language) -> Listed:
    """The newest comments that an address asks for."""
    limits = [*within(choice), *narrowing.clauses()]
    counted = select(CommentReading.sentiment, func.count()).where(*limits).group_by(CommentReading.sentiment)
    sentiments = {sentiment: n for sentiment, n in reader.execute(counted)}  # noqa: C416
    if narrowing.before is not None:
        day, response_id = narrowing.before
        limits.append(
            or_(
                CommentReading.day < day,
                and_(CommentReading.day == day, CommentReading.response_id < response_id),
            )
        )
    rows = reader.execute(
        select(CommentReading, Response.answers, Response.version)
        .join(
            Response,
            and_(Response.survey_id == CommentReading.survey_id, Response.response_id == CommentReading.response_id),
        )
        .where(*limits)
        .order_by(CommentReading.day.desc(), CommentReading.response_id.desc())
        .limit(PAGE + 1)
    ).all()
    asked = read_questionnaires(reader, choice.survey_id)
    remarks = [_remark(row[0], row[1], asked[row[2]], choice, language) for row in rows[:PAGE]]
    return Listed(tuple(remarks), _place(remarks) if len(rows) > PAGE else "", sentiments)


def _remark(
    reading: CommentReading, answers: Mapping[str, object], asked: Questionnaire, choice: Choice, language: Language
) -> Remark:
    words = scrub(words_of(answers, asked), lambda kind: f"[{language.gettext(MARKS[kind])}]")
    anonymous = choice.anonymous or asked.anonymous
    remark = Remark(
        response_id=reading.response_id,
        words=words,
        language=reading.language if reading.language != "other" else "",
        day=reading.day,
        sentiment=reading.by_words or "unknown" if anonymous and not reading.corrected else reading.sentiment,
        source="words" if anonymous and reading.source == "score" else reading.source,
        topics=tuple(reading.topics),
        conflict=reading.conflict and not anonymous,
        corrected=reading.corrected,
    )
    if anonymous:
        return remark
    scored = next((q for q in asked.questions if isinstance(q, Scored) and q.series == choice.kpi), None)
    score = answers.get(scored.id) if scored else None
    whole = {
        "score": score if isinstance(score, int) else None,
        "highest": scored.points[-1] if scored else None,
        "touchpoint": reading.touchpoint,
        "unit": reading.unit,
    }
    return Remark(**{name: getattr(remark, name) for name in Remark.__dataclass_fields__} | whole)


def _read_place(text: str) -> tuple[date, uuid.UUID] | None:
    if not text:
        return None
    try:
        day, _, identity = text.partition("_")
        return date.fromisoformat(day), uuid.UUID(identity)
    except ValueError:
        raise UnknownChoice from None


def _place(remarks: Sequence[Remark]) -> str:
    return f"{remarks[-1].day.isoformat()}_{remarks[-1].response_id.hex}"
