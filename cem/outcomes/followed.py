"""Who answered, and what the books say of them since: one row for each customer, as columns.

Time zero is the day of a customer's first answer in the period. Who had left by then, or of whom the books end before
it, is left out and counted: what came before the answer cannot follow from it.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.outcomes.models import CustomerRecord, NeedSegment
from cem.scorecards.choices import Choice
from surveys.models import Invitation, Response

YEAR = 365.25
# More customers than this make no interval visibly narrower; of more, the same share is read each time.
MOST = 30_000
# A shorter time between two days of the books says little about a year.
SHORTEST = 30

Floats = NDArray[np.float64]
Codes = NDArray[np.str_]


class Record(NamedTuple):
    """A row of the books, without its customer."""

    day: date
    since: date
    left_on: date | None
    purchases: int
    last_purchase_on: date | None
    spend: float
    margin: float
    category_spend: float | None
    need: str | None


Books = dict[uuid.UUID, list[Record]]


@dataclass(frozen=True)
class Followed:
    """Those who can be followed. `spend` and `margin` are a year's, after the answer; NaN where the books have no two
    days for it. `time` is in days, `tenure` in years at the answer, `opinion` the customer's latest score.
    """

    customers: tuple[uuid.UUID, ...]
    score: NDArray[np.int64]
    opinion: NDArray[np.int64]
    time: Floats
    left: Floats
    tenure: Floats
    reach: Floats
    spend: Floats
    margin: Floats
    need: Codes
    answered: int
    unknown: int
    before: int

    def __len__(self) -> int:
        return len(self.customers)


def read_books(reader: Session) -> Books:
    """All records, by customer and then by day; of very many customers a share that their ids choose."""
    table = CustomerRecord
    asked = select(
        table.customer_id,
        table.day,
        table.customer_since,
        table.left_on,
        table.purchases,
        table.last_purchase_on,
        table.spend,
        table.margin,
        table.category_spend,
        table.need_segment,
    ).order_by(table.customer_id, table.day)
    if (customers := count_customers(reader)) > MOST:
        # Ids are digests, so those below a bound are a fair share of all.
        asked = asked.where(table.customer_id < uuid.UUID(int=(MOST << 128) // customers))
    books: Books = {}
    for customer_id, *record in reader.execute(asked):
        books.setdefault(customer_id, []).append(Record(*record))
    return books


def count_customers(reader: Session) -> int:
    return reader.scalar(select(func.count(CustomerRecord.customer_id.distinct()))) or 0


def read_needs(reader: Session) -> dict[str, dict[str, str]]:
    return {segment.code: segment.names for segment in reader.scalars(select(NeedSegment).order_by(NeedSegment.code))}


def follow(reader: Session, choice: Choice, questions: Sequence[str], books: Books) -> Followed:
    """The customers whose answers the choice counts, by the ids under which the KPI was asked."""
    first: dict[uuid.UUID, tuple[date, int]] = {}
    latest: dict[uuid.UUID, int] = {}
    for customer_id, day, score in _answers(reader, choice, questions):
        first.setdefault(customer_id, (day, score))
        latest[customer_id] = score
    rows, unknown, before = [], 0, 0
    for customer_id, (day, score) in first.items():
        records = books.get(customer_id)
        if records is None or records[-1].day <= day:
            unknown += 1
        elif (left_on := records[-1].left_on) is not None and left_on <= day:
            before += 1
        else:
            rows.append((customer_id, score, latest[customer_id], *_since(records, day)))
    columns = list(zip(*rows, strict=True)) or [()] * 10
    time, left, tenure, reach, spend, margin = (np.array(column, dtype=float) for column in columns[3:9])
    return Followed(
        customers=tuple(columns[0]),
        score=np.array(columns[1], dtype=np.int64),
        opinion=np.array(columns[2], dtype=np.int64),
        time=time,
        left=left,
        tenure=tenure,
        reach=reach,
        spend=spend,
        margin=margin,
        need=np.array(columns[9], dtype=np.str_),
        answered=len(first),
        unknown=unknown,
        before=before,
    )


def _answers(reader: Session, choice: Choice, questions: Sequence[str]) -> Iterator[tuple[uuid.UUID, date, int]]:
    """Each scored answer of a customer whom we know, the earliest first."""
    asked = (
        select(Invitation.customer_id, Response.day, *(Response.answers[name] for name in questions))
        .join(
            Response,
            (Response.survey_id == Invitation.survey_id) & (Response.response_id == Invitation.invitation_id),
        )
        .where(*choice.where().clauses(Response), Invitation.survey_id == choice.survey_id)
        .where(Response.day >= choice.period.start, Response.day < choice.period.end)
        .order_by(Response.day, Response.response_id)
    )
    for customer_id, day, *given in reader.execute(asked):
        score = next((value for value in given if isinstance(value, int)), None)
        if score is not None:
            yield customer_id, day, score


def _since(records: Sequence[Record], day: date) -> tuple[Any, ...]:
    """What the books say from a day on: time, left, tenure, reach, a year's spend and margin, need."""
    last = records[-1]
    time = ((last.left_on or last.day) - day).days
    start = next((record for record in records if record.day >= day), last)
    years = (last.day - start.day).days / YEAR
    known = years >= SHORTEST / YEAR
    return (
        time,
        last.left_on is not None,
        (day - last.since).days / YEAR,
        (last.day - day).days,
        (last.spend - start.spend) / years if known else np.nan,
        (last.margin - start.margin) / years if known else np.nan,
        last.need or "",
    )
