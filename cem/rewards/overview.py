"""What there is of plans: versions, signatures, who has acknowledged them, periods and what each waits for."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.people.models import Account, Employee
from cem.rewards.models import IntegrityHold, Participant, PlanSignature, RewardPlan, RewardRun
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import AGREED, BUSINESS, DRAFT, HR, PARTICIPANT, read_terms
from cem.rewards.statuses import APPROVED, CALCULATED, CLOSED, LOCKED, MEASURING, PAID, REOPENED, REVIEWED
from cem.rewards.terms import Terms
from cem.roles import Role
from surveys.languages import N_

FINISHED = (CLOSED, REOPENED)
# What a run waits for, and whose step that is.
NEXT = {
    LOCKED: (N_("calculate the amounts"), Role.HR),
    CALCULATED: (N_("review the amounts"), Role.HR),
    REVIEWED: (N_("approve the amounts"), Role.FINANCE),
    APPROVED: (N_("hand them to payroll"), Role.FINANCE),
    PAID: (N_("close the period"), Role.HR),
}
BRING_PEOPLE = (N_("bring in the participants"), Role.HR)
DECIDE = (N_("decide about integrity holds"), Role.HR)
FREEZE = (N_("freeze the data"), Role.HR)
CLOSE_SHADOW = (N_("close the period, which pays nobody"), Role.HR)
SIGN = {HR: (N_("sign the plan"), Role.HR), BUSINESS: (N_("sign the plan for the business"), Role.EXECUTIVE)}


@dataclass(frozen=True)
class Signed:
    """A signature with the full name of who gave it."""

    capacity: str
    account: str
    full_name: str
    on: date


@dataclass(frozen=True)
class PlanLine:
    """A version of a plan; `waits` are the next steps of a draft."""

    plan: RewardPlan
    terms: Terms
    signatures: tuple[Signed, ...]
    waits: tuple[tuple[str, Role], ...]


@dataclass(frozen=True)
class RunLine:
    """A period of a plan; `waits` is None where nothing is to be done, `until` where it only has to run on."""

    run: RewardRun
    period: RewardPeriod
    waits: tuple[str, Role] | None
    runs: bool


@dataclass(frozen=True)
class Acknowledged:
    """How many of a period's participants who can sign in have read the plan; `missing` are the others."""

    period: str
    accounts: int
    done: int
    missing: tuple[tuple[str, str], ...]


def read_plans(session: Session, statuses: Collection[str]) -> list[PlanLine]:
    """Every version with one of these statuses, the newest of each plan first."""
    statement = select(RewardPlan).where(RewardPlan.status.in_(statuses))
    plans = list(session.scalars(statement.order_by(RewardPlan.code, RewardPlan.version.desc())))
    signed = _signatures(session, [plan.plan_id for plan in plans])
    return [plan_line(plan, signed.get(plan.plan_id, ())) for plan in plans]


def plan_line(plan: RewardPlan, signed: Sequence[Signed]) -> PlanLine:
    given = {one.capacity for one in signed}
    waits = tuple(step for capacity, step in SIGN.items() if capacity not in given) if plan.status == DRAFT else ()
    return PlanLine(plan, read_terms(plan), tuple(signed), waits)


def read_signatures(session: Session, plan: RewardPlan) -> tuple[Signed, ...]:
    return _signatures(session, [plan.plan_id]).get(plan.plan_id, ())


def _signatures(session: Session, plans: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Signed, ...]]:
    """By plan, the signatures of HR and the business."""
    rows = session.execute(
        select(PlanSignature, Account.full_name)
        .outerjoin(Account, Account.name == PlanSignature.account)
        .where(PlanSignature.plan_id.in_(plans), PlanSignature.capacity != PARTICIPANT)
        .order_by(PlanSignature.signed_at)
    )
    found: dict[uuid.UUID, tuple[Signed, ...]] = {}
    for one, full_name in rows:
        signed = Signed(one.capacity, one.account, full_name or one.account, one.signed_at.date())
        found[one.plan_id] = (*found.get(one.plan_id, ()), signed)
    return found


def read_runs(session: Session, today: date, plan_code: str | None = None) -> list[RunLine]:
    """The periods of one plan or of all, the newest first, each with what is to be done next."""
    statement = select(RewardRun).order_by(RewardRun.first_day.desc(), RewardRun.plan_code, RewardRun.revision.desc())
    if plan_code is not None:
        statement = statement.where(RewardRun.plan_code == plan_code)
    runs = list(session.scalars(statement.limit(400)))
    holds = {
        (code, period)
        for code, period in session.execute(
            select(IntegrityHold.plan_code, IntegrityHold.period).where(IntegrityHold.decision.is_(None)).distinct()
        )
    }
    peopled = {
        (code, period) for code, period in session.execute(select(Participant.plan_code, Participant.period).distinct())
    }
    return [
        RunLine(
            run,
            RewardPeriod.parse(run.period),
            _waits(run, today, (run.plan_code, run.period) in holds, (run.plan_code, run.period) in peopled),
            run.status == MEASURING and today <= run.last_day,
        )
        for run in runs
    ]


def _waits(run: RewardRun, today: date, held: bool, peopled: bool) -> tuple[str, Role] | None:
    if run.status in FINISHED:
        return None
    if not peopled:
        return BRING_PEOPLE
    if run.status == MEASURING:
        return FREEZE if today > run.last_day else None
    if held and run.status in {LOCKED, CALCULATED, REVIEWED}:
        return DECIDE
    return CLOSE_SHADOW if run.shadow and run.status == APPROVED else NEXT[run.status]


def read_acknowledged(session: Session, plan: RewardPlan, period: str | None) -> Acknowledged | None:
    """Who of a period's participants has said to have read an agreed plan; None without a period."""
    if period is None or plan.status != AGREED:
        return None
    taking_part = (
        select(Employee.employee_no, Employee.full_name, Employee.account)
        .join(Participant, Participant.employee_no == Employee.employee_no)
        .where(Participant.plan_code == plan.code, Participant.period == period, Employee.account.is_not(None))
        .distinct()
        .subquery()
    )
    signed = select(PlanSignature.account).where(
        PlanSignature.plan_id == plan.plan_id, PlanSignature.capacity == PARTICIPANT
    )
    accounts = session.scalar(select(func.count()).select_from(taking_part)) or 0
    missing = select(taking_part.c.employee_no, taking_part.c.full_name).where(taking_part.c.account.not_in(signed))
    left = session.scalar(select(func.count()).select_from(missing.subquery())) or 0
    names = session.execute(missing.order_by(taking_part.c.employee_no).limit(100))
    return Acknowledged(period, accounts, accounts - left, tuple((no, name) for no, name in names))


def has_acknowledged(session: Session, plan: RewardPlan, account: str) -> bool:
    return session.get(PlanSignature, (plan.plan_id, account)) is not None
