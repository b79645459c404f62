"""A row of a CSV file that cem has exported, read back as the response that it was: with its id, version and quality.

So bringing an export in again changes nothing, and another installation that has published the same questionnaire gets
the same responses. The file of an anonymous survey has no ids and cannot be brought in.
"""

import re
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.formats.cells import restored
from surveys.formats.columns import Missing, parts_of, question_columns
from surveys.formats.documents import DocumentFaults
from surveys.formats.exports import FIXED, QUALITIES, read_versions
from surveys.formats.rows import Refusal, Row, RowRefused
from surveys.languages import N_
from surveys.models import Segment, Survey, Touchpoint, Unit
from surveys.questionnaire import Answer, Comment, Fault, MultipleChoice, Question, Questionnaire, Reader, scores
from surveys.questionnaire.answers import UNANSWERED
from surveys.responses import Submission

_CHANNEL = re.compile(r"[A-Za-z0-9_-]{0,32}", re.ASCII)
# What files that were exported before there were segments do not have.
_LATER = "segment"
_WRONG = N_("“%(value)s” is not possible here.")

Cells = Mapping[str, str]
Read = TypeVar("Read")


class ExportedRows:
    """Reads the rows of one file of one survey; DocumentFaults where its header is not that of an export."""

    def __init__(self, session: Session, slug: str, header: Sequence[str], today: date) -> None:
        survey = session.scalar(select(Survey).where(Survey.slug == slug))
        if survey is None:
            fault = Fault("survey", N_("There is no published survey “%(slug)s”."), {"slug": slug})
            raise DocumentFaults([fault])
        self._survey_id, self._today, self._header = survey.survey_id, today, tuple(header)
        versions = read_versions(session, survey.survey_id)
        self._readers = {version: Reader(questionnaire) for version, questionnaire in versions.items()}
        self._names = {part: column.name for part, column in question_columns(versions, FIXED).items()}
        self._places = {
            "touchpoint": {"", *session.scalars(select(Touchpoint.code))},
            "unit": {"", *session.scalars(select(Unit.code))},
            "segment": {"", *session.scalars(select(Segment.code))},
        }
        if faults := list(self._header_faults()):
            raise DocumentFaults(faults)

    def _header_faults(self) -> Iterator[Fault]:
        if any(reader.questionnaire.anonymous for reader in self._readers.values()):
            yield Fault("", N_("The survey is anonymous: what was exported of it has no ids to be known again by."))
            return
        values: dict[str, object] = {"columns": ", ".join(self._header)}
        for name in FIXED:
            if name not in self._header and name != _LATER:
                yield Fault(
                    "", N_("The file has no column “%(column)s”. It has: %(columns)s."), {"column": name, **values}
                )
        for name in self._header:
            if name not in FIXED and name not in self._names.values():
                yield Fault("", N_("No version of the survey has the column “%(column)s”."), {"column": name})

    def read(self, row: Row) -> Submission:
        """The response of a row; RowRefused where it is none."""
        if len(row.cells) != len(self._header):
            message = N_("The row has %(cells)s cells and the header has %(columns)s: look for a stray delimiter.")
            raise RowRefused(Refusal(row.line, "", message, {"cells": len(row.cells), "columns": len(self._header)}))
        cells = dict(zip(self._header, row.cells, strict=True))

        def taken(column: str, read: Callable[[str], Read]) -> Read:
            try:
                return read(cells[column])
            except (ValueError, LookupError):
                raise RowRefused(Refusal(row.line, column, _WRONG, {"value": cells[column][:64]})) from None

        version = taken("version", self._version)
        reader = self._readers[version]
        answers = self._answers(row.line, cells, reader)
        questionnaire = reader.questionnaire
        return Submission(
            survey_id=self._survey_id,
            response_id=taken("response_id", uuid.UUID),
            version=version,
            day=taken("day", self._day),
            touchpoint=taken("touchpoint", _one_of(self._places["touchpoint"])),
            unit=taken("unit", _one_of(self._places["unit"])),
            channel=taken("channel", _channel),
            language=taken("language", _one_of(questionnaire.languages)),
            quality=taken("quality", _one_of(QUALITIES)),
            signals=cells["signals"].split(),
            has_comment=any(answers.get(q.id) for q in questionnaire.questions if isinstance(q, Comment)),
            answers=answers,
            submitted_at=taken("submitted_at", _moment),
            seconds=taken("seconds", lambda text: int(text) if text else None),
            scores=scores(questionnaire, answers),
            segment=taken("segment", _one_of(self._places["segment"])) if _LATER in cells else "",
        )

    def _version(self, text: str) -> int:
        version = int(text)
        if version not in self._readers:
            raise LookupError(version)
        return version

    def _day(self, text: str) -> date:
        day = date.fromisoformat(text)
        if day > self._today:
            raise ValueError(text)
        return day

    def _answers(self, line: int, cells: Cells, reader: Reader) -> dict[str, Answer]:
        questionnaire = reader.questionnaire
        values = {question.id: self._value(question, questionnaire, cells) for question in questionnaire.questions}
        reading = reader.check_answers(values)
        if reading.faults:
            raise RowRefused(*(Refusal(line, f.question_id, f.message, dict(f.values)) for f in reading.faults))
        return reading.answers

    def _value(self, question: Question, questionnaire: Questionnaire, cells: Cells) -> object:
        """What the cells of a question say, as an answer is given."""
        given = {part: cells.get(self._names[part], "") for part in parts_of(question, questionnaire.languages)}
        if Missing.NOT_APPLICABLE in given.values():
            return None
        if isinstance(question, MultipleChoice):
            return [part.option for part, cell in given.items() if cell == "1"] or UNANSWERED
        cell = next(iter(given.values()))
        return UNANSWERED if cell == Missing.NOT_ASKED else restored(cell)


def _one_of(possible: Collection[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in possible:
            raise LookupError(text)
        return text

    return read


def _channel(text: str) -> str:
    if not _CHANNEL.fullmatch(text):
        raise ValueError(text)
    return text


def _moment(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError(text)
    return moment
