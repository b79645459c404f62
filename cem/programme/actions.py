"""What is done so that a criterion gets better."""

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.people.models import Account
from cem.programme.criteria import read_criteria
from cem.programme.faults import ActionFault, UnknownCriterion, UnknownEntry
from cem.programme.models import ProgrammeAction
from surveys.database import new_id
from surveys.languages import normal_text

LONGEST = 300


def add_action(
    session: Session,
    now: datetime,
    actor: str,
    code: str,
    *,
    words: str,
    expected: str,
    owner: str,
    due_on: date,
    today: date,
) -> ProgrammeAction:
    """Something to do for a criterion. ActionFault where nobody would know what, who or until when."""
    if read_criteria().find(code) is None:
        raise UnknownCriterion
    texts = [" ".join(normal_text(text).split()) for text in (words, expected)]
    if not all(0 < len(text) <= LONGEST for text in texts) or due_on < today:
        raise ActionFault
    known = select(Account.account_id).where(Account.name == normal_text(owner), Account.disabled_at.is_(None))
    if session.scalar(known) is None:
        raise ActionFault
    action = ProgrammeAction(
        action_id=new_id(now),
        criterion=code,
        words=texts[0],
        expected=texts[1],
        owner=owner,
        due_on=due_on,
        created_at=now,
        created_by=actor,
        result="",
    )
    session.add(action)
    audit(session, now, actor, "programme:action", code, added=str(action.action_id), owner=owner)
    return action


def finish_action(session: Session, now: datetime, actor: str, action_id: str, result: str) -> ProgrammeAction:
    """It is done, with what came of it. Doing it twice is told, and changes nothing."""
    try:
        action = session.get(ProgrammeAction, uuid.UUID(action_id), with_for_update=True)
    except ValueError:
        raise UnknownEntry from None
    if action is None or action.done_at is not None:
        raise UnknownEntry
    text = " ".join(normal_text(result).split())
    if not 0 < len(text) <= LONGEST:
        raise ActionFault
    action.done_at, action.done_by, action.result = now, actor, text
    audit(session, now, actor, "programme:action-done", action.criterion, done=action_id)
    return action
