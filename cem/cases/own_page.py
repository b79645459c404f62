"""A customer's own page: which answer and which case its token opens, and how much of that case is the reader's own.

The token names an answer, or a case that the staff logged, and nothing about who gave it. Cases of different people may
be merged: then each of them sees what they said, what they were told before, and what the company has told all of them
since, and nothing that another of them wrote.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from cem.cases.desk import is_erased
from cem.cases.messages import AUTOMATIC, NOTE, REPLY
from cem.cases.models import Case, CaseEvent, CaseMessage, CaseSignal, Recovery
from cem.cases.opening import customer_of
from surveys.arrivals import Key
from surveys.database import NIL
from surveys.errors import SurveyError
from surveys.languages import N_
from surveys.links import OwnPage
from surveys.models import Customer, Response

LONGEST_CHAIN = 5
MOST_MESSAGES = 200


class NothingHere(SurveyError):
    status = 404
    title = N_("There is nothing here any more")
    advice = N_("What stood on this page was removed from our records. You can always write to us anew.")


@dataclass(frozen=True)
class Own:
    """What a token opens. `first` is the case that was this reader's before it was merged into `case`."""

    response: Response | None
    case: Case | None
    first: Case | None
    customer: Customer | None
    # Whether the case is this reader's alone.
    whole: bool
    recovery: Recovery | None

    @property
    def language(self) -> str:
        """The language that the customer has used."""
        return self.case.language if self.case and self.whole else self.response.language if self.response else ""

    def messages(self) -> ColumnElement[bool]:
        """Which messages are on the page."""
        assert self.case is not None  # noqa: S101 - pages without a case have no messages
        ours = CaseMessage.case_id == self.case.case_id
        if not self.whole:
            since = self.first.closed_at if self.first and self.first.closed_at else self.case.opened_at
            ours = and_(ours, CaseMessage.kind.in_((REPLY, AUTOMATIC)), CaseMessage.at >= since)
        if self.first is not None:
            ours = or_(ours, CaseMessage.case_id == self.first.case_id)
        return and_(ours, CaseMessage.kind != NOTE)


def find_own(session: Session, link: OwnPage, *, change: bool = False) -> Own:
    """What a token of ours opens, the case held where it is to be changed; NothingHere where all of it is gone."""
    if link.survey_id == NIL:
        return _of_case(session, link.response_id, None, change=change)
    # Held too: who asks for an answer twice at one instant has one case.
    response = session.get(Response, (link.survey_id, link.response_id), with_for_update=change or None)
    if response is None:
        raise NothingHere
    asked_after = select(Recovery.case_id).where(
        Recovery.survey_id == link.survey_id, Recovery.invitation_id == link.response_id
    )
    if (case_id := session.scalar(asked_after)) is not None:
        return _of_case(session, case_id, response, change=change)
    key = link.survey_id, link.response_id
    mine = customer_of(session, *key)
    customer = None if mine is None else session.get(Customer, mine)
    linked = select(CaseSignal.case_id).where(CaseSignal.survey_id == key[0], CaseSignal.response_id == key[1])
    if (case_id := session.scalar(linked)) is None:
        return Own(response, None, None, customer, whole=True, recovery=None)
    case = _case(session, case_id, change=change)
    whole = (case.survey_id, case.response_id) == key or (mine is not None and case.customer_id == mine)
    first = None if (case.survey_id, case.response_id) == key else _merged_from(session, case, key)
    recovery = session.get(Recovery, case_id) if whole else None
    return Own(response, case, first, customer, whole, recovery)


def answers_of(session: Session, own: Own) -> list[Response]:
    """The answers that the page repeats to whoever gave them, the oldest first."""
    keys: set[Key] = set()
    if own.response is not None:
        keys.add((own.response.survey_id, own.response.response_id))
    if own.case is not None and own.whole:
        if own.case.survey_id is not None and own.case.response_id is not None:
            keys.add((own.case.survey_id, own.case.response_id))
        if own.recovery is not None and own.recovery.survey_id and own.recovery.invitation_id:
            keys.add((own.recovery.survey_id, own.recovery.invitation_id))
        if own.customer is not None:
            linked = select(CaseSignal.survey_id, CaseSignal.response_id).where(CaseSignal.case_id == own.case.case_id)
            theirs = own.customer.customer_id
            keys |= {(s, r) for s, r in session.execute(linked) if customer_of(session, s, r) == theirs}
    found = [response for key in keys if (response := session.get(Response, key)) is not None]
    return sorted(found, key=lambda one: (one.day, one.response_id.int))


def messages_of(session: Session, own: Own) -> list[CaseMessage]:
    """What was said, the newest last."""
    if own.case is None:
        return []
    newest = select(CaseMessage).where(own.messages()).order_by(CaseMessage.message_id.desc()).limit(MOST_MESSAGES)
    return list(session.scalars(newest))[::-1]


def mark_read(session: Session, own: Own, now: datetime) -> None:
    """The customer has seen what the company says; the first time counts."""
    if own.case is not None:
        unread = CaseMessage.read_at.is_(None), CaseMessage.kind.in_((REPLY, AUTOMATIC))
        for message in session.scalars(select(CaseMessage).where(own.messages(), *unread)):
            message.read_at = now


def _of_case(session: Session, case_id: uuid.UUID, response: Response | None, *, change: bool) -> Own:
    """A page that is about a case from the start."""
    first = session.get(Case, case_id)
    if first is None or is_erased(first):
        raise NothingHere
    case = first
    for _ in range(LONGEST_CHAIN):
        if case.merged_into is None:
            break
        case = session.get_one(Case, case.merged_into)
    if change:
        case = _case(session, case.case_id, change=True)
    customer = None if first.customer_id is None else session.get(Customer, first.customer_id)
    whole = case is first or (first.customer_id is not None and first.customer_id == case.customer_id)
    recovery = session.get(Recovery, case.case_id) if whole else None
    return Own(response, case, None if case is first else first, customer, whole, recovery)


def _case(session: Session, case_id: uuid.UUID, *, change: bool) -> Case:
    statement = select(Case).where(Case.case_id == case_id)
    return session.scalars(
        statement.with_for_update().execution_options(populate_existing=True) if change else statement
    ).one()


def _merged_from(session: Session, case: Case, key: Key) -> Case | None:
    """The case that an answer had opened before that case was merged into this one."""
    waiting = [case.case_id]
    for _ in range(LONGEST_CHAIN):
        found = list(_merged_into(session, waiting))
        for one in found:
            if (one.survey_id, one.response_id) == key:
                return one
        waiting = [one.case_id for one in found]
        if not waiting:
            break
    return None


def _merged_into(session: Session, cases: list[uuid.UUID]) -> Iterator[Case]:
    """By the history of the cases, which is found by their ids."""
    merged = select(CaseEvent.details).where(CaseEvent.case_id.in_(cases), CaseEvent.kind == "merged_here")
    numbers = [details["case"] for details in session.scalars(merged)]
    yield from session.scalars(select(Case).where(Case.number.in_(numbers)))
