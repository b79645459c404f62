"""A case opens: from an answer, or because somebody of the staff heard of it. What belongs together is one case."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cem.cases.clocks import start_clocks
from cem.cases.desk import Desk, number_of
from cem.cases.handling import settle
from cem.cases.messages import keep_note
from cem.cases.models import Case, CaseSignal
from cem.cases.notifications import notify
from cem.cases.routing import owner_for
from cem.cases.statuses import NEW
from cem.cases.wording import acknowledgement
from surveys.contacts import addresses_of
from surveys.models import Customer, Invitation, ReplyAddress


@dataclass(frozen=True, kw_only=True)
class Signal:
    """An answer that needs somebody, with what is known of who gave it."""

    survey_id: uuid.UUID
    response_id: uuid.UUID
    customer_id: uuid.UUID | None
    touchpoint: str
    unit: str
    channel: str
    language: str
    segment: str
    series: str = ""
    score: int | None = None
    contact_allowed: bool = False
    # The customer was asked and wants no answer.
    declined: bool = False


@dataclass(frozen=True, kw_only=True)
class Logged:
    """What somebody of the staff heard, by telephone, by letter or at the counter.

    `case_id`, where it is given, is the case that it becomes: the same form sent twice is one case.
    """

    kind: str
    severity: int
    words: str
    wanted: str
    touchpoint: str
    unit: str
    channel: str
    language: str
    customer_id: uuid.UUID | None = None
    reply_channel: str = ""
    reply_address: str = ""
    case_id: uuid.UUID | None = None


def open_or_attach(
    desk: Desk,
    signal: Signal,
    *,
    rule: str,
    severity: int,
    kind: str,
    owner: str = "",
    tell_at: datetime | None = None,
    origin: str = "rule",
) -> tuple[Case, bool]:
    """The case of an answer, and whether it is new: one that is open for the same customer and touchpoint takes it.

    The owner is told at `tell_at`, or at once. `origin` is 'customer' where somebody asks for it on their own page.
    """
    if (already := case_of(desk.session, signal.survey_id, signal.response_id)) is not None:
        if already.closed_at is None:
            _worsen(desk, already, severity)
        return already, False
    if (there := open_case_of(desk.session, signal.customer_id, signal.touchpoint)) is not None:
        _attach(desk, there, signal, rule, severity, tell_at)
        return there, False
    case_id = desk.new_id()
    channel, address = _reply_to(desk.session, signal)
    case = Case(
        **_empty(case_id),
        words="",
        wanted="",
        origin=origin,
        kind=kind,
        severity=severity,
        survey_id=signal.survey_id,
        response_id=signal.response_id,
        customer_id=signal.customer_id,
        touchpoint=signal.touchpoint,
        unit=signal.unit,
        channel=signal.channel,
        language=signal.language,
        segment=signal.segment,
        series=signal.series,
        score=signal.score,
        contact_allowed=signal.contact_allowed or channel != "",
        reply_channel=channel,
        reply_address=address,
    )
    try:
        with desk.session.begin_nested():
            _begin(desk, case, owner)
    except IntegrityError:
        # Somebody opened one for the same customer and touchpoint at the same instant.
        there = open_case_of(desk.session, signal.customer_id, signal.touchpoint)
        if there is None:
            raise
        _attach(desk, there, signal, rule, severity, tell_at)
        return there, False
    _link(desk, case, signal, rule)
    _announce(desk, case, tell_at, rule=rule)
    return case, True


def log_case(desk: Desk, entry: Logged) -> Case:
    """A case that the staff logs; where one is open for the customer and touchpoint, it takes the words as a note."""
    case_id = entry.case_id or desk.new_id()
    if (already := desk.session.get(Case, case_id)) is not None:
        return already
    if (there := open_case_of(desk.session, entry.customer_id, entry.touchpoint)) is not None:
        return _hear_again(desk, there, entry)
    case = Case(
        **_empty(case_id),
        words=entry.words,
        wanted=entry.wanted,
        series="",
        origin="staff",
        kind=entry.kind,
        severity=entry.severity,
        customer_id=entry.customer_id,
        touchpoint=entry.touchpoint,
        unit=entry.unit,
        channel=entry.channel,
        language=entry.language,
        segment=_segment_of(desk.session, entry.customer_id),
        contact_allowed=True,
        reply_channel=entry.reply_channel,
        reply_address=entry.reply_address,
    )
    try:
        with desk.session.begin_nested():
            _begin(desk, case, "")
    except IntegrityError:
        # At the same instant the form was sent twice, or somebody opened one for the same customer and touchpoint.
        if (already := desk.session.get(Case, case_id)) is not None:
            return already
        there = open_case_of(desk.session, entry.customer_id, entry.touchpoint)
        if there is None:
            raise
        return _hear_again(desk, there, entry)
    _announce(desk, case)
    return case


def _hear_again(desk: Desk, case: Case, entry: Logged) -> Case:
    """What a colleague heard of a customer whose case is open already."""
    # An address that somebody tells is for whoever handles the case to judge: it does not redirect what is said there.
    keep_note(desk, case, "\n".join(part for part in (entry.words, entry.wanted, entry.reply_address) if part))
    desk.record(case, "logged")
    _worsen(desk, case, entry.severity)
    if case.owner is not None and case.owner != desk.actor:
        notify(desk, case, case.owner, "signal")
    return case


def case_of(session: Session, survey_id: uuid.UUID, response_id: uuid.UUID) -> Case | None:
    """The case that an answer belongs to."""
    return session.scalar(
        select(Case)
        .join(CaseSignal, CaseSignal.case_id == Case.case_id)
        .where(CaseSignal.survey_id == survey_id, CaseSignal.response_id == response_id)
    )


def open_case_of(session: Session, customer_id: uuid.UUID | None, touchpoint: str) -> Case | None:
    """The open case of a customer about a touchpoint, held until the transaction ends."""
    if customer_id is None:
        return None
    return session.scalar(
        select(Case)
        .where(Case.customer_id == customer_id, Case.touchpoint == touchpoint, Case.closed_at.is_(None))
        .with_for_update()
    )


def _empty(case_id: uuid.UUID) -> dict[str, object]:
    """What every case begins with."""
    return {
        "case_id": case_id,
        "number": number_of(case_id),
        "status": NEW,
        "no_reply_reason": "",
        "reopened": 0,
        "escalated": [],
    }


def _begin(desk: Desk, case: Case, wished: str) -> None:
    case.opened_at = desk.now
    start_clocks(case, desk.terms, desk.calendar, desk.now)
    case.owner = owner_for(desk.session, case.unit, desk.today, wished)
    if desk.terms.promise(case.severity).acknowledge_minutes == 0:
        case.acknowledged_at = desk.now
    settle(case)
    desk.session.add(case)
    desk.session.flush()


def _announce(desk: Desk, case: Case, tell_at: datetime | None = None, **details: object) -> None:
    """The history begins, the customer hears that it arrived, and the owner that it is there."""
    told = {"severity": case.severity, "owner": case.owner, **details}
    desk.record(case, "open", **told)
    acknowledgement(desk, case)
    if case.owner is not None and case.owner != desk.actor:
        notify(desk, case, case.owner, "open", due_at=tell_at)


def _attach(desk: Desk, case: Case, signal: Signal, rule: str, severity: int, tell_at: datetime | None = None) -> None:
    """A further answer of the same customer."""
    _link(desk, case, signal, rule)
    if not case.reply_channel:
        case.reply_channel, case.reply_address = _reply_to(desk.session, signal)
    case.contact_allowed = case.contact_allowed or signal.contact_allowed or case.reply_channel != ""
    desk.record(case, "signal", rule=rule)
    _worsen(desk, case, severity)
    if case.owner is not None:
        notify(desk, case, case.owner, "signal", due_at=tell_at)


def _worsen(desk: Desk, case: Case, severity: int) -> None:
    """A case is as severe as the worst of what it is about."""
    if severity < case.severity and case.resolved_at is None:
        before, case.severity = case.severity, severity
        start_clocks(case, desk.terms, desk.calendar, case.opened_at)
        desk.record(case, "severity", severity=severity, before=before)


def _link(desk: Desk, case: Case, signal: Signal, rule: str) -> None:
    desk.session.add(
        CaseSignal(
            survey_id=signal.survey_id, response_id=signal.response_id, case_id=case.case_id, rule=rule, at=desk.now
        )
    )


def _reply_to(session: Session, signal: Signal) -> tuple[str, str]:
    """Where this person is answered: as they asked in the answer itself, or as the company knows them.

    Whoever said no, or wants to hear nothing at all and did not ask for this, hears nothing.
    """
    if signal.declined:
        return "", ""
    given = session.get(ReplyAddress, (signal.survey_id, signal.response_id))
    if given is not None:
        return given.channel, given.address
    customer = None if signal.customer_id is None else session.get(Customer, signal.customer_id)
    if customer is not None and (customer.opted_out_at is None or signal.contact_allowed):
        for channel, address in sorted(addresses_of(session, customer.customer_id).items()):
            return channel, address
    return "", ""


def in_trouble(session: Session, customer_id: uuid.UUID) -> bool:
    """Whether a customer has a case of severity 1 or 2 open."""
    severe = select(Case.case_id).where(Case.customer_id == customer_id, Case.closed_at.is_(None), Case.severity <= 2)
    return session.scalar(severe.limit(1)) is not None


def customer_of(session: Session, survey_id: uuid.UUID, response_id: uuid.UUID) -> uuid.UUID | None:
    """Who gave an answer by a personal link; nobody is known for others."""
    invitation = session.get(Invitation, (survey_id, response_id))
    return None if invitation is None else invitation.customer_id


def _segment_of(session: Session, customer_id: uuid.UUID | None) -> str:
    customer = None if customer_id is None else session.get(Customer, customer_id)
    return "" if customer is None else customer.segment
