"""Appeals: an employee does not agree; somebody who did not approve the amount looks again and answers with reasons."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.errors import CemError, Conflict, Forbidden, NotFound
from cem.people.models import Employee
from cem.rewards.adjustments import request_adjustment
from cem.rewards.history import record
from cem.rewards.models import Appeal, RewardAmount, RewardPlan, RewardRun, RunApproval
from cem.rewards.plans import read_terms
from cem.rewards.separation import refuse_own_pay
from cem.rewards.statuses import APPROVED, CLOSED, PAID
from surveys.database import new_id
from surveys.languages import N_

GROUNDS = {
    "unit_or_days": N_("My unit or my days are wrong"),
    "response": N_("A response was counted for the wrong place or person"),
    "calculation": N_("The calculation is wrong"),
    "extraordinary": N_("Something extraordinary happened"),
}
# Statements are there to be read, and appealed against, from the approval on.
ISSUED = frozenset({APPROVED, PAID, CLOSED})


class UnknownAppeal(NotFound):
    title = N_("There is no such appeal")
    advice = N_("Open the list of appeals and choose again.")


class AppealFault(CemError):
    title = N_("Your appeal needs a ground and some words")
    advice = N_("Choose what it is about and say what is wrong, in a sentence at least. Nothing was sent yet.")


class AppealTooLate(Conflict):
    title = N_("The time for an appeal is over")
    advice = N_("Please speak with your manager or with human resources.")


class AppealOpen(Conflict):
    title = N_("Your appeal is being looked at")
    advice = N_("You will find the answer on your statement. You need not send it twice.")


class OwnApproval(Forbidden):
    title = N_("Somebody else must decide this appeal")
    advice = N_("You approved the amount that it is about. Ask a colleague who did not. Nothing was changed.")


class DecidedAppeal(Conflict):
    title = N_("This appeal is decided")
    advice = N_("The answer stands as it was given.")


def issued_at(session: Session, run: RewardRun) -> datetime | None:
    """When statements were there to be read: with the committee's approval."""
    approval = session.get(RunApproval, (run.run_id, "approve"))
    return approval.approved_at if approval and run.status in ISSUED else None


def appeal_until(session: Session, run: RewardRun) -> datetime | None:
    """Until when an appeal is possible; None before statements are there."""
    issued = issued_at(session, run)
    days = read_terms(session.get_one(RewardPlan, run.plan_id)).appeal_days
    return issued + timedelta(days=days) if issued else None


def submit_appeal(session: Session, now: datetime, account: str, run: RewardRun, ground: str, words: str) -> Appeal:
    """The employee of this account appeals against the own amount of a run."""
    amount = session.scalars(
        select(RewardAmount)
        .join(Employee, Employee.employee_no == RewardAmount.employee_no)
        .where(RewardAmount.run_id == run.run_id, Employee.account == account)
    ).first()
    until = appeal_until(session, run)
    if amount is None or until is None:
        raise UnknownAppeal
    if ground not in GROUNDS or len(words.strip()) < 10:
        raise AppealFault
    if now > until:
        raise AppealTooLate
    if any(appeal.decided_at is None for appeal in appeals_of(session, run.run_id, amount.employee_no)):
        raise AppealOpen
    appeal = Appeal(
        appeal_id=new_id(now),
        run_id=run.run_id,
        employee_no=amount.employee_no,
        ground=ground,
        words=words.strip()[:2000],
        submitted_at=now,
    )
    session.add(appeal)
    told = {"period": run.period, "employee_no": amount.employee_no, "ground": ground}
    record(session, now, account, run.plan_code, "appeal", appeal=str(appeal.appeal_id), **told)
    return appeal


def acknowledge_appeal(session: Session, now: datetime, actor: str, appeal_id: uuid.UUID) -> None:
    """The employee sees that somebody has it in hand."""
    appeal, run = find_appeal(session, appeal_id)
    _refuse_partial(session, actor, run)
    if appeal.acknowledged_at is None:
        appeal.acknowledged_at, appeal.acknowledged_by = now, actor
        record(session, now, actor, run.plan_code, "acknowledge-appeal", appeal=str(appeal_id))


def decide_appeal(
    session: Session,
    now: datetime,
    actor: str,
    appeal_id: uuid.UUID,
    *,
    upheld: bool,
    answer: str,
    amount: int = 0,
) -> None:
    """Answer with reasons; an upheld appeal asks for the adjustment that it needs, which two others approve."""
    appeal, run = find_appeal(session, appeal_id)
    _refuse_partial(session, actor, run)
    if appeal.decided_at is not None:
        raise DecidedAppeal
    if len(answer.strip()) < 10:
        raise AppealFault
    if appeal.acknowledged_at is None:
        appeal.acknowledged_at, appeal.acknowledged_by = now, actor
    appeal.decided_at, appeal.decided_by, appeal.upheld = now, actor, upheld
    appeal.answer = answer.strip()[:2000]
    record(session, now, actor, run.plan_code, "decide-appeal", appeal=str(appeal_id), upheld=upheld)
    if upheld and amount:
        request_adjustment(
            session,
            now,
            actor,
            plan_code=run.plan_code,
            period=run.period,
            employee_no=appeal.employee_no,
            reason="appeal",
            words=appeal.answer,
            amount=amount,
            appeal_id=appeal_id,
        )


def find_appeal(session: Session, appeal_id: uuid.UUID) -> tuple[Appeal, RewardRun]:
    appeal = session.get(Appeal, appeal_id)
    if appeal is None:
        raise UnknownAppeal
    return appeal, session.get_one(RewardRun, appeal.run_id)


def appeals_of(session: Session, run_id: uuid.UUID, employee_no: str) -> list[Appeal]:
    """The appeals of a person against a run, the oldest first."""
    statement = select(Appeal).where(Appeal.run_id == run_id, Appeal.employee_no == employee_no)
    return list(session.scalars(statement.order_by(Appeal.appeal_id)))


def _refuse_partial(session: Session, actor: str, run: RewardRun) -> None:
    refuse_own_pay(session, actor, run.plan_code)
    approvals = session.scalars(select(RunApproval).where(RunApproval.run_id == run.run_id))
    if any(approval.account == actor for approval in approvals):
        raise OwnApproval
