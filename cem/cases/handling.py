"""Work on a case: take it up, pass it on, speak with the customer, find out, propose, wait."""

from datetime import datetime

from sqlalchemy import select

from cem.cases.clocks import marks_passed, resume_resolving, start_clocks, told
from cem.cases.desk import CUSTOMER, Desk
from cem.cases.messages import keep_message, keep_note, tell_customer
from cem.cases.models import Case, CaseEvent, CaseMessage
from cem.cases.notifications import notify
from cem.cases.statuses import (
    ACKNOWLEDGED,
    ASSIGNED,
    IN_CONTACT,
    INVESTIGATING,
    NEW,
    PROPOSED,
    REOPENED,
    WAITING,
    WORKING,
    expect,
)
from cem.people.models import Account

BEFORE_CONTACT = (NEW, REOPENED, ACKNOWLEDGED, ASSIGNED)
CONTACT_CHANNELS = ("phone", "email", "sms", "in_person", "letter", "messenger")


def settle(case: Case) -> None:
    """Before anybody has spoken with the customer, the status follows from who knows of the case."""
    if case.status in {NEW, ACKNOWLEDGED, ASSIGNED} and case.acknowledged_at is not None:
        case.status = ACKNOWLEDGED if case.owner is None else ASSIGNED


def acknowledge(desk: Desk, case: Case) -> None:
    """A person has seen it and takes it up."""
    expect(case, *WORKING)
    if case.acknowledged_at is None:
        case.acknowledged_at = desk.now
        case.owner = case.owner or desk.actor
        settle(case)
        desk.record(case, "acknowledge")


def assign(desk: Desk, case: Case, owner: str) -> None:
    """Another owner; the case has one at any time."""
    expect(case, *WORKING)
    known = desk.session.scalar(select(Account.name).where(Account.name == owner, Account.disabled_at.is_(None)))
    if known is None or known == case.owner:
        return
    before, case.owner = case.owner, known
    settle(case)
    desk.record(case, "assign", owner=known, before=before)
    if known != desk.actor:
        notify(desk, case, known, "assign")


def log_contact(desk: Desk, case: Case, channel: str, *, reached: bool, note: str = "") -> None:
    """Somebody tried to speak with the customer; who was reached was contacted."""
    expect(case, *WORKING)
    if reached:
        _contacted(desk, case)
    if note.strip():
        keep_note(desk, case, note)
    desk.record(case, "contact", channel=channel, reached=reached)


def reply(desk: Desk, case: Case, text: str) -> CaseMessage:
    """A person answers the customer, which is contact too."""
    message = tell_customer(desk, case, text)
    if case.closed_at is None and case.resolved_at is None:
        _contacted(desk, case)
    kept = case.promised_at is not None
    details = {"promise_kept": desk.now <= case.promised_at} if case.promised_at is not None else {}
    if kept:
        case.promised_at = None
    desk.record(case, "reply", sent_by=message.sent_by, **details)
    return message


def note(desk: Desk, case: Case, text: str) -> None:
    """For colleagues alone."""
    keep_note(desk, case, text)
    desk.record(case, "note")


def hear(desk: Desk, case: Case, text: str) -> None:
    """The customer writes on their own page; who waited for them waits no more."""
    keep_message(desk, case, text)
    if case.status == WAITING:
        resume_resolving(case, desk.calendar, desk.now)
        case.status = IN_CONTACT
    desk.record(case, "message")
    if case.owner is not None:
        notify(desk, case, case.owner, "message")


def investigate(desk: Desk, case: Case) -> None:
    """What happened is being looked into."""
    _move(desk, case, INVESTIGATING, "investigate")


def propose(desk: Desk, case: Case) -> None:
    """A solution was offered to the customer."""
    _move(desk, case, PROPOSED, "propose")


def wait(desk: Desk, case: Case) -> None:
    """Nothing can be done until the customer answers: the clock to resolve stops, the one to contact does not."""
    expect(case, *(status for status in WORKING if status != WAITING))
    case.status, case.waiting_since = WAITING, desk.now
    desk.record(case, "wait")


def resume(desk: Desk, case: Case) -> None:
    """It goes on."""
    expect(case, WAITING)
    resume_resolving(case, desk.calendar, desk.now)
    case.status = IN_CONTACT if case.contacted_at is not None else ASSIGNED
    desk.record(case, "resume")


def set_severity(desk: Desk, case: Case, severity: int) -> None:
    """More or less severe than it seemed; what is promised follows from it, from the opening on."""
    expect(case, *WORKING)
    if severity != case.severity:
        before, case.severity = case.severity, severity
        start_clocks(case, desk.terms, desk.calendar, case.opened_at)
        desk.record(case, "severity", severity=severity, before=before)


def promise(desk: Desk, case: Case, moment: datetime) -> None:
    """The customer is told when they will hear again; the next reply keeps it."""
    expect(case, *WORKING)
    case.promised_at = moment
    desk.record(case, "promise", until=moment.isoformat())


def failed_attempts(desk: Desk, case: Case) -> list[str]:
    """The channels of the attempts that reached nobody, one for each."""
    found = desk.session.scalars(
        select(CaseEvent.details).where(CaseEvent.case_id == case.case_id, CaseEvent.kind == "contact")
    )
    return [details["channel"] for details in found if not details["reached"]]


def escalate(desk: Desk, case: Case, whom: dict[int, str | None], highest: str | None) -> int:
    """Tell those whom the passed marks call: `whom` for each mark, `highest` where a Sev1 promise is broken.

    How many marks were told.
    """
    passed = marks_passed(case, desk.terms, desk.calendar, desk.now)
    for clock, mark in passed:
        case.escalated = [*case.escalated, *(one for one in told(clock, mark) if one not in case.escalated)]
        account = highest if mark == 100 and case.severity == 1 and highest else whom.get(mark)
        desk.record(case, "escalate", clock=clock.name, mark=mark, account=account)
        if account is not None:
            notify(desk, case, account, f"{clock.name}:{mark}", unique=clock.due)
    return len(passed)


def _move(desk: Desk, case: Case, status: str, kind: str) -> None:
    expect(case, *WORKING)
    resume_resolving(case, desk.calendar, desk.now)
    case.status = status
    desk.record(case, kind)


def _contacted(desk: Desk, case: Case) -> None:
    if case.contacted_at is None:
        case.contacted_at = desk.now
    if case.acknowledged_at is None:
        case.acknowledged_at = desk.now
    if case.status in BEFORE_CONTACT:
        case.status = IN_CONTACT
    if case.owner is None and desk.actor != CUSTOMER:
        case.owner = desk.actor
