"""From a form of a case's page to its verb: each step reads what it needs, and says what is missing."""

import uuid
from collections.abc import Callable, Mapping
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.cases import closing, handling, tasks
from cem.cases.absences import handlers
from cem.cases.catalogue import causes, remedies
from cem.cases.desk import Desk, find_case
from cem.cases.handling import CONTACT_CHANNELS
from cem.cases.models import Case, CaseEvent
from cem.cases.moments import read_moment
from cem.cases.reach import case_within
from cem.cases.standing import has_hands, read_standing
from cem.cases.statuses import NotYours, WordsMissing, WrongStep
from cem.cases.steps import possible
from cem.cases.terms import SEVERITIES
from cem.errors import CemError
from cem.people.accounts import Person
from cem.rewards.disputes import read_amount
from cem.scorecards.offers import read_offers
from surveys.languages import N_, ascii_digits, normal_text

Form = Mapping[str, str]
Act = Callable[[Desk, Case, Form], None]


class FormFault(CemError):
    title = N_("Something in the form is missing")
    advice = N_("Choose from the list, and fill in what the form asks for. Nothing was changed.")


def _acknowledge(desk: Desk, case: Case, _: Form) -> None:
    handling.acknowledge(desk, case)


def _contact(desk: Desk, case: Case, form: Form) -> None:
    if form.get("channel") not in CONTACT_CHANNELS or form.get("reached") not in {"yes", "no"}:
        raise FormFault
    handling.log_contact(desk, case, form["channel"], reached=form["reached"] == "yes", note=form.get("note", ""))


def _reply(desk: Desk, case: Case, form: Form) -> None:
    handling.reply(desk, case, form.get("text", ""))


def _note(desk: Desk, case: Case, form: Form) -> None:
    handling.note(desk, case, form.get("text", ""))


def _investigate(desk: Desk, case: Case, _: Form) -> None:
    handling.investigate(desk, case)


def _propose(desk: Desk, case: Case, _: Form) -> None:
    handling.propose(desk, case)


def _wait(desk: Desk, case: Case, _: Form) -> None:
    handling.wait(desk, case)


def _resume(desk: Desk, case: Case, _: Form) -> None:
    handling.resume(desk, case)


def _assign(desk: Desk, case: Case, form: Form) -> None:
    if form.get("owner") not in {account.name for account in handlers(desk.session)}:
        raise FormFault
    handling.assign(desk, case, form["owner"])


def _severity(desk: Desk, case: Case, form: Form) -> None:
    handling.set_severity(desk, case, read_severity(form))


def read_severity(form: Form) -> int:
    """One of the severities; FormFault for anything else."""
    if form.get("severity") not in {str(one) for one in SEVERITIES}:
        raise FormFault
    return int(form["severity"])


def _promise(desk: Desk, case: Case, form: Form) -> None:
    moment = read_moment(form.get("day", ""), form.get("hour", ""), desk.settings.zone, desk.now)
    handling.promise(desk, case, moment)


def _ask(desk: Desk, case: Case, form: Form) -> None:
    unit = form.get("unit", "")
    if unit == case.unit or unit not in read_offers(desk.session).units:
        raise FormFault
    due = read_moment(form.get("day", ""), form.get("hour", ""), desk.settings.zone, desk.now)
    tasks.ask_unit(desk, case, unit, form.get("text", ""), due)


def _remedy(desk: Desk, case: Case, form: Form) -> None:
    remedy = next((one for one in remedies(desk.session) if one.code == form.get("code")), None)
    amount = read_amount(form.get("amount", ""))
    if remedy is None or amount < 0 or (amount > 0) is (remedy.own_limit is None):
        raise FormFault
    tasks.offer_remedy(desk, case, remedy.code, amount)


def _merge(desk: Desk, case: Case, form: Form) -> None:
    closing.merge(desk, case, find_case(desk.session, form.get("into", ""), change=True))


def _unreachable(desk: Desk, case: Case, _: Form) -> None:
    closing.give_up(desk, case)


def _withdraw(desk: Desk, case: Case, _: Form) -> None:
    closing.withdraw(desk, case)


