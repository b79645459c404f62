"""Quarters that were kept: the whole programme as it stood, in a chain of digests, so that a change would be seen."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.programme.faults import QuarterFault, UnknownQuarter
from cem.programme.models import ProgrammeSnapshot
from cem.programme.sheets import Sheet, from_document, to_document
from cem.programme.standings import read_sheet
from cem.rewards.digests import NOTHING, digest_of
from cem.rewards.periods import PeriodFault, RewardPeriod
from surveys.database import day_of


def quarter_of(day: date, calendar: str) -> str:
    """The code of the quarter that a day is in, such as 1404-Q3."""
    return RewardPeriod.quarter_of(day, calendar).code


def keep_quarter(session: Session, now: datetime, actor: str, zone: ZoneInfo, calendar: str) -> ProgrammeSnapshot:
    """Keep the programme as it stands for the quarter of today; QuarterFault where the quarter is kept already."""
    today = day_of(now, zone)
    return keep(session, now, actor, quarter_of(today, calendar), read_sheet(session, now, zone))


def keep(session: Session, now: datetime, actor: str, quarter: str, sheet: Sheet) -> ProgrammeSnapshot:
    """Keep a sheet as that of a quarter."""
    if session.get(ProgrammeSnapshot, quarter) is not None:
        raise QuarterFault
    document = to_document(sheet)
    snapshot = ProgrammeSnapshot(
        quarter=quarter,
        day=sheet.day,
        taken_at=now,
        taken_by=actor,
        document=document,
        digest=_digest(_last_digest(session), document),
    )
    session.add(snapshot)
    session.flush()
    audit(session, now, actor, "programme:keep", quarter, digest=snapshot.digest)
    return snapshot


def read_quarter(session: Session, quarter: str) -> Sheet:
    """The sheet of a quarter; UnknownQuarter where it was not kept."""
    try:
        found = session.get(ProgrammeSnapshot, RewardPeriod.parse(quarter).code)
    except PeriodFault:
        raise UnknownQuarter from None
    if found is None:
        raise UnknownQuarter
    return from_document(found.document)


def list_quarters(session: Session) -> list[tuple[str, Sheet]]:
    """All quarters that were kept, in their order."""
    rows = session.scalars(select(ProgrammeSnapshot).order_by(ProgrammeSnapshot.day, ProgrammeSnapshot.taken_at))
    return [(row.quarter, from_document(row.document)) for row in rows]


def broken_quarter(session: Session) -> str | None:
    """The first quarter whose digest does not fit its document and the one before; None where all fit."""
    before = NOTHING
    for row in session.scalars(select(ProgrammeSnapshot).order_by(ProgrammeSnapshot.taken_at)):
        if row.digest != _digest(before, row.document):
            return row.quarter
        before = row.digest
    return None


def _last_digest(session: Session) -> str:
    last = session.scalars(select(ProgrammeSnapshot).order_by(ProgrammeSnapshot.taken_at.desc()).limit(1)).first()
    return NOTHING if last is None else last.digest


def _digest(before: str, document: dict[str, object]) -> str:
    return digest_of({"before": before, "document": document})
