"""Who stands how to a case: whose hands it is in, which tasks and remedies of it are theirs to end, what was tried."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.cases.messages import AUTOMATIC, MESSAGE, NOTE
from cem.cases.models import Case, CaseEvent, CaseMessage, CaseRemedy, CaseTask
from cem.cases.reach import reach_of
from cem.people.accounts import Person
from cem.roles import Action, Role, may


@dataclass(frozen=True)
class Standing:
    """What the steps depend on beside the case itself.

    `hands` who has the case in their hands; `tasks` wait and are theirs to finish, `remedies` theirs to decide about;
    `unanswered` where the customer has had the last word.
    """

    hands: bool
    tasks: frozenset[uuid.UUID] = frozenset()
    remedies: frozenset[uuid.UUID] = frozenset()
    unanswered: bool = False
    attempts: int = 0
    attempt_channels: int = 0


def read_standing(session: Session, person: Person, case: Case) -> Standing:
    """How somebody stands to a case that they may see."""
    if not may(person.role, Action.CASES_HANDLE, measured=person.measured):
        return Standing(hands=False)
    hands, units = has_hands(session, person, case), reach_of(session, person, Action.CASES_HANDLE).units
    waiting = session.scalars(select(CaseTask).where(CaseTask.case_id == case.case_id, CaseTask.done_at.is_(None)))
    offered = session.scalars(
        select(CaseRemedy).where(CaseRemedy.case_id == case.case_id, CaseRemedy.granted.is_(None))
    )
    last = session.scalar(
        select(CaseMessage.kind)
        .where(CaseMessage.case_id == case.case_id, CaseMessage.kind.not_in((AUTOMATIC, NOTE)))
        .order_by(CaseMessage.message_id.desc())
        .limit(1)
    )
    tried = session.scalars(
        select(CaseEvent.details).where(CaseEvent.case_id == case.case_id, CaseEvent.kind == "contact")
    )
    failed = [details["channel"] for details in tried if not details["reached"]]
    return Standing(
        hands=hands,
        tasks=frozenset(one.task_id for one in waiting if hands or (units is not None and one.unit in units)),
        remedies=frozenset(one.remedy_id for one in offered if may_decide(session, person, case, one)),
        unanswered=last == MESSAGE,
        attempts=len(failed),
        attempt_channels=len(set(failed)),
    )


def has_hands(session: Session, person: Person, case: Case) -> bool:
    """Whether somebody works on this case itself: their role handles cases, and it is within their reach."""
    if not may(person.role, Action.CASES_HANDLE, measured=person.measured):
        return False
    return reach_of(session, person, Action.CASES_HANDLE).handles(case)


def may_decide(session: Session, person: Person, case: Case, given: CaseRemedy) -> bool:
    """Whether somebody may say yes or no to a remedy: the CX manager, or the manager of the unit or one above it.

    Never who offered it.
    """
    if given.offered_by == person.name or not has_hands(session, person, case):
        return False
    if person.role is Role.CX_MANAGER:
        return True
    units = reach_of(session, person, Action.CASES_HANDLE).units
    return units is not None and case.unit in units
