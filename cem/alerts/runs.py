"""What rules did, newest first, page by page."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from cem.alerts.models import AlertRun
from cem.cases.models import Case
from cem.cases.reach import Reach

PAGE = 50
MONTH = timedelta(days=30)
# A count on the list of rules stops here: what is more than this says the same.
COUNTED = 1000


@dataclass(frozen=True)
class Run:
    """A rule that held; `number` is that of the case, for those who may open it."""

    run_id: uuid.UUID
    rule: str
    version: int
    at: datetime
    result: str
    subject: str
    number: str | None
    opens: bool

    @property
    def place(self) -> str:
        """Where the next page begins."""
        return f"{self.at.isoformat()}~{self.run_id.hex}"


def read_runs(session: Session, reach: Reach | None, rule: str = "", after: str = "") -> tuple[list[Run], str]:
    """A page of the log, and where the next one begins; '' where this is the last."""
    wanted = select(AlertRun, Case.number, Case.unit, Case.owner).join(
        Case, Case.case_id == AlertRun.case_id, isouter=True
    )
    if rule:
        wanted = wanted.where(AlertRun.rule == rule)
    if (place := _place(after)) is not None:
        wanted = wanted.where(tuple_(AlertRun.at, AlertRun.run_id) < place)
    rows = session.execute(wanted.order_by(AlertRun.at.desc(), AlertRun.run_id.desc()).limit(PAGE + 1)).all()
    found = [
        Run(
            run.run_id,
            run.rule,
            run.version,
            run.at,
            run.result,
            run.subject,
            number,
            reach is not None and (reach.units is None or unit in reach.units or owner == reach.account),
        )
        for run, number, unit, owner in rows[:PAGE]
    ]
    return found, found[-1].place if len(rows) > PAGE else ""


def count_runs(session: Session, rule: str, now: datetime) -> dict[str, int]:
    """How often a rule did what in the last month, of at most COUNTED acts."""
    latest = (
        select(AlertRun.result)
        .where(AlertRun.rule == rule, AlertRun.at > now - MONTH)
        .order_by(AlertRun.at.desc())
        .limit(COUNTED)
        .subquery()
    )
    counted = session.execute(select(latest.c.result, func.count()).group_by(latest.c.result))
    return {result: int(n) for result, n in counted}


def _place(after: str) -> tuple[datetime, uuid.UUID] | None:
    """Where a page begins; an address that says nothing sensible begins at the beginning."""
    moment, _, run_id = after.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        return (at, uuid.UUID(hex=run_id)) if at.tzinfo is not None else None
    except ValueError:
        return None
