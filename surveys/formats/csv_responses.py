"""Responses from a CSV file: wide, one row for each response.

Rows are stored in batches. A row that cannot be taken is refused with its line and the reason, and the others arrive.
The id of a response is made from the survey, the row's own key and its day, so importing a file again changes nothing.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Protocol

from sqlalchemy.orm import Session

from surveys.formats.documents import DocumentFaults
from surveys.formats.mapping import MappingFile
from surveys.formats.rows import Refusal, Row, RowReader, RowRefused
from surveys.languages import N_
from surveys.questionnaire import Fault
from surveys.responses import Submission, record

BATCH = 1000


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How far an import has come: rows and bytes read, and what became of the rows."""

    rows: int = 0
    bytes: int = 0
    new: int = 0
    already_there: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()


def import_responses(session: Session, file: BinaryIO, mapping: MappingFile, today: date) -> Iterator[ImportReport]:
    """Store the rows of a file, a batch at a time, and say after each how far it is; the last report is the whole.

    The caller may commit after every report: what is stored stays, and the next import finds it there.
    DocumentFaults where the mapping fits neither the file nor the company; then nothing is stored.
    """

    def reader_of(header: Sequence[str]) -> RowReader:
        return RowReader(session, mapping, header, today)

    return import_rows(session, file, reader_of, mapping.mapping.delimiter)


class ReadsRows(Protocol):
    def read(self, row: Row) -> Submission:
        """The response of a row; RowRefused where it is none."""


def import_rows(
    session: Session, file: BinaryIO, reader_of: Callable[[Sequence[str]], ReadsRows], delimiter: str = ","
) -> Iterator[ImportReport]:
    """The same for rows of any kind; `reader_of` takes the header, and refuses a file whose header does not fit."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        rows = _rows(text, delimiter)
        reader = reader_of(next(rows, Row(1, [])).cells)
        report = ImportReport()
        for batch in _batches(rows):
            report = _import_batch(session, reader, batch, report, file.tell())
            yield report
        if not report.rows:
            yield report
    finally:
        text.detach()


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    """The rows that are not empty, each with the line where it begins."""
    reader = csv.reader(text, delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield Row(line, cells)
            line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise DocumentFaults([Fault("", N_("Save the file as UTF-8 text."), line=line)]) from error
    except csv.Error as error:
        advice = N_("This cannot be read as CSV: look for a quotation mark that is not closed.")
        raise DocumentFaults([Fault("", advice, line=line)]) from error


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _import_batch(
    session: Session, reader: ReadsRows, batch: Sequence[Row], before: ImportReport, position: int
) -> ImportReport:
    submissions: list[Submission] = []
    refusals: list[Refusal] = []
    refused = 0
    for row in batch:
        try:
            submissions.append(reader.read(row))
        except RowRefused as fault:
            refused += 1
            refusals += fault.refusals
    new = len(record(session.connection(), submissions))
    return ImportReport(
        rows=before.rows + len(batch),
        bytes=position,
        new=before.new + new,
        already_there=before.already_there + len(submissions) - new,
        refused=before.refused + refused,
        refusals=(*before.refusals, *refusals),
    )
