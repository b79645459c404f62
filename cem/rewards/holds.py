"""Integrity holds: a signal stops a measure, and a person decides whether it counts."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.errors import CemError, Conflict, NotFound
from cem.rewards.history import record
from cem.rewards.models import IntegrityHold, RewardRun
from cem.rewards.separation import refuse_own_pay
from surveys.database import new_id
from surveys.languages import N_

RELEASED, EXCLUDED = "released", "excluded"


class UnknownHold(NotFound):
    title = N_("There is no such hold")
    advice = N_("Open the reward period and choose again.")


class DecidedHold(Conflict):
    title = N_("This hold is decided")
    advice = N_("A decision stands. A new signal makes a new hold.")


class HoldReason(CemError):
    title = N_("A decision needs its reason")
    advice = N_("Write what you have looked at and what you found. Nothing was changed.")


def put_on_hold(
    session: Session,
    now: datetime,
    actor: str,
    *,
    plan_code: str,
    period: str,
    unit: str,
    measure: str,
    signal: str,
    evidence: Mapping[str, Any],
) -> IntegrityHold | None:
    """Stop a measure of a unit ('' stops all); None where the same signal holds it, or was decided on, already."""
    same = select(IntegrityHold).where(
        IntegrityHold.plan_code == plan_code,
        IntegrityHold.period == period,
        IntegrityHold.unit == unit,
        IntegrityHold.measure == measure,
        IntegrityHold.signal == signal,
    )
    if session.scalars(same).first() is not None:
        return None
    hold = IntegrityHold(
        hold_id=new_id(now),
        plan_code=plan_code,
        period=period,
        unit=unit,
        measure=measure,
        signal=signal,
        evidence=dict(evidence),
        found_at=now,
        found_by=actor,
    )
    session.add(hold)
    record(
        session, now, actor, plan_code, "hold", period=period, unit=unit, measure=measure, signal=signal,
        hold=str(hold.hold_id),
    )  # fmt: skip
    return hold


def decide_hold(session: Session, now: datetime, actor: str, hold_id: uuid.UUID, decision: str, reason: str) -> None:
    """Release a measure or leave it out, with a reason, before the amounts are approved."""
    hold = session.get(IntegrityHold, hold_id, with_for_update=True)
    if hold is None or decision not in {RELEASED, EXCLUDED}:
        raise UnknownHold
    refuse_own_pay(session, actor, hold.plan_code)
    if hold.decision is not None:
        raise DecidedHold
    if len(reason.strip()) < 3:
        raise HoldReason
    hold.decision, hold.decided_at, hold.decided_by, hold.reason = decision, now, actor, reason.strip()[:400]
    record(session, now, actor, hold.plan_code, "decide-hold", hold=str(hold_id), decision=decision, reason=hold.reason)


def open_holds(session: Session, plan_code: str, period: str) -> list[IntegrityHold]:
    """What waits for a decision."""
    statement = select(IntegrityHold).where(
        IntegrityHold.plan_code == plan_code, IntegrityHold.period == period, IntegrityHold.decision.is_(None)
    )
    return list(session.scalars(statement))


def excluded_measures(session: Session, run: RewardRun) -> dict[str, set[str]]:
    """By unit, the measures that decisions have taken out; '' stands for every measure."""
    return _by_unit(session, run, IntegrityHold.decision == EXCLUDED)


def held_measures(session: Session, run: RewardRun) -> dict[str, set[str]]:
    """By unit, the measures that wait for a decision."""
    return _by_unit(session, run, IntegrityHold.decision.is_(None))


def released_measures(session: Session, run: RewardRun) -> dict[str, set[str]]:
    """By unit, the measures and gates that decisions have released."""
    return _by_unit(session, run, IntegrityHold.decision == RELEASED)


def _by_unit(session: Session, run: RewardRun, decision: Any) -> dict[str, set[str]]:
    statement = select(IntegrityHold.unit, IntegrityHold.measure).where(
        IntegrityHold.plan_code == run.plan_code, IntegrityHold.period == run.period, decision
    )
    found: dict[str, set[str]] = {}
    for unit, measure in session.execute(statement):
        found.setdefault(unit, set()).add(measure)
    return found
