"""A table as an SPSS file: labels of variables and values, and missing values that SPSS leaves out by itself.

The writer needs the whole table: the rows wait in a file that is mapped into memory, so that they are not held there.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa  # type: ignore[import-untyped]
import pyreadstat
from narwhals import Implementation

from surveys.formats.codebook import Entry, codebook
from surveys.formats.columns import MISSING_LABELS, Column, Missing, Value
from surveys.formats.exports import Table
from surveys.formats.parquet_export import batches
from surveys.languages import N_, Language

GROUP = 5000
# What SPSS takes, in bytes of UTF-8.
LONGEST_TEXT, LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_TITLE = 32_767, 255, 119, 60

NOTES = (
    N_("Negative codes are missing values, which SPSS leaves out by itself; days are Gregorian, times the company's."),
    N_("A text is cut where it is longer than SPSS takes (32,767 bytes)."),
)

_CODES = {Missing.NOT_APPLICABLE: -97, Missing.NOT_ASKED: -98, Missing.NOT_ANSWERED: -99}
_TEXTS = {str(code) for code in _CODES.values()}
# Where an answer may be as low as the codes.
_FAR = 10**99
_FORMATS = {"integer": "F8.0", "number": "F12.2", "day": "SDATE10", "moment": "DATETIME20"}
# SPSS counts seconds from the first day of the Gregorian calendar.
_FIRST_DAY = date(1582, 10, 14)


class _Frame(nw.DataFrame[Any]):
    """An Arrow table for pyreadstat, which reads any table through narwhals and yet asks for pandas or polars."""

    implementation: Any = Implementation.POLARS


def write(path: Path, table: Table, spoken: Language) -> None:
    schema = pa.schema([(c.name, pa.string() if c.kind == "text" else pa.float64()) for c in table.columns])
    with TemporaryDirectory() as folder:
        waiting = Path(folder) / "rows"
        _store(waiting, table, schema)
        with pa.memory_map(str(waiting)) as mapped:
            frame = nw.from_native(pa.ipc.open_file(mapped).read_all(), eager_only=True)
            pyreadstat.write_sav(
                _Frame(frame._compliant_frame, level="full"),  # noqa: SLF001 - what a frame is made of
                path,
                file_label=_cut(spoken.own(table.title), LONGEST_TITLE),
                column_labels={c.name: _cut(spoken.own(c.label), LONGEST_LABEL) for c in table.columns},
                variable_value_labels={c.name: labels for c in table.columns if (labels := _labels(c, spoken))},
                missing_ranges={c.name: [_code(c, m) for m in sorted(c.missing)] for c in table.columns if c.missing},
                variable_format={c.name: _FORMATS[c.kind] for c in table.columns if c.kind in _FORMATS},
                row_compress=True,
            )


def entries(table: Table, spoken: Language) -> Iterator[Entry]:
    def code_of(column: Column, missing: Missing) -> float:
        code = float(_code(column, missing))
        return int(code) if code > -100 else code

    return codebook(table.columns, (*table.notes, *NOTES), spoken, code_of)


def _store(path: Path, table: Table, schema: Any) -> None:
    """Write the rows as SPSS will have them to a file of Arrow's."""
    encoders = [_encoder(column) for column in table.columns]
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as file:
        for rows in batches(table.rows, GROUP):
            columns = zip(encoders, zip(*rows, strict=True), schema.types, strict=True)
            arrays = [pa.array(map(encode, values), kind) for encode, values, kind in columns]
            file.write_batch(pa.record_batch(arrays, schema=schema))


def _code(column: Column, missing: Missing) -> float | str:
    """How a column writes a missing value: as a number that no answer can be."""
    code = _CODES[missing]
    if column.kind == "text":
        return str(code)
    return float(code) if column.lowest is not None and column.lowest > -97 else float(code * _FAR)


def _labels(column: Column, spoken: Language) -> dict[Any, str]:
    typed = str if column.kind == "text" else float
    labels: dict[Any, str] = {typed(value): spoken.own(text) for value, text in column.values.items()}
    labels |= {_code(column, missing): spoken.gettext(MISSING_LABELS[missing]) for missing in column.missing}
    return {value: _cut(label, LONGEST_VALUE_LABEL) for value, label in labels.items()}


def _encoder(column: Column) -> Callable[[Value], float | str | None]:
    codes = {missing: _code(column, missing) for missing in Missing}
    plain = _text if column.kind == "text" else _number

    def encode(value: Value) -> float | str | None:
        return codes[value] if isinstance(value, Missing) else plain(value)

    return encode


def _text(value: Value) -> str:
    text = "" if value is None else str(value)
    # Who wrote a code meant the words: with a space before it, it is none.
    return f" {text}" if text in _TEXTS else _cut(text, LONGEST_TEXT)


def _number(value: Value) -> float | None:
    match value:
        case datetime():
            return _seconds(value.date()) + value.hour * 3600 + value.minute * 60 + value.second
        case date():
            return _seconds(value)
        case int() | float():
            return float(value)
    return None


def _seconds(day: date) -> float:
    return (day - _FIRST_DAY).days * 86_400.0


def _cut(text: str, longest: int) -> str:
    """The beginning that fits, in whole letters."""
    return text.encode()[:longest].decode(errors="ignore")
