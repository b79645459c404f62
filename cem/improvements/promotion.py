"""Promotion: a cause becomes a root cause by rule, and is then looked into."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cem.cases.desk import ITSELF
from cem.cases.models import Case
from cem.cases.terms import Terms, read_terms
from cem.improvements.causes import begin_causes, read_causes
from cem.improvements.counting import RAISED
from cem.improvements.models import RootCause
from cem.improvements.root_causes import COUNT, SEVERITY, SHARE, AlreadyOpen, open_root_cause
from cem.scorecards.offers import Offers, read_offers
from cem.settings import Settings
from surveys.database import Database, day_of

# A share of few cases says nothing: so many it takes at least.
FEWEST = 3
# A cause is the company's where it has cases in so many units, and in all so many times what a unit takes.
UNITS, TIMES = 3, 2

Place = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """A cause that is to be looked into for a unit ('' the company), why, and what was counted."""

    cause: str
    unit: str
    reason: str
    counted: dict[str, Any]


def promote_causes(database: Database, settings: Settings, now: datetime) -> int:
    """Open a root cause wherever the rule says so and none is open; how many were opened. Done twice, it opens none."""
    with database.write() as session:
        begin_causes(session, now)
    with database.read() as reader:
        found = list(find_promotions(reader, now))
    opened = 0
    for one in found:
        with database.write() as session:
            try:
                open_root_cause(
                    session,
                    now,
                    ITSELF,
                    one.cause,
                    one.unit,
                    today=day_of(now, settings.zone),
                    reason=one.reason,
                    counted=one.counted,
                )
            except AlreadyOpen:
                continue
            opened += 1
    return opened


def find_promotions(reader: Session, now: datetime) -> Iterator[Found]:
    """What the rule promotes now: enough cases, a large share of a unit's cases, or one of the highest severity."""
    terms, offers = read_terms(reader), read_offers(reader)
    since = now - timedelta(days=terms.promote_days)
    current = {cause.code for cause, _ in read_causes(reader).current}
    statement = select(RootCause.cause, RootCause.unit).where(RootCause.closed_at.is_(None))
    looked_into = {(cause, unit) for cause, unit in reader.execute(statement)}
    totals = _totals(reader, since, now)
    for cause, n, units in _spread(terms, _counts(reader, since, now, severe=False, whole=True)):
        if cause in current and (cause, "") not in looked_into:
            looked_into.add((cause, ""))
            counted = {"cases": n, "of": sum(totals.values()), "days": terms.promote_days, "units": units}
            yield Found(cause, "", COUNT, counted)
    counts = _counts(reader, since, now, severe=False)
    severe = _counts(reader, since, now, severe=True)
    for cause, unit in sorted(counts.keys() | severe.keys()):
        if cause not in current or (cause, unit) in looked_into:
            continue
        n, worst = counts.get((cause, unit), 0), severe.get((cause, unit), 0)
        counted = {"cases": n, "of": totals.get(unit, 0), "days": terms.promote_days, "severe": worst}
        reason = _reason(terms, n, totals.get(unit, 0), worst)
        # What somebody looks into for a unit above, or for the company, has these cases already.
        if reason == SEVERITY or (reason and not any((cause, above) in looked_into for above in _above(unit, offers))):
            yield Found(cause, unit, reason, counted)


def _above(unit: str, offers: Offers) -> Iterator[str]:
    """The units above a unit, and the company."""
    known = offers.units.get(unit)
    while known is not None and known.parent:
        yield known.parent
        known = offers.units.get(known.parent)
    yield ""


def _reason(terms: Terms, n: int, total: int, severe: int) -> str | None:
    if severe:
        return SEVERITY
    if n >= terms.promote_cases:
        return COUNT
    if n >= FEWEST and 100 * n >= terms.promote_percent * total:
        return SHARE
    return None


def _spread(terms: Terms, counts: dict[Place, int]) -> Iterator[tuple[str, int, int]]:
    """The causes that are the whole company's, with their cases and in how many units."""
    by_cause: dict[str, dict[str, int]] = defaultdict(dict)
    for (cause, unit), n in counts.items():
        by_cause[cause][unit] = n
    for cause, units in sorted(by_cause.items()):
        if len(units) >= UNITS and sum(units.values()) >= TIMES * terms.promote_cases:
            yield cause, sum(units.values()), len(units)


def _totals(reader: Session, since: datetime, now: datetime) -> dict[str, int]:
    """How many cases each unit had."""
    statement = select(Case.unit, func.count()).where(*RAISED, Case.opened_at >= since, Case.opened_at <= now)
    statement = statement.group_by(Case.unit)
    return {row[0]: row[1] for row in reader.execute(statement)}


def _counts(reader: Session, since: datetime, now: datetime, *, severe: bool, whole: bool = False) -> dict[Place, int]:
    """How many cases each cause had in each unit, of those that no closed root cause has dealt with already.

    A severe case counts when it was raised or resolved lately: its cause may be known long after it was raised.
    """
    dealt = (
        select(RootCause.cause, RootCause.unit, func.max(RootCause.closed_at).label("closed_at"))
        .where(RootCause.closed_at.is_not(None))
        .group_by(RootCause.cause, RootCause.unit)
        .subquery()
    )
    lately = or_(Case.opened_at >= since, Case.resolved_at >= since) if severe else Case.opened_at >= since
    same = (dealt.c.cause == Case.cause, dealt.c.unit == ("" if whole else Case.unit))
    statement = (
        select(Case.cause, Case.unit, func.count())
        .outerjoin(dealt, (same[0]) & (same[1]))
        .where(
            *RAISED,
            Case.cause.is_not(None),
            lately,
            Case.opened_at <= now,
            or_(dealt.c.closed_at.is_(None), Case.opened_at > dealt.c.closed_at),
            *([Case.severity == 1] if severe else []),
        )
        .group_by(Case.cause, Case.unit)
    )
    return {(cause, unit): n for cause, unit, n in reader.execute(statement) if cause is not None}
