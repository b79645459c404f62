"""A row of the feed: read and checked by itself, or refused with what to do."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cem.operations.models import LIMIT, PLACES, SHARE
from cem.scorecards.days import read_day
from surveys.formats.rows import Refusal, Row, RowRefused
from surveys.languages import MINUS, N_, ascii_digits, normal_text

COLUMNS = ("metric", "unit", "first_day", "last_day", "numerator", "denominator")
# The same in Persian, as a sheet's first row may have them.
PERSIAN_COLUMNS = ("سنجه", "واحد", "از روز", "تا روز", "صورت", "مخرج")
_EARLIEST = date(1970, 1, 1)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class Given:
    """A row that was read: `line` is its number, and `kind` that of its metric."""

    line: int
    metric: str
    unit: str
    first_day: date
    last_day: date
    numerator: Decimal
    denominator: Decimal

    @property
    def key(self) -> tuple[str, str, date, date]:
        """What a figure is of; the same again is a correction."""
        return self.metric, self.unit, self.first_day, self.last_day


def read_header(row: Row | None) -> list[str]:
    """The columns of a file, in its order; RowRefused where one is missing or there twice."""
    named = dict(zip(PERSIAN_COLUMNS, COLUMNS, strict=True))
    cells = [normal_text(cell) for cell in row.cells] if row else []
    header = [named.get(cell, cell.lower().replace(" ", "_")) for cell in cells]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        message = N_("The file has no column %(missing)s. It needs: %(columns)s.")
        values: dict[str, object] = {"missing": ", ".join(missing), "columns": ", ".join(COLUMNS)}
        raise RowRefused(Refusal(1, "", message, values))
    for name in COLUMNS:
        if header.count(name) > 1:
            raise RowRefused(
                Refusal(1, name, N_("The file has two columns “%(column)s”; rename one."), {"column": name})
            )
    return header


class RowReader:
    """Reads rows against the metrics (their kinds by code) and units that there are."""

    def __init__(self, metrics: Mapping[str, str], units: Collection[str], today: date) -> None:
        self._metrics, self._units, self._today = metrics, units, today

    def read(self, row: Row, header: Sequence[str]) -> Given:
        """The row; RowRefused with all that is wrong in it."""
        if len(row.cells) != len(header):
            message = N_("The row has %(cells)s cells and the header has %(columns)s: look for a stray delimiter.")
            raise RowRefused(Refusal(row.line, "", message, {"cells": len(row.cells), "columns": len(header)}))
        refusals: list[Refusal] = []
        cells = {name: cell.strip() for name, cell in zip(header, row.cells, strict=True)}
        metric = self._code(row.line, "metric", cells["metric"], refusals)
        unit = self._code(row.line, "unit", cells["unit"], refusals)
        first, last = (self._day(row.line, name, cells[name], refusals) for name in ("first_day", "last_day"))
        numerator, denominator = (
            _number(row.line, name, cells[name], refusals) for name in ("numerator", "denominator")
        )
        if first and last and last < first:
            refusals.append(Refusal(row.line, "last_day", N_("The last day is before the first.")))
        if numerator is not None and denominator is not None and metric:
            refusals += self._count_faults(row.line, metric, numerator, denominator)
        if refusals or first is None or last is None or numerator is None or denominator is None:
            raise RowRefused(*refusals)
        return Given(row.line, metric, unit, first, last, numerator, denominator)

    def _code(self, line: int, name: str, code: str, refusals: list[Refusal]) -> str:
        known: Collection[str] = self._metrics if name == "metric" else self._units
        if code in known:
            return code
        if not code:
            refusals.append(Refusal(line, name, N_("This is empty: fill it in or remove it.")))
        elif name == "metric":
            message = N_("There is no metric “%(code)s”. There are: %(possible)s.")
            refusals.append(Refusal(line, name, message, {"code": code[:64], "possible": ", ".join(sorted(known))}))
        else:
            refusals.append(Refusal(line, name, N_("There is no unit “%(code)s”."), {"code": code[:64]}))
        return ""

    def _day(self, line: int, name: str, text: str, refusals: list[Refusal]) -> date | None:
        try:
            day = read_day(text)
        except ValueError:
            message = N_("“%(text)s” is no day. Write it as 2025-10-07 or 1404-07-15.")
            refusals.append(Refusal(line, name, message, {"text": text[:40]}))
            return None
        if day < _EARLIEST or day > self._today:
            message = N_("%(day)s is before 1970 or still to come: a figure is sent when its days are over.")
            refusals.append(Refusal(line, name, message, {"day": day}))
            return None
        return day

    def _count_faults(self, line: int, metric: str, numerator: Decimal, denominator: Decimal) -> list[Refusal]:
        share = self._metrics[metric] == SHARE
        if denominator < 0:
            return [Refusal(line, "denominator", N_("This cannot be below nothing."))]
        if share and numerator < 0:
            return [Refusal(line, "numerator", N_("This cannot be below nothing."))]
        if share and numerator > denominator:
            message = N_("A share counts some of all: %(numerator)s cannot be out of %(denominator)s.")
            values: dict[str, object] = {"numerator": _plain(numerator), "denominator": _plain(denominator)}
            return [Refusal(line, "numerator", message, values)]
        if numerator and not denominator:
            return [
                Refusal(line, "denominator", N_("Something adds up to the numerator, so more than 0 were counted."))
            ]
        return []


def _plain(number: Decimal) -> float:
    """As a message writes it."""
    return int(number) if number == int(number) else float(number)


def _number(line: int, name: str, text: str, refusals: list[Refusal]) -> Decimal | None:
    """Exactly what is written, with or without thousands marks."""
    written = ascii_digits(text).replace(MINUS, "-").replace(",", "").replace(" ", "")
    if not written:
        refusals.append(Refusal(line, name, N_("This is empty: fill it in or remove it.")))
        return None
    number = Decimal(written) if _NUMBER.fullmatch(written) and len(written) < 40 else None
    if number is None or abs(number) >= LIMIT or number != round(number, PLACES):
        message = N_("“%(text)s” is no number with at most twelve digits and six decimal places.")
        refusals.append(Refusal(line, name, message, {"text": text[:40]}))
        return None
    return number
