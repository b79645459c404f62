"""Where a case stands, what else it is told by, and which steps are possible."""

from cem.cases.models import Case
from cem.errors import CemError, Conflict, Forbidden, NotFound
from surveys.languages import N_

NEW, ACKNOWLEDGED, ASSIGNED, IN_CONTACT = "new", "acknowledged", "assigned", "in_contact"
INVESTIGATING, PROPOSED, RESOLVED, CONFIRMED, CLOSED = "investigating", "proposed", "resolved", "confirmed", "closed"
WAITING, REOPENED = "waiting_customer", "reopened"
MERGED, UNREACHABLE, WITHDRAWN = "merged", "unreachable", "withdrawn"

STATUS_NAMES = {
    NEW: N_("New"),
    ACKNOWLEDGED: N_("Acknowledged"),
    ASSIGNED: N_("Assigned"),
    IN_CONTACT: N_("In contact"),
    INVESTIGATING: N_("Investigating"),
    PROPOSED: N_("Solution proposed"),
    WAITING: N_("Waiting for the customer"),
    REOPENED: N_("Reopened"),
    RESOLVED: N_("Resolved"),
    CONFIRMED: N_("Confirmed by the customer"),
    CLOSED: N_("Closed"),
    MERGED: N_("Merged into another case"),
    UNREACHABLE: N_("Customer not reached"),
    WITHDRAWN: N_("Withdrawn by the customer"),
}
# Still to be resolved; in the order in which a case usually goes.
WORKING = (NEW, REOPENED, ACKNOWLEDGED, ASSIGNED, IN_CONTACT, INVESTIGATING, PROPOSED, WAITING)
SOLVED = (RESOLVED, CONFIRMED)
ENDED = (CLOSED, MERGED, UNREACHABLE, WITHDRAWN)

KINDS = {
    "complaint": N_("Complaint"),
    "question": N_("Question"),
    "suggestion": N_("Suggestion"),
    "praise": N_("Praise"),
}
ORIGINS = {"rule": N_("Alert rule"), "staff": N_("Logged by staff"), "customer": N_("Customer")}
OUTCOMES = {
    "fixed": N_("Put right"),
    "explained": N_("Explained"),
    "compensated": N_("Compensated"),
    "apologised": N_("Apologised"),
    "passed_on": N_("Passed on to whom it concerns"),
    "not_possible": N_("Not possible, with reasons"),
    "unfounded": N_("Nothing was found"),
}


class UnknownCase(NotFound):
    title = N_("There is no such case")
    advice = N_("Perhaps the number is mistyped, or the case belongs to another unit.")


class WrongStep(Conflict):
    title = N_("This step is not possible now")
    advice = N_("The case has moved on, perhaps by somebody else's hand. Open it again to see where it is.")


class NotYours(Forbidden):
    title = N_("Somebody else decides this")
    advice = N_("Ask a person whose role allows it, such as the manager of the unit above.")


class NotReady(CemError):
    """A case that cannot be closed yet; `missing` says what it needs."""

    title = N_("The case is not ready to be closed")
    advice = N_(
        "A case needs a cause, an outcome, a reply that was sent or the reason why none was, and every promised date "
        "kept. Nothing was changed."
    )

    def __init__(self, *missing: str) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


# What a case may lack at its end, as it is told to people.
MISSING = {
    "cause": N_("a cause"),
    "outcome": N_("what was achieved"),
    "reply": N_("a reply to the customer, or the reason why none is needed"),
    "promise": N_("the promised answer: reply to the customer first, which keeps the promise"),
    "tasks": N_("the tasks of other units, which are not finished yet"),
    "remedies": N_("a decision about the remedy that waits for approval"),
    "attempts": N_("more attempts to reach the customer, on more than one channel"),
}


class WordsMissing(CemError):
    title = N_("Some words are missing")
    advice = N_("Write a sentence at least. Nothing was sent yet.")


def expect(case: Case, *statuses: str) -> None:
    """WrongStep where the case stands at none of these."""
    if case.status not in statuses:
        raise WrongStep
