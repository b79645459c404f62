"""Which steps of a case are possible now, and which of them comes next: what a page offers and what a form may do."""

from datetime import datetime, timedelta

from cem.cases.models import Case
from cem.cases.standing import Standing
from cem.cases.statuses import (
    ENDED,
    INVESTIGATING,
    MERGED,
    PROPOSED,
    SOLVED,
    WAITING,
    WITHDRAWN,
    WORKING,
)
from cem.cases.terms import Terms
from surveys.languages import N_

STEP_NAMES = {
    "acknowledge": N_("Take it up"),
    "contact": N_("Log a contact attempt"),
    "reply": N_("Reply to the customer"),
    "resume": N_("Go on: the customer has answered"),
    "investigate": N_("Look into it"),
    "propose": N_("A solution was proposed"),
    "resolve": N_("Resolve"),
    "close": N_("Close"),
    "reopen": N_("Open again"),
    "assign": N_("Give it to somebody"),
    "note": N_("Note for colleagues"),
    "ask": N_("Ask another unit"),
    "remedy": N_("Give a remedy"),
    "promise": N_("Promise a date"),
    "wait": N_("Wait for the customer"),
    "severity": N_("Change the severity"),
    "commend": N_("Pass on praise"),
    "merge": N_("Merge into another case"),
    "unreachable": N_("The customer cannot be reached"),
    "withdraw": N_("The customer withdraws"),
    "finish": N_("Finish the task"),
    "decide": N_("Decide about the remedy"),
}


def possible(case: Case, standing: Standing, terms: Terms, now: datetime) -> tuple[str, ...]:
    """The steps in the order in which they are offered, the next one first; none for who only reads."""
    found = []
    if standing.hands:
        found += _working(case, standing, terms) if case.status in WORKING else _over(case, terms, now)
    if standing.remedies:
        found.append("decide")
    if standing.tasks:
        found.append("finish")
    if (standing.hands or standing.tasks) and "note" not in found:
        found.append("note")
    first = next_step(case, standing)
    return tuple(sorted(found, key=lambda step: step != first))


def next_step(case: Case, standing: Standing) -> str:
    """What is most likely to be done next: the first of these that holds."""
    answer = "contact" if case.reply_channel == "sms" else "reply"
    likely = (
        (not standing.hands, "finish"),
        (case.status in SOLVED, "close"),
        (case.status in ENDED, "note"),
        (case.acknowledged_at is None, "acknowledge"),
        (standing.unanswered, "reply"),
        (case.kind == "praise", "commend"),
        (case.contacted_at is None, answer),
        (case.status == WAITING, "resume"),
        (case.status == PROPOSED, "resolve"),
        (case.status == INVESTIGATING, "propose"),
    )
    return next((step for holds, step in likely if holds), "investigate")


def _working(case: Case, standing: Standing, terms: Terms) -> list[str]:
    enough = standing.attempts >= terms.attempts and standing.attempt_channels >= terms.attempt_channels
    conditions = {
        "acknowledge": case.acknowledged_at is None,
        "resume": case.status == WAITING,
        "investigate": case.status != INVESTIGATING,
        "propose": case.status != PROPOSED,
        "wait": case.status != WAITING,
        "unreachable": enough,
        "commend": case.kind == "praise",
        **dict.fromkeys(("close", "reopen", "finish", "decide"), False),
    }
    return [step for step in STEP_NAMES if conditions.get(step, True)]


def _over(case: Case, terms: Terms, now: datetime) -> list[str]:
    """A case that is resolved, closed, or came to another end."""
    found = []
    if case.status in SOLVED:
        found += ["close", "reply", "withdraw"]
    elif case.status not in {MERGED, WITHDRAWN}:
        found.append("reply")
    ended = case.resolved_at or case.closed_at
    if case.status != MERGED and ended is not None and now <= ended + timedelta(days=terms.reopen_days):
        found.append("reopen")
    if case.kind == "praise" and case.status != MERGED:
        found.append("commend")
    return [*found, "note"]
