"""Runs: a plan in a period, forward from measuring to closed; each step is a verb with its place in the history."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from cem.errors import Conflict, NotFound
from cem.rewards.calculation import score_unit
from cem.rewards.history import record
from cem.rewards.holds import open_holds, put_on_hold
from cem.rewards.inputs import UnitInputs
from cem.rewards.measuring import COMPANY, Measuring, Span
from cem.rewards.models import (
    IntegrityHold,
    KpiSnapshot,
    Participant,
    PayrollBatch,
    RewardPlan,
    RewardRun,
    RunApproval,
)
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import AGREED, UnknownPlan, read_terms
from cem.rewards.priors import fix_priors
from cem.rewards.separation import refuse_own_pay
from cem.rewards.signals.kinds import GATE
from cem.rewards.snapshots import Snapshot
from cem.rewards.statuses import (
    APPROVED,
    CALCULATED,
    CLOSED,
    LOCKED,
    MEASURING,
    PAID,
    REOPENED,
    REVIEWED,
    UNCALCULATED,
    expect,
)
from cem.scorecards.offers import Offers, read_offers
from surveys.database import day_of, new_id
from surveys.languages import N_

# Each step of approval: which status it starts from and which it leads to.
STEPS = {"review": (CALCULATED, REVIEWED), "approve": (REVIEWED, APPROVED)}


class UnknownRun(NotFound):
    title = N_("There is no such reward period")
    advice = N_("Open the list of plans and choose again.")


class PeriodRuns(Conflict):
    title = N_("The period has not ended")
    advice = N_("Data is frozen once the last day is over, so that every day counts for everybody.")


class AlreadyOpen(Conflict):
    title = N_("This period is open already")
    advice = N_("A plan has one reward period at a time for the same months. Open it from the list.")


class SamePerson(Conflict):
    title = N_("Two different people must approve")
    advice = N_("You have taken the other step of this approval. Ask a colleague. Nothing was changed.")


class Held(Conflict):
    title = N_("An integrity check is waiting")
    advice = N_("Decide about every hold of this period first: release it, or leave the measure out.")


def find_run(session: Session, run_id: uuid.UUID, *, update: bool = False) -> RewardRun:
    """A run; UnknownRun where there is none. `update` keeps others from moving it in this transaction."""
    run = session.get(RewardRun, run_id, with_for_update=update or None)
    if run is None:
        raise UnknownRun
    return run


def open_run(
    session: Session,
    now: datetime,
    actor: str,
    plan: RewardPlan,
    period: RewardPeriod,
    *,
    shadow: bool = False,
    pool: int | None = None,
) -> RewardRun:
    """Begin to measure. What units are drawn towards is fixed now, from the year before the period."""
    if plan.status != AGREED:
        raise UnknownPlan
    refuse_own_pay(session, actor, plan.code)
    same = (RewardRun.plan_code == plan.code, RewardRun.period == period.code)
    if session.scalars(select(RewardRun).where(*same)).first() is not None:
        raise AlreadyOpen
    offers = read_offers(session)
    units = units_of(session, plan.code, period.code) or {unit for unit in offers.units if not offers.children(unit)}
    run = RewardRun(
        run_id=new_id(now),
        plan_id=plan.plan_id,
        plan_code=plan.code,
        period=period.code,
        revision=1,
        first_day=period.first_day,
        last_day=period.last_day,
        shadow=shadow,
        status=MEASURING,
        priors=fix_priors(session, offers, read_terms(plan), period, units),
        pool=pool,
        opened_at=now,
    )
    session.add(run)
    record(session, now, actor, plan.code, "open", **_told(run), version=plan.version, pool=pool, priors=run.priors)
    return run


def lock_run(session: Session, now: datetime, actor: str, run: RewardRun, zone: ZoneInfo) -> int:
    """Freeze the data: what comes later belongs to the next period. The number of snapshots."""
    expect(run, MEASURING)
    refuse_own_pay(session, actor, run.plan_code)
    if day_of(now, zone) <= run.last_day:
        raise PeriodRuns
    snapshots = measure_run(session, run, now, zone)
    rows = [
        {
            "run_id": run.run_id,
            "measure": snapshot.measure,
            "unit": snapshot.unit,
            "document": msgspec.to_builtins(snapshot),
            "digest": snapshot.digest,
        }
        for snapshot in snapshots
    ]
    if rows:
        session.execute(insert(KpiSnapshot), rows)
    run.status, run.locked_at = LOCKED, now
    record(session, now, actor, run.plan_code, "lock", **_told(run), snapshots=len(rows))
    _hold_at_gates(session, now, run, snapshots)
    return len(rows)


def _hold_at_gates(session: Session, now: datetime, run: RewardRun, snapshots: Sequence[Snapshot]) -> None:
    """A gate that holds, and is shut, waits for a person like any other signal."""
    terms = read_terms(session.get_one(RewardPlan, run.plan_id))
    inputs = UnitInputs(terms, snapshots)
    for unit in sorted(units_of(session, run.plan_code, run.period)):
        trace = score_unit(terms, inputs.of(unit))
        for gate in trace.gates:
            if gate.effect == "hold" and not gate.open:
                told = {"value": gate.value, "limit": gate.limit, "n": gate.n}
                put_on_hold(session, now, "cem", run, unit=unit, measure=gate.gate, signal=GATE, evidence=told)


def measure_run(session: Session, run: RewardRun, now: datetime, zone: ZoneInfo) -> list[Snapshot]:
    """What every measure stands at now: provisional while the period runs, and what a lock would freeze."""
    offers = read_offers(session)
    period = RewardPeriod.parse(run.period)
    plan = session.get_one(RewardPlan, run.plan_id)
    span = Span(period.first_day, period.end, now, zone)
    units = measured_units(offers, units_of(session, run.plan_code, run.period))
    return list(Measuring(session, offers, read_terms(plan), span, run.priors).snapshots(units))


def measured_units(offers: Offers, units: set[str]) -> set[str]:
    """The units of participants, what is above each, and the company."""
    parents = {parent for unit in units if (parent := offers.units[unit].parent)}
    return {*units, *parents, COMPANY}


def units_of(session: Session, plan_code: str, period: str) -> set[str]:
    """The units of a period's participants."""
    statement = select(Participant.unit).where(Participant.plan_code == plan_code, Participant.period == period)
    return set(session.scalars(statement.distinct()))


