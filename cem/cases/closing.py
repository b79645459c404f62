"""A case comes to its end: resolved, confirmed, closed; or merged, withdrawn, not reached. It can be opened again."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from cem.cases.clocks import resume_resolving, start_resolving
from cem.cases.desk import Desk
from cem.cases.handling import failed_attempts
from cem.cases.messages import REPLY, keep_note
from cem.cases.models import Case, CaseMessage, CaseRemedy, CaseSignal, CaseTask, Recovery
from cem.cases.notifications import notify
from cem.cases.opening import open_case_of
from cem.cases.routing import next_level
from cem.cases.statuses import (
    CLOSED,
    CONFIRMED,
    ENDED,
    MERGED,
    OUTCOMES,
    REOPENED,
    RESOLVED,
    SOLVED,
    UNREACHABLE,
    WITHDRAWN,
    WORKING,
    NotReady,
    WrongStep,
    expect,
)
from cem.cases.terms import Terms
from cem.cases.wording import solved_notice
from cem.improvements.models import Cause


def resolve(desk: Desk, case: Case, cause: str, outcome: str, *, no_reply_reason: str = "") -> None:
    """The trouble is over, with why it came about and what was done. NotReady says what is missing."""
    expect(case, *WORKING)
    missing = list(_missing(desk, case, cause, outcome, no_reply_reason))
    if missing:
        raise NotReady(*missing)
    resume_resolving(case, desk.calendar, desk.now)
    case.cause, case.outcome, case.no_reply_reason = cause, outcome, no_reply_reason.strip()[:300]
    case.resolved_at, case.status = desk.now, RESOLVED
    _ask_later(desk, case)
    desk.record(case, "resolve", cause=cause, outcome=outcome)
    solved_notice(desk, case)


def confirm(desk: Desk, case: Case) -> None:
    """The customer says that it is solved."""
    expect(case, RESOLVED)
    case.confirmed_at, case.status = desk.now, CONFIRMED
    desk.record(case, "confirm")


def close(desk: Desk, case: Case) -> None:
    """Nothing is left to do."""
    expect(case, *SOLVED)
    if case.promised_at is not None:
        raise NotReady("promise")
    _end(desk, case, CLOSED)
    desk.record(case, "close")


def may_reopen(case: Case, terms: Terms, now: datetime) -> bool:
    """Whether a case came to its end, and not so long ago that it would be another one."""
    ended = case.resolved_at or case.closed_at
    if case.status not in {*SOLVED, *ENDED} or case.status == MERGED or ended is None:
        return False
    return now <= ended + timedelta(days=terms.reopen_days)


def reopen(desk: Desk, case: Case, *, why: str, senior: bool = False) -> Case:
    """It is not solved after all: the same case goes on, its clock anew; `senior` gives it to the next level.

    WrongStep after the time for it. Where another case is open for the same customer and touchpoint, that one goes on.
    """
    if not may_reopen(case, desk.terms, desk.now):
        raise WrongStep
    if case.closed_at is not None:
        other = open_case_of(desk.session, case.customer_id, case.touchpoint)
        if other is not None:
            desk.record(other, "signal", case=case.number, why=why)
            return other
    case.closed_at = case.resolved_at = case.confirmed_at = None
    case.status, case.reopened_at, case.reopened = REOPENED, desk.now, case.reopened + 1
    case.escalated = [mark for mark in case.escalated if not mark.startswith("resolve:")]
    start_resolving(case, desk.terms, desk.calendar, desk.now)
    if senior or case.owner is None:
        case.owner = next_level(desk.session, case.unit, case.owner, desk.today) or case.owner
    desk.record(case, "reopen", why=why, owner=case.owner)
    if case.owner is not None and case.owner != desk.actor:
        notify(desk, case, case.owner, "reopen", unique=desk.now)
    return case


def merge(desk: Desk, case: Case, into: Case) -> None:
    """The same trouble twice: what was said and answered goes on in the other case."""
    expect(case, *WORKING)
    expect(into, *WORKING)
    if case.case_id == into.case_id:
        raise WrongStep
    for signal in desk.session.scalars(select(CaseSignal).where(CaseSignal.case_id == case.case_id)):
        signal.case_id = into.case_id
    case.merged_into = into.case_id
    if not into.reply_channel:
        into.reply_channel, into.reply_address = case.reply_channel, case.reply_address
    if case.words:
        keep_note(desk, into, case.words)
    _end(desk, case, MERGED)
    desk.record(case, "merge", into=into.number)
    desk.record(into, "merged_here", case=case.number)


def give_up(desk: Desk, case: Case) -> None:
    """The customer cannot be reached, after as many attempts on as many channels as the terms ask for."""
    expect(case, *WORKING)
    attempts = failed_attempts(desk, case)
    if len(attempts) < desk.terms.attempts or len(set(attempts)) < desk.terms.attempt_channels:
        raise NotReady("attempts")
    _end(desk, case, UNREACHABLE)
    desk.record(case, "unreachable", attempts=len(attempts))


def withdraw(desk: Desk, case: Case) -> None:
    """The customer wants nothing more to be done."""
    expect(case, *WORKING, *SOLVED)
    _end(desk, case, WITHDRAWN)
    desk.record(case, "withdraw")


def _end(desk: Desk, case: Case, status: str) -> None:
    case.closed_at, case.status, case.waiting_since = desk.now, status, None


def _missing(desk: Desk, case: Case, cause: str, outcome: str, no_reply_reason: str) -> list[str]:
    """What a resolution still needs."""
    missing = []
    if (known := desk.session.get(Cause, cause)) is None or known.retired_at is not None:
        missing.append("cause")
    if outcome not in OUTCOMES:
        missing.append("outcome")
    replied = select(
        exists().where(
            CaseMessage.case_id == case.case_id, CaseMessage.kind == REPLY, CaseMessage.at >= case.resolve_from
        )
    )
    if not no_reply_reason.strip() and not desk.session.scalar(replied):
        missing.append("reply")
    if case.promised_at is not None:
        missing.append("promise")
    if desk.session.scalar(select(exists().where(CaseTask.case_id == case.case_id, CaseTask.done_at.is_(None)))):
        missing.append("tasks")
    if desk.session.scalar(select(exists().where(CaseRemedy.case_id == case.case_id, CaseRemedy.granted.is_(None)))):
        missing.append("remedies")
    return missing


def _ask_later(desk: Desk, case: Case) -> None:
    """One recovery survey for a case, however often it is opened again; the days count from its last resolution."""
    if case.kind not in {"complaint", "question"}:
        return
    due = desk.now + timedelta(days=desk.terms.recovery_days)
    known = desk.session.get(Recovery, case.case_id)
    if known is None:
        desk.session.add(Recovery(case_id=case.case_id, due_at=due, before=case.score))
    elif known.asked_at is None:
        known.due_at = due
