"""Separation of duties: nobody decides on their own pay, or moves what they are paid on."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cem.errors import Forbidden
from cem.people.models import Employee
from cem.rewards.models import Participant, RewardRun
from surveys.languages import N_


class OwnPay(Forbidden):
    title = N_("This would be a decision on your own pay")
    advice = N_("You take part in this plan, so somebody else must do this. Nothing was changed.")


def takes_part(session: Session, account: str, plan_code: str, period: str | None = None) -> bool:
    """Whether an account belongs to a participant of a plan, in one period or in any."""
    mine = (
        select(Participant.employee_no)
        .join(Employee)
        .where(Employee.account == account, Participant.plan_code == plan_code)
    )
    if period is not None:
        mine = mine.where(Participant.period == period)
    return session.scalar(select(mine.exists())) or False


def refuse_own_pay(session: Session, account: str, plan_code: str) -> None:
    """OwnPay where the account is a participant of the plan, in any period."""
    if takes_part(session, account, plan_code):
        raise OwnPay


def is_paid(account: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """That an account takes part in a plan whose period is not closed: what it is paid on is not for it to move."""
    closed = exists().where(
        RewardRun.plan_code == Participant.plan_code,
        RewardRun.period == Participant.period,
        RewardRun.status == "closed",
    )
    return select(Participant.employee_no).join(Employee).where(Employee.account == account, ~closed).exists()


def is_rewarded(account: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """That an account takes part, or took part, in a plan."""
    return select(Participant.employee_no).join(Employee).where(Employee.account == account).exists()
