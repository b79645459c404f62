"""Payroll: what is to be paid, given once, and acknowledged when it was.

The rows of a batch are fixed when it is made, so asking again gives the same bytes; a reward, an adjustment and a
reversal can each stand in one batch only, which the database itself holds.
"""

import csv
import io
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cem.errors import CemError
from cem.people.models import Employee
from cem.rewards.adjustments import due_adjustments
from cem.rewards.history import record
from cem.rewards.models import PayrollBatch, PayrollRow, RewardAmount, RewardPlan, RewardRun
from cem.rewards.plans import read_terms
from cem.rewards.runs import batch_of
from cem.rewards.separation import refuse_own_pay
from cem.rewards.statuses import APPROVED, PAID, WrongStep
from surveys.database import new_id
from surveys.languages import N_

REWARD, ADJUSTMENT, REVERSAL = "reward", "adjustment", "reversal"
COLUMNS = (
    "period", "employee_no", "plan", "component", "amount", "currency", "cost_centre", "batch", "batch_digest",
)  # fmt: skip
PIECE = 2000


class WrongTotals(CemError):
    title = N_("The acknowledgement does not fit")
    advice = N_("Payroll names another batch, number of rows or total than was exported. Nothing was changed.")


class ShadowRun(WrongStep):
    title = N_("A shadow period pays nobody")
    advice = N_("It shows what would have been paid. Close it when everybody has seen it.")


def export_run(session: Session, now: datetime, actor: str, run: RewardRun) -> PayrollBatch:
    """The batch of an approved run; the one that was made before, where there is one."""
    if made := batch_of(session, run):
        return made
    if run.shadow:
        raise ShadowRun
    if run.status != APPROVED:
        raise WrongStep
    refuse_own_pay(session, actor, run.plan_code)
    batch_id = new_id(now)
    rows = sorted(_rows(session, run), key=_order)
    batch = PayrollBatch(
        batch_id=batch_id,
        run_id=run.run_id,
        made_at=now,
        made_by=actor,
        rows=len(rows),
        total=sum(row["amount"] for row in rows),
        digest=_digest(rows),
    )
    session.add(batch)
    session.flush()
    for start in range(0, len(rows), PIECE):
        session.execute(insert(PayrollRow), [{"batch_id": batch_id, **row} for row in rows[start : start + PIECE]])
    told = {"period": run.period, "revision": run.revision, "rows": batch.rows, "total": batch.total}
    record(session, now, actor, run.plan_code, "export", batch=str(batch_id), digest=batch.digest, **told)
    return batch


def _rows(session: Session, run: RewardRun) -> Iterator[dict[str, Any]]:
    """Rewards of this run, what earlier revisions paid taken back, and adjustments that are due."""
    centres = dict(session.execute(select(Employee.employee_no, Employee.cost_centre)).all())
    amounts = select(RewardAmount.employee_no, RewardAmount.paid).where(
        RewardAmount.run_id == run.run_id, RewardAmount.paid > 0
    )
    for employee_no, paid in session.execute(amounts):
        yield _row(employee_no, REWARD, run.run_id, paid or 0, centres)
    earlier = (
        select(PayrollRow.employee_no, PayrollRow.amount, PayrollRow.source)
        .join(PayrollBatch, PayrollBatch.batch_id == PayrollRow.batch_id)
        .join(RewardRun, RewardRun.run_id == PayrollBatch.run_id)
        .where(
            RewardRun.plan_code == run.plan_code,
            RewardRun.period == run.period,
            RewardRun.revision == _last_exported(session, run),
            PayrollRow.component == REWARD,
        )
    )
    for employee_no, amount, source in session.execute(earlier):
        yield _row(employee_no, REVERSAL, source, -amount, centres)
    for adjustment in due_adjustments(session, run.plan_code):
        yield _row(adjustment.employee_no, ADJUSTMENT, adjustment.adjustment_id, adjustment.amount, centres)


def _last_exported(session: Session, run: RewardRun) -> int:
    """The revision before this one that payroll was given; 0 where there is none."""
    statement = (
        select(RewardRun.revision)
        .join(PayrollBatch, PayrollBatch.run_id == RewardRun.run_id)
        .where(RewardRun.plan_code == run.plan_code, RewardRun.period == run.period, RewardRun.revision < run.revision)
        .order_by(RewardRun.revision.desc())
        .limit(1)
    )
    return session.scalar(statement) or 0


