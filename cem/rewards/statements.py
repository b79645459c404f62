"""Statements: what somebody is paid for a period and why, as it was frozen; each look at one leaves a row."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.errors import NotFound
from cem.people.models import Account, Employee
from cem.rewards.appeals import ISSUED, appeal_until, appeals_of, issued_at
from cem.rewards.calculation import AmountTrace, Part, UnitTrace
from cem.rewards.models import (
    Adjustment,
    Appeal,
    Participant,
    PayrollBatch,
    PayrollRow,
    RewardAmount,
    RewardPlan,
    RewardRun,
    StatementView,
    UnitResult,
)
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import read_terms
from cem.rewards.statuses import MEASURING
from cem.rewards.terms import Terms
from surveys.database import new_id
from surveys.languages import N_


class UnknownStatement(NotFound):
    title = N_("There is no such statement")
    advice = N_("Open the list of your statements and choose again.")


@dataclass(frozen=True)
class WorkedPart:
    """What somebody worked in a unit, with how that unit came to its score."""

    part: Part
    unit: UnitTrace

    def weight_in(self, whole: Fraction) -> Fraction:
        """Its part of all that the person could get."""
        return self.reachable / whole if whole else Fraction(0)

    @property
    def reachable(self) -> Fraction:
        return self.part.target_amount * Fraction(self.part.share) * self.part.eligible_days


@dataclass(frozen=True)
class Result:
    """What a run found for a person: an amount with every step to it."""

    run: RewardRun
    terms: Terms
    amount: RewardAmount
    trace: AmountTrace
    parts: tuple[WorkedPart, ...]

    @property
    def period(self) -> RewardPeriod:
        return RewardPeriod.parse(self.run.period)

    @property
    def score(self) -> Fraction | None:
        """The share of the target amount, over all units that the person worked in."""
        scores = [worked.part.score for worked in self.parts]
        if any(score is None for score in scores):
            return None
        return sum(
            (worked.weight_in(self.reachable) * Fraction(worked.part.score or 0) for worked in self.parts),
            Fraction(0),
        )

    @property
    def reachable(self) -> Fraction:
        return sum((worked.reachable for worked in self.parts), Fraction(0))

    @property
    def outcomes(self) -> frozenset[str]:
        return frozenset(worked.unit.outcome for worked in self.parts)

    def points(self) -> dict[str, Fraction]:
        """By measure, its part of the score before gates and limits; over all units, by what was worked there."""
        found = dict.fromkeys(self.terms.measure, Fraction(0))
        for worked in self.parts:
            for line in worked.unit.lines:
                found[line.measure] += worked.weight_in(self.reachable) * Fraction(line.points or 0)
        return found


@dataclass(frozen=True)
class Look:
    """Who looked at a statement, and when."""

    viewer: str
    full_name: str
    viewed_at: datetime


@dataclass(frozen=True)
class Adjusted:
    """An adjustment about this period, or one that was paid with it; `paid_with` is the period that paid it."""

    adjustment: Adjustment
    period: RewardPeriod
    paid_with: RewardPeriod | None


@dataclass(frozen=True)
class Statement:
    """A result as its person reads it, with what came of it."""

    employee: Employee
    plan: RewardPlan
    result: Result
    before: Result | None
    issued_at: datetime
    appeal_until: datetime
    appeals: tuple[Appeal, ...]
    adjustments: tuple[Adjusted, ...]
    looks: tuple[Look, ...]

    def may_appeal(self, now: datetime) -> bool:
        """Whether the time for an appeal runs, and none is being looked at."""
        return now <= self.appeal_until and all(appeal.decided_at is not None for appeal in self.appeals)


def employee_of(session: Session, account: str) -> Employee | None:
    """Who signs in by this name, as somebody who is paid."""
    return session.scalars(select(Employee).where(Employee.account == account)).first()


def results_of(session: Session, employee_no: str) -> list[Result]:
    """All that there are statements of, the newest first; a shadow period pays nobody and has none."""
    rows = session.execute(
        select(RewardRun, RewardAmount)
        .join(RewardAmount, RewardAmount.run_id == RewardRun.run_id)
        .where(RewardAmount.employee_no == employee_no, RewardRun.status.in_(ISSUED), ~RewardRun.shadow)
        .order_by(RewardRun.first_day.desc(), RewardRun.revision.desc(), RewardRun.plan_code)
    )
    return [_result(session, run, amount) for run, amount in rows]


def running_for(session: Session, employee_no: str) -> list[RewardRun]:
    """Periods that somebody takes part in and that have no statements yet."""
    statement = (
        select(RewardRun)
        .join(
            Participant,
            (Participant.plan_code == RewardRun.plan_code) & (Participant.period == RewardRun.period),
        )
        .where(
            Participant.employee_no == employee_no,
            RewardRun.status.in_({MEASURING, "locked", "calculated", "reviewed"}),
            ~RewardRun.shadow,
        )
        .order_by(RewardRun.first_day.desc())
    )
    return list(session.scalars(statement).unique())


def read_statement(session: Session, run_id: uuid.UUID, employee_no: str) -> Statement:
    """The statement of a person; UnknownStatement where there is none, or none yet."""
    run, amount = session.get(RewardRun, run_id), session.get(RewardAmount, (run_id, employee_no))
    if run is None or amount is None or run.shadow:
        raise UnknownStatement
    issued, until = issued_at(session, run), appeal_until(session, run)
    if issued is None or until is None:
        raise UnknownStatement
    return Statement(
        employee=session.get_one(Employee, employee_no),
        plan=session.get_one(RewardPlan, run.plan_id),
        result=_result(session, run, amount),
        before=_before(session, run, employee_no),
        issued_at=issued,
        appeal_until=until,
        appeals=tuple(appeals_of(session, run_id, employee_no)),
        adjustments=tuple(_adjusted(session, run, employee_no)),
        looks=tuple(_looks(session, run_id, employee_no)),
    )


def read_result(session: Session, run_id: uuid.UUID, employee_no: str) -> Result:
    """What a run found for a person, whatever has become of the run; UnknownStatement where it found nothing."""
    run, amount = session.get(RewardRun, run_id), session.get(RewardAmount, (run_id, employee_no))
    if run is None or amount is None:
        raise UnknownStatement
    return _result(session, run, amount)


def record_view(session: Session, now: datetime, viewer: str, run_id: uuid.UUID, employee_no: str) -> None:
    """Somebody looks at a statement."""
    session.add(
        StatementView(view_id=new_id(now), run_id=run_id, employee_no=employee_no, viewer=viewer, viewed_at=now)
    )


def _result(session: Session, run: RewardRun, amount: RewardAmount) -> Result:
    trace = msgspec.convert(amount.trace, AmountTrace)
    terms = read_terms(session.get_one(RewardPlan, run.plan_id))
    parts = []
    for part in trace.parts:
        unit = session.get_one(UnitResult, (run.run_id, part.unit))
        parts.append(WorkedPart(part, msgspec.convert(unit.trace, UnitTrace)))
    return Result(run, terms, amount, trace, tuple(parts))


def _before(session: Session, run: RewardRun, employee_no: str) -> Result | None:
    """The person's newest statement of an earlier period of the same plan."""
    row = session.execute(
        select(RewardRun, RewardAmount)
        .join(RewardAmount, RewardAmount.run_id == RewardRun.run_id)
        .where(
            RewardAmount.employee_no == employee_no,
            RewardRun.plan_code == run.plan_code,
            RewardRun.first_day < run.first_day,
            RewardRun.status.in_(ISSUED),
            ~RewardRun.shadow,
        )
        .order_by(RewardRun.first_day.desc(), RewardRun.revision.desc())
        .limit(1)
    ).first()
    return _result(session, *row) if row else None


