"""One row of a file of participants, read and checked: who, in which unit, and what the whole period pays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from surveys.formats.cells import restored
from surveys.formats.documents import DocumentFaults
from surveys.formats.rows import Refusal, RowRefused
from surveys.languages import CODES, N_, ascii_digits, normal_text
from surveys.questionnaire import Fault

# Of an employee, then of their part in the plan.
FACTS = ("full_name", "grade", "region", "cost_centre", "language", "account")
COLUMNS = ("employee_no", *FACTS, "unit", "target_amount", "eligible_days", "share")
REQUIRED = ("employee_no", "full_name", "unit", "target_amount")
LONGEST = {"employee_no": 32, "full_name": 128, "grade": 32, "region": 64, "cost_centre": 32, "account": 64}
LARGEST_AMOUNT = 10**15
_NUMBERS = ("employee_no", "cost_centre")
# As a file made by people may head its columns.
_ALIASES = {
    "شماره پرسنلی": "employee_no",
    "کد پرسنلی": "employee_no",
    "نام": "full_name",
    "نام و نام خانوادگی": "full_name",
    "رتبه": "grade",
    "منطقه": "region",
    "مرکز هزینه": "cost_centre",
    "زبان": "language",
    "حساب کاربری": "account",
    "واحد": "unit",
    "مبلغ هدف": "target_amount",
    "روزهای مشمول": "eligible_days",
    "سهم": "share",
}
_SPACES = str.maketrans("\u200c\u00a0_", "   ")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a row says. `facts` are the columns about the employee that the file has."""

    line: int
    employee_no: str
    facts: Mapping[str, str | None]
    unit: str
    target_amount: int
    eligible_days: int
    share: Fraction

    @property
    def part(self) -> tuple[int, int, Fraction]:
        return self.target_amount, self.eligible_days, self.share

    @property
    def key(self) -> tuple[str, str]:
        return self.employee_no, self.unit


def column_names(header: Sequence[str]) -> list[str]:
    """The columns of a header, in either language; DocumentFaults where one is missing, unknown or there twice."""
    names = [_column(title) for title in header]
    faults = [
        Fault("", N_("The file has no column “%(column)s”. It has: %(columns)s."), {"column": name, "columns": told})
        for told in [", ".join(header)]
        for name in REQUIRED
        if name not in names
    ]
    for title, name in zip(header, names, strict=True):
        if name not in COLUMNS or names.count(name) > 1:
            message = N_("“%(column)s” is no column of participants, or comes twice. Possible are: %(possible)s.")
            faults.append(Fault("", message, {"column": title, "possible": ", ".join(COLUMNS)}))
    if faults:
        raise DocumentFaults(faults)
    return names


def _column(title: str) -> str:
    plain = " ".join(normal_text(title).translate(_SPACES).split()).casefold()
    return _ALIASES.get(plain, plain.replace(" ", "_"))


@dataclass(frozen=True)
class RowReader:
    """Reads the rows of one file, each by itself."""

    names: Sequence[str]
    units: frozenset[str]
    days: int

    def read(self, line: int, cells: Sequence[str]) -> Enrolment:
        """What a row says; RowRefused with everything that is wrong with it."""
        if len(cells) != len(self.names):
            message = N_("The row has %(cells)s cells and the header has %(columns)s: look for a stray delimiter.")
            raise RowRefused(Refusal(line, "", message, {"cells": len(cells), "columns": len(self.names)}))
        said = {name: _plain(cell) for name, cell in zip(self.names, cells, strict=True)}
        # The same person whichever digits a file is written in.
        said |= {name: ascii_digits(said[name]) for name in _NUMBERS if name in said}
        refusals = list(self._refusals(line, said))
        if refusals:
            raise RowRefused(*refusals)
        return Enrolment(
            line,
            said["employee_no"],
            {name: _fact(name, said[name]) for name in FACTS if name in said},
            said["unit"],
            whole(said["target_amount"]),
            whole(said.get("eligible_days") or str(self.days)),
            part_of(said.get("share") or "1"),
        )

    def _refusals(self, line: int, said: Mapping[str, str]) -> Iterator[Refusal]:
        for name, longest in LONGEST.items():
            text = said.get(name, "")
            if (name in REQUIRED and not text) or len(text) > longest or not text.isprintable():
                message = N_("Write up to %(longest)s letters here, on one line.")
                yield Refusal(line, name, message, {"longest": longest})
        for name, codes in (("unit", self.units), ("language", frozenset(CODES))):
            if (said.get(name) or name == "unit") and said.get(name) not in codes:
                message = N_("“%(code)s” is not known. Possible are: %(possible)s.")
                yield Refusal(line, name, message, {"code": said[name][:64], "possible": _some(codes)})
        if not _within(said["target_amount"], 0, LARGEST_AMOUNT):
            yield Refusal(
                line, "target_amount", N_("Write the amount of the whole period as a number without decimals.")
            )
        if said.get("eligible_days") and not _within(said["eligible_days"], 0, self.days):
            message = N_("Write how many days count, from 0 to %(days)s: the period has no more.")
            yield Refusal(line, "eligible_days", message, {"days": self.days})
        if said.get("share") and not _is_share(said["share"]):
            yield Refusal(line, "share", N_("Write the part above 0 and up to 1, such as 0.5, 1/2 or 50%%."))


@lru_cache(4096)
def _plain(cell: str) -> str:
    """A cell as its text. Most columns of a long file say few things again and again."""
    return normal_text(restored(cell))


def _fact(name: str, text: str) -> str | None:
    if name == "account":
        return text or None
    return text or CODES[0] if name == "language" else text


def _some(codes: frozenset[str]) -> str:
    known = sorted(codes)
    return ", ".join(known[:12]) + (" …" if len(known) > 12 else "")


def whole(text: str) -> int:
    """A whole number as people write it; ValueError for what is none."""
    plain = ascii_digits(text).replace(",", "").replace(" ", "").removesuffix(".0")
    if not plain.isascii() or not plain.isdigit():
        raise ValueError(f"{text!r} is no whole number")
    return int(plain)


@lru_cache(256)
def part_of(text: str) -> Fraction:
    """A part of 1 as people write it: 0.5, 1/2 or 50%; ValueError for what is none."""
    plain = ascii_digits(text).replace("٪", "%").replace(" ", "")
    if plain.endswith("%"):
        return Fraction(plain.removesuffix("%")) / 100
    return Fraction(plain)


def _within(text: str, low: int, high: int) -> bool:
    try:
        return low <= whole(text) <= high
    except ValueError:
        return False


@lru_cache(256)
def _is_share(text: str) -> bool:
    try:
        return len(text) <= 24 and "e" not in text.casefold() and 0 < part_of(text) <= 1
    except (ValueError, ZeroDivisionError):
        return False
