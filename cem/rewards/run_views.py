"""What the pages of a reward period show: where it stands, its units and people, and how each number came about."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.operations.figures import operational_metrics
from cem.people.models import Account, Employee
from cem.rewards.calculating import Inputs, Sharing, preview_run
from cem.rewards.calculation import AmountTrace, UnitTrace
from cem.rewards.holds_above import holds_within, units_above
from cem.rewards.integrity import ToLookAt, to_look_at
from cem.rewards.measure_names import Named, named
from cem.rewards.models import (
    IntegrityHold,
    Participant,
    PayrollBatch,
    RewardAmount,
    RewardEvent,
    RewardPlan,
    RewardRun,
    RunApproval,
    UnitResult,
)
from cem.rewards.plans import read_terms
from cem.rewards.runs import UnknownRun, batch_of, holds_of
from cem.rewards.statement_views import MeasureView, Reader
from cem.rewards.statuses import APPROVED, CALCULATED, CLOSED, LOCKED, MEASURING, PAID, REVIEWED
from cem.rewards.terms import GateTerms, Measure, Terms
from cem.scorecards.offers import Offers, read_offers
from surveys.languages import Language
from surveys.questionnaire import Text

WAY = (MEASURING, LOCKED, CALCULATED, REVIEWED, APPROVED, PAID, CLOSED)
PAGE = 100


@dataclass(frozen=True)
class UnitRow:
    """A unit in the table of a period: its score as a share of the target amount, and how many people it pays."""

    unit: str
    outcome: str
    score: Fraction | None
    people: int


@dataclass(frozen=True)
class RunHead:
    """What every page of a period says of it."""

    run: RewardRun
    version: int
    terms: Terms
    offers: Offers
    # What its measures and gates are called, by their codes.
    known: Mapping[str, Named]


def view_head(reader: Session, run: RewardRun) -> RunHead:
    """The period with its plan, and the names that surveys and metrics have now."""
    return RunHead(**_head(reader, run))


def _head(reader: Session, run: RewardRun) -> dict[str, Any]:
    plan, offers = reader.get_one(RewardPlan, run.plan_id), read_offers(reader)
    terms = read_terms(plan)
    known = names_of(reader, offers, terms)
    return {"run": run, "version": plan.version, "terms": terms, "offers": offers, "known": known}


@dataclass(frozen=True)
class RunView(RunHead):
    """Everything of a period's page. Units are provisional until they are calculated; `asked` is before the pool."""

    units: tuple[UnitRow, ...]
    people: int
    total: int
    asked: float
    factor: Fraction
    approvals: Mapping[str, RunApproval]
    holds: Sequence[IntegrityHold]
    batch: PayrollBatch | None
    events: Sequence[RewardEvent]
    provisional: bool
    names: Mapping[str, str]
    metric_names: Mapping[str, Text]
    reviews: Sequence[ToLookAt] = ()
    # By hold, the units in whose scores its answers count all the same.
    above: Mapping[uuid.UUID, Sequence[str]] = field(default_factory=dict)

    @property
    def open_holds(self) -> list[IntegrityHold]:
        return [hold for hold in self.holds if hold.decision is None]

    @property
    def widest(self) -> float:
        """The highest score, for bars that compare."""
        return max([1.0, *(float(row.score) for row in self.units if row.score is not None)])


def view_run(reader: Session, run: RewardRun, now: datetime, zone: ZoneInfo) -> RunView:
    """A period as it stands."""
    heads = _heads(reader, run)
    provisional = run.calculated_at is None or run.status == LOCKED
    if provisional:
        preview = preview_run(reader, run, now, zone) if heads else None
        traces = preview[0].units if preview else ()
        total, asked, factor = _sums(preview)
    else:
        traces = tuple(
            msgspec.convert(trace, UnitTrace)
            for trace in reader.scalars(select(UnitResult.trace).where(UnitResult.run_id == run.run_id))
        )
        total, factor = run.total or 0, run.factor or Fraction(1)
        asked = total / float(factor) if factor else 0.0
    rows = [
        UnitRow(one.unit, one.outcome, None if one.score is None else Fraction(one.score), heads.get(one.unit, 0))
        for one in traces
    ]
    approvals = reader.scalars(select(RunApproval).where(RunApproval.run_id == run.run_id))
    head, holds = _head(reader, run), holds_of(reader, run)
    return RunView(
        **head,
        units=tuple(sorted(rows, key=lambda row: row.unit)),
        people=count_people(reader, run),
        total=total,
        asked=asked,
        factor=factor,
        approvals={one.step: one for one in approvals},
        holds=holds,
        batch=batch_of(reader, run),
        events=_events(reader, run),
        provisional=provisional,
        metric_names={metric.code: metric.names for metric in operational_metrics(reader)},
        names=dict(reader.execute(select(Account.name, Account.full_name)).all()),
        reviews=to_look_at(reader, run),
        above={hold.hold_id: units_above(head["offers"], hold, traces) for hold in holds},
    )


