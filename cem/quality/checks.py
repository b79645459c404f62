"""The check: signals are recorded on stored responses, and the survey's rules mark what shows them.

A check can be run dry: it says how many answers each rule would mark and how each KPI would move, and changes nothing.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from cem.quality.decisions import RULE, decide, read_last, scores_of
from cem.quality.rules import Rules, read_rules
from cem.quality.signals import Watch, read_seen, recorded
from cem.settings import Settings
from metrics import Histogram
from surveys.database import Database, day_of
from surveys.formats.exports import read_versions
from surveys.languages import N_
from surveys.models import Response, Survey

# The jobs of a night look at the answers of so many days.
DAYS = timedelta(days=35)
TAKEN_BACK = N_("no rule marks it any more")


@dataclass(frozen=True)
class Check:
    """What a check found, and what the rules make of it."""

    seen: int
    found: Mapping[str, int]
    marked_by: Mapping[str, int]
    mark: Mapping[uuid.UUID, str]
    release: frozenset[uuid.UUID]
    changed: Mapping[uuid.UUID, list[str]]
    # What leaves and what joins the counted answers, by series.
    leaving: Mapping[str, Histogram]
    joining: Mapping[str, Histogram]


class _State(NamedTuple):
    """What a response is now."""

    quality: str
    signals: tuple[str, ...]


def find(reader: Session, survey_id: uuid.UUID, rules: Rules, start: date, end: date) -> Check:
    """What a check of these days finds, without changing anything."""
    watch, seen, odd = Watch(rules, read_versions(reader, survey_id)), 0, dict[uuid.UUID, _State]()
    for response in read_seen(reader, survey_id, start, end):
        watch.see(response)
        seen += 1
        # There may be millions; most are valid, without a signal, and stay so.
        if response.signals or response.quality != "valid":
            odd[response.response_id] = _State(response.quality, tuple(response.signals))
    found = watch.signals()
    last = read_last(reader, survey_id)
    marking = {signal for signal, rule in rules.items() if rule.marks}
    mark, release, changed = dict[uuid.UUID, str](), set[uuid.UUID](), dict[uuid.UUID, list[str]]()
    for one in sorted(odd.keys() | found.keys()):
        signals, state = found.get(one, frozenset()), odd.get(one, _State("valid", ()))
        if (now := recorded(state.signals, signals)) != sorted(state.signals):
            changed[one] = now
        by_rule, told = last.get(one), sorted(signals & marking)
        if state.quality == "valid" and told and by_rule is not False:
            mark[one] = ", ".join(told)
        elif state.quality == "suspect" and not told and by_rule:
            release.add(one)
    return Check(
        seen=seen,
        found=Counter(name for names in found.values() for name in names),
        marked_by=Counter(name for told in mark.values() for name in told.split(", ")),
        mark=mark,
        release=frozenset(release),
        changed=changed,
        leaving=_count(reader, survey_id, mark),
        joining=_count(reader, survey_id, release),
    )


def _count(reader: Session, survey_id: uuid.UUID, response_ids: Iterable[uuid.UUID]) -> dict[str, Histogram]:
    """The scores of these responses, by series."""
    given: dict[str, list[int]] = {}
    ids, scored = list(response_ids), scores_of(reader, survey_id)
    for start in range(0, len(ids), 500):
        chosen = Response.survey_id == survey_id, Response.response_id.in_(ids[start : start + 500])
        for version, answers in reader.execute(select(Response.version, Response.answers).where(*chosen)):
            for series, score in scored(version, answers):
                if score is not None:
                    given.setdefault(series, []).append(score)
    return {series: Histogram.of(listed) for series, listed in given.items()}


def carry_out(session: Session, now: datetime, survey_id: uuid.UUID, check: Check) -> int:
    """Record the signals and let the rules decide; how many responses changed."""
    rows = [{"survey": survey_id, "response": one, "found": signals} for one, signals in check.changed.items()]
    if rows:
        session.connection().execute(_RECORD, rows)
    decide(session, now, RULE, survey_id, check.mark, "suspect", by_rule=True)
    taken_back = dict.fromkeys(check.release, TAKEN_BACK)
    decide(session, now, RULE, survey_id, taken_back, "valid", by_rule=True)
    return len(check.changed.keys() | check.mark.keys() | check.release)


_RECORD = (
    update(Response)
    .where(Response.survey_id == bindparam("survey"), Response.response_id == bindparam("response"))
    .values(signals=bindparam("found"))
)


def check_waiting(database: Database, settings: Settings, now: datetime) -> int:
    """Check the latest answers of every survey, each in a transaction of its own; how many responses changed."""
    today = day_of(now, settings.zone)
    with database.read() as reader:
        surveys = list(reader.scalars(select(Survey.survey_id).order_by(Survey.survey_id)))
    return sum(check_survey(database, now, survey_id, today - DAYS, today + timedelta(days=1)) for survey_id in surveys)


def check_survey(database: Database, now: datetime, survey_id: uuid.UUID, start: date, end: date) -> int:
    """Check the answers of these days. Finding is long and holds no lock; what somebody decides meanwhile stands."""
    with database.read() as reader:
        found = find(reader, survey_id, read_rules(reader, survey_id), start, end)
    if not found.changed and not found.mark and not found.release:
        return 0
    with database.write() as session:
        stands = {one for one, by_rule in read_last(session, survey_id).items() if not by_rule}
        mark = {one: why for one, why in found.mark.items() if one not in stands}
        return carry_out(session, now, survey_id, replace(found, mark=mark, release=found.release - stands))
