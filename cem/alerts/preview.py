"""What a rule would have done to the answers of the last month, before it does anything."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from cem.alerts.rules import Rule, holds
from cem.alerts.sightings import COLUMNS, Watcher
from cem.cases.models import CaseSignal
from cem.scorecards.offers import Offers
from surveys.database import day_of
from surveys.models import Response, Survey

DAYS = 30
# A page waits for no more answers than this: the newest of each survey.
MOST = 4000
BATCH = 500
SHOWN = 8


@dataclass(frozen=True)
class Preview:
    """Answers that were read and for which the rule holds; the cases that they are, and those that are there anyway."""

    read: int
    held: int
    cases: int
    already: int
    units: tuple[tuple[str, int], ...]
    severities: tuple[tuple[int, int], ...]
    # Whether there are more answers in these days than were read.
    cut: bool


def preview(session: Session, rule: Rule, offers: Offers, now: datetime, zone: ZoneInfo) -> Preview:
    """One customer and touchpoint is one case, as if none of them were closed within the month."""
    since = day_of(now - timedelta(days=DAYS), zone)
    rows, cut = list[Row[Any]](), False
    for survey_id, slug in session.execute(select(Survey.survey_id, Survey.slug)).all():
        if rule.surveys and slug not in rule.surveys:
            continue
        wanted = select(*COLUMNS).where(Response.survey_id == survey_id, Response.day >= since)
        if rule.units:
            below = frozenset().union(*(offers.subtree(unit) for unit in rule.units if unit in offers.units))
            wanted = wanted.where(Response.unit.in_(below))
        if rule.touchpoints:
            wanted = wanted.where(Response.touchpoint.in_(rule.touchpoints))
        if rule.channels:
            wanted = wanted.where(Response.channel.in_(rule.channels))
        newest = wanted.order_by(Response.day.desc(), Response.response_id.desc()).limit(MOST + 1)
        found = session.execute(newest).all()
        cut = cut or len(found) > MOST
        rows += found[:MOST]
    watcher = Watcher(session, [rule], now)
    places: set[tuple[uuid.UUID, str] | uuid.UUID] = set()
    units, severities, keys = Counter[str](), Counter[int](), list[tuple[uuid.UUID, uuid.UUID]]()
    for start in range(0, len(rows), BATCH):
        for sighting in watcher.look(rows[start : start + BATCH]):
            seen, signal = sighting.seen, sighting.signal
            if not (sighting.quality == "valid" or seen.asks_contact) or not holds(rule, seen):
                continue
            keys.append((signal.survey_id, signal.response_id))
            place = (signal.customer_id, signal.touchpoint) if signal.customer_id else signal.response_id
            if place not in places:
                places.add(place)
                units[signal.unit] += 1
                severities[rule.severity_for(seen.segment)] += 1
    return Preview(
        read=len(rows),
        held=len(keys),
        cases=len(places),
        already=_already(session, keys),
        units=tuple(units.most_common(SHOWN)),
        severities=tuple(sorted(severities.items())),
        cut=cut,
    )


def _already(session: Session, keys: list[tuple[uuid.UUID, uuid.UUID]]) -> int:
    """How many of these answers belong to a case as it is."""
    found = 0
    for survey_id in {survey_id for survey_id, _ in keys}:
        ids = [response_id for one, response_id in keys if one == survey_id]
        for start in range(0, len(ids), BATCH):
            there = select(CaseSignal.response_id).where(
                CaseSignal.survey_id == survey_id, CaseSignal.response_id.in_(ids[start : start + BATCH])
            )
            found += len(session.scalars(there).all())
    return found
