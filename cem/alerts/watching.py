"""The job that looks at every answer that arrives, and opens a case where a rule holds: nobody has to click."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.alerts.keeping import Kept, read_rules
from cem.alerts.models import AlertRun
from cem.alerts.rules import holds, told_at
from cem.alerts.sightings import Sighting, Watcher, read_responses
from cem.cases.desk import ITSELF, Desk
from cem.cases.opening import open_or_attach
from cem.cases.recovery import hear_recoveries
from cem.settings import Settings
from surveys.arrivals import Key, any_waiting, done, waiting
from surveys.database import Database

BATCH = 100
OPENED, ATTACHED, RESTED = "opened", "attached", "rested"


def nothing_arrived(session: Session, settings: Settings, now: datetime) -> bool:  # noqa: ARG001 - as jobs ask
    return not any_waiting(session)


def look_at_arrivals(database: Database, settings: Settings, now: datetime) -> int:
    """Look at all that waits; how many answers were looked at."""
    count = 0
    while True:
        with database.write() as session:
            keys = waiting(session, BATCH)
            if keys:
                _look(session, settings, now, hear_recoveries(session, settings, now, keys))
                done(session, keys)
        count += len(keys)
        if len(keys) < BATCH:
            return count


def _look(session: Session, settings: Settings, now: datetime, keys: list[Key]) -> None:
    rules = [kept for kept in read_rules(session, enabled=True) if kept.rule.watch == "answer"]
    if not rules:
        return
    desk = Desk.open(session, settings, now, ITSELF)
    for sighting in Watcher(session, [kept.rule for kept in rules], now).look(read_responses(session, keys)):
        # What a machine seems to have filled in asks for nobody, unless it says that somebody does.
        if sighting.quality == "valid" or sighting.seen.asks_contact:
            act(desk, rules, sighting)


def act(desk: Desk, rules: list[Kept], sighting: Sighting) -> None:
    """Open a case by the most severe rule that holds and does not rest; each that holds is written down."""
    found = [kept for kept in rules if holds(kept.rule, sighting.seen)]
    subject = "" if sighting.signal.customer_id is None else sighting.signal.customer_id.hex
    resting = [kept for kept in found if _rests(desk, kept, subject)]
    acting = sorted(
        (kept for kept in found if kept not in resting), key=lambda kept: kept.rule.severity_for(sighting.seen.segment)
    )
    for kept in resting:
        _write(desk, kept, sighting, subject, RESTED)
    for place, kept in enumerate(acting):
        severity = kept.rule.severity_for(sighting.seen.segment)
        case, new = open_or_attach(
            desk,
            sighting.signal,
            rule=kept.code,
            severity=severity,
            kind=kept.rule.kind,
            owner=kept.rule.owner,
            tell_at=told_at(kept.rule, desk.now, desk.settings.zone),
        )
        _write(desk, kept, sighting, subject, OPENED if new and place == 0 else ATTACHED, case_id=case.case_id)


def _rests(desk: Desk, kept: Kept, subject: str) -> bool:
    """Whether the rule opened a case for the same customer lately; who is not known is never passed over."""
    if not kept.rule.cooldown_hours or not subject:
        return False
    since = desk.now - timedelta(hours=kept.rule.cooldown_hours)
    acted = select(AlertRun.run_id).where(
        AlertRun.rule == kept.code, AlertRun.at > since, AlertRun.subject == subject, AlertRun.result == OPENED
    )
    return desk.session.scalar(acted.limit(1)) is not None


def _write(
    desk: Desk, kept: Kept, sighting: Sighting, subject: str, result: str, case_id: uuid.UUID | None = None
) -> None:
    desk.session.add(
        AlertRun(
            run_id=desk.new_id(),
            rule=kept.code,
            version=kept.version,
            at=desk.now,
            survey_id=sighting.signal.survey_id,
            response_id=sighting.signal.response_id,
            subject=subject,
            result=result,
            case_id=case_id,
        )
    )
    desk.session.flush()