def _resolve(desk: Desk, case: Case, form: Form) -> None:
    """With the reply that tells the customer, where there is one."""
    reason = normal_text(form.get("reason", ""))
    if normal_text(form.get("text", "")):
        handling.reply(desk, case, form["text"])
    known = {cause.code for _, cause in causes(desk.session)}
    cause = form.get("cause", "")
    closing.resolve(desk, case, cause if cause in known else "", form.get("outcome", ""), no_reply_reason=reason)


def _close(desk: Desk, case: Case, _: Form) -> None:
    closing.close(desk, case)


def _reopen(desk: Desk, case: Case, form: Form) -> None:
    """Why it is opened again is a note, for the history holds no words."""
    if len(normal_text(form.get("text", ""))) < 2:
        raise WordsMissing
    handling.note(desk, closing.reopen(desk, case, why="staff"), form["text"])


def _commend(desk: Desk, case: Case, form: Form) -> None:
    tasks.commend(desk, case, form.get("named", ""), form.get("words", ""))


STEPS: dict[str, Act] = {
    "acknowledge": _acknowledge,
    "contact": _contact,
    "reply": _reply,
    "resume": _resume,
    "investigate": _investigate,
    "propose": _propose,
    "resolve": _resolve,
    "close": _close,
    "reopen": _reopen,
    "assign": _assign,
    "note": _note,
    "ask": _ask,
    "remedy": _remedy,
    "promise": _promise,
    "wait": _wait,
    "severity": _severity,
    "commend": _commend,
    "merge": _merge,
    "unreachable": _unreachable,
    "withdraw": _withdraw,
}


def hold(session: Session, person: Person, number: str, step: str, form: Form) -> Case:
    """The case of a number, as far as this person sees it, held for a step; with the other one for a merge."""
    case = case_within(session, person, number)
    if step == "merge":
        other = case_within(session, person, form.get("into", ""))
        # In one order: two who merge the same two cases into each other must not wait for each other for good.
        for one in sorted({case.number, other.number}):
            find_case(session, one, change=True)
    return find_case(session, case.number, change=True)


def fingerprint(step: str, form: Form) -> str:
    """What tells one sent form from another: a page has a mark of its own, so that only the same form is the same.

    Empty where a form has no mark.
    """
    if not form.get("once"):
        return ""
    said = sorted((name, value) for name, value in form.items() if name != "_csrf_token")
    return sha256(repr((step, said)).encode()).hexdigest()[:24]


def take_step(desk: Desk, person: Person, case: Case, step: str, form: Form) -> None:
    """One step that is possible now; NotYours for who has not the case in their hands, WrongStep for another step.

    A form that was sent before does nothing.
    """
    if desk.form and desk.form in _forms(desk, case):
        return
    standing = read_standing(desk.session, person, case)
    if step not in possible(case, standing, desk.terms, desk.now):
        if step not in STEPS or standing.hands or step in {"finish", "decide"}:
            raise WrongStep
        raise NotYours
    if step == "merge" and not has_hands(desk.session, person, find_case(desk.session, form.get("into", ""))):
        # What was said goes on in the other case: it has to be in the same hands.
        raise NotYours
    match step:
        case "finish":
            tasks.finish_task(desk, case, _one_of(standing.tasks, form, "task"), form.get("text", ""))
        case "decide":
            decide(desk, case, _one_of(standing.remedies, form, "remedy"), form)
        case _:
            STEPS[step](desk, case, form)


def decide(desk: Desk, case: Case, remedy_id: uuid.UUID, form: Form) -> None:
    """Yes or no to a remedy above the limit."""
    if form.get("granted") not in {"yes", "no"}:
        raise FormFault
    tasks.decide_remedy(desk, case, remedy_id, granted=form["granted"] == "yes")


def _forms(desk: Desk, case: Case) -> set[str]:
    """The forms that this person sent about the case before."""
    found = select(CaseEvent.details).where(CaseEvent.case_id == case.case_id, CaseEvent.actor == desk.actor)
    return {details["form"] for details in desk.session.scalars(found) if "form" in details}


def _one_of(theirs: frozenset[uuid.UUID], form: Form, name: str) -> uuid.UUID:
    """The task or remedy that a form names; NotYours where it is not this person's to end."""
    try:
        named = uuid.UUID(hex=ascii_digits(form.get(name, "")))
    except ValueError:
        raise FormFault from None
    if named not in theirs:
        raise NotYours
    return named
