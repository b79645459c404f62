"""What people judge: a score with what it rests on, and a second person who confirms it or gives it back."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from cem.audit import audit
from cem.programme.attachments import Attachment
from cem.programme.criteria import read_criteria
from cem.programme.faults import AlreadyDecided, JudgementFault, OwnJudgement, UnknownCriterion, UnknownEntry
from cem.programme.models import Judgement
from cem.programme.scoring import HIGHEST
from surveys.database import new_id
from surveys.languages import normal_text

LONGEST_NOTE = 2000
_NOTHING = Attachment()


def judge(
    session: Session,
    now: datetime,
    actor: str,
    code: str,
    given: int,
    note: str,
    attachment: Attachment = _NOTHING,
) -> Judgement:
    """Somebody's judgement of a criterion; it counts once somebody else has confirmed it.

    One that waits from the same person is given back by the new one: a person has one opinion at a time.
    """
    criteria = read_criteria()
    if criteria.find(code) is None:
        raise UnknownCriterion
    text = normal_text(note)
    if not 0 <= given <= HIGHEST or not 0 < len(text) <= LONGEST_NOTE:
        raise JudgementFault
    earlier = select(Judgement).where(
        Judgement.criterion == code, Judgement.confirmed.is_(None), Judgement.judged_by == actor
    )
    for one in session.scalars(earlier.with_for_update()):
        one.confirmed, one.decided_by, one.decided_at = False, actor, now
    judgement = Judgement(
        judgement_id=new_id(now),
        criterion=code,
        version=criteria.version,
        score=given,
        note=text,
        file_name=attachment.name,
        file=attachment.content,
        judged_by=actor,
        judged_at=now,
        decision_note="",
    )
    session.add(judgement)
    audit(session, now, actor, "programme:judge", code, score=given, judgement=str(judgement.judgement_id))
    return judgement


def decide(session: Session, now: datetime, actor: str, judgement_id: str, *, confirmed: bool, note: str) -> Judgement:
    """The second assessor's word. OwnJudgement for whoever judged, AlreadyDecided for the one who comes too late."""
    judgement = _find(session, judgement_id)
    if judgement.confirmed is not None:
        raise AlreadyDecided
    if judgement.judged_by == actor:
        raise OwnJudgement
    text = normal_text(note)[:LONGEST_NOTE]
    if not confirmed and not text:
        raise JudgementFault
    judgement.confirmed, judgement.decision_note = confirmed, text
    judgement.decided_by, judgement.decided_at = actor, now
    audit(session, now, actor, "programme:decide", judgement.criterion, judgement=judgement_id, confirmed=confirmed)
    return judgement


def judgements_of(session: Session, code: str) -> list[Judgement]:
    """Everything that was ever judged of a criterion, the newest first."""
    statement = select(Judgement).where(Judgement.criterion == code).order_by(Judgement.judgement_id.desc())
    return list(session.scalars(statement.options(defer(Judgement.file))))


def _find(session: Session, judgement_id: str) -> Judgement:
    try:
        found = session.get(Judgement, uuid.UUID(judgement_id), with_for_update=True)
    except ValueError:
        raise UnknownEntry from None
    if found is None:
        raise UnknownEntry
    return found
