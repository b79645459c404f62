"""Cases that were closed without a result: closing is measured by promises kept, and is quick where nothing is done."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from cem.cases.models import Case, Recovery
from cem.cases.statuses import CLOSED
from cem.cases.terms import read_terms


def read_closures(
    session: Session, survey_id: uuid.UUID, start: datetime, end: datetime
) -> Iterator[tuple[str, int, int]]:
    """By unit the complaints and questions that were closed, and how many of them without a result.

    Nobody had spoken with the customer, or a reason stands in place of a reply; or the customer says that it is not
    solved: by opening it again, by a no, or by a score that opens a case again.
    """
    low = read_terms(session).recovery_reopens
    empty = or_(
        Case.contacted_at.is_(None),
        Case.no_reply_reason != "",
        Case.reopened > 0,
        Recovery.resolved.is_(False),
        Recovery.after <= low,
    )
    counted = (
        select(Case.unit, func.sum(case((empty, 1), else_=0)), func.count())
        .join(Recovery, Recovery.case_id == Case.case_id, isouter=True)
        .where(
            Case.survey_id == survey_id,
            Case.status == CLOSED,
            Case.kind.in_(["complaint", "question"]),
            Case.closed_at >= start,
            Case.closed_at < end,
        )
        .group_by(Case.unit)
    )
    for unit, k, n in session.execute(counted):
        yield unit, int(k), int(n)
