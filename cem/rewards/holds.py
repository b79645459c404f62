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
from cem.rewards.signals.kinds import BY_HAND
from cem.rewards.statuses import UNCALCULATED, expect
from cem.rewards.terms import Terms
from surveys.database import new_id
from surveys.languages import N_
from surveys.models import Unit

RELEASED, EXCLUDED = "released", "excluded"
SHORTEST_REASON = 3


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
    run: RewardRun,
    *,
    unit: str,
    measure: str,
    signal: str,
    evidence: Mapping[str, Any],
) -> IntegrityHold | None:
    """Stop a measure of a unit ('' stops all); None where the same signal holds it, or was decided on, already."""
    place = {"period": run.period, "unit": unit, "measure": measure, "signal": signal}
    same = select(IntegrityHold).filter_by(plan_code=run.plan_code, **place)
    if session.scalars(same).first() is not None:
        return None
    hold = IntegrityHold(
        hold_id=new_id(now), plan_code=run.plan_code, **place, evidence=dict(evidence), found_at=now, found_by=actor
    )
    session.add(hold)
    record(session, now, actor, run.plan_code, "hold", **place, hold=str(hold.hold_id))
    return hold


def hold_by_hand(
    session: Session, now: datetime, actor: str, run: RewardRun, terms: Terms, unit: str, measure: str, reason: str
) -> None:
    """Somebody stops a measure of a unit because of what they have noticed, while it can still be decided on."""
    expect(run, *UNCALCULATED)
    refuse_own_pay(session, actor, run.plan_code)
    if measure not in terms.measure or session.get(Unit, unit) is None:
        raise UnknownHold
    told = {"words": _reason(reason)}
    put_on_hold(session, now, actor, run, unit=unit, measure=measure, signal=BY_HAND, evidence=told)


def decide_hold(
    session: Session, now: datetime, actor: str, run: RewardRun, hold_id: uuid.UUID, decision: str, reason: str
) -> None:
    """Release a measure or leave it out, with a reason, before the amounts are calculated."""
    hold = session.get(IntegrityHold, hold_id, with_for_update=True)
    if hold is None or (hold.plan_code, hold.period) != (run.plan_code, run.period):
        raise UnknownHold
    refuse_own_pay(session, actor, run.plan_code)
    if hold.decision is not None:
        raise DecidedHold
    expect(run, *UNCALCULATED)
    if decision not in {RELEASED, EXCLUDED}:
        raise UnknownHold
    hold.decision, hold.decided_at, hold.decided_by, hold.reason = decision, now, actor, _reason(reason)
    record(session, now, actor, run.plan_code, "decide-hold", hold=str(hold_id), decision=decision, reason=hold.reason)


def _reason(text: str) -> str:
    if len(text.strip()) < SHORTEST_REASON:
        raise HoldReason
    return text.strip()[:400]


def open_holds(session: Session, run: RewardRun) -> list[IntegrityHold]:
    """What waits for a decision."""
    statement = select(IntegrityHold).where(
        IntegrityHold.plan_code == run.plan_code,
        IntegrityHold.period == run.period,
        IntegrityHold.decision.is_(None),
    )
    return list(session.scalars(statement))


def measures_held(session: Session, run: RewardRun, decision: str | None) -> dict[str, set[str]]:
    """By unit, the measures ('' is all of them) and gates with this decision; None: that wait for one.

    Of a run that is calculated, what was found until then: a later revision's holds are not its own.
    """
    statement = select(IntegrityHold.unit, IntegrityHold.measure).where(
        IntegrityHold.plan_code == run.plan_code, IntegrityHold.period == run.period, IntegrityHold.decision == decision
    )
    if run.status not in UNCALCULATED:
        statement = statement.where(IntegrityHold.found_at <= run.calculated_at)
    found: dict[str, set[str]] = {}
    for unit, measure in session.execute(statement):
        found.setdefault(unit, set()).add(measure)
    return found
