"""A table as CSV: UTF-8 with a byte order mark, by which Excel knows Persian, and every text in quotation marks."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from surveys.formats.cells import NOTE, harmless, written
from surveys.formats.codebook import Entry, codebook
from surveys.formats.exports import BATCH, Table
from surveys.languages import N_, Language

MARK = "\ufeff"

NOTES = (
    N_("The files are UTF-8 with a byte order mark, separated by commas; days are Gregorian, as 2025-10-07."),
    N_("An empty cell is a question that was asked and not answered, or a fact that is not known."),
    NOTE,
)


def write(path: Path, table: Table, spoken: Language) -> None:  # noqa: ARG001 - labels are in the codebook
    with path.open("wb") as file:
        file.writelines(lines(table))


def lines(table: Table) -> Iterator[bytes]:
    """The file in pieces, each as long as a batch of rows; the first has rows already, where there are any."""
    header = [column.name for column in table.columns]
    yield from encoded(chain([header], ([written(value) for value in row] for row in table.rows)))


def codebook_lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """A codebook as a file of its own."""
    yield from encoded(chain([Entry._fields], ([harmless(value) for value in entry] for entry in entries)))


def entries(table: Table, spoken: Language) -> Iterator[Entry]:
    return codebook(table.columns, (*table.notes, *NOTES), spoken)


def encoded(rows: Iterable[Iterable[str | float]]) -> Iterator[bytes]:
    """Rows as the bytes of a file, a batch at a time."""
    waiting, mark = iter(rows), MARK
    while batch := list(islice(waiting, BATCH)):
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_NONNUMERIC).writerows(batch)
        yield (mark + text.getvalue()).encode()
        mark = ""
