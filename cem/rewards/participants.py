"""Who takes part in a plan for a period: read, brought in from a file as a whole, and copied from the period before.

A file is the whole list: who is not in it takes part no more. Nothing is stored unless every row can be, and nothing
once the period's data is frozen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import islice

from sqlalchemy import ColumnElement, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cem.errors import Conflict, NotFound
from cem.people.models import Employee
from cem.rewards.enrolled import store_changes
from cem.rewards.enrolling import Changes, Enrolling, Report
from cem.rewards.history import record
from cem.rewards.models import Participant, RewardEvent, RewardRun
from cem.rewards.participant_files import Cells
from cem.rewards.participant_rows import FACTS, RowReader, column_names
from cem.rewards.periods import RewardPeriod
from cem.rewards.separation import refuse_own_pay
from cem.rewards.statuses import MEASURING
from surveys.formats.documents import DocumentFaults
from surveys.formats.rows import Row
from surveys.languages import N_
from surveys.models import Unit
from surveys.questionnaire import Fault

BATCH = 500
ACTION = "participants"


class PeriodLocked(Conflict):
    title = N_("The participants of this period are fixed")
    advice = N_(
        "Its data is frozen, so who takes part no longer changes. What was wrong is put right by an adjustment."
    )


class NothingToCopy(NotFound):
    title = N_("There is nobody to copy")
    advice = N_("The period before has no participants in this plan. Import a file instead.")


class SomebodyThere(Conflict):
    title = N_("This period has participants already")
    advice = N_("Copying is for a period that is still empty. Import a file to change who takes part.")


class RowsRefused(Conflict):
    """A file with rows that cannot be taken; `report` has each."""

    title = N_("Some rows cannot be taken")
    advice = N_("Nothing was changed. Correct the rows that are named, and import the file again.")

    def __init__(self, report: Report) -> None:
        super().__init__("\n".join(map(str, report.refusals)))
        self.report = report


class ChangedMeanwhile(Conflict):
    title = N_("Somebody has changed the participants meanwhile")
    advice = N_("Check the file again: it may change something else than it did. Nothing was changed.")


@dataclass(frozen=True)
class CheckedFile:
    """A file beside what was stored when it was read; `known` is the last entry about it in the plan's history."""

    plan_code: str
    period: RewardPeriod
    report: Report
    changes: Changes
    known: int | None


@dataclass(frozen=True)
class Listed:
    """Participants to show: those of one page, and how many there are."""

    rows: Sequence[tuple[Participant, Employee]]
    total: int
    people: int
    amount: int


def check_participants(
    session: Session, actor: str, plan_code: str, period: RewardPeriod, rows: Iterator[Row]
) -> CheckedFile:
    """What importing a file would change, and every row that cannot be taken. Nothing is changed."""
    refuse_own_pay(session, actor, plan_code)
    refuse_locked(session, plan_code, period.code)
    known = _last_known(session, plan_code)
    header = next(rows, None)
    if header is None:
        raise DocumentFaults([Fault("", N_("The file is empty."))])
    names = column_names(header.cells)
    units = frozenset(session.scalars(select(Unit.code)))
    enrolling = Enrolling(session, actor, plan_code, period)
    reader = RowReader(names, units, period.days)
    while batch := list(islice(rows, BATCH)):
        enrolling.take(reader, batch)
    return CheckedFile(plan_code, period, *enrolling.finish(), known)


def store_participants(session: Session, now: datetime, actor: str, checked: CheckedFile) -> None:
    """Store a file that was checked as the participants of its period, all of it or nothing.

    RowsRefused where a row cannot be taken; ChangedMeanwhile where the check is no longer true.
    """
    code, period, report = checked.plan_code, checked.period.code, checked.report
    refuse_own_pay(session, actor, code)
    refuse_locked(session, code, period)
    if report.refused:
        raise RowsRefused(report)
    if _last_known(session, code) != checked.known:
        raise ChangedMeanwhile
    try:
        store_changes(session, code, period, checked.changes)
    except IntegrityError:
        # An account or a unit that was there is not, or an account is somebody else's by now.
        raise ChangedMeanwhile from None
    told = {"added": report.added, "changed": report.changed, "removed": report.removed}
    record(session, now, actor, code, ACTION, period=period, rows=report.rows, **told)