def approve_run(session: Session, now: datetime, actor: str, run: RewardRun, step: str, note: str = "") -> None:
    """A step of approval: `review` by HR, then `approve` by the committee; by two people, and by no participant."""
    before, after = STEPS[step]
    refuse_own_pay(session, actor, run.plan_code)
    earlier = session.scalars(select(RunApproval).where(RunApproval.run_id == run.run_id)).all()
    if any(one.account == actor for one in earlier):
        raise SamePerson
    expect(run, before)
    if open_holds(session, run):
        raise Held
    session.add(RunApproval(run_id=run.run_id, step=step, account=actor, approved_at=now, note=note[:400]))
    run.status = after
    session.flush()
    record(session, now, actor, run.plan_code, step, **_told(run), digest=run.digest, total=run.total)


def return_run(session: Session, now: datetime, actor: str, run: RewardRun, note: str) -> None:
    """A reviewer or the committee sends a calculation back: it is calculated anew from the same frozen data."""
    expect(run, CALCULATED, REVIEWED)
    refuse_own_pay(session, actor, run.plan_code)
    for approval in session.scalars(select(RunApproval).where(RunApproval.run_id == run.run_id)):
        session.delete(approval)
    run.status = LOCKED
    record(session, now, actor, run.plan_code, "return", **_told(run), note=note[:400])


def close_run(session: Session, now: datetime, actor: str, run: RewardRun) -> None:
    """Nothing more is expected of this period; a shadow run is closed once it was approved, and pays nobody."""
    expect(run, APPROVED if run.shadow else PAID)
    refuse_own_pay(session, actor, run.plan_code)
    run.status = CLOSED
    record(session, now, actor, run.plan_code, "close", **_told(run))


def reopen_run(session: Session, now: datetime, actor: str, run: RewardRun, note: str) -> RewardRun:
    """The committee opens a period again as the next revision; the old one stays as it was."""
    expect(run, APPROVED, PAID, CLOSED)
    refuse_own_pay(session, actor, run.plan_code)
    run.status = REOPENED
    last = session.scalar(
        select(func.max(RewardRun.revision)).where(RewardRun.plan_code == run.plan_code, RewardRun.period == run.period)
    )
    again = RewardRun(
        run_id=new_id(now),
        plan_id=run.plan_id,
        plan_code=run.plan_code,
        period=run.period,
        revision=(last or run.revision) + 1,
        first_day=run.first_day,
        last_day=run.last_day,
        shadow=run.shadow,
        status=MEASURING,
        priors=run.priors,
        pool=run.pool,
        opened_at=now,
    )
    session.add(again)
    record(session, now, actor, run.plan_code, "reopen", **_told(again), note=note[:400])
    return again


def set_pool(session: Session, now: datetime, actor: str, run: RewardRun, pool: int | None) -> None:
    """How much there is to pay, until the amounts are calculated."""
    expect(run, *UNCALCULATED)
    refuse_own_pay(session, actor, run.plan_code)
    before, run.pool = run.pool, pool
    record(session, now, actor, run.plan_code, "pool", **_told(run), pool=pool, replaced=before)


def batch_of(session: Session, run: RewardRun) -> PayrollBatch | None:
    return session.scalars(select(PayrollBatch).where(PayrollBatch.run_id == run.run_id)).first()


def find_batch(session: Session, run: RewardRun) -> PayrollBatch:
    """The batch of a run; UnknownRun where payroll was given none."""
    batch = batch_of(session, run)
    if batch is None:
        raise UnknownRun
    return batch


def holds_of(session: Session, run: RewardRun) -> list[IntegrityHold]:
    """Every hold of a run's plan and period, the newest first."""
    place = (IntegrityHold.plan_code == run.plan_code, IntegrityHold.period == run.period)
    return list(session.scalars(select(IntegrityHold).where(*place).order_by(IntegrityHold.hold_id.desc())))


def _told(run: RewardRun) -> Mapping[str, str | int | bool]:
    return {"period": run.period, "revision": run.revision, "shadow": run.shadow}
