"""Calculating a run: scores of the units, then the amounts of its people, written piece by piece.

A calculation holds no writer for long, so answers keep arriving meanwhile. One that is interrupted leaves the run
locked, and begins again from the same frozen data; nothing of it is shown before it is whole.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from itertools import groupby, islice
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cem.errors import CemError
from cem.rewards.calculation import (
    PAID,
    PaidPeriod,
    Part,
    PersonInput,
    UnitTrace,
    amount_of,
    score_unit,
    short_factor,
    trace_amount,
)
from cem.rewards.digests import digest_of
from cem.rewards.history import record
from cem.rewards.holds import EXCLUDED, RELEASED, measures_held, open_holds
from cem.rewards.inputs import Decided, UnitInputs
from cem.rewards.models import KpiSnapshot, Participant, PayrollBatch, RewardAmount, RewardPlan, RewardRun, UnitResult
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import read_terms
from cem.rewards.runs import Held, find_run, measure_run, units_of
from cem.rewards.separation import refuse_own_pay
from cem.rewards.snapshots import Snapshot
from cem.rewards.statuses import CALCULATED, LOCKED, MEASURING, UNCALCULATED, expect
from cem.rewards.terms import Terms
from metrics.payouts.amounts import Shared, share_pool
from surveys.database import Database
from surveys.languages import N_

BATCH = 2000


class Nobody(CemError):
    title = N_("Nobody takes part in this period")
    advice = N_("Import the participants of the period first.")


@dataclass(frozen=True)
class Progress:
    """How far a calculation has come: people done, of all; `digest` and `total` at the end."""

    done: int
    people: int
    digest: str | None = None
    total: int | None = None


@dataclass(frozen=True)
class Inputs:
    """All that a calculation reads, but the people."""

    run: RewardRun
    terms: Terms
    units: tuple[UnitTrace, ...]
    days: int

    @property
    def scores(self) -> dict[str, Fraction | None]:
        return {one.unit: None if one.score is None else Fraction(one.score) for one in self.units}

    @property
    def digests(self) -> dict[str, str]:
        return {one.unit: one.digest for one in self.units}


@dataclass(frozen=True)
class Sharing:
    """What each is paid, by employee number, and how far the pool went."""

    shared: Shared
    paid: Mapping[str, int | None]
    # Of who is paid what: the calculation's own digest rests on it.
    digest: str


def calculate_run(database: Database, now: datetime, actor: str, run_id: uuid.UUID) -> Iterator[Progress]:
    """Calculate a locked run, and say after each piece how far it is; the last report has the digest and the total."""
    with database.write() as session:
        run = find_run(session, run_id)
        expect(run, LOCKED)
        refuse_own_pay(session, actor, run.plan_code)
        _refuse_open_holds(session, run)
        session.execute(delete(UnitResult).where(UnitResult.run_id == run_id))
        session.execute(delete(RewardAmount).where(RewardAmount.run_id == run_id))
    with database.read() as reader:
        inputs = read_inputs(reader, find_run(reader, run_id))
        sharing = share_run(reader, inputs)
        with database.write() as session:
            session.execute(insert(UnitResult), [_unit_row(run_id, one) for one in inputs.units])
        yield from _write_people(database, reader, inputs, sharing)
    digest = run_digest(inputs, sharing)
    with database.write() as session:
        run = find_run(session, run_id, update=True)
        expect(run, LOCKED)
        # One that was raised meanwhile: what was calculated did not know of it.
        _refuse_open_holds(session, run)
        run.status, run.calculated_at, run.digest = CALCULATED, now, digest
        run.factor, run.total = Fraction(short_factor(sharing.shared.factor)), sum(sharing.shared.paid)
        told = {"period": run.period, "revision": run.revision, "shadow": run.shadow}
        record(session, now, actor, run.plan_code, "calculate", **told, digest=digest, total=run.total)
        total = run.total
    yield Progress(len(sharing.paid), len(sharing.paid), digest, total)


def _refuse_open_holds(session: Session, run: RewardRun) -> None:
    if open_holds(session, run):
        raise Held


def read_inputs(session: Session, run: RewardRun) -> Inputs:
    """What a run is calculated from, with the scores of its units."""
    return _inputs(session, run, frozen_snapshots(session, run))


def preview_run(session: Session, run: RewardRun, now: datetime, zone: ZoneInfo) -> tuple[Inputs, Sharing]:
    """What a run would pay if it were locked now, or were calculated from what is frozen; nothing is stored."""
    measured = measure_run(session, run, now, zone) if run.status == MEASURING else frozen_snapshots(session, run)
    inputs = _inputs(session, run, measured)
    return inputs, share_run(session, inputs)


def _inputs(session: Session, run: RewardRun, snapshots: Iterable[Snapshot]) -> Inputs:
    units = sorted(units_of(session, run.plan_code, run.period))
    if not units:
        raise Nobody
    terms = read_terms(session.get_one(RewardPlan, run.plan_id))
    scored = score_units(session, run, terms, units, snapshots)
    return Inputs(run, terms, scored, RewardPeriod.parse(run.period).days)


def frozen_snapshots(session: Session, run: RewardRun) -> list[Snapshot]:
    """What was frozen when the run was locked."""
    documents = session.scalars(select(KpiSnapshot.document).where(KpiSnapshot.run_id == run.run_id))
    return [msgspec.convert(document, Snapshot) for document in documents]


def score_units(
    session: Session, run: RewardRun, terms: Terms, units: Iterable[str], snapshots: Iterable[Snapshot]
) -> tuple[UnitTrace, ...]:
    """The scores of these units from snapshots and from what people decided."""
    decided = Decided(
        carried_pays(session, run),
        measures_held(session, run, EXCLUDED),
        measures_held(session, run, None),
        measures_held(session, run, RELEASED),
    )
    inputs = UnitInputs(terms, snapshots, decided)
    return tuple(score_unit(terms, inputs.of(unit)) for unit in units)


def carried_pays(session: Session, run: RewardRun) -> dict[str, dict[str, Fraction]]:
    """By unit, what each measure paid in the period before: the newest revision that payroll has paid.

    Of a run that is calculated, as it was paid by then: a revision that came later would change what was decided.
    """
    paid = (
        select(RewardRun.run_id)
        .join(PayrollBatch, PayrollBatch.run_id == RewardRun.run_id)
        .where(
            RewardRun.plan_code == run.plan_code,
            RewardRun.period == RewardPeriod.parse(run.period).plus(-1).code,
            PayrollBatch.acknowledged_at.is_not(None),
        )
        .order_by(RewardRun.revision.desc())
        .limit(1)
    )
    if run.status not in UNCALCULATED:
        paid = paid.where(PayrollBatch.acknowledged_at <= run.calculated_at)
    results = session.scalars(
        select(UnitResult).where(UnitResult.run_id == paid.scalar_subquery(), UnitResult.outcome == PAID)
    )
    return {
        row.unit: {
            line["measure"]: Fraction(line["pay"])
            for line in row.trace["lines"]
            if "pay" in line and line["used"] in {"own", "parent"}
        }
        for row in results
    }


def people_of(session: Session, run: RewardRun) -> Iterator[PersonInput]:
    """Who takes part, in the order of employee numbers; read as they are needed."""
    rows = session.execute(
        select(
            Participant.employee_no,
            Participant.unit,
            Participant.target_amount,
            Participant.eligible_days,
            Participant.share,
        )
        .where(Participant.plan_code == run.plan_code, Participant.period == run.period)
        .order_by(Participant.employee_no, Participant.unit)
        .execution_options(yield_per=BATCH)
    )
    for employee_no, parts in groupby(rows, attrgetter("employee_no")):
        yield PersonInput(
            employee_no,
            tuple(
                Part(
                    unit=part.unit,
                    target_amount=part.target_amount,
                    eligible_days=part.eligible_days,
                    share=str(part.share),
                )
                for part in parts
            ),
        )


def share_run(reader: Session, inputs: Inputs) -> Sharing:
    """Every amount of a run, rounded within its pool."""
    scores = inputs.scores
    found = {person.employee_no: amount_of(person, scores, inputs.days) for person in people_of(reader, inputs.run)}
    # Sorted here: databases differ in how they order texts, and a pool's last units go by this order.
    exact = dict(sorted(found.items()))
    pool = None if inputs.run.pool is None else Fraction(inputs.run.pool)
    known = [amount for amount in exact.values() if amount is not None]
    shared = share_pool(known, inputs.terms.rounding_unit, pool, inputs.terms.rounding)
    rounded = iter(shared.paid)
    paid = {name: None if amount is None else next(rounded) for name, amount in exact.items()}
    whole = sha256()
    for employee_no, amount in paid.items():
        whole.update(f"{employee_no} {amount}\n".encode())
    return Sharing(shared, paid, whole.hexdigest())


def _write_people(database: Database, reader: Session, inputs: Inputs, sharing: Sharing) -> Iterator[Progress]:
    period = PaidPeriod(inputs.terms, inputs.days, short_factor(sharing.shared.factor), inputs.digests)
    scores, done = inputs.scores, 0
    everybody = people_of(reader, inputs.run)
    while batch := list(islice(everybody, BATCH)):
        traces = [trace_amount(person, scores, period, sharing.paid[person.employee_no]) for person in batch]
        rows = [
            {
                "run_id": inputs.run.run_id,
                "employee_no": trace.employee_no,
                "exact": trace.exact,
                "paid": trace.paid,
                "trace": msgspec.to_builtins(trace),
                "digest": trace.digest,
            }
            for trace in traces
        ]
        with database.write() as session:
            session.execute(insert(RewardAmount), rows)
        done += len(rows)
        yield Progress(done, len(sharing.paid))


def _unit_row(run_id: uuid.UUID, trace: UnitTrace) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "unit": trace.unit,
        "score": None if trace.score is None else Fraction(trace.score),
        "outcome": trace.outcome,
        "trace": msgspec.to_builtins(trace),
        "digest": trace.digest,
    }


def run_digest(inputs: Inputs, sharing: Sharing) -> str:
    """The digest of a whole calculation: its terms, the scores of its units, the pool and every amount in order."""
    units = [one.digest for one in inputs.units]
    return digest_of([digest_of(inputs.terms), units, str(inputs.run.pool), sharing.digest])


def recalculated_digest(session: Session, run: RewardRun) -> str:
    """What the digest of a run is when it is calculated again from its frozen data."""
    inputs = read_inputs(session, run)
    return run_digest(inputs, share_run(session, inputs))
