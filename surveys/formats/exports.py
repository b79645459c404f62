"""What an export holds: a survey's responses within the limits that screens use, as rows of one table.

Rows are read as they are written, so that a million responses are never held at once. The answers of an anonymous
survey go out without anything that points at a person: no id, no moment, nothing of how they were given, in an order
that tells nothing, and the customer's own words in a table of their own, away from place and score.
"""

import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from persiantools.jdatetime import JalaliDate
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from surveys.formats.columns import (
    Column,
    Kind,
    Labels,
    Missing,
    Part,
    Value,
    Versions,
    ours,
    parts_of,
    question_columns,
)
from surveys.languages import CODES, N_, language
from surveys.models import Response, SurveyVersion
from surveys.questionnaire import Answer, MultipleChoice, Question, Questionnaire, Text, holds
from surveys.questionnaire.answers import UNANSWERED
from surveys.tallies import Where

BATCH = 1000
QUALITIES = ("valid", "suspect")

Places = Mapping[str, Labels]

ANONYMOUS = N_(
    "The survey is anonymous: ids, times and signals are left out, the order of the rows tells nothing, "
    "and the customers' own words stand in a file of their own, without place and score."
)


@dataclass(frozen=True)
class Export:
    """Which responses go out: those of `where`, from a day until the day before another (None: without end).

    `qualities` takes the place of the quality in `where`.
    """

    where: Where
    start: date | None = None
    end: date | None = None
    qualities: tuple[str, ...] = ("valid",)

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        yield Response.survey_id == self.where.survey_id
        limits = (replace(self.where, quality=quality).clauses(Response) for quality in self.qualities)
        yield or_(*(and_(*limit) for limit in limits))
        if self.start is not None:
            yield Response.day >= self.start
        if self.end is not None:
            yield Response.day < self.end


@dataclass(frozen=True)
class Table:
    """What one file holds; its rows are read once, while they are written."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    rows: Iterator[list[Value]]
    notes: tuple[str, ...] = ()

    def close(self) -> None:
        """Whoever stops before the last row lets the database go."""
        if isinstance(self.rows, Generator):
            self.rows.close()


class _Row(NamedTuple):
    """What is read of a response."""

    response_id: uuid.UUID
    day: date
    submitted_at: datetime | None
    version: int
    touchpoint: str
    unit: str
    channel: str
    segment: str
    language: str
    quality: str
    signals: Sequence[str]
    seconds: int | None
    answers: Mapping[str, Answer]


def read_versions(session: Session, survey_id: uuid.UUID) -> dict[int, Questionnaire]:
    """Every version of a survey."""
    rows = session.execute(
        select(SurveyVersion.version, SurveyVersion.document)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.version)
    )
    return {version: msgspec.convert(document, Questionnaire) for version, document in rows}


def count_responses(session: Session, export: Export) -> int:
    return session.scalar(select(func.count()).select_from(Response).where(*export.clauses())) or 0


class SurveyTables:
    """Turns the responses of a survey into tables; `places` names the touchpoints, units and channels."""

    def __init__(self, versions: Versions, zone: ZoneInfo, places: Places) -> None:
        self._versions, self._zone, self._places = versions, zone, places
        # A response that was promised to be anonymous stays so when a later version promises less.
        self.anonymous = any(questionnaire.anonymous for questionnaire in versions.values())
        self._title = versions[max(versions)].title
        self._notes = (ANONYMOUS,) if self.anonymous else ()
        self._fixed = [name for name in FIXED if not (self.anonymous and name in _TELLING)]
        asked = question_columns(versions, FIXED)
        self._comments = [column for column in asked.values() if column.type == "comment"]
        self._asked = {part: c for part, c in asked.items() if not (self.anonymous and c.type == "comment")}

    def _fixed_column(self, name: str) -> Column:
        kind, label = FIXED[name]
        return Column(name, kind, ours(label), self._labels(name))

    def _labels(self, name: str) -> Labels:
        match name:
            case "quality":
                return {"valid": ours(N_("Valid")), "suspect": ours(N_("Suspect"))}
            case "language":
                names: Labels = {code: dict.fromkeys(CODES, language(code).name) for code in CODES}
                return names
        return self._places.get(name, {})

    def responses(self, session: Session, export: Export) -> Table:
        """A row for each response."""
        columns = (*map(self._fixed_column, self._fixed), *self._asked.values())
        return Table("responses", self._title, columns, self._rows(session, export), self._notes)

    @property
    def parted(self) -> bool:
        """Whether the customers' own words stand in a table of their own."""
        return self.anonymous and bool(self._comments)

    def comments(self, session: Session, export: Export) -> Table:
        """A row for each text that a customer wrote, with nothing beside it: a day with one answer would tell whose."""
        columns = (
            Column("question", "text", ours(N_("Question")), {c.question: c.label for c in self._comments}),
            Column("words", "text", ours(N_("The customer's own words"))),
        )
        return Table("comments", self._title, columns, self._words(session, export), self._notes)

    def _rows(self, session: Session, export: Export) -> Iterator[list[Value]]:
        order = (Response.day, func.random()) if self.anonymous else (Response.response_id,)
        plans = {version: self._plan(questionnaire) for version, questionnaire in self._versions.items()}
        nothing: list[Value] = [Missing.NOT_ASKED] * len(self._asked)
        with closing(_read(session, export, *order)) as responses:
            for response in responses:
                values = nothing.copy()
                for question, cells in plans[response.version]:
                    answer = response.answers.get(question.id, UNANSWERED)
                    missing = _missing(question, answer, response.answers)
                    for place, read in cells:
                        values[place] = missing or read(answer)
                known = self._known(response)
                yield [*(known[name] for name in self._fixed), *values]

    def _known(self, response: _Row) -> dict[str, Value]:
        moment = response.submitted_at and response.submitted_at.astimezone(self._zone).replace(microsecond=0)
        return {
            "response_id": str(response.response_id),
            "day": response.day,
            "submitted_at": moment,
            "version": response.version,
            "touchpoint": response.touchpoint or None,
            "unit": response.unit or None,
            "channel": response.channel or None,
            "segment": response.segment or None,
            "language": response.language,
            "quality": response.quality,
            "signals": " ".join(response.signals) or None,
            "seconds": response.seconds,
        }

    def _plan(self, questionnaire: Questionnaire) -> list[tuple[Question, list[tuple[int, Callable[[Any], Value]]]]]:
        """The questions of a version, each with the places of its cells and how an answer fills them."""
        places = {part: place for place, part in enumerate(self._asked)}
        plan = []
        for question in questionnaire.questions:
            parts = parts_of(question, questionnaire.languages)
            plan.append((question, [(places[part], _reader(question, part)) for part in parts if part in places]))
        return plan

    def _words(self, session: Session, export: Export) -> Iterator[list[Value]]:
        """One question after the other, so that two texts of one person do not stand together."""
        for column in self._comments:
            with closing(_read(session, export, func.random(), written=True)) as responses:
                for response in responses:
                    words = response.answers.get(column.question)
                    if words and response.version in column.versions:
                        yield [column.question, str(words)]


