"""A person corrects what was read: the correction wins, and the next model learns from it."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from cem.audit import audit
from cem.comments.models import CommentCorrection, CommentReading
from cem.comments.readings import OPPOSITE
from cem.errors import CemError, NotFound
from surveys.database import new_id
from surveys.languages import N_

SENTIMENTS = ("positive", "negative", "mixed", "unknown")


class UnknownComment(NotFound):
    title = N_("There is no such comment")
    advice = N_("It may have been erased. Go back to the list of comments.")


class CorrectionFault(CemError):
    title = N_("This correction cannot be kept")
    advice = N_("Choose a sentiment and topics from the list. Nothing was changed.")


def correct(
    session: Session,
    now: datetime,
    actor: str,
    reading: CommentReading,
    *,
    sentiment: str,
    topics: Collection[str],
    known: Collection[str],
) -> None:
    """Set a comment's sentiment and topics; `known` are the codes that there are."""
    # A topic that is gone may stay where it was found.
    if sentiment not in SENTIMENTS or not set(topics) <= {*known, *reading.topics}:
        raise CorrectionFault
    replaced = {"sentiment": reading.sentiment, "source": reading.source, "topics": reading.topics}
    chosen = sorted(set(topics))
    session.add(
        CommentCorrection(
            survey_id=reading.survey_id,
            response_id=reading.response_id,
            correction_id=new_id(now),
            at=now,
            actor=actor,
            sentiment=sentiment,
            topics=chosen,
            replaced=replaced,
        )
    )
    reading.sentiment, reading.topics, reading.source, reading.corrected = sentiment, chosen, "person", True
    reading.conflict = reading.by_score != "" and OPPOSITE[reading.by_score] == sentiment
    reading.read_at = now
    subject = f"{reading.survey_id}/{reading.response_id}"
    audit(session, now, actor, "comment:correct", subject, sentiment=sentiment, topics=chosen, replaced=replaced)


def find_reading(session: Session, survey_id: uuid.UUID, response_id: str) -> CommentReading:
    """The reading of an address; UnknownComment where there is none."""
    try:
        reading = session.get(CommentReading, (survey_id, uuid.UUID(response_id)))
    except ValueError:
        raise UnknownComment from None
    if reading is None:
        raise UnknownComment
    return reading
