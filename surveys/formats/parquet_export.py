"""A table as Parquet: typed columns, where nothing is empty for two reasons.

A question that may be not applicable or not asked has a second column, which says why the first has no value. Labels
stand in the metadata of each column as well as in the codebook.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from surveys.formats.codebook import Entry, codebook
from surveys.formats.columns import MISSING_LABELS, Column, Labels, Missing, Value, ours
from surveys.formats.exports import Table
from surveys.languages import N_, Language

GROUP = 10_000

NOTES = (
    N_("A column whose name ends with “missing” says why the one before it has no value."),
    N_("Where there is none, an empty value is a question that was not answered, or a fact that is not known."),
)
_TYPES = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "day": pa.date32()}


def write(path: Path, table: Table, spoken: Language) -> None:
    schema = pa.schema(
        [_field(column, spoken) for column in _parted(table.columns)], {"title": spoken.own(table.title)}
    )
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for rows in batches(table.rows, GROUP):
            values = zip(_values(table.columns, rows), schema.types, strict=True)
            file.write_batch(pa.record_batch([pa.array(*column) for column in values], schema=schema))


def entries(table: Table, spoken: Language) -> Iterator[Entry]:
    return codebook(_parted(table.columns), (*table.notes, *NOTES), spoken)


def batches(rows: Iterator[list[Value]], size: int) -> Iterator[list[list[Value]]]:
    while batch := list(islice(rows, size)):
        yield batch


def _parted(columns: Iterable[Column]) -> Iterator[Column]:
    """The columns with those that say why one has no value."""
    for column in columns:
        yield replace(column, missing=frozenset())
        if reasons := _reasons(column):
            values: Labels = {missing.value: ours(MISSING_LABELS[missing]) for missing in reasons}
            yield Column(column.reason, "text", column.label, values, question=column.question, option=column.option)


def _reasons(column: Column) -> list[Missing]:
    """Why a value may be missing, where there is more than one reason."""
    return sorted(column.missing) if len(column.missing) > 1 else []


def _field(column: Column, spoken: Language) -> Any:
    values = {str(value): spoken.own(text) for value, text in column.values.items()}
    metadata = {"label": spoken.own(column.label)} | ({"values": msgspec.json.encode(values)} if values else {})
    kind = pa.timestamp("ms", tz="UTC") if column.kind == "moment" else _TYPES[column.kind]
    return pa.field(column.name, kind, metadata=metadata)


def _values(columns: Sequence[Column], rows: Sequence[list[Value]]) -> Iterator[list[Value]]:
    """The values of each column that is written."""
    for column, values in zip(columns, zip(*rows, strict=True), strict=True):
        yield [None if isinstance(value, Missing) else value for value in values]
        if _reasons(column):
            yield [str(value) if isinstance(value, Missing) else None for value in values]
