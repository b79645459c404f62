"""Where a case stands, in the words of a customer: what we do, what comes next, and how far it has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cem.cases.models import Case
from cem.cases.statuses import (
    ACKNOWLEDGED,
    ASSIGNED,
    CLOSED,
    CONFIRMED,
    IN_CONTACT,
    INVESTIGATING,
    MERGED,
    NEW,
    PROPOSED,
    REOPENED,
    RESOLVED,
    SOLVED,
    UNREACHABLE,
    WAITING,
    WITHDRAWN,
    WORKING,
)
from surveys.languages import N_, Language

# A headline and a sentence for each status.
STATUS_WORDS = {
    NEW: (N_("We have your message"), N_("It has arrived safely, and a colleague takes it up.")),
    ACKNOWLEDGED: (N_("We have your message"), N_("It has arrived safely, and a colleague takes it up.")),
    ASSIGNED: (N_("A colleague is looking into it"), N_("We have it in hand and come back to you.")),
    IN_CONTACT: (N_("We are in contact with you"), N_("What we wrote is below. You can answer at any time.")),
    INVESTIGATING: (N_("We are finding out what happened"), N_("As soon as we know more, you read it here.")),
    PROPOSED: (N_("We have a proposal for you"), N_("Please tell us below whether it helps you.")),
    WAITING: (N_("We wait for your answer"), N_("To go on, we need a few words from you. Please write them below.")),
    REOPENED: (N_("We are looking at it again"), N_("You told us that it is not solved. It is open again.")),
    RESOLVED: (N_("We believe that it is solved"), N_("Is it? You know best: please tell us.")),
    CONFIRMED: (N_("It is solved"), N_("Thank you for telling us.")),
    CLOSED: (N_("This is closed"), N_("Nothing is left to do on our side.")),
    UNREACHABLE: (N_("We could not reach you"), N_("Write to us below, and we go on.")),
    WITHDRAWN: (N_("We have stopped, as you asked"), N_("If you change your mind, write to us below.")),
    MERGED: (N_("We handle this together with another message"), N_("You need not do anything.")),
}
# A suggestion is answered; nothing about it was broken.
SUGGESTION = (N_("We have answered your suggestion"), N_("If anything is missing in our answer, write to us below."))
PRAISE = (N_("Thank you for your kind words"), N_("We pass them on to those who earned them."))
WRITTEN_TO = N_("You hear from us by %(moment)s.")
CONTACTED = N_("A colleague contacts you by %(moment)s.")
SOLVED_BY = N_("We want to have it solved by %(moment)s.")
ANSWERED_BY = N_("We want to give you our final answer by %(moment)s.")
LATE = N_("You were to hear from us by %(moment)s. We are late, and we are sorry. A more senior colleague knows of it.")


@dataclass(frozen=True)
class Step:
    """One step of the way, and when it was taken; the first that was not is `next`."""

    name: str
    at: datetime | None
    next: bool = False


def status_words(case: Case) -> tuple[str, str]:
    """The headline and the sentence, to be translated."""
    if case.kind == "praise":
        return PRAISE
    if case.kind == "suggestion" and case.status in {*SOLVED, CLOSED}:
        return SUGGESTION
    return STATUS_WORDS[case.status]


def coming_next(case: Case, spoken: Language, zone: ZoneInfo, now: datetime) -> str:
    """The next date that the customer can count on; empty where none is coming."""
    if case.status not in WORKING or case.kind == "praise":
        return ""
    if case.promised_at is not None:
        text, moment = WRITTEN_TO, case.promised_at
    elif case.contacted_at is None:
        text, moment = CONTACTED, case.contact_due
    elif case.waiting_since is None:
        text, moment = ANSWERED_BY if case.kind == "suggestion" else SOLVED_BY, case.resolve_due
    else:
        return ""
    return spoken.fill(text if moment >= now else LATE, {"moment": spoken.moment(moment, zone)})


def course(case: Case) -> list[Step]:
    """The way of a case: received, in hand, answered, perhaps opened again, solved."""
    steps = list(_steps(case))
    if case.status not in WORKING:
        return [step for step in steps if step.at is not None]
    for place, step in enumerate(steps):
        if step.at is None:
            return [*steps[:place], Step(step.name, None, next=True), *steps[place + 1 :]]
    return steps


def _steps(case: Case) -> Iterator[Step]:
    if case.kind == "praise":
        return
    yield Step(N_("Received"), case.opened_at)
    yield Step(N_("In hand"), case.acknowledged_at if case.owner else case.contacted_at)
    yield Step(N_("Answered"), case.contacted_at)
    if case.reopened_at is not None:
        yield Step(N_("Taken up again"), case.reopened_at)
    yield Step(N_("Answered in full") if case.kind == "suggestion" else N_("Solved"), case.resolved_at)
    if case.status == WITHDRAWN:
        yield Step(N_("Withdrawn"), case.closed_at)
    elif case.status == CLOSED:
        yield Step(N_("Closed"), case.closed_at)
