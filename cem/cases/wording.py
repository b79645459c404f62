"""What customers are told by itself, in their language: that it arrived, that it is solved, that it is open again."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from cem.cases.desk import Desk, in_line
from cem.cases.messages import REPLY, tell_customer
from cem.cases.models import Case, CaseMessage
from surveys.languages import N_, language

# Whoever was written to so lately reads of the solution in that reply; a second message at once would only disturb.
JUST_NOW = timedelta(minutes=10)

ARRIVED = N_(
    "Thank you for telling us. Your message has the number %(number)s. A colleague will contact you by %(moment)s."
)
ARRIVED_PRAISE = N_("Thank you for your kind words. We pass them on to those who earned them. Number: %(number)s.")
ARRIVED_SUGGESTION = N_("Thank you for your suggestion. Its number is %(number)s; we answer you by %(moment)s.")
SOLVED = N_(
    "We believe that your case %(number)s is solved. If it is not, tell us with one tap on your page until %(moment)s."
)
OPEN_AGAIN = N_(
    "We are sorry that it is not solved. Your case %(number)s is open again, and we want to have it solved by "
    "%(moment)s."
)


def acknowledgement(desk: Desk, case: Case) -> None:
    """The message that goes out when a case opens."""
    tell_customer(desk, case, automatic_words(case, desk.settings.zone), automatic=True)


def automatic_words(case: Case, zone: ZoneInfo) -> str:
    """Its words, in the case's language."""
    text = {"praise": ARRIVED_PRAISE, "suggestion": ARRIVED_SUGGESTION}.get(case.kind, ARRIVED)
    spoken = language(case.language)
    moment = spoken.moment(case.contact_due, zone)
    return spoken.fill(text, {"number": in_line(case.number), "moment": moment})


def solved_notice(desk: Desk, case: Case) -> None:
    """The message when a trouble is resolved, unless a reply went out just now."""
    replied = exists().where(
        CaseMessage.case_id == case.case_id, CaseMessage.kind == REPLY, CaseMessage.at > desk.now - JUST_NOW
    )
    if case.kind not in {"complaint", "question"} or desk.session.scalar(select(replied)):
        return
    last = desk.now + timedelta(days=desk.terms.reopen_days)
    _tell(desk, case, SOLVED, language(case.language).date(last.astimezone(desk.settings.zone).date()))


def open_again_notice(desk: Desk, case: Case) -> None:
    """The message when a customer says that it is not solved."""
    _tell(desk, case, OPEN_AGAIN, language(case.language).moment(case.resolve_due, desk.settings.zone))


def _tell(desk: Desk, case: Case, text: str, moment: str) -> None:
    spoken = language(case.language)
    tell_customer(desk, case, spoken.fill(text, {"number": in_line(case.number), "moment": moment}), automatic=True)
