"""Retention: who was paid what is not kept for ever; that it was, and what units scored, stays provable.

Amounts, participants, appeals, looks and the words of adjustments of old closed periods are removed together, with an
event in the plan's history. Snapshots, scores, approvals and what payroll was given stay: they are the company's books.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cem.rewards.history import record
from cem.rewards.models import (
    Adjustment,
    Appeal,
    Participant,
    PayrollRow,
    RewardAmount,
    RewardEvent,
    RewardRun,
    StatementView,
)
from cem.rewards.statuses import CLOSED, REOPENED
from cem.settings import Settings
from surveys.database import Database, day_of

ACTOR, FORGET = "cem", "forget"
_YEAR = 365.25


def forget_old_rewards(database: Database, settings: Settings, now: datetime) -> int:
    """Forget the people of every period that is older than is kept; how many periods."""
    before = day_of(now, settings.zone) - timedelta(days=round(_YEAR * settings.rewards_keep_years))
    with database.read() as reader:
        periods = list(old_periods(reader, before))
    for plan_code, period in periods:
        with database.write() as session:
            forget_period(session, now, plan_code, period)
    return len(periods)


def old_periods(session: Session, before: date) -> Iterator[tuple[str, str]]:
    """Plan and period of what ended before a day, is closed, still has its people, and in which nothing is open."""
    runs = select(RewardRun.plan_code, RewardRun.period, RewardRun.status).where(RewardRun.last_day < before)
    statuses: dict[tuple[str, str], set[str]] = {}
    for plan_code, period, status in session.execute(runs):
        statuses.setdefault((plan_code, period), set()).add(status)
    for (plan_code, period), found in sorted(statuses.items()):
        done = found <= {CLOSED, REOPENED} and CLOSED in found
        if done and not is_forgotten(session, plan_code, period) and not _open(session, plan_code, period):
            yield plan_code, period


def forget_period(session: Session, now: datetime, plan_code: str, period: str) -> None:
    """Remove what is about single people in a period, and write down that it was removed."""
    runs = select(RewardRun.run_id).where(RewardRun.plan_code == plan_code, RewardRun.period == period)
    adjusted = (Adjustment.plan_code == plan_code, Adjustment.period == period)
    session.execute(update(Adjustment).where(*adjusted).values(words="", appeal_id=None))
    removed = {
        "appeals": delete(Appeal).where(Appeal.run_id.in_(runs)),
        "views": delete(StatementView).where(StatementView.run_id.in_(runs)),
        "amounts": delete(RewardAmount).where(RewardAmount.run_id.in_(runs)),
        "participants": delete(Participant).where(Participant.plan_code == plan_code, Participant.period == period),
    }
    told = {name: session.execute(statement).rowcount for name, statement in removed.items()}  # type: ignore[attr-defined] # a delete has one
    record(session, now, ACTOR, plan_code, FORGET, period=period, **told)


def is_forgotten(session: Session, plan_code: str, period: str) -> bool:
    """Whether the people of a period were removed: its amounts cannot be calculated again."""
    events = select(RewardEvent.document).where(RewardEvent.plan_code == plan_code, RewardEvent.action == FORGET)
    return any(document.get("period") == period for document in session.scalars(events))


def _open(session: Session, plan_code: str, period: str) -> bool:
    """An appeal without an answer, or an adjustment that is neither refused nor paid."""
    appeals = (
        select(Appeal.appeal_id)
        .join(RewardRun, RewardRun.run_id == Appeal.run_id)
        .where(RewardRun.plan_code == plan_code, RewardRun.period == period, Appeal.decided_at.is_(None))
    )
    paid = select(PayrollRow.source).where(PayrollRow.component == "adjustment")
    adjustments = select(Adjustment.adjustment_id).where(
        Adjustment.plan_code == plan_code,
        Adjustment.period == period,
        Adjustment.refused_by.is_(None),
        Adjustment.adjustment_id.not_in(paid),
    )
    return any(session.scalars(statement.limit(1)).first() is not None for statement in (appeals, adjustments))
