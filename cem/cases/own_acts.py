"""What customers do on their own page: write, say that it is solved or not, withdraw, ask for an answer, be left alone.

Each is done once, however often it is tapped. What it answers is a code of a notice for the page.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.alerts.sightings import leading_score, opinion_of
from cem.audit import audit
from cem.cases.closing import confirm, may_reopen, reopen, withdraw
from cem.cases.desk import Desk
from cem.cases.handling import hear
from cem.cases.messages import MESSAGE, SHORTEST
from cem.cases.models import Case, CaseEvent, CaseMessage
from cem.cases.opening import Signal, open_case_of, open_or_attach
from cem.cases.own_page import Own
from cem.cases.statuses import (
    CLOSED,
    CONFIRMED,
    RESOLVED,
    SOLVED,
    UNREACHABLE,
    WITHDRAWN,
    WORKING,
    WordsMissing,
    WrongStep,
)
from cem.cases.wording import open_again_notice
from cem.errors import CemError
from surveys.contacts import read_contact
from surveys.languages import N_, normal_text
from surveys.models import ReplyAddress, Response
from surveys.questionnaire import Questionnaire

# Sent twice so soon, the same words are one message: a finger that slipped, or a browser that tried again.
TWICE = timedelta(minutes=1)
# What can be solved, or not.
TROUBLES = {"complaint", "question"}
# An unhappy customer who asks for an answer, and one who asks without saying that anything is wrong.
UNHAPPY, ASKING = 2, 3
RULE = "own-page"


class NotNow(WrongStep):
    advice = N_("Open the page again to see where your message is.")


class AddressFault(CemError):
    title = N_("We cannot write to this address")
    advice = N_(
        "Write an e-mail address such as name@mail.example or a mobile number such as 09121234567, or leave it empty "
        "and read the answer on this page. Nothing was sent yet."
    )


def may_write(case: Case, desk: Desk) -> bool:
    return case.closed_at is None or may_reopen(case, desk.terms, desk.now)


def may_object(case: Case, desk: Desk) -> bool:
    """Whether the customer can say that it is not solved."""
    return case.kind in TROUBLES and case.status in {*SOLVED, CLOSED} and may_reopen(case, desk.terms, desk.now)


def may_confirm(case: Case) -> bool:
    """Whether the customer is asked if it is solved: a suggestion or praise has nothing to solve."""
    return case.kind in TROUBLES and case.status == RESOLVED


def write(desk: Desk, case: Case, words: str) -> str:
    """The customer writes; who had withdrawn, or was not reached, is taken up again. WordsMissing, NotNow."""
    words = normal_text(words)
    if len(words) < SHORTEST:
        raise WordsMissing
    if _said_just_now(desk, case, words):
        return "sent"
    if not may_write(case, desk):
        raise NotNow
    if case.status in {UNREACHABLE, WITHDRAWN}:
        case = reopen(desk, case, why="message")
    hear(desk, case, words)
    return "sent"


def not_solved(desk: Desk, case: Case) -> str:
    """It is not solved. Whoever says so a second time is heard by the next level. NotNow where it is too late."""
    if case.status in WORKING:
        return "reopened"
    if not may_object(case, desk):
        raise NotNow
    if case.closed_at is not None and (other := open_case_of(desk.session, case.customer_id, case.touchpoint)):
        # The same trouble came back by another answer, and that case is worked on.
        _join(desk, other, case)
        return "joined"
    reopen(desk, case, why="not_solved", senior=case.reopened > 0)
    open_again_notice(desk, case)
    return "reopened"


def solved(desk: Desk, case: Case) -> str:
    """It is solved."""
    if case.status not in {CONFIRMED, CLOSED}:
        if case.status != RESOLVED:
            raise NotNow
        confirm(desk, case)
    return "solved"


def give_up_wish(desk: Desk, case: Case) -> str:
    """The customer wants nothing more."""
    if case.status != WITHDRAWN:
        withdraw(desk, case)
    return "withdrawn"


def be_quiet(desk: Desk, case: Case) -> str:
    """The customer wants no answer by mail or text message: from now on all of it stands on their page alone."""
    if case.reply_channel or case.contact_allowed:
        case.reply_channel, case.reply_address, case.contact_allowed = "", "", False
        desk.record(case, "quiet")
    return "quiet"


def ask_for_answer(desk: Desk, own: Own, asked: Questionnaire, words: str, address: str, spoken: str) -> str:
    """An answer becomes a case because its customer wishes it, answered in the language `spoken` on the page.

    `address` may be empty. AddressFault where it is none.

    Of an anonymous survey's answer nobody asks whose it is, and no address is kept: the page is where it is answered.
    """
    response = own.response
    assert response is not None  # noqa: S101 - pages without an answer have a case
    contact = _keep_address(desk.session, response, address) if address.strip() and not asked.anonymous else None
    series, score = leading_score(response.answers, asked)
    unhappy = opinion_of(response.answers, asked) == "negative"
    signal = Signal(
        survey_id=response.survey_id,
        response_id=response.response_id,
        customer_id=None if asked.anonymous or own.customer is None else own.customer.customer_id,
        touchpoint=response.touchpoint,
        unit=response.unit,
        channel=response.channel,
        language=spoken,
        segment=response.segment,
        series=series,
        score=score,
        contact_allowed=True,
    )
    case, _ = open_or_attach(
        desk,
        signal,
        rule=RULE,
        severity=UNHAPPY if unhappy else ASKING,
        kind="complaint" if unhappy else "question",
        origin="customer",
    )
    if contact and not case.reply_channel:
        # A rule was quicker, before there was an address.
        case.reply_channel, case.reply_address = contact
    if len(normal_text(words)) >= SHORTEST:
        write(desk, case, words)
    return "asked"


def set_invitations(desk: Desk, own: Own, *, wanted: bool) -> str:
    """Whether the customer is invited to surveys from now on; nothing where nobody knows whose page it is."""
    if own.customer is not None and (own.customer.opted_out_at is None) is not wanted:
        own.customer.opted_out_at = None if wanted else desk.now
        action = "customer:opt-in" if wanted else "customer:opt-out"
        # Not the customer's own id: the trail stays when they are erased.
        subject = own.case.number if own.case else str(own.response and own.response.response_id)
        audit(desk.session, desk.now, desk.actor, action, subject)
    return "invited" if wanted else "left-alone"


def _keep_address(session: Session, response: Response, typed: str) -> tuple[str, str]:
    """Channel and address of what was typed, kept beside the answer as one that was left in the survey itself."""
    contact = read_contact(typed)
    if contact is None:
        raise AddressFault
    key = response.survey_id, response.response_id
    known = session.get(ReplyAddress, key)
    if known is None:
        session.add(ReplyAddress(survey_id=key[0], response_id=key[1], channel=contact[0], address=contact[1]))
    else:
        known.channel, known.address = contact
    session.flush()
    return contact


def _join(desk: Desk, other: Case, case: Case) -> None:
    """The owner of the open case hears once that an earlier one was not solved either."""
    signals = select(CaseEvent.details).where(CaseEvent.case_id == other.case_id, CaseEvent.kind == "signal")
    if all(details.get("case") != case.number for details in desk.session.scalars(signals)):
        reopen(desk, case, why="not_solved")


def _said_just_now(desk: Desk, case: Case, words: str) -> bool:
    lately = select(CaseMessage.text).where(
        CaseMessage.case_id == case.case_id, CaseMessage.kind == MESSAGE, CaseMessage.at > desk.now - TWICE
    )
    return any(text == words for text in desk.session.scalars(lately))
