"""Adjustments: an amount beside the calculation, asked for by one person and approved by two others."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.errors import CemError, Conflict, NotFound
from cem.people.models import Employee
from cem.rewards.history import record
from cem.rewards.models import Adjustment, PayrollRow
from cem.rewards.separation import refuse_own_pay
from surveys.database import new_id
from surveys.languages import N_

REASONS = {
    "appeal": N_("An appeal was upheld"),
    "wrong_days": N_("Wrong days or unit"),
    "wrong_data": N_("A response or figure was wrongly counted"),
    "extraordinary": N_("An extraordinary event"),
}


class UnknownAdjustment(NotFound):
    title = N_("There is no such adjustment")
    advice = N_("Open the list of adjustments and choose again.")


class AdjustmentFault(CemError):
    title = N_("This adjustment cannot be asked for")
    advice = N_("Give a reason from the list, some words, and a whole amount that is not 0. Nothing was changed.")


class ThreePeople(Conflict):
    title = N_("Three different people stand behind an adjustment")
    advice = N_("Who asked for it, or approved it first, cannot approve it as well. Nothing was changed.")


class DecidedAdjustment(Conflict):
    title = N_("This adjustment is decided")
    advice = N_("Ask for another one where something is still wrong.")


def request_adjustment(
    session: Session,
    now: datetime,
    actor: str,
    *,
    plan_code: str,
    period: str,
    employee_no: str,
    reason: str,
    words: str,
    amount: int,
    appeal_id: uuid.UUID | None = None,
) -> Adjustment:
    """Ask for an amount, positive or negative, in the plan's whole currency units."""
    refuse_own_pay(session, actor, plan_code)
    if reason not in REASONS or not words.strip() or not amount or session.get(Employee, employee_no) is None:
        raise AdjustmentFault
    adjustment = Adjustment(
        adjustment_id=new_id(now),
        plan_code=plan_code,
        employee_no=employee_no,
        period=period,
        appeal_id=appeal_id,
        reason=reason,
        words=words.strip()[:400],
        amount=amount,
        requested_by=actor,
        requested_at=now,
    )
    session.add(adjustment)
    told = {"period": period, "employee_no": employee_no, "reason": reason, "amount": amount}
    record(session, now, actor, plan_code, "request-adjustment", adjustment=str(adjustment.adjustment_id), **told)
    return adjustment


def approve_adjustment(session: Session, now: datetime, actor: str, adjustment_id: uuid.UUID) -> Adjustment:
    """The first or the second approval; with both it is paid in the next export."""
    adjustment = _open(session, adjustment_id)
    refuse_own_pay(session, actor, adjustment.plan_code)
    if actor in {adjustment.requested_by, adjustment.first_approver}:
        raise ThreePeople
    if adjustment.first_approver is None:
        adjustment.first_approver = actor
    else:
        adjustment.second_approver = actor
    record(session, now, actor, adjustment.plan_code, "approve-adjustment", adjustment=str(adjustment_id))
    return adjustment


def refuse_adjustment(session: Session, now: datetime, actor: str, adjustment_id: uuid.UUID) -> None:
    adjustment = _open(session, adjustment_id)
    refuse_own_pay(session, actor, adjustment.plan_code)
    adjustment.refused_by = actor
    record(session, now, actor, adjustment.plan_code, "refuse-adjustment", adjustment=str(adjustment_id))


def due_adjustments(session: Session, plan_code: str) -> list[Adjustment]:
    """Approved by two, and not given to payroll yet, in the order of employees."""
    paid = select(PayrollRow.source).where(PayrollRow.component == "adjustment")
    statement = (
        select(Adjustment)
        .where(
            Adjustment.plan_code == plan_code,
            Adjustment.second_approver.is_not(None),
            Adjustment.refused_by.is_(None),
            Adjustment.adjustment_id.not_in(paid),
        )
        .order_by(Adjustment.employee_no, Adjustment.adjustment_id)
    )
    return list(session.scalars(statement))


def _open(session: Session, adjustment_id: uuid.UUID) -> Adjustment:
    adjustment = session.get(Adjustment, adjustment_id, with_for_update=True)
    if adjustment is None:
        raise UnknownAdjustment
    if adjustment.second_approver is not None or adjustment.refused_by is not None:
        raise DecidedAdjustment
    return adjustment
