"""Who saw a case: once a day for each person, and never less."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cem.cases.models import Case, CaseView


def record_view(session: Session, now: datetime, account: str, case: Case, today: date) -> None:
    """Somebody looks at a case; a second look on the same day adds nothing."""
    seen = {"case_id": case.case_id, "account": account, "day": today, "first_at": now}
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sqlite.insert(CaseView).values(seen).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(CaseView).values(seen).on_conflict_do_nothing())


def seen_today(session: Session, account: str, case: Case, today: date) -> bool:
    return session.get(CaseView, (case.case_id, account, today)) is not None


def views_of(session: Session, case: Case) -> list[CaseView]:
    """Who saw it, the newest first."""
    statement = select(CaseView).where(CaseView.case_id == case.case_id).order_by(CaseView.first_at.desc())
    return list(session.scalars(statement.limit(60)))
