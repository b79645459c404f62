"""The company's books from a CSV file: a record for each customer and day; importing it again changes nothing."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cem.errors import BadInput
from cem.outcomes.models import CustomerRecord, NeedSegment
from cem.outcomes.rows import COLUMNS, REQUIRED, read_record
from surveys.formats.rows import Refusal, RowRefused
from surveys.models import Customer
from surveys.touchpoints import customer_id_of

BATCH = 1000
STORED = tuple(name for name in COLUMNS if name not in {"customer", "day"})


@dataclass(frozen=True, slots=True)
class BooksReport:
    """How far an import has come, and what became of the rows."""

    rows: int = 0
    bytes: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()


def import_books(session: Session, file: BinaryIO, day: date | None, today: date) -> Iterator[BooksReport]:
    """Store the rows of a file, a batch at a time, and say after each how far it is; the last report is the whole.

    `day` is that of the books, for a file without a column for it. A customer whom cem has not met yet is added.
    BadInput where the header does not fit or the file cannot be read on.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        rows = _rows(text)
        header = [name.strip() for name in next(rows, (1, []))[1]]
        _check_header(header, day)
        report, ended = BooksReport(), False
        while not ended:
            batch = [row for row, _ in zip(rows, range(BATCH), strict=False)]
            ended = len(batch) < BATCH
            report = _store_batch(session, batch, header, day, today, report, file.tell())
            yield report
    finally:
        text.detach()


def name_need(session: Session, code: str, names: dict[str, str]) -> None:
    """Give a need segment its names."""
    session.merge(NeedSegment(code=code, names=names))


def _rows(text: io.TextIOWrapper) -> Iterator[tuple[int, list[str]]]:
    reader, line = csv.reader(text), 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except UnicodeDecodeError:
        raise BadInput(f"Line {line}: save the file as UTF-8 text.") from None
    except csv.Error as fault:
        raise BadInput(f"Line {line}: this cannot be read as CSV: {fault}.") from None


def _check_header(header: Sequence[str], day: date | None) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if day is None and "day" not in header:
        missing.append("day (or --day)")
    twice = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
    if missing or twice:
        said = [f"has no column {', '.join(missing)}"] if missing else []
        said += [f"has two columns {', '.join(twice)}"] if twice else []
        raise BadInput(f"The file {' and '.join(said)}. Columns: {', '.join(COLUMNS)}.")


def _store_batch(
    session: Session,
    batch: Sequence[tuple[int, list[str]]],
    header: Sequence[str],
    day: date | None,
    today: date,
    before: BooksReport,
    position: int,
) -> BooksReport:
    # A customer's later row of the same day is the one that holds.
    records: dict[tuple[Any, date], dict[str, Any]] = {}
    refusals: list[Refusal] = []
    references: dict[Any, str] = {}
    refused = 0
    for line, cells in batch:
        try:
            record = read_record(line, cells, header, day, today)
        except RowRefused as fault:
            refused += 1
            refusals += fault.refusals
            continue
        reference = record.pop("customer")
        customer_id = customer_id_of(reference)
        references[customer_id] = reference
        records[customer_id, record["day"]] = {"customer_id": customer_id, **record}
    new, changed = _store(session, records, references)
    return BooksReport(
        rows=before.rows + len(batch),
        bytes=position,
        new=before.new + new,
        changed=before.changed + changed,
        unchanged=before.unchanged + len(batch) - refused - new - changed,
        refused=before.refused + refused,
        refusals=(*before.refusals, *refusals),
    )


def _store(
    session: Session, records: dict[tuple[Any, date], dict[str, Any]], references: dict[Any, str]
) -> tuple[int, int]:
    ids = list(references)
    known = set(session.scalars(select(Customer.customer_id).where(Customer.customer_id.in_(ids))))
    if strangers := [one for one in ids if one not in known]:
        rows = [
            {"customer_id": one, "reference": references[one], "language": "fa", "opted_out_at": None}
            for one in strangers
        ]
        session.execute(insert(Customer), rows)
    columns = [getattr(CustomerRecord, name) for name in ("customer_id", "day", *STORED)]
    there = {
        (row[0], row[1]): tuple(row[2:])
        for row in session.execute(select(*columns).where(CustomerRecord.customer_id.in_(ids)))
    }
    new = [record for key, record in records.items() if key not in there]
    changed = [
        record
        for key, record in records.items()
        if key in there and there[key] != tuple(record[name] for name in STORED)
    ]
    if new:
        session.execute(insert(CustomerRecord), new)
    if changed:
        session.execute(update(CustomerRecord), changed)
    return len(new), len(changed)