def _row(employee_no: str, component: str, source: uuid.UUID, amount: int, centres: dict[str, str]) -> dict[str, Any]:
    return {
        "employee_no": employee_no,
        "component": component,
        "source": source,
        "amount": amount,
        "cost_centre": centres.get(employee_no, ""),
    }


def _order(row: dict[str, Any]) -> tuple[int, str, str]:
    """Sorted here and not by the database, because databases differ in how they order texts."""
    return (REWARD, REVERSAL, ADJUSTMENT).index(row["component"]), row["employee_no"], str(row["source"])


def _digest(rows: list[dict[str, Any]]) -> str:
    whole = sha256()
    for row in rows:
        whole.update(f"{row['employee_no']} {row['component']} {row['source']} {row['amount']}\n".encode())
    return whole.hexdigest()


def batch_digest(session: Session, batch: PayrollBatch) -> str:
    """What the digest of a batch must be, from its rows as they stand, in the order in which they were made."""
    rows = [
        {"employee_no": row.employee_no, "component": row.component, "source": row.source, "amount": row.amount}
        for row in session.scalars(select(PayrollRow).where(PayrollRow.batch_id == batch.batch_id))
    ]
    return _digest(sorted(rows, key=_order))


def payroll_rows(session: Session, batch: PayrollBatch) -> Iterator[dict[str, Any]]:
    """The rows of a batch as payroll reads them, by employee."""
    run = session.get_one(RewardRun, batch.run_id)
    currency = read_terms(session.get_one(RewardPlan, run.plan_id)).currency
    rows = (
        select(PayrollRow)
        .where(PayrollRow.batch_id == batch.batch_id)
        .order_by(PayrollRow.employee_no, PayrollRow.component, PayrollRow.source)
        .execution_options(yield_per=PIECE)
    )
    for row in session.scalars(rows):
        yield {
            "period": run.period,
            "employee_no": row.employee_no,
            "plan": run.plan_code,
            "component": row.component,
            "amount": row.amount,
            "currency": currency,
            "cost_centre": row.cost_centre,
            "batch": str(batch.batch_id),
            "batch_digest": batch.digest,
        }


def payroll_csv(session: Session, batch: PayrollBatch) -> Iterator[str]:
    """The batch as CSV, line by line."""
    yield ",".join(COLUMNS) + "\r\n"
    for row in payroll_rows(session, batch):
        line = io.StringIO()
        csv.writer(line).writerow([_plain(row[name]) for name in COLUMNS])
        yield line.getvalue()


def _plain(value: object) -> object:
    """A text that a spreadsheet would take for a formula is given as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value


def payroll_json(session: Session, batch: PayrollBatch) -> bytes:
    """The batch with its control sheet and rows, as JSON."""
    return msgspec.json.encode({"control": control_sheet(session, batch), "rows": list(payroll_rows(session, batch))})


def control_sheet(session: Session, batch: PayrollBatch) -> dict[str, Any]:
    """What payroll compares before it pays: rows and totals, by component and by cost centre."""
    by_component: Counter[str] = Counter()
    by_centre: Counter[str] = Counter()
    rows = select(PayrollRow.component, PayrollRow.cost_centre, PayrollRow.amount)
    for component, centre, amount in session.execute(rows.where(PayrollRow.batch_id == batch.batch_id)):
        by_component[component] += amount
        by_centre[centre] += amount
    return {
        "batch": str(batch.batch_id),
        "digest": batch.digest,
        "rows": batch.rows,
        "total": batch.total,
        "by_component": dict(sorted(by_component.items())),
        "by_cost_centre": dict(sorted(by_centre.items())),
    }


def acknowledge_batch(
    session: Session, now: datetime, actor: str, batch: PayrollBatch, *, digest: str, rows: int, total: int
) -> None:
    """Payroll has paid: the run is paid. Saying it again changes nothing; other figures than ours are refused."""
    if (digest, rows, total) != (batch.digest, batch.rows, batch.total):
        raise WrongTotals
    if batch.acknowledged_at is not None:
        return
    run = session.get_one(RewardRun, batch.run_id, with_for_update=True)
    if run.status != APPROVED:
        raise WrongStep
    refuse_own_pay(session, actor, run.plan_code)
    batch.acknowledged_at, batch.acknowledged_by = now, actor
    run.status = PAID
    told = {"period": run.period, "revision": run.revision, "total": batch.total}
    record(session, now, actor, run.plan_code, "pay", batch=str(batch.batch_id), **told)
