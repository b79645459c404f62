"""Values that the company measured elsewhere: evidence where the product holds none."""

import math
import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from cem.audit import audit
from cem.programme.attachments import Attachment
from cem.programme.criteria import read_criteria
from cem.programme.faults import UnknownCriterion, UnknownEntry, ValueFault
from cem.programme.models import MeasuredValue
from surveys.database import new_id
from surveys.languages import N_, normal_text

# Beside the criteria: what the reference lines and the ladder need.
BESIDE = {
    "L0.4": N_("Staff and executives who find collecting feedback effective"),
    "M.4": N_("Needs that were met before they were voiced, and were confirmed to be useful"),
}
MOST, LONGEST_SOURCE, LONGEST_NOTE = 1_000_000, 200, 2000
_NOTHING = Attachment()


def is_count(code: str) -> bool:
    """Whether a code's value is a count and not a percentage; UnknownCriterion where there is no such code."""
    criterion = read_criteria().find(code)
    if criterion is None and code not in BESIDE:
        raise UnknownCriterion
    return criterion is not None and criterion.is_count


def measure(
    session: Session,
    now: datetime,
    actor: str,
    code: str,
    *,
    value: float,
    n: int | None,
    source: str,
    day: date,
    today: date,
    sample: bool = False,
    note: str = "",
    attachment: Attachment = _NOTHING,
) -> MeasuredValue:
    """A value with where and when it was measured, and of how many."""
    text = " ".join(normal_text(source).split())
    highest = MOST if is_count(code) else 100.0
    if not (math.isfinite(value) and 0 <= value <= highest) or not 0 < len(text) <= LONGEST_SOURCE or day > today:
        raise ValueFault
    if n is not None and not 0 < n <= MOST:
        raise ValueFault
    measured = MeasuredValue(
        value_id=new_id(now),
        criterion=code,
        version=read_criteria().version,
        value=value,
        n=n,
        sample=sample and n is not None,
        source=text,
        day=day,
        note=normal_text(note)[:LONGEST_NOTE],
        file_name=attachment.name,
        file=attachment.content,
        entered_by=actor,
        entered_at=now,
    )
    session.add(measured)
    audit(session, now, actor, "programme:measure", code, value=value, n=n, source=text, day=day.isoformat())
    return measured


def withdraw(session: Session, now: datetime, actor: str, value_id: str) -> MeasuredValue:
    """What was wrong is withdrawn and stays readable; what is right is entered anew."""
    try:
        measured = session.get(MeasuredValue, uuid.UUID(value_id), with_for_update=True)
    except ValueError:
        raise UnknownEntry from None
    if measured is None or measured.withdrawn_at is not None:
        raise UnknownEntry
    measured.withdrawn_by, measured.withdrawn_at = actor, now
    audit(session, now, actor, "programme:withdraw", measured.criterion, value=value_id)
    return measured


def measurements_of(session: Session, code: str) -> list[MeasuredValue]:
    """All values of a code, the newest day first."""
    statement = select(MeasuredValue).where(MeasuredValue.criterion == code)
    newest = statement.order_by(MeasuredValue.day.desc(), MeasuredValue.value_id.desc())
    return list(session.scalars(newest.options(defer(MeasuredValue.file))))