def _sums(preview: tuple[Inputs, Sharing] | None) -> tuple[int, float, Fraction]:
    if preview is None:
        return 0, 0.0, Fraction(1)
    shared = preview[1].shared
    return sum(shared.paid), float(shared.total), shared.factor


def _heads(reader: Session, run: RewardRun) -> dict[str, int]:
    """How many people each unit has."""
    statement = (
        select(Participant.unit, func.count())
        .where(Participant.plan_code == run.plan_code, Participant.period == run.period)
        .group_by(Participant.unit)
    )
    return {unit: int(n) for unit, n in reader.execute(statement)}


def count_people(reader: Session, run: RewardRun) -> int:
    """How many take part in a period."""
    statement = select(func.count(Participant.employee_no.distinct())).where(
        Participant.plan_code == run.plan_code, Participant.period == run.period
    )
    return reader.scalar(statement) or 0


def _events(reader: Session, run: RewardRun) -> list[RewardEvent]:
    """What happened in this period, the newest first."""
    events = reader.scalars(
        select(RewardEvent).where(RewardEvent.plan_code == run.plan_code).order_by(RewardEvent.number.desc())
    )
    return [event for event in events if event.document.get("period") == run.period]


@dataclass(frozen=True)
class UnitView(RunHead):
    """A unit's score, step by step."""

    trace: UnitTrace
    measures: tuple[MeasureView, ...]
    digest: str | None
    # By measure, holds of other units whose answers it counts.
    within: Mapping[str, Sequence[IntegrityHold]]


def view_unit(
    reader: Session, run: RewardRun, unit: str, now: datetime, zone: ZoneInfo, language: Language
) -> UnitView:
    """The trace of a unit; UnknownRun where it takes no part."""
    head = _head(reader, run)
    result = None if run.status == LOCKED else reader.get(UnitResult, (run.run_id, unit))
    if result is not None:
        trace = msgspec.convert(result.trace, UnitTrace)
    else:
        found = [one for one in preview_run(reader, run, now, zone)[0].units if one.unit == unit]
        if not found:
            raise UnknownRun
        trace = found[0]
    terms, words = head["terms"], Reader(reader, head["offers"], language)
    measures = tuple(words.measure(terms, terms.measure[line.measure], line) for line in trace.lines)
    holds = holds_of(reader, run)
    within = {line.measure: holds_within(head["offers"], line, holds) for line in trace.lines}
    return UnitView(**head, trace=trace, measures=measures, digest=result.digest if result else None, within=within)


def names_of(reader: Session, offers: Offers, terms: Terms) -> dict[str, Named]:
    """What the measures and gates of a plan are called, by their codes."""
    parts: tuple[Measure | GateTerms, ...] = (*terms.measures, *terms.gates)
    return {part.code: named(reader, offers, part) for part in parts}


@dataclass(frozen=True)
class PersonRow:
    """Somebody's amount."""

    employee_no: str
    full_name: str
    units: tuple[str, ...]
    paid: int | None


def people_page(reader: Session, run: RewardRun, after: str = "") -> tuple[list[PersonRow], str]:
    """A page of people by employee number, and after which number the next one begins ('' where it is the last)."""
    statement = (
        select(RewardAmount.employee_no, Employee.full_name, RewardAmount.paid, RewardAmount.trace)
        .join(Employee, Employee.employee_no == RewardAmount.employee_no)
        .where(RewardAmount.run_id == run.run_id, RewardAmount.employee_no > after)
        .order_by(RewardAmount.employee_no)
        .limit(PAGE + 1)
    )
    rows = [
        PersonRow(number, name, tuple(part["unit"] for part in trace["parts"]), paid)
        for number, name, paid, trace in reader.execute(statement)
    ]
    return rows[:PAGE], rows[PAGE - 1].employee_no if len(rows) > PAGE else ""


def amount_of_person(reader: Session, run_id: uuid.UUID, employee_no: str) -> tuple[Employee, AmountTrace, str]:
    """Who, the trace of the amount, and its digest; UnknownRun where there is none."""
    amount = reader.get(RewardAmount, (run_id, employee_no))
    if amount is None:
        raise UnknownRun
    return reader.get_one(Employee, employee_no), msgspec.convert(amount.trace, AmountTrace), amount.digest