FIXED: dict[str, tuple[Kind, str]] = {
    "response_id": ("text", N_("Response")),
    "day": ("day", N_("Day")),
    "submitted_at": ("moment", N_("Sent at")),
    "version": ("integer", N_("Version of the questionnaire")),
    "touchpoint": ("text", N_("Touchpoint")),
    "unit": ("text", N_("Unit")),
    "channel": ("text", N_("Channel")),
    "segment": ("text", N_("Customer segment")),
    "language": ("text", N_("Language")),
    "quality": ("text", N_("Quality")),
    "signals": ("text", N_("Signals of the quality check")),
    "seconds": ("integer", N_("Seconds from opening to sending")),
}
# What could tell who answered; an anonymous survey's files do not have it. An imported response's id is made from the
# source's own key, and a shown page's ticket, which a proxy may have logged, holds the id of what it becomes.
_TELLING = {"response_id", "submitted_at", "segment", "signals", "seconds"}


def _read(session: Session, export: Export, *order: Any, written: bool = False) -> Generator[_Row, None, None]:
    """The responses, a batch at a time; only those with a customer's own words where `written`."""
    statement = select(*(getattr(Response, name) for name in _Row._fields)).where(*export.clauses()).order_by(*order)
    if written:
        statement = statement.where(Response.has_comment)
    with session.execute(statement.execution_options(yield_per=BATCH)) as found:
        yield from map(_Row._make, found)


def _missing(question: Question, answer: Answer, answers: Mapping[str, Answer]) -> Missing | None:
    if answer is None:
        return Missing.NOT_APPLICABLE
    if answer != UNANSWERED:
        return None
    asked = question.show_if is None or holds(question.show_if, answers)
    return Missing.NOT_ANSWERED if asked else Missing.NOT_ASKED


def _reader(question: Question, part: Part) -> Callable[[Any], Value]:
    """How an answer becomes the value of one of its columns."""
    if isinstance(question, MultipleChoice):
        return lambda chosen: int(part.option in chosen)
    if part.jalali:
        return lambda day: JalaliDate(date.fromisoformat(day)).isoformat()
    return date.fromisoformat if question.type == "date" else _as_it_is


def _as_it_is(answer: Any) -> Value:
    value: Value = answer
    return value
