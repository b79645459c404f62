"""One row of a file, read like a submitted page: a response, or why it is none."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.company import CHANNELS
from surveys.formats.documents import DocumentFaults
from surveys.formats.mapping import Day, DayReader, MappingFile, NotADay, Scalar, Source
from surveys.languages import N_, Language, language
from surveys.models import Segment, Survey, Touchpoint, Unit
from surveys.publishing import current_version
from surveys.questionnaire import Answer, Comment, Fault, Questionnaire, Reader, scores
from surveys.questionnaire.faults import worded
from surveys.responses import Submission

_FIRST_DAY = date(1970, 1, 1)  # an id cannot tell an earlier one


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row was refused: the line of the file where it begins, the column if there is one, and what to do."""

    line: int
    column: str
    message: str
    values: dict[str, object] = field(default_factory=dict)

    def in_language(self, reader: Language) -> str:
        return worded(self.message, self.values, reader)

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", column {self.column!r}" if self.column else "")
        return f"{place}: {self.in_language(language('en'))}"


class Row(NamedTuple):
    line: int
    cells: list[str]


class RowRefused(Exception):
    def __init__(self, *refusals: Refusal) -> None:
        super().__init__()
        self.refusals = refusals


def response_id(survey_id: uuid.UUID, key: Sequence[str], day: date) -> uuid.UUID:
    """The id of an imported response: a UUIDv7 of its day, whose other bits are a digest of the survey and the key."""
    milliseconds = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    digest = sha256(survey_id.bytes + "\0".join(key).encode()).digest()
    bits = int.from_bytes(digest[:10], "big")
    head = milliseconds << 80 | 7 << 76 | (bits >> 64 & 0xFFF) << 64
    return uuid.UUID(int=head | 0b10 << 62 | bits & (1 << 62) - 1)


