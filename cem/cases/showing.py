"""All that a page shows of one case, read in one place: what may not be seen is not in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.cases.answers import Said, answers_of, last_answers
from cem.cases.clocks import ACKNOWLEDGE, CONTACT, RESOLVE
from cem.cases.looking import views_of
from cem.cases.models import (
    Case,
    CaseEvent,
    CaseMessage,
    CaseRemedy,
    CaseTask,
    CaseView,
    Commendation,
    Remedy,
)
from cem.cases.reach import Reach, reach_of
from cem.cases.standing import Standing, read_standing
from cem.cases.steps import possible
from cem.cases.story import Names, in_words, promised
from cem.cases.terms import Terms, read_terms
from cem.improvements.models import Cause
from cem.people.accounts import Person
from cem.people.models import Account
from cem.settings import Settings
from surveys.contacts import EMAIL
from surveys.languages import Language
from surveys.models import Customer, Unit

OTHER_CASES = 6


@dataclass(frozen=True)
class ClockFace:
    """One promise: when it is or was due, when it was kept, and whether it stands still."""

    name: str
    due: datetime
    done: datetime | None
    running: bool
    paused: bool = False

    @property
    def kept(self) -> bool | None:
        """Whether it was kept; None while that is open, or where it ended otherwise."""
        return None if self.done is None else self.done <= self.due


@dataclass(frozen=True)
class Happened:
    """A row of the history in words."""

    at: datetime
    actor: str
    words: str


@dataclass(frozen=True)
class CaseFile:
    """One case as somebody sees it. Without `hands` nothing in it says who the customer is."""

    case: Case
    hands: bool
    standing: Standing
    steps: tuple[str, ...]
    terms: Terms
    names: Names
    clocks: tuple[ClockFace, ...]
    answers: list[Said]
    thread: list[CaseMessage]
    history: list[Happened]
    tasks: list[CaseTask]
    remedies: list[CaseRemedy]
    commendations: list[Commendation]
    views: list[CaseView]
    address: str
    customer: Customer | None = None
    others: tuple[Case, ...] = ()
    last: tuple[Said, ...] = ()
    merged_into: str = ""


def read_case_file(
    reader: Session, settings: Settings, person: Person, case: Case, spoken: Language, now: datetime
) -> CaseFile:
    """The file of a case that this person may see."""
    standing = read_standing(reader, person, case)
    hands = standing.hands
    about = {table: table.case_id == case.case_id for table in (CaseTask, CaseRemedy, CaseMessage, CaseEvent)}
    tasks = list(reader.scalars(select(CaseTask).where(about[CaseTask]).order_by(CaseTask.task_id)))
    given = list(reader.scalars(select(CaseRemedy).where(about[CaseRemedy]).order_by(CaseRemedy.remedy_id)))
    thread = list(reader.scalars(select(CaseMessage).where(about[CaseMessage]).order_by(CaseMessage.message_id)))
    events = list(reader.scalars(select(CaseEvent).where(about[CaseEvent]).order_by(CaseEvent.event_id)))
    reach = reach_of(reader, person)
    terms, names = read_terms(reader), read_names(reader, spoken)
    return CaseFile(
        case=case,
        hands=hands,
        standing=standing,
        steps=possible(case, standing, terms, now),
        terms=terms,
        names=names,
        clocks=tuple(clock_faces(case)),
        answers=answers_of(reader, case, spoken),
        thread=thread,
        history=[_happened(event, spoken, names, settings) for event in events],
        tasks=tasks,
        remedies=given,
        commendations=list(reader.scalars(select(Commendation).where(Commendation.case_id == case.case_id))),
        views=views_of(reader, case),
        address=case.reply_address if hands else masked(case.reply_channel, case.reply_address),
        customer=reader.get(Customer, case.customer_id) if hands and case.customer_id is not None else None,
        others=tuple(_others(reader, reach, case)) if hands else (),
        last=tuple(last_answers(reader, case, spoken)) if hands else (),
        merged_into=reader.scalar(select(Case.number).where(Case.case_id == case.merged_into)) or "",
    )


def clock_faces(case: Case) -> list[ClockFace]:
    """The three promises of a case."""
    runs = case.closed_at is None and case.resolved_at is None
    return [
        ClockFace(ACKNOWLEDGE, case.acknowledge_due, case.acknowledged_at, runs and case.acknowledged_at is None),
        ClockFace(CONTACT, case.contact_due, case.contacted_at, runs and case.contacted_at is None),
        ClockFace(RESOLVE, case.resolve_due, case.resolved_at, runs, case.waiting_since is not None),
    ]


def masked(channel: str, address: str) -> str:
    """An address that says where, and not to whom: m•••@…, or the last two digits of a number."""
    if not address:
        return ""
    return f"{address[0]}•••@…" if channel == EMAIL else f"•••{address[-2:]}"


def read_names(reader: Session, spoken: Language) -> Names:
    """The names of accounts, units, causes and remedies."""

    def own(table: Any) -> Mapping[str, str]:
        return {code: spoken.own(names) for code, names in reader.execute(select(table.code, table.names))}

    accounts = dict(reader.execute(select(Account.name, Account.full_name)).all())
    return Names(accounts, own(Unit), own(Cause), own(Remedy))


def _happened(event: CaseEvent, spoken: Language, names: Names, settings: Settings) -> Happened:
    until = promised(event)
    moment = {} if until is None else {"until": spoken.moment(until, settings.zone)}
    return Happened(event.at, names.account(event.actor, spoken), in_words(event, spoken, names, moment))


def _others(reader: Session, reach: Reach, case: Case) -> list[Case]:
    """Other cases of the same customer, as far as they may be seen."""
    if case.customer_id is None:
        return []
    limits = Case.customer_id == case.customer_id, Case.case_id != case.case_id, *reach.clauses()
    return list(reader.scalars(select(Case).where(*limits).order_by(Case.opened_at.desc()).limit(OTHER_CASES)))


def days_seen(views: list[CaseView]) -> list[tuple[date, list[str]]]:
    """Who saw it, by day, the newest day first."""
    days: dict[date, list[str]] = {}
    for view in views:
        days.setdefault(view.day, []).append(view.account)
    return sorted(days.items(), reverse=True)
