"""Appeals and adjustments as those who settle them see them: what waits, for whom it is not to decide, what is due."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.errors import CemError
from cem.people.models import Account, Employee
from cem.rewards.adjustments import ThreePeople, due_adjustments
from cem.rewards.appeals import OwnApproval
from cem.rewards.models import Adjustment, Appeal, Participant, PayrollRow, RewardPlan, RewardRun, RunApproval
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import find_plan, read_terms
from cem.rewards.separation import OwnPay, takes_part
from cem.rewards.terms import Terms
from surveys.languages import N_, ascii_digits

# So many decided ones are listed; older ones are in the history of their plan.
LISTED = 200


class WrittenAmount(CemError):
    title = N_("This amount cannot be read")
    advice = N_("Write a whole number of rials, such as 1,250,000 or -1,250,000. Nothing was changed.")


@dataclass(frozen=True)
class AppealCase:
    """An appeal with what it is about."""

    appeal: Appeal
    run: RewardRun
    employee: Employee
    terms: Terms
    # Why this reader must not decide it.
    closed: type[CemError] | None

    @property
    def period(self) -> RewardPeriod:
        return RewardPeriod.parse(self.run.period)


@dataclass(frozen=True)
class AdjustmentCase:
    """An adjustment with who stands behind it."""

    adjustment: Adjustment
    employee: Employee
    terms: Terms
    paid: bool
    closed: type[CemError] | None

    @property
    def period(self) -> RewardPeriod:
        return RewardPeriod.parse(self.adjustment.period)

    @property
    def open(self) -> bool:
        return self.adjustment.second_approver is None and self.adjustment.refused_by is None


@dataclass(frozen=True)
class Due:
    """What the next export of a plan pays besides its rewards."""

    terms: Terms
    adjustments: int
    total: int


def list_appeals(session: Session, reader: str) -> list[AppealCase]:
    """Those that wait, the oldest first; then the newest that are decided."""
    rows = session.execute(
        select(Appeal, RewardRun, Employee)
        .join(RewardRun, RewardRun.run_id == Appeal.run_id)
        .join(Employee, Employee.employee_no == Appeal.employee_no)
        .order_by(Appeal.decided_at.is_not(None), Appeal.appeal_id.desc())
        .limit(LISTED)
    ).all()
    waiting = [row for row in rows if row[0].decided_at is None]
    decided = [row for row in rows if row[0].decided_at is not None]
    return [_appeal(session, reader, *row) for row in (*reversed(waiting), *decided)]


def appeal_case(session: Session, reader: str, appeal: Appeal, run: RewardRun) -> AppealCase:
    return _appeal(session, reader, appeal, run, session.get_one(Employee, appeal.employee_no))


def list_adjustments(session: Session, reader: str) -> list[AdjustmentCase]:
    """The newest first, with those that wait before them."""
    paid = set(session.scalars(select(PayrollRow.source).where(PayrollRow.component == "adjustment")))
    rows = session.execute(
        select(Adjustment, Employee)
        .join(Employee, Employee.employee_no == Adjustment.employee_no)
        .order_by(Adjustment.adjustment_id.desc())
        .limit(LISTED)
    )
    cases = [
        AdjustmentCase(
            one,
            employee,
            read_terms(find_plan(session, one.plan_code)),
            one.adjustment_id in paid,
            _closed_adjustment(session, reader, one),
        )
        for one, employee in rows
    ]
    return sorted(cases, key=lambda case: not case.open)


def due_by_plan(session: Session) -> Iterator[Due]:
    """Of each plan, what is approved and not given to payroll yet."""
    for code in session.scalars(select(Adjustment.plan_code).distinct().order_by(Adjustment.plan_code)):
        if due := due_adjustments(session, code):
            terms = read_terms(find_plan(session, code))
            yield Due(terms, len(due), sum(one.amount for one in due))


def plans_with_runs(session: Session) -> list[Terms]:
    """The plans that something can be put right in."""
    codes = session.scalars(select(RewardRun.plan_code).distinct().order_by(RewardRun.plan_code))
    return [read_terms(find_plan(session, code)) for code in codes]


def took_part(session: Session, plan_code: str, period: str, employee_no: str) -> bool:
    """Whether there is something to put right for this person."""
    found = select(Participant.employee_no).where(
        Participant.plan_code == plan_code, Participant.period == period, Participant.employee_no == employee_no
    )
    return session.scalars(found).first() is not None


def full_names(session: Session) -> dict[str, str]:
    """Who is behind the name of an account."""
    return dict(session.execute(select(Account.name, Account.full_name)).all())


def read_amount(text: str) -> int:
    """A whole amount as people type it, in either digits; WrittenAmount for anything else.

    >>> read_amount("۱٬۲۵۰٬۰۰۰"), read_amount("-1,000"), read_amount("")
    (1250000, -1000, 0)
    """
    plain = ascii_digits(text.strip()).replace("\u2212", "-")
    for between in (",", "،", " ", "\u00a0", "\u200c"):
        plain = plain.replace(between, "")
    if not plain:
        return 0
    digits = plain.removeprefix("-").removeprefix("+")
    # No plan pays as much as that, and a database keeps no more.
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise WrittenAmount
    return int(plain)


def _appeal(session: Session, reader: str, appeal: Appeal, run: RewardRun, employee: Employee) -> AppealCase:
    plan = session.get_one(RewardPlan, run.plan_id)
    return AppealCase(appeal, run, employee, read_terms(plan), _closed_appeal(session, reader, run))


def _closed_appeal(session: Session, reader: str, run: RewardRun) -> type[CemError] | None:
    if takes_part(session, reader, run.plan_code):
        return OwnPay
    approved = select(RunApproval.run_id).where(RunApproval.run_id == run.run_id, RunApproval.account == reader)
    return OwnApproval if session.scalars(approved).first() else None


def _closed_adjustment(session: Session, reader: str, adjustment: Adjustment) -> type[CemError] | None:
    if takes_part(session, reader, adjustment.plan_code):
        return OwnPay
    return ThreePeople if reader in {adjustment.requested_by, adjustment.first_approver} else None


def appeal_of(session: Session, appeal_id: uuid.UUID) -> Adjustment | None:
    """The adjustment that follows from an appeal."""
    return session.scalars(select(Adjustment).where(Adjustment.appeal_id == appeal_id)).first()
