"""Holidays from a table: each row read and checked, or refused with what to do."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from cem.calendar.calendars import LONGEST_NAME
from cem.operations.files import read_table
from cem.scorecards.days import read_day
from surveys.formats.rows import Refusal, Row, RowRefused
from surveys.languages import N_, normal_text

COLUMNS = ("day", "name_fa", "name_en")


class HolidayRow(NamedTuple):
    day: date
    names: dict[str, str]


def read_holiday_file(content: bytes) -> tuple[HolidayRow, ...]:
    """The rows of a CSV text or Excel workbook; RowRefused with everything that is wrong in it."""
    header, *rows = read_table(content) or [Row(1, [])]
    columns = [normal_text(cell).lower() for cell in header.cells]
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        message = N_("The file has no column %(missing)s. It needs: %(columns)s.")
        values: dict[str, object] = {"missing": ", ".join(missing), "columns": ", ".join(COLUMNS)}
        raise RowRefused(Refusal(1, "", message, values))
    refusals: list[Refusal] = []
    read: dict[date, HolidayRow] = {}
    for row in rows:
        try:
            holiday = _read(row, columns)
        except RowRefused as refused:
            refusals += refused.refusals
            continue
        if holiday.day in read:
            refusals.append(Refusal(row.line, "day", N_("Another row of this file has the same day.")))
        read[holiday.day] = holiday
    if refusals:
        raise RowRefused(*refusals)
    return tuple(read.values())


def _read(row: Row, columns: Sequence[str]) -> HolidayRow:
    if len(row.cells) != len(columns):
        message = N_("The row has %(cells)s cells and the header has %(columns)s: look for a stray delimiter.")
        raise RowRefused(Refusal(row.line, "", message, {"cells": len(row.cells), "columns": len(columns)}))
    cells = {name: " ".join(normal_text(cell).split()) for name, cell in zip(columns, row.cells, strict=True)}
    refusals = list(_name_faults(row.line, cells["name_fa"], cells["name_en"]))
    try:
        day = read_day(cells["day"])
    except ValueError:
        message = N_("“%(text)s” is no day. Write it as 2025-10-07 or 1404-07-15.")
        raise RowRefused(Refusal(row.line, "day", message, {"text": cells["day"][:40]}), *refusals) from None
    if refusals:
        raise RowRefused(*refusals)
    return HolidayRow(day, {"fa": cells["name_fa"], "en": cells["name_en"]})


def _name_faults(line: int, persian: str, english: str) -> Iterator[Refusal]:
    if not (persian or english):
        yield Refusal(line, "name_fa", N_("Write the name in at least one language."))
    for column, name in (("name_fa", persian), ("name_en", english)):
        if len(name) > LONGEST_NAME:
            yield Refusal(line, column, N_("This has more than %(longest)s characters."), {"longest": LONGEST_NAME})
