"""How a CSV file of responses maps onto a survey: a document that a person writes once for each source of files."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from surveys.formats.documents import DocumentFile
from surveys.languages import N_, ascii_digits, jalali_to_date
from surveys.questionnaire import Fault

Scalar = int | float | str
Calendar = Literal["gregorian", "jalali"]


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Source(_Part, frozen=True, kw_only=True):
    """A column, or what stands for every row; `values` translates what the file has, `missing` counts as empty."""

    column: str | None = None
    constant: Scalar | None = None
    values: dict[str, Scalar] = {}
    missing: tuple[Scalar, ...] = ()

    def __post_init__(self) -> None:
        if (self.column is None) is (self.constant is None):
            raise ValueError(N_("Give a column of the file, or a constant for all rows."))

    def read(self, cell: str) -> Scalar:
        """The value of a cell; an empty text where it is missing."""
        raw = cell.strip()
        if not raw or any(raw == str(missing) for missing in self.missing):
            return ""
        return self.values.get(raw, cell)


class Day(_Part, frozen=True, kw_only=True):
    """The column that holds the day, and how it is written there: %Y, %m and %d, and %H, %M, %S for a time."""

    column: str | None = None
    constant: str | None = None
    calendar: Calendar = "gregorian"
    format: Annotated[str, Meta(min_length=1)] = "%Y-%m-%d"

    def __post_init__(self) -> None:
        if (self.column is None) is (self.constant is None):
            raise ValueError(N_("Give a column of the file, or a constant for all rows."))
        directives = re.findall(r"%.?", self.format)
        needed = {"%Y", "%m", "%d"}
        if not needed <= set(directives) <= needed | {"%H", "%M", "%S"} or len(set(directives)) < len(directives):
            raise ValueError(N_("Write %%Y, %%m and %%d where the year, the month and the day stand, each once."))


class Mapping(_Part, frozen=True, kw_only=True):
    """The mapping of one kind of file."""

    survey: str
    # What makes a row this row: importing it again must find it again.
    key: str | Annotated[tuple[str, ...], Meta(min_length=1)]
    day: Day
    answers: Annotated[dict[str, str | Source], Meta(min_length=1)]
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    touchpoint: Source | None = None
    unit: Source | None = None
    channel: Source | None = None
    language: Source | None = None
    segment: Source | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,) if isinstance(self.key, str) else self.key

    @property
    def sources(self) -> dict[str, Source]:
        """The source of every question."""
        return {name: Source(column=own) if isinstance(own, str) else own for name, own in self.answers.items()}

    def columns(self) -> Iterator[tuple[str, str]]:
        """Every column that is named, with the path of its place in the document."""
        yield from (("key", key) for key in self.keys)
        places = {"day": self.day, "touchpoint": self.touchpoint, "unit": self.unit}
        places |= {"channel": self.channel, "language": self.language, "segment": self.segment}
        places |= {f"answers.{name}": source for name, source in self.sources.items()}
        for path, source in places.items():
            if source is not None and source.column is not None:
                yield path, source.column


@dataclass(frozen=True)
class MappingFile:
    """A mapping and the file that it came from, which knows the line of every part."""

    mapping: Mapping
    file: DocumentFile

    def refuse(self, faults: Sequence[Fault]) -> None:
        self.file.refuse(faults)


def read_mapping(source: str | Path) -> MappingFile:
    """The mapping of a text or a file; DocumentFaults where it cannot be taken."""
    file = DocumentFile(source)
    return MappingFile(file.read(Mapping), file)


class NotADay(ValueError):
    """A cell that holds no day as the mapping says it is written."""


class DayReader:
    """Reads days as one mapping says that they are written."""

    def __init__(self, day: Day) -> None:
        self._jalali = day.calendar == "jalali"
        pattern = re.escape(day.format)
        for directive, part in (
            ("%Y", r"(?P<year>\d{4})"),
            ("%m", r"(?P<month>\d{1,2})"),
            ("%d", r"(?P<day>\d{1,2})"),
            ("%H", r"\d{1,2}"),
            ("%M", r"\d{1,2}"),
            ("%S", r"\d{1,2}(?:\.\d+)?"),
        ):
            pattern = pattern.replace(re.escape(directive), part)
        self._pattern = re.compile(pattern, re.ASCII)
        # A file has many rows of one day.
        self.read = lru_cache(maxsize=4096)(self._day)

    def _day(self, text: str) -> date:
        written = self._pattern.fullmatch(ascii_digits(text).strip())
        if written is None:
            raise NotADay
        year, month, day = (int(written[name]) for name in ("year", "month", "day"))
        try:
            return jalali_to_date(year, month, day) if self._jalali else date(year, month, day)
        except ValueError as error:
            raise NotADay from error
