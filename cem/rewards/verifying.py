"""Verifying: is everything that was frozen, calculated and paid still what it was?"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.rewards.calculating import frozen_snapshots, recalculated_digest, score_units
from cem.rewards.calculation import AmountTrace, UnitTrace
from cem.rewards.history import broken_links
from cem.rewards.models import (
    KpiSnapshot,
    PayrollBatch,
    RewardAmount,
    RewardEvent,
    RewardPlan,
    RewardRun,
    UnitResult,
)
from cem.rewards.payroll import batch_digest
from cem.rewards.plans import read_terms
from cem.rewards.retention import is_forgotten
from cem.rewards.snapshots import Snapshot

PIECE = 2000


@dataclass(frozen=True)
class Difference:
    """What does not fit: `kind` is history, snapshot, score, amount, calculation or payroll."""

    kind: str
    subject: str


def verify(session: Session) -> Iterator[Difference]:
    """Everything that does not fit any more; nothing is the only right answer."""
    for code in session.scalars(select(RewardEvent.plan_code).distinct().order_by(RewardEvent.plan_code)):
        for number in broken_links(session, code):
            yield Difference("history", f"{code} {number}")
    for run in session.scalars(select(RewardRun).order_by(RewardRun.run_id)):
        yield from _run(session, run)


def _run(session: Session, run: RewardRun) -> Iterator[Difference]:
    name = f"{run.plan_code} {run.period} {run.revision}"
    for row in session.scalars(select(KpiSnapshot).where(KpiSnapshot.run_id == run.run_id)):
        if msgspec.convert(row.document, Snapshot).digest != row.digest:
            yield Difference("snapshot", f"{name} {row.measure} {row.unit}")
    for result in session.scalars(select(UnitResult).where(UnitResult.run_id == run.run_id)):
        if msgspec.convert(result.trace, UnitTrace).digest != result.digest:
            yield Difference("score", f"{name} {result.unit}")
    amounts = select(RewardAmount).where(RewardAmount.run_id == run.run_id).execution_options(yield_per=PIECE)
    for amount in session.scalars(amounts):
        trace = msgspec.convert(amount.trace, AmountTrace)
        if trace.digest != amount.digest or trace.paid != amount.paid:
            yield Difference("amount", f"{name} {amount.employee_no}")
    if run.digest is not None:
        yield from _calculation(session, run, name)
    batch = session.scalars(select(PayrollBatch).where(PayrollBatch.run_id == run.run_id)).first()
    if batch is not None and batch_digest(session, batch) != batch.digest:
        yield Difference("payroll", name)


def _calculation(session: Session, run: RewardRun, name: str) -> Iterator[Difference]:
    """The whole calculation once more; of a period whose people were removed, the scores of its units."""
    if not is_forgotten(session, run.plan_code, run.period):
        if recalculated_digest(session, run) != run.digest:
            yield Difference("calculation", name)
        return
    results = {
        row.unit: row.digest for row in session.scalars(select(UnitResult).where(UnitResult.run_id == run.run_id))
    }
    terms = read_terms(session.get_one(RewardPlan, run.plan_id))
    for trace in score_units(session, run, terms, sorted(results), frozen_snapshots(session, run)):
        if trace.digest != results[trace.unit]:
            yield Difference("calculation", f"{name} {trace.unit}")
