"""A table as an Excel workbook: the rows, on as many sheets as they need, and the codebook on the last."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]

from surveys.formats.cells import NOTE, answered, harmless
from surveys.formats.codebook import Entry, codebook
from surveys.formats.columns import Missing, Value
from surveys.formats.exports import Table
from surveys.languages import N_, Language

# What a sheet holds besides its header.
LARGEST = 1_048_575
# Excel has fifteen digits; a longer number keeps its digits as text.
_EXACT = 10**15
# XML has no way to write these.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

NOTES = (
    N_("Days are Gregorian; times are the company's."),
    N_("An empty cell is a question that was asked and not answered, or a fact that is not known."),
    NOTE,
)


def write(path: Path, table: Table, spoken: Language) -> None:
    book = Workbook(write_only=True)
    try:
        for number, rows in enumerate(_parts(table.rows), 1):
            name = table.name if number == 1 else f"{table.name} {number}"
            _write_sheet(book, name, [column.name for column in table.columns], (map(_shown, row) for row in rows))
        labels = (map(_label, entry) for entry in entries(table, spoken))
        _write_sheet(book, "codebook", Entry._fields, labels, right_to_left=spoken.direction == "rtl")
        book.save(path)
    finally:
        _forget(book)


def entries(table: Table, spoken: Language) -> Iterator[Entry]:
    return codebook(table.columns, (*table.notes, *NOTES), spoken)


def _parts(rows: Iterator[list[Value]]) -> Iterator[Iterable[list[Value]]]:
    """The rows in parts that a sheet can hold, at least one; each is to be used up before the next."""
    first = list(islice(rows, 1))
    yield chain(first, islice(rows, LARGEST - 1))
    while first := list(islice(rows, 1)):
        yield chain(first, islice(rows, LARGEST - 1))


def _write_sheet(
    book: Any, name: str, header: Sequence[str], rows: Iterable[Iterable[object]], *, right_to_left: bool = False
) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = right_to_left
    sheet.append(list(header))
    for row in rows:
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in row])
    sheet.close()


def _shown(value: Value) -> object:
    """An answer as a workbook has it."""
    match value:
        case Missing.NOT_ANSWERED:
            return None
        case str():
            return value.value if isinstance(value, Missing) else answered(_UNWRITABLE.sub("", value))
        case datetime():
            return value.replace(tzinfo=None)  # a workbook knows no time zones
        case int() if abs(value) >= _EXACT:
            return str(value)
    return value


def _label(value: str | float) -> str | float:
    return harmless(_UNWRITABLE.sub("", value) if isinstance(value, str) else value)


def _text(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it looks like: openpyxl would take `=1` for a formula and `#N/A` for an error."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _forget(book: Any) -> None:
    """Remove what openpyxl keeps beside until the process ends, if the book was not finished."""
    for sheet in book.worksheets:
        with suppress(Exception):  # what was broken off in the middle may not close
            if not sheet.closed:
                sheet.close()
        writer = sheet._writer  # noqa: SLF001 - there is no other way to it
        if writer is not None and Path(writer.out).exists():
            writer.cleanup()
