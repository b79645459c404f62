"""The job that watches the clocks: whose time runs out is told, then their manager, then the level above."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.cases.closing import close
from cem.cases.desk import ITSELF, Desk
from cem.cases.handling import escalate
from cem.cases.models import Case
from cem.cases.routing import managers, next_level, of_role, present
from cem.cases.statuses import SOLVED
from cem.roles import Role
from cem.settings import Settings
from surveys.database import Database

BATCH = 100


def nothing_due(session: Session, settings: Settings, now: datetime) -> bool:  # noqa: ARG001 - as jobs ask
    """Whether no mark of any clock is over."""
    due = select(Case.case_id).where(Case.closed_at.is_(None), Case.escalate_at <= now).limit(1)
    return session.scalar(due) is None


def escalate_due(database: Database, settings: Settings, now: datetime) -> int:
    """Tell those whom passed marks call; how many marks were told."""
    count = 0
    while True:
        with database.write() as session:
            due = (
                select(Case)
                .where(Case.closed_at.is_(None), Case.escalate_at <= now)
                .order_by(Case.escalate_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            cases = list(session.scalars(due))
            desk = Desk.open(session, settings, now, ITSELF)
            for case in cases:
                count += _escalate(desk, case)
        if len(cases) < BATCH:
            return count


def _escalate(desk: Desk, case: Case) -> int:
    """The owner is told first; who is away is told through the deputy, and a case without an owner through its unit."""
    owner = present(desk.session, case.owner, desk.today) if case.owner else None
    manager = next(managers(desk.session, case.unit, desk.today), None)
    above = next_level(desk.session, case.unit, case.owner or manager, desk.today)
    if owner is not None and owner != case.owner:
        case.owner = owner
        desk.record(case, "assign", owner=owner, why="absence")
    second = above if manager == owner else manager
    top = next_level(desk.session, case.unit, second, desk.today) or second
    executive = next(iter(of_role(desk.session, Role.EXECUTIVE)), None)
    return escalate(desk, case, {50: owner or manager, 80: second, 100: top}, executive)


def close_quiet(database: Database, settings: Settings, now: datetime) -> int:
    """Close what was resolved some days ago and of which nobody has complained; how many."""
    count = 0
    with database.write() as session:
        desk = Desk.open(session, settings, now, ITSELF)
        quiet = select(Case).where(
            Case.closed_at.is_(None),
            Case.status.in_(SOLVED),
            Case.resolved_at <= now - timedelta(days=desk.terms.close_days),
            Case.promised_at.is_(None),
        )
        for case in session.scalars(quiet.order_by(Case.resolved_at).limit(500).with_for_update(skip_locked=True)):
            close(desk, case)
            count += 1
    return count
