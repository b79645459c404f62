"""Rules that watch what no single answer shows: falling KPIs, overdue promises, recovery surveys without an answer.

They open no case: a case is a customer's, and those that they are about have one. Whoever is to act is told, in one
letter for all that a rule has found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cem.alerts.falls import Fall, find_falls
from cem.alerts.keeping import Kept, read_rules
from cem.alerts.letters import NOBODY, TOLD, Line, tell
from cem.alerts.models import AlertRun
from cem.cases.desk import ITSELF, Desk
from cem.cases.models import Case, Recovery
from cem.cases.routing import managers, next_level, present
from cem.scorecards.offers import Offers, read_offers
from cem.settings import Settings
from surveys.database import Database, day_of

# At once no more than this; what is left waits for the next look.
BATCH = 200
# A KPI that has fallen is told again after this, where the rule does not say when.
USUAL_REST = timedelta(days=14)
# Whoever has not answered for so long will not.
LATEST = timedelta(days=45)


@dataclass
class Letter:
    """What one person is told by a rule, with the rows of the log that it becomes."""

    lines: list[Line] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)


def nothing_overdue(session: Session, settings: Settings, now: datetime) -> bool:  # noqa: ARG001 - as jobs ask
    """Whether no rule has anything to tell of promises and recovery surveys."""
    offers = read_offers(session)
    return not any(_cases(session, kept, offers, now, most=1) for kept in _rules(session, "overdue", "no_recovery"))


def watch_promises(database: Database, settings: Settings, now: datetime) -> int:
    """Tell of overdue promises and of recovery surveys without an answer, each once; how many."""
    count = 0
    with database.write() as session:
        desk, offers = Desk.open(session, settings, now, ITSELF), read_offers(session)
        for kept in _rules(session, "overdue", "no_recovery"):
            letters: dict[str | None, Letter] = {}
            for case in _cases(session, kept, offers, now):
                letter = letters.setdefault(_whom(desk, kept, case), Letter())
                letter.lines.append(Line(case=case))
                letter.runs.append({"subject": f"case|{case.case_id.hex}", "case_id": case.case_id})
            count += _send(desk, kept, offers, letters)
    return count


def watch_kpis(database: Database, settings: Settings, now: datetime) -> int:
    """Test every KPI that a rule watches, and tell of those that have fallen; how many."""
    today = day_of(now, settings.zone)
    with database.read() as reader:
        offers = read_offers(reader)
        found = [(kept, find_falls(reader, kept.rule, offers, today)) for kept in _rules(reader, "kpi")]
    count = 0
    with database.write() as session:
        desk = Desk.open(session, settings, now, ITSELF)
        for kept, falls in found:
            letters: dict[str | None, Letter] = {}
            for fall in falls:
                if _rests(session, kept, fall, now):
                    continue
                whom = kept.rule.owner or next(iter(_above(desk, fall.unit)), None)
                letter = letters.setdefault(whom, Letter())
                letter.lines.append(Line(fall=fall))
                letter.runs.append({"subject": fall.subject, "case_id": None})
            count += _send(desk, kept, offers, letters)
    return count


def _rules(session: Session, *watches: str) -> list[Kept]:
    return [kept for kept in read_rules(session, enabled=True) if kept.rule.watch in watches]


def _cases(session: Session, kept: Kept, offers: Offers, now: datetime, most: int = BATCH) -> list[Case]:
    """The cases that a rule has to tell of, the longest overdue first."""
    rule = kept.rule
    told = exists().where(AlertRun.rule == kept.code, AlertRun.case_id == Case.case_id)
    if rule.watch == "overdue":
        # Told once for each promise: the next one of the same case falls due later.
        wanted = select(Case).where(
            Case.closed_at.is_(None), Case.due_at <= now, ~told.where(AlertRun.at >= Case.due_at)
        )
        wanted = wanted.order_by(Case.due_at)
    else:
        asked = now - timedelta(days=rule.wait_days)
        wanted = (
            select(Case)
            .join(Recovery, Recovery.case_id == Case.case_id)
            .where(Recovery.answered_at.is_(None), Recovery.asked_at <= asked, Recovery.asked_at > now - LATEST, ~told)
            .order_by(Recovery.asked_at)
        )
    if rule.units:
        below = frozenset().union(*(offers.subtree(unit) for unit in rule.units if unit in offers.units))
        wanted = wanted.where(Case.unit.in_(below))
    if rule.touchpoints:
        wanted = wanted.where(Case.touchpoint.in_(rule.touchpoints))
    if rule.channels:
        wanted = wanted.where(Case.channel.in_(rule.channels))
    return list(session.scalars(wanted.limit(most)))


def _whom(desk: Desk, kept: Kept, case: Case) -> str | None:
    """The account that the rule names; else whoever has the case, or of a broken promise who is above them."""
    if kept.rule.owner:
        return kept.rule.owner
    owner = present(desk.session, case.owner, desk.today) if case.owner else None
    if kept.rule.watch == "no_recovery" and owner is not None:
        return owner
    return next_level(desk.session, case.unit, owner, desk.today)


def _above(desk: Desk, unit: str) -> Iterator[str]:
    """Whoever is above the manager of a unit; of the company the first CX manager."""
    line: Sequence[str] = list(managers(desk.session, unit, desk.today))
    yield from line[1:2] if unit else line[:1]
    yield from line[:1]


def _rests(session: Session, kept: Kept, fall: Fall, now: datetime) -> bool:
    rest = timedelta(hours=kept.rule.cooldown_hours) or USUAL_REST
    told = select(AlertRun.run_id).where(
        AlertRun.rule == kept.code, AlertRun.at > now - rest, AlertRun.subject == fall.subject
    )
    return session.scalar(told.limit(1)) is not None


def _send(desk: Desk, kept: Kept, offers: Offers, letters: dict[str | None, Letter]) -> int:
    """A letter to each, and a row of the log for each thing that it tells."""
    for account, letter in letters.items():
        told = account is not None and tell(desk, kept, offers, account, letter.lines)
        for run in letter.runs:
            desk.session.add(
                AlertRun(
                    run_id=desk.new_id(),
                    rule=kept.code,
                    version=kept.version,
                    at=desk.now,
                    result=TOLD if told else NOBODY,
                    **run,
                )
            )
    desk.session.flush()
    return sum(len(letter.runs) for letter in letters.values())
