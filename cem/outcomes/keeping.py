"""Retention by unit: of the customers who answered about a unit in some days, how many stayed through the next ones."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.outcomes.followed import Books
from surveys.models import Invitation, Response
from surveys.tallies import Where

# Stayed, and in all.
Kept = tuple[int, int]


def customers_by_unit(reader: Session, survey_id: uuid.UUID, start: date, end: date) -> dict[str, set[uuid.UUID]]:
    """Who answered about each unit by a personal link; `end` is the day after the last."""
    asked = (
        select(Response.unit, Invitation.customer_id)
        .join(
            Invitation,
            (Invitation.survey_id == Response.survey_id) & (Invitation.invitation_id == Response.response_id),
        )
        .where(*Where(survey_id).clauses(Response), Response.day >= start, Response.day < end)
        .distinct()
    )
    found: dict[str, set[uuid.UUID]] = {}
    for unit, customer_id in reader.execute(asked):
        found.setdefault(unit, set()).add(customer_id)
    return found


def count_kept(books: Books, customers: set[uuid.UUID], first: date, last: date) -> Kept:
    """Of these, those who were still customers on `first`, and how many of them had not left by `last`.

    Whom the books lose sight of before `last` is not counted, unless they say that the customer has left.
    """
    stayed = known = 0
    for customer_id in customers:
        record = books[customer_id][-1] if customer_id in books else None
        if record is None or (record.left_on is None and record.day < last):
            continue
        if record.left_on is not None and record.left_on < first:
            continue
        known += 1
        stayed += record.left_on is None or record.left_on > last
    return stayed, known


def books_until(books: Books) -> date | None:
    """The last day that the books tell of; None where there are none."""
    return max((records[-1].day for records in books.values()), default=None)
