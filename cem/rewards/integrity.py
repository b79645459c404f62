"""Integrity checks: open periods are looked at every night and when they are locked; what is found waits for people.

Looking reads answers and comments, which takes its time with many, so it holds no lock: a period is looked at first,
and what was found is written afterwards. Signals that only ask to be looked at are kept in the plan's history.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.rewards.history import record
from cem.rewards.holds import put_on_hold
from cem.rewards.measuring import Span
from cem.rewards.models import RewardEvent, RewardPlan, RewardRun
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import read_terms
from cem.rewards.runs import find_run, lock_run, units_of
from cem.rewards.signals.finding import find_signals
from cem.rewards.signals.kinds import HOLD, REVIEW, Evidence, Finding
from cem.rewards.signals.reading import read_facts
from cem.rewards.statuses import LOCKED, MEASURING
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from surveys.database import Database

ACTOR = "cem"
ACTION = "integrity"


def check_run(session: Session, run: RewardRun, now: datetime, zone: ZoneInfo) -> list[Finding]:
    """Every signal of a period as it stands; nothing is stored."""
    period = RewardPeriod.parse(run.period)
    span = Span(period.first_day, period.end, now, zone)
    terms = read_terms(session.get_one(RewardPlan, run.plan_id))
    units = units_of(session, run.plan_code, run.period)
    return find_signals(read_facts(session, read_offers(session), terms, period, span, units))


def keep_findings(session: Session, now: datetime, run: RewardRun, found: Sequence[Finding]) -> int:
    """Put on hold what stops a measure, and keep the rest for whoever looks; how many holds are new."""
    held = 0
    for one in found:
        if one.reaction == HOLD:
            place = {"unit": one.unit, "measure": one.measure, "signal": one.signal}
            held_now = put_on_hold(session, now, ACTOR, run, **place, evidence=one.evidence)
            held += held_now is not None
    if _keys(found) != _keys(read_findings(session, run)):
        told = {"period": run.period, "revision": run.revision, "found": msgspec.to_builtins(list(found))}
        record(session, now, ACTOR, run.plan_code, ACTION, **told)
    return held


def _keys(found: Sequence[Finding]) -> set[tuple[str, ...]]:
    return {(*one.key, one.reaction) for one in found}


def read_findings(session: Session, run: RewardRun) -> list[Finding]:
    """What the last check of a period has found that was not known before it."""
    events = session.scalars(
        select(RewardEvent)
        .where(RewardEvent.plan_code == run.plan_code, RewardEvent.action == ACTION)
        .order_by(RewardEvent.number.desc())
    )
    for event in events:
        if event.document["period"] == run.period and event.document["revision"] == run.revision:
            return msgspec.convert(event.document["found"], list[Finding])
    return []


@dataclass(frozen=True)
class ToLookAt:
    """A signal of a unit that stops nothing, at all the measures that it is of."""

    signal: str
    unit: str
    measures: tuple[str, ...]
    evidence: Evidence


def to_look_at(session: Session, run: RewardRun) -> list[ToLookAt]:
    """The signals of a period that stop nothing; what is the same at several measures is told once."""
    found: list[ToLookAt] = []
    for one in read_findings(session, run):
        if one.reaction != REVIEW:
            continue
        alike = next((o for o in found if (o.signal, o.unit, o.evidence) == (one.signal, one.unit, one.evidence)), None)
        if alike:
            found[found.index(alike)] = replace(alike, measures=(*alike.measures, one.measure))
        else:
            found.append(ToLookAt(one.signal, one.unit, (one.measure,), one.evidence))
    return found


def lock_checked(database: Database, now: datetime, actor: str, run_id: uuid.UUID, zone: ZoneInfo) -> None:
    """Check a period and lock it: a signal found now stops its measure before anything is calculated."""
    with database.read() as reader:
        found = check_run(reader, find_run(reader, run_id), now, zone)
    with database.write() as session:
        run = find_run(session, run_id, update=True)
        lock_run(session, now, actor, run, zone)
        keep_findings(session, now, run, found)


def check_open_runs(database: Database, settings: Settings, now: datetime) -> int:
    """Check every period that is measured or locked, each in a transaction of its own; how many holds are new."""
    with database.read() as reader:
        runs = list(
            reader.scalars(
                select(RewardRun.run_id).where(RewardRun.status.in_([MEASURING, LOCKED])).order_by(RewardRun.run_id)
            )
        )
    return sum(check_and_keep(database, now, run_id, settings.zone)[1] for run_id in runs)


def check_and_keep(database: Database, now: datetime, run_id: uuid.UUID, zone: ZoneInfo) -> tuple[list[Finding], int]:
    """Check one period; what was found, and how many holds are new."""
    with database.read() as reader:
        found = check_run(reader, find_run(reader, run_id), now, zone)
    with database.write() as session:
        run = find_run(session, run_id, update=True)
        if run.status not in {MEASURING, LOCKED}:
            return found, 0
        return found, keep_findings(session, now, run, found)
