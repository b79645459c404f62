"""Participants as a file: CSV or an Excel workbook, in and out; what somebody wrote never becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from cem.rewards.participant_rows import COLUMNS
from surveys.formats.cells import neutral
from surveys.formats.csv_export import encoded
from surveys.formats.documents import DocumentFaults
from surveys.formats.rows import Row
from surveys.languages import N_
from surveys.questionnaire import Fault

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {"csv": CSV, "xlsx": XLSX}
# Of a workbook when it is unpacked: a small file can hold a very large one.
LARGEST_BOOK = 200 * 2**20
Cells = Iterable[str | int]


def read_rows(file: BinaryIO, largest: int = LARGEST_BOOK) -> Iterator[Row]:
    """The rows that are not empty, the header first; a workbook is known by how it begins."""
    start = file.read(4)
    file.seek(0)
    return _workbook_rows(file, largest) if start[:2] == b"PK" else _csv_rows(file)


def _csv_rows(file: BinaryIO) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    line = 1
    try:
        header = text.readline()
        text.seek(0)
        # Excel separates by semicolons where the comma is the decimal sign.
        reader = csv.reader(text, delimiter=max(",;\t", key=header.count), strict=True)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(line, cells)
            line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise DocumentFaults([Fault("", N_("Save the file as UTF-8 text."), line=line)]) from error
    except csv.Error as error:
        advice = N_("This cannot be read as CSV: look for a quotation mark that is not closed.")
        raise DocumentFaults([Fault("", advice, line=line)]) from error
    finally:
        text.detach()


def _workbook_rows(file: BinaryIO, largest: int) -> Iterator[Row]:
    # It is large, and a server may never need it.
    from openpyxl import load_workbook  # type: ignore[import-untyped] # noqa: PLC0415

    try:
        with ZipFile(file) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked <= largest:
            book = load_workbook(file, read_only=True, data_only=True)
            try:
                yield from _sheet_rows(book.worksheets[0])
            finally:
                book.close()
    # What openpyxl meets in a broken file comes out as it is.
    except (BadZipFile, LookupError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise DocumentFaults([Fault("", N_("This is no Excel workbook: save it as .xlsx or as CSV."))]) from error
    if unpacked > largest:
        raise DocumentFaults([Fault("", N_("This workbook is too large: save its first sheet as CSV."))])


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    width = 0
    for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            # A workbook gives each row as many cells as its widest has.
            width = width or _width(texts)
            yield Row(line, texts[:width] + [""] * (width - len(texts)))


def _width(header: Sequence[str]) -> int:
    return max(place for place, text in enumerate(header, 1) if text)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()


def write_csv(rows: Iterable[Cells]) -> Iterator[bytes]:
    """The file in pieces."""
    return encoded(chain([COLUMNS], ([_harmless(cell) for cell in row] for row in rows)))


def write_xlsx(rows: Iterable[Cells]) -> bytes:
    """The file as a whole."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("participants")
    sheet.freeze_panes = "A2"
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _harmless(cell: str | int) -> str | int:
    return neutral(cell) if isinstance(cell, str) else cell


def _cell(sheet: Any, value: str | int) -> Any:
    """A cell that is text whatever it looks like."""
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped] # noqa: PLC0415

    if isinstance(value, int):
        return value
    cell = WriteOnlyCell(sheet, neutral(value))
    cell.data_type = "s"
    return cell
