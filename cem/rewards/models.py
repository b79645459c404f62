"""What a reward is made of: plans, who takes part, frozen data, results, decisions, and what payroll was given.

Snapshots, results, statements and events are only ever added. Amounts are whole units of the plan's currency, or exact
fractions written as text: no database keeps a fraction, and a rounded one could not be calculated again.
"""

import uuid
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import BigInteger, Dialect, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from surveys.database import Base
from surveys.models.company import Code

Actor = String(128)
Digest = String(64)
EmployeeNo = String(32)
PeriodCode = String(16)
Status = String(16)


class ExactFraction(TypeDecorator[Fraction]):
    """A fraction as text, such as 260/7."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:  # noqa: ARG002
        return None if value is None else Fraction(value)


class RewardPlan(Base):
    """One version of a plan; its terms are a document that never changes once it is agreed."""

    __tablename__ = "reward_plan"
    __table_args__ = (UniqueConstraint("code", "version"),)

    plan_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code)
    version: Mapped[int]
    terms: Mapped[dict[str, Any]]
    # draft, agreed or retired
    status: Mapped[str] = mapped_column(Status)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Actor)


class PlanSignature(Base):
    """Who has signed a plan, and as what: `hr`, `business` or `participant`."""

    __tablename__ = "plan_signature"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reward_plan.plan_id"), primary_key=True)
    account: Mapped[str] = mapped_column(Actor, primary_key=True)
    capacity: Mapped[str] = mapped_column(Status)
    signed_at: Mapped[datetime]


class Participant(Base):
    """Somebody's part in a plan for a period: a row for each unit that they worked in.

    `share` is which part of the person belongs to the unit (1 is all); `target_amount` is what the whole period pays at
    100%, in whole units of the currency.
    """

    __tablename__ = "participant"

    plan_code: Mapped[str] = mapped_column(Code, primary_key=True)
    period: Mapped[str] = mapped_column(PeriodCode, primary_key=True)
    employee_no: Mapped[str] = mapped_column(EmployeeNo, ForeignKey("employee.employee_no"), primary_key=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("unit.code"), primary_key=True)
    target_amount: Mapped[int] = mapped_column(BigInteger)
    eligible_days: Mapped[int]
    share: Mapped[Fraction] = mapped_column(ExactFraction)


class RewardRun(Base):
    """A plan in a period: measuring, locked, calculated, reviewed, approved, paid, closed; or reopened by the next one.

    `priors` is what units are drawn towards, fixed before the period's answers count. A shadow run pays nobody.
    """

    __tablename__ = "reward_run"
    __table_args__ = (UniqueConstraint("plan_code", "period", "revision"),)

    run_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reward_plan.plan_id"))
    plan_code: Mapped[str] = mapped_column(Code)
    period: Mapped[str] = mapped_column(PeriodCode)
    revision: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    shadow: Mapped[bool]
    status: Mapped[str] = mapped_column(Status)
    priors: Mapped[dict[str, Any]]
    pool: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime]
    # Until when data counts: what comes later belongs to the next period.
    locked_at: Mapped[datetime | None]
    calculated_at: Mapped[datetime | None]
    # Of everything that the calculation read and found, so that doing it again can be compared.
    digest: Mapped[str | None] = mapped_column(Digest)
    factor: Mapped[Fraction | None] = mapped_column(ExactFraction)
    total: Mapped[int | None] = mapped_column(BigInteger)


class KpiSnapshot(Base):
    """What a measure stood at in a unit when the run was locked: counts, value, interval, and where they came from."""

    __tablename__ = "kpi_snapshot"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reward_run.run_id"), primary_key=True)
    measure: Mapped[str] = mapped_column(Code, primary_key=True)
    unit: Mapped[str] = mapped_column(Code, primary_key=True)
    document: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(Digest)


class UnitResult(Base):
    """The score of a unit with every step to it; no score where it cannot be measured, or is held back."""

    __tablename__ = "unit_result"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reward_run.run_id"), primary_key=True)
    unit: Mapped[str] = mapped_column(Code, primary_key=True)
    score: Mapped[Fraction | None] = mapped_column(ExactFraction)
    outcome: Mapped[str] = mapped_column(Status)
    trace: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(Digest)


class RewardAmount(Base):
    """What a person gets from a run; `exact` is before the pool and rounding. A statement shows nothing else."""

    __tablename__ = "reward_amount"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reward_run.run_id"), primary_key=True)
    employee_no: Mapped[str] = mapped_column(EmployeeNo, ForeignKey("employee.employee_no"), primary_key=True)
    exact: Mapped[Fraction | None] = mapped_column(ExactFraction)
    paid: Mapped[int | None] = mapped_column(BigInteger)
    trace: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(Digest)


class RunApproval(Base):
    """A step of approval and who took it; two steps are two people."""

    __tablename__ = "run_approval"
    __table_args__ = (UniqueConstraint("run_id", "account"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reward_run.run_id"), primary_key=True)
    step: Mapped[str] = mapped_column(Status, primary_key=True)
    account: Mapped[str] = mapped_column(Actor)
    approved_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(400))


class IntegrityHold(Base):
    """A signal that a measure was moved by something other than customers: it waits for a person.

    `decision` is None while it is open; then `released` (the measure counts) or `excluded` (as if it had no data).
    """

    __tablename__ = "integrity_hold"
    __table_args__ = (Index("ix_integrity_hold_place", "plan_code", "period", "unit"),)

    hold_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    plan_code: Mapped[str] = mapped_column(Code)
    period: Mapped[str] = mapped_column(PeriodCode)
    unit: Mapped[str] = mapped_column(Code)
    # '' is every measure of the unit.
    measure: Mapped[str] = mapped_column(Code)
    signal: Mapped[str] = mapped_column(String(32))
    evidence: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    found_by: Mapped[str] = mapped_column(Actor)
    decision: Mapped[str | None] = mapped_column(Status)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Actor)
    reason: Mapped[str | None] = mapped_column(String(400))


class Appeal(Base):
    """An employee does not agree with a statement; decided by somebody who did not approve it."""

    __tablename__ = "appeal"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "employee_no"], ["reward_amount.run_id", "reward_amount.employee_no"]),
        Index("ix_appeal_run", "run_id", "employee_no"),
    )

    appeal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    run_id: Mapped[uuid.UUID]
    employee_no: Mapped[str] = mapped_column(EmployeeNo)
    ground: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(String(2000))
    submitted_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(Actor)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Actor)
    upheld: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(String(2000))


class Adjustment(Base):
    """An amount beside the calculation, paid in the next run once two people have approved it."""

    __tablename__ = "adjustment"

    adjustment_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    plan_code: Mapped[str] = mapped_column(Code)
    employee_no: Mapped[str] = mapped_column(EmployeeNo, ForeignKey("employee.employee_no"))
    # The period that it puts right, and the appeal that it follows from.
    period: Mapped[str] = mapped_column(PeriodCode)
    appeal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("appeal.appeal_id"))
    reason: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(String(400))
    amount: Mapped[int] = mapped_column(BigInteger)
    requested_by: Mapped[str] = mapped_column(Actor)
    requested_at: Mapped[datetime]
    first_approver: Mapped[str | None] = mapped_column(Actor)
    second_approver: Mapped[str | None] = mapped_column(Actor)
    refused_by: Mapped[str | None] = mapped_column(Actor)


class PayrollBatch(Base):
    """What payroll was given for a run, once; its digest is over the rows. Acknowledged is paid."""

    __tablename__ = "payroll_batch"

    batch_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reward_run.run_id"), unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(Actor)
    rows: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(Digest)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(Actor)


class PayrollRow(Base):
    """One amount for payroll: a reward, an adjustment, or a reversal of what an earlier revision paid.

    `source` is what it comes from, so that nothing is ever paid twice: a run, an adjustment.
    """

    __tablename__ = "payroll_row"
    __table_args__ = (UniqueConstraint("component", "source", "employee_no"),)

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payroll_batch.batch_id"), primary_key=True)
    employee_no: Mapped[str] = mapped_column(EmployeeNo, ForeignKey("employee.employee_no"), primary_key=True)
    component: Mapped[str] = mapped_column(String(16), primary_key=True)
    source: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    cost_centre: Mapped[str] = mapped_column(String(32))


class RewardEvent(Base):
    """The history of a plan as a chain: each row carries the digest of the one before it."""

    __tablename__ = "reward_event"

    plan_code: Mapped[str] = mapped_column(Code, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Actor)
    action: Mapped[str] = mapped_column(String(32))
    document: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(Digest)
    digest: Mapped[str] = mapped_column(Digest)


class StatementView(Base):
    """Who looked at whose statement, and when."""

    __tablename__ = "statement_view"

    view_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reward_run.run_id"))
    employee_no: Mapped[str] = mapped_column(EmployeeNo)
    viewer: Mapped[str] = mapped_column(Actor)
    viewed_at: Mapped[datetime]
