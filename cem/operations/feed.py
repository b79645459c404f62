"""The feed: a batch of figures is stored as a whole or not at all, and what is there already changes nothing."""

import uuid
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.operations.files import read_table
from cem.operations.models import OperationalFigure, OperationalMetric
from cem.operations.rows import COLUMNS, Given, RowReader, read_header
from surveys.database import new_id
from surveys.formats.rows import Refusal, Row, RowRefused
from surveys.languages import N_
from surveys.models import Unit

# Metric, unit and days; and of the newest revision its number, numerator and denominator.
_Key = tuple[str, str, date, date]
_Stored = dict[_Key, tuple[int, Decimal, Decimal]]
_NOTHING = (0, None, None)


@dataclass(frozen=True)
class Receipt:
    """What became of a batch, or would; with refusals nothing is stored."""

    rows: int
    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    refusals: tuple[Refusal, ...] = ()
    batch: uuid.UUID | None = None


def receive_file(
    session: Session, now: datetime, today: date, actor: str, content: bytes, name: str, *, dry_run: bool = False
) -> Receipt:
    """The figures of a CSV or Excel file."""
    try:
        head, *rows = read_table(content) or [Row(1, [])]
        header = read_header(head)
    except RowRefused as fault:
        return Receipt(0, refusals=fault.refusals)
    return receive(session, now, today, actor, rows, header, name, dry_run=dry_run)


def receive(
    session: Session,
    now: datetime,
    today: date,
    actor: str,
    rows: Sequence[Row],
    header: Sequence[str] = COLUMNS,
    name: str = "",
    *,
    dry_run: bool = False,
) -> Receipt:
    """Store these rows, or say why not; `name` is of the file that they came in."""
    # Batches of one metric wait for each other: both would else find the same days free.
    metrics = session.scalars(select(OperationalMetric).order_by(OperationalMetric.code).with_for_update())
    reader = RowReader({one.code: one.kind for one in metrics}, set(session.scalars(select(Unit.code))), today)
    given, refusals = list[Given](), list[Refusal]()
    for row in rows:
        try:
            given.append(reader.read(row, header))
        except RowRefused as fault:
            refusals += fault.refusals
    stored = _stored(session, given)
    refusals += _overlaps(given, stored)
    if refusals:
        return Receipt(len(rows), refusals=tuple(sorted(refusals, key=lambda one: one.line)))
    fresh = [row for row in given if stored.get(row.key, _NOTHING)[1:] != (row.numerator, row.denominator)]
    corrected = sum(row.key in stored for row in fresh)
    batch = None
    if fresh and not dry_run:
        batch = _store(session, now, fresh, stored)
        counts = {"new": len(fresh) - corrected, "corrected": corrected}
        audit(session, now, actor, "operations:receive", str(batch), file=name[:128], **counts)
    return Receipt(len(rows), len(fresh) - corrected, corrected, len(given) - len(fresh), batch=batch)


def _stored(session: Session, given: Sequence[Given]) -> _Stored:
    """The newest revision of every figure that these rows could be about."""
    if not given:
        return {}
    columns = ("metric", "unit", "first_day", "last_day", "revision", "numerator", "denominator")
    statement = (
        select(*(getattr(OperationalFigure, name) for name in columns))
        .where(
            OperationalFigure.metric.in_({row.metric for row in given}),
            OperationalFigure.last_day >= min(row.first_day for row in given),
            OperationalFigure.first_day <= max(row.last_day for row in given),
        )
        # The newest comes last and stays.
        .order_by(OperationalFigure.revision)
    )
    return {tuple(row[:4]): tuple(row[4:]) for row in session.execute(statement)}


def _overlaps(given: Sequence[Given], stored: _Stored) -> list[Refusal]:
    """Rows whose days are partly those of another row, or of a figure that is stored."""
    taken: dict[tuple[str, str], list[tuple[date, date, int]]] = {}
    for metric, unit, first, last in stored:
        insort(taken.setdefault((metric, unit), []), (first, last, 0))
    seen: dict[_Key, int] = {}
    refusals = []
    for row in given:
        if row.key in seen:
            message = N_("Row %(other)s has the same metric, unit and days: keep one of them.")
            refusals.append(Refusal(row.line, "first_day", message, {"other": seen[row.key]}))
        elif row.key not in stored:
            ranges = taken.setdefault((row.metric, row.unit), [])
            if found := _overlapping(ranges, row):
                refusals.append(_overlap(row, *found))
            else:
                insort(ranges, (row.first_day, row.last_day, row.line))
        seen.setdefault(row.key, row.line)
    return refusals


def _overlapping(ranges: Sequence[tuple[date, date, int]], row: Given) -> tuple[date, date, int] | None:
    """What of ranges that do not overlap among themselves, in order, overlaps with a row."""
    place = bisect_left(ranges, (row.first_day, row.first_day, -1))
    near = ranges[max(place - 1, 0) : place + 1]
    return next((one for one in near if one[0] <= row.last_day and row.first_day <= one[1]), None)


def _overlap(row: Given, first: date, last: date, line: int) -> Refusal:
    if line:
        message = N_("These days overlap with those of row %(other)s: every day counts once.")
        return Refusal(row.line, "first_day", message, {"other": line})
    message = N_(
        "These days overlap with a figure that is stored, from %(first)s to %(last)s."
        " A correction names exactly the same days."
    )
    return Refusal(row.line, "first_day", message, {"first": first, "last": last})


def _store(session: Session, now: datetime, rows: Sequence[Given], stored: _Stored) -> uuid.UUID:
    batch = new_id(now)
    session.execute(
        insert(OperationalFigure),
        [
            {
                "figure_id": new_id(now),
                "metric": row.metric,
                "unit": row.unit,
                "first_day": row.first_day,
                "last_day": row.last_day,
                "revision": stored.get(row.key, _NOTHING)[0] + 1,
                "numerator": row.numerator,
                "denominator": row.denominator,
                "received_at": now,
                "batch": batch,
            }
            for row in rows
        ],
    )
    return batch
