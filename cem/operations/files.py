"""Tables that people send: a CSV text or an Excel workbook as rows of plain texts, each with its number."""

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from multiprocessing import get_context
from zipfile import BadZipFile, ZipFile

from surveys.formats.rows import Refusal, Row, RowRefused
from surveys.languages import N_

MOST_ROWS = 100_000
# What an Excel file may hold when it is unpacked.
LARGEST = 200 * 2**20
_ZIP = b"PK\x03\x04"


def read_table(content: bytes) -> list[Row]:
    """The rows with their numbers, the header first; RowRefused where nobody can read them.

    Excel files are read by a process that ends: their library keeps more memory than the server has.
    """
    if content.startswith(_ZIP):
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            return apart.submit(read_workbook, content).result()
    rows = list(_csv_rows(content))
    if len(rows) > MOST_ROWS:
        raise RowRefused(_too_many())
    return rows


def _csv_rows(content: bytes) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        raise RowRefused(Refusal(line, "", N_("Save the file as UTF-8 text or as an Excel workbook."))) from None
    head = text.partition("\n")[0]
    # Where the decimal sign is a comma, spreadsheets separate by semicolons.
    delimiter = max(",;\t", key=head.count)
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error:
        raise RowRefused(Refusal(line, "", N_("From here on this cannot be read as a table."))) from None


def read_workbook(content: bytes) -> list[Row]:
    """The first sheet of an Excel workbook."""
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - never in the server itself

    unreadable = Refusal(1, "", N_("This cannot be read as an Excel workbook: save it again as .xlsx or .csv."))
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST:
                raise RowRefused(_too_many())
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = []
        for line, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            texts = [_text(cell) for cell in cells]
            if any(texts):
                rows.append(Row(line, texts))
            if len(rows) > MOST_ROWS:
                raise RowRefused(_too_many())
    except (BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError):
        raise RowRefused(unreadable) from None
    width = len(rows[0].cells) if rows else 0
    while width and not rows[0].cells[width - 1]:
        width -= 1
    return [Row(row.line, _fitted(row.cells, width)) for row in rows]


def _fitted(cells: list[str], width: int) -> list[str]:
    """A sheet's rows end where their last cell is, so each is as wide as the header."""
    cells = [*cells, *[""] * (width - len(cells))]
    return cells[: max(width, max((place for place, cell in enumerate(cells, 1) if cell), default=0))]


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float():
            return f"{Decimal(repr(cell)).normalize():f}" if cell == cell else ""  # noqa: PLR0124 - NaN alone differs
    return str(cell).strip()


def _too_many() -> Refusal:
    return Refusal(1, "", N_("A file has at most %(most)s rows: send it in parts."), {"most": MOST_ROWS})
