"""Load the demo company into an empty database: the same data for the same day, whoever loads it."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from cem.alerts.starting import begin_rules
from cem.cases.numbering import count_due
from cem.comments.readings import read_waiting
from cem.demo.accounts import add_accounts
from cem.demo.answers import Sheet, after_contact, always_on, burst, relationship
from cem.demo.calendar import add_calendar
from cem.demo.cases import add_cases
from cem.demo.contacts import draw_contacts
from cem.demo.customers import Customers
from cem.demo.improvements import add_improvements
from cem.demo.invitations import Invitations
from cem.demo.operations import add_operations
from cem.demo.panel import Panel, add_population
from cem.demo.programme import add_programme
from cem.demo.recovery import add_recoveries
from cem.demo.remarks import add_benchmarks, note_changes
from cem.demo.rewards import add_rewards
from cem.demo.segments import Segments
from cem.demo.timeline import Timeline
from cem.improvements.causes import begin_causes
from cem.improvements.counting import count_causes
from cem.improvements.measuring import measure_done
from cem.quality.checks import carry_out, find
from cem.quality.rules import read_rules
from cem.scorecards.kpis import kpis_of
from cem.scorecards.targets import set_target
from cem.settings import Settings
from surveys.company import Company, read_company, store_company
from surveys.database import Database
from surveys.languages import Month
from surveys.publishing import publish
from surveys.questionnaire import Questionnaire, Reader, read_yaml
from surveys.responses import Submission, record

FOLDER = Path(__file__).parent
SEED = 14040101
BATCH = 2000
AFTER_CONTACT, ALWAYS_ON, RELATIONSHIP = "after-contact", "always-on", "relationship"
# How many responses each survey has.
NUMBERS = {AFTER_CONTACT: 17_000, ALWAYS_ON: 1_200, RELATIONSHIP: 1_800}
# From the first day, and the higher ones for the second year.
TARGETS = {
    (AFTER_CONTACT, "recommend"): (25, 30),
    (AFTER_CONTACT, "satisfaction"): (70, 75),
    (AFTER_CONTACT, "effort"): (4.8, 5.0),
    (ALWAYS_ON, "satisfaction"): (50, 55),
    (RELATIONSHIP, "recommend"): (20, 25),
    (RELATIONSHIP, "satisfaction"): (60, 65),
}
# How many of all responses are stored.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Loaded:
    """What the demo company has."""

    responses: int
    invitations: int
    # Answers to the survey after a case, beside the responses.
    recoveries: int


def load_demo(
    database: Database,
    settings: Settings,
    now: datetime,
    progress: Progress = lambda _done, _total: None,
    hasher: PasswordHasher | None = None,
) -> Loaded:
    """All rows in one transaction: a company or none; then its comments are read and its people paid."""
    chance, timeline = random.Random(SEED), Timeline(now, settings.zone)
    with database.write() as session:
        company = read_company(FOLDER / "company.yaml")
        sheets = {slug: _publish(session, slug, now) for slug in NUMBERS}
        store_company(session, now, company)
        add_accounts(session, hasher or PasswordHasher(), now)
        add_calendar(session, timeline, now)
        _set_targets(session, sheets, timeline, now)
        note_changes(session, timeline, now)
        kpis = {kpi.kind: kpi for kpi in kpis_of(sheets[AFTER_CONTACT].questionnaire)}
        add_benchmarks(session, timeline, now, kpis)
        add_operations(session, timeline, now)
        segments = Segments()
        invitations = Invitations(chance, sheets[AFTER_CONTACT], now, segments)
        submissions = _submissions(chance, sheets, timeline, company, invitations, segments)
        panel = Panel(sheets[RELATIONSHIP])
        panel.ask([one for one in submissions if one.survey_id == sheets[RELATIONSHIP].survey_id])
        asked = invitations.customers() | panel.customers()
        customers = Customers(SEED + 1, timeline)
        customers.belong(sheets, submissions, asked)
        customers.add_silent(asked.values())
        customers.add_lost()
        for part in (invitations, panel, customers):
            part.store(session)
        stored = _record(session, submissions, progress)
        begin_rules(session, now, "cx")
        begin_causes(session, now)
        lives = add_cases(session, sheets[AFTER_CONTACT], submissions, timeline, now)
        recoveries = add_recoveries(session, lives, timeline, now)
        add_improvements(session, settings, sheets[AFTER_CONTACT], timeline, now)
        add_population(session, now, timeline.today, {slug: sheet.survey_id for slug, sheet in sheets.items()})
        _look_for_signals(session, now, sheets, timeline)
    read_waiting(database, settings, now)
    count_causes(database, settings, now)
    measure_done(database, settings, now)
    add_rewards(database, now, settings.zone)
    count_due(database, settings, now)
    add_programme(database, settings, timeline, now)
    return Loaded(stored, len(invitations) + len(panel), recoveries)


def _look_for_signals(session: Session, now: datetime, sheets: dict[str, Sheet], timeline: Timeline) -> None:
    """The signals that a night's check would have recorded; no rule is set, so nothing becomes suspect by them."""
    end = timeline.today + timedelta(days=1)
    for sheet in sheets.values():
        found = find(session, sheet.survey_id, read_rules(session, sheet.survey_id), timeline.first, end)
        carry_out(session, now, sheet.survey_id, found)


def _publish(session: Session, slug: str, now: datetime) -> Sheet:
    version = publish(session, read_yaml(FOLDER / f"{slug}.yaml"), now)
    questionnaire = msgspec.convert(version.document, Questionnaire)
    return Sheet(version.survey_id, version.version, questionnaire, Reader(questionnaire))


def _set_targets(session: Session, sheets: dict[str, Sheet], timeline: Timeline, now: datetime) -> None:
    second_year = Month.of(timeline.today, "jalali").plus(-12).first_day
    for (slug, series), values in TARGETS.items():
        for valid_from, value in zip((timeline.first, second_year), values, strict=True):
            set_target(
                session,
                now,
                "demo",
                survey_id=sheets[slug].survey_id,
                series=series,
                unit="",
                valid_from=valid_from,
                value=value,
            )


def _submissions(
    chance: random.Random,
    sheets: dict[str, Sheet],
    timeline: Timeline,
    company: Company,
    invitations: Invitations,
    segments: Segments,
) -> Sequence[Submission]:
    """All responses, in the order of their days: answers of one day share tally rows."""
    names = {unit.code: unit.names for unit in company.units}
    met, came = (draw_contacts(chance, timeline, NUMBERS[slug]) for slug in (AFTER_CONTACT, ALWAYS_ON))
    answers = list(after_contact(chance, sheets[AFTER_CONTACT], timeline, met, names))
    asked = invitations.ask_for(list(segments.of(answers)))
    others: Iterable[Submission] = chain(
        always_on(chance, sheets[ALWAYS_ON], timeline, came, names),
        segments.of(relationship(chance, sheets[RELATIONSHIP], timeline, NUMBERS[RELATIONSHIP])),
        burst(chance, sheets[AFTER_CONTACT], timeline),
    )
    return sorted((*asked, *others), key=lambda submission: submission.day)


def _record(session: Session, submissions: Sequence[Submission], progress: Progress) -> int:
    waiting, stored = iter(submissions), 0
    while batch := list(islice(waiting, BATCH)):
        stored += len(record(session.connection(), batch))
        progress(stored, len(submissions))
    return stored
