"""A customer is erased: their cases stay as what the company did, without whom they were about and what was said."""

import uuid

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cem.cases.models import Case, CaseMessage, CaseTask, Commendation, Recovery

_EMPTY = {
    "customer_id": None,
    "survey_id": None,
    "response_id": None,
    "words": "",
    "wanted": "",
    "reply_channel": "",
    "reply_address": "",
    "no_reply_reason": "",
}


def forget_customer(session: Session, customer_id: uuid.UUID) -> int:
    """Take a customer out of their cases; how many cases they were."""
    cases = list(session.scalars(select(Case.case_id).where(Case.customer_id == customer_id)))
    if cases:
        session.execute(delete(CaseMessage).where(CaseMessage.case_id.in_(cases)))
        session.execute(update(CaseTask).where(CaseTask.case_id.in_(cases)).values(text="", result=""))
        session.execute(update(Commendation).where(Commendation.case_id.in_(cases)).values(words=""))
        session.execute(update(Recovery).where(Recovery.case_id.in_(cases)).values(survey_id=None, invitation_id=None))
        session.execute(update(Case).where(Case.case_id.in_(cases)).values(_EMPTY))
    return len(cases)