def _last_known(session: Session, plan_code: str) -> int | None:
    """The number of the plan's last entry about participants: each import and copy makes one."""
    mine = RewardEvent.plan_code == plan_code, RewardEvent.action == ACTION
    return session.scalar(select(func.max(RewardEvent.number)).where(*mine))


def refuse_locked(session: Session, plan_code: str, period: str) -> None:
    """PeriodLocked where a run of the period has gone beyond measuring."""
    if is_locked(session, plan_code, period, update=True):
        raise PeriodLocked


def is_locked(session: Session, plan_code: str, period: str, *, update: bool = False) -> bool:
    """Whether participants are fixed. `update` keeps a run from being locked in this transaction."""
    runs = select(RewardRun).where(RewardRun.plan_code == plan_code, RewardRun.period == period)
    found = session.scalars(runs.with_for_update() if update else runs)
    return any(run.status != MEASURING for run in found)


def copy_participants(session: Session, now: datetime, actor: str, plan_code: str, period: RewardPeriod) -> int:
    """Who took part in the period before takes part again, for all days of this one."""
    refuse_own_pay(session, actor, plan_code)
    refuse_locked(session, plan_code, period.code)
    if count_rows(session, plan_code, period.code):
        raise SomebodyThere
    before = period.plus(-1).code
    columns = (Participant.employee_no, Participant.unit, Participant.target_amount, Participant.share)
    taken = select(literal(plan_code), literal(period.code), *columns, literal(period.days)).where(
        Participant.plan_code == plan_code, Participant.period == before
    )
    copied = count_rows(session, plan_code, before)
    if not copied:
        raise NothingToCopy
    names = ["plan_code", "period", "employee_no", "unit", "target_amount", "share", "eligible_days"]
    session.execute(insert(Participant).from_select(names, taken))
    record(session, now, actor, plan_code, ACTION, period=period.code, rows=copied, copied=before)
    return copied


def count_rows(session: Session, plan_code: str, period: str) -> int:
    statement = select(func.count()).select_from(Participant).where(*_of(plan_code, period))
    return session.scalar(statement) or 0


def list_participants(session: Session, plan_code: str, period: str, page: int, size: int = 50) -> Listed:
    """One page of the participants, by employee number."""
    mine = _of(plan_code, period)
    total, people, amount = session.execute(
        select(
            func.count(),
            func.count(Participant.employee_no.distinct()),
            func.coalesce(func.sum(Participant.target_amount), 0),
        ).where(*mine)
    ).one()
    joined = select(Participant, Employee).join(Employee).where(*mine)
    ordered = joined.order_by(Participant.employee_no, Participant.unit).limit(size).offset((page - 1) * size)
    return Listed([(part, employee) for part, employee in session.execute(ordered)], total, people, int(amount))


def periods_with_participants(session: Session, plan_code: str) -> list[str]:
    statement = select(Participant.period).where(Participant.plan_code == plan_code).distinct()
    return sorted(session.scalars(statement), reverse=True)


def exported_rows(session: Session, plan_code: str, period: str) -> Iterator[Cells]:
    """Every participant as the columns of a file, read as they are needed."""
    facts = [getattr(Employee, name) for name in FACTS]
    part = (Participant.unit, Participant.target_amount, Participant.eligible_days, Participant.share)
    statement = select(Participant.employee_no, *facts, *part).join(Employee).where(*_of(plan_code, period))
    found = session.execute(
        statement.order_by(Participant.employee_no, Participant.unit).execution_options(yield_per=2000)
    )
    for employee_no, *cells in found:
        yield [employee_no, *(_written(cell) for cell in cells)]


def _written(cell: object) -> str | int:
    match cell:
        case None:
            return ""
        case Fraction():
            return int(cell) if cell.denominator == 1 else str(cell)
        case int():
            return cell
        case _:
            return str(cell)


def _of(plan_code: str, period: str) -> tuple[ColumnElement[bool], ...]:
    return Participant.plan_code == plan_code, Participant.period == period