def _adjusted(session: Session, run: RewardRun, employee_no: str) -> Iterator[Adjusted]:
    paid = (
        select(PayrollRow.source, RewardRun.period, RewardRun.run_id)
        .join(PayrollBatch, PayrollBatch.batch_id == PayrollRow.batch_id)
        .join(RewardRun, RewardRun.run_id == PayrollBatch.run_id)
        .where(PayrollRow.employee_no == employee_no, PayrollRow.component == "adjustment")
    )
    given = {source: (period, run_id) for source, period, run_id in session.execute(paid)}
    mine = select(Adjustment).where(Adjustment.plan_code == run.plan_code, Adjustment.employee_no == employee_no)
    for one in session.scalars(mine.order_by(Adjustment.adjustment_id)):
        period, run_id = given.get(one.adjustment_id, (None, None))
        if one.period == run.period or run_id == run.run_id:
            paid_with = RewardPeriod.parse(period) if period else None
            yield Adjusted(one, RewardPeriod.parse(one.period), paid_with)


def _looks(session: Session, run_id: uuid.UUID, employee_no: str) -> list[Look]:
    """The latest looks of others, the newest first; the person's own are not news."""
    rows = session.execute(
        select(StatementView.viewer, Account.full_name, StatementView.viewed_at)
        .outerjoin(Account, Account.name == StatementView.viewer)
        .outerjoin(Employee, Employee.account == StatementView.viewer)
        .where(
            StatementView.run_id == run_id,
            StatementView.employee_no == employee_no,
            (Employee.employee_no.is_(None)) | (Employee.employee_no != employee_no),
        )
        .order_by(StatementView.viewed_at.desc())
        .limit(20)
    )
    return [Look(viewer, name or viewer, at) for viewer, name, at in rows]