class RowReader:
    """Reads the rows of one file against one questionnaire."""

    def __init__(self, session: Session, mapping: MappingFile, header: Sequence[str], today: date) -> None:
        self._mapping = mapping.mapping
        self._today = today
        self._width = len(header)
        self._places = {name.strip(): place for place, name in reversed(list(enumerate(header)))}
        mapping.refuse(list(_column_faults(mapping, header)))
        survey = session.scalar(select(Survey).where(Survey.slug == self._mapping.survey))
        if survey is None:
            fault = Fault("survey", N_("There is no published survey “%(slug)s”."), {"slug": self._mapping.survey})
            raise DocumentFaults(mapping.file.placed([fault]))
        version = current_version(session, survey.survey_id)
        self._survey_id, self._version = survey.survey_id, version.version
        self._questionnaire = msgspec.convert(version.document, Questionnaire)
        self._reader = Reader(self._questionnaire)
        self._comments = [question.id for question in self._questionnaire.questions if isinstance(question, Comment)]
        self._day = DayReader(self._mapping.day)
        self._possible: dict[str, frozenset[str]] = {
            "touchpoint": frozenset(session.scalars(select(Touchpoint.code))),
            "unit": frozenset(session.scalars(select(Unit.code))),
            "segment": frozenset(session.scalars(select(Segment.code))),
            "channel": frozenset(CHANNELS),
            "language": frozenset(self._questionnaire.languages),
        }
        mapping.refuse(list(self._document_faults()))
        self._answers = [(name, source, self._place(source)) for name, source in self._mapping.sources.items()]
        self._seen: set[uuid.UUID] = set()

    def _document_faults(self) -> Iterator[Fault]:
        known = {question.id for question in self._questionnaire.questions}
        for name in self._mapping.answers:
            if name not in known:
                yield Fault(f"answers.{name}", N_("There is no question with the id “%(name)s”."), {"name": name})
        for path, possible in self._possible.items():
            source: Source | None = getattr(self._mapping, path)
            if source is not None and source.constant is not None and source.constant not in possible:
                message = N_("“%(code)s” is not known. Possible are: %(possible)s.")
                yield Fault(path, message, {"code": str(source.constant), "possible": ", ".join(sorted(possible))})
        yield from _constant_day_faults(self._mapping.day, self._day)

    def _place(self, source: Source | Day) -> int | None:
        return None if source.column is None else self._places[source.column]

    def read(self, row: Row) -> Submission:
        """The response of a row; RowRefused where it is none."""
        if len(row.cells) != self._width:
            message = N_("The row has %(cells)s cells and the header has %(columns)s: look for a stray delimiter.")
            raise RowRefused(Refusal(row.line, "", message, {"cells": len(row.cells), "columns": self._width}))
        day = self._read_day(row)
        identity = self._identify(row, day)
        answers = self._read_answers(row)
        codes = {path: self._read_code(row, path) for path in self._possible}
        self._seen.add(identity)
        return Submission(
            survey_id=self._survey_id,
            response_id=identity,
            version=self._version,
            day=day,
            touchpoint=codes["touchpoint"],
            unit=codes["unit"],
            channel=codes["channel"],
            language=codes["language"],
            segment=codes["segment"],
            quality="valid",
            signals=[],
            has_comment=any(answers.get(name) for name in self._comments),
            answers=answers,
            submitted_at=None,
            seconds=None,
            scores=scores(self._questionnaire, answers),
        )

    def _read_day(self, row: Row) -> date:
        source, place = self._mapping.day, self._place(self._mapping.day)
        column = source.column or ""
        try:
            day = self._day.read(source.constant or "" if place is None else row.cells[place])
        except NotADay:
            message = N_("This is no day as the mapping has it: %(format)s, %(calendar)s calendar.")
            values: dict[str, object] = {"format": source.format, "calendar": source.calendar}
            raise RowRefused(Refusal(row.line, column, message, values)) from None
        if not _FIRST_DAY <= day <= self._today:
            message = N_("%(day)s is before 1970 or still to come: look at the calendar and the format of the mapping.")
            raise RowRefused(Refusal(row.line, column, message, {"day": day}))
        return day

    def _identify(self, row: Row, day: date) -> uuid.UUID:
        key = []
        for column in self._mapping.keys:
            key.append(row.cells[self._places[column]].strip())
            if not key[-1]:
                raise RowRefused(Refusal(row.line, column, N_("The key of the row is missing.")))
        identity = response_id(self._survey_id, key, day)
        if identity in self._seen:
            # Stored, it would be taken for the same response and its answers would be lost without a word.
            message = N_("Another row of this file has the same key and day.")
            raise RowRefused(Refusal(row.line, self._mapping.keys[0], message))
        return identity

    def _read_answers(self, row: Row) -> dict[str, Answer]:
        values = {name: self._value(row, source, place) for name, source, place in self._answers}
        reading = self._reader.check_answers(values)
        if reading.faults:
            columns = {name: source.column or "" for name, source, _ in self._answers}
            raise RowRefused(
                *(
                    Refusal(row.line, columns.get(fault.question_id, ""), fault.message, dict(fault.values))
                    for fault in reading.faults
                )
            )
        return reading.answers

    def _value(self, row: Row, source: Source, place: int | None) -> Scalar:
        if place is None:
            return source.constant if source.constant is not None else ""
        return source.read(row.cells[place])

    def _read_code(self, row: Row, path: str) -> str:
        source: Source | None = getattr(self._mapping, path)
        if path == "segment" and self._questionnaire.anonymous:
            return ""
        if source is None:
            return self._questionnaire.languages[0] if path == "language" else ""
        code = str(self._value(row, source, self._place(source))).strip()
        if not code and path == "language":
            return self._questionnaire.languages[0]
        if code and code not in self._possible[path]:
            message = N_("“%(code)s” is not known as %(field)s; add it to the values of the mapping.")
            raise RowRefused(Refusal(row.line, source.column or "", message, {"code": code[:64], "field": path}))
        return code


def _column_faults(mapping: MappingFile, header: Sequence[str]) -> Iterator[Fault]:
    names = [name.strip() for name in header]
    for path, column in mapping.mapping.columns():
        if column not in names:
            message = N_("The file has no column “%(column)s”. It has: %(columns)s.")
            yield Fault(path, message, {"column": column, "columns": ", ".join(names)})
        elif names.count(column) > 1:
            yield Fault(path, N_("The file has two columns “%(column)s”; rename one."), {"column": column})


def _constant_day_faults(day: Day, reader: DayReader) -> Iterator[Fault]:
    if day.constant is None:
        return
    try:
        reader.read(day.constant)
    except NotADay:
        message = N_("This is no day as the mapping has it: %(format)s, %(calendar)s calendar.")
        yield Fault("day.constant", message, {"format": day.format, "calendar": day.calendar})
