"""What customers are told by itself, in their language: that it arrived, its number, when they hear again."""

from zoneinfo import ZoneInfo

from cem.cases.desk import Desk
from cem.cases.messages import tell_customer
from cem.cases.models import Case
from surveys.languages import N_, language

ARRIVED = N_(
    "Thank you for telling us. Your message has the number %(number)s. A colleague will contact you by %(moment)s."
)
ARRIVED_PRAISE = N_("Thank you for your kind words. We pass them on to those who earned them. Number: %(number)s.")
ARRIVED_SUGGESTION = N_("Thank you for your suggestion. Its number is %(number)s; we answer you by %(moment)s.")


def acknowledgement(desk: Desk, case: Case) -> None:
    """The message that goes out when a case opens."""
    tell_customer(desk, case, automatic_words(case, desk.settings.zone), automatic=True)


def automatic_words(case: Case, zone: ZoneInfo) -> str:
    """Its words, in the case's language."""
    text = {"praise": ARRIVED_PRAISE, "suggestion": ARRIVED_SUGGESTION}.get(case.kind, ARRIVED)
    spoken = language(case.language)
    moment = spoken.moment(case.contact_due, zone)
    return spoken.fill(text, {"number": case.number, "moment": moment})
