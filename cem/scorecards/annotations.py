"""Annotations: what was changed when. Written by those who answer for the place, and withdrawn, never edited."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError, NotFound
from cem.scorecards.choices import Choice
from cem.scorecards.days import read_day
from cem.scorecards.models import Annotation
from cem.scorecards.offers import Offers
from surveys.database import new_id
from surveys.languages import N_, Month, normal_text
from surveys.questionnaire import Text

LONGEST = 200


class AnnotationFault(CemError):
    title = N_("This note cannot be kept")
    advice = N_("Write what was changed in at most 200 characters, and a day that is not in the future.")


class UnknownAnnotation(NotFound):
    title = N_("There is no such note")
    advice = N_("It may have been withdrawn meanwhile. Open the scorecard again.")


@dataclass(frozen=True)
class Note:
    """An annotation as a page shows it."""

    id: str
    day: date
    words: Text
    unit: str
    touchpoint: str
    by: str


def read_words(texts: Mapping[str, str]) -> dict[str, str]:
    """The words that were written in each language; one is enough."""
    words = {code: " ".join(normal_text(text).split()) for code, text in texts.items()}
    words = {code: text for code, text in words.items() if text}
    if not words or any(len(text) > LONGEST for text in words.values()):
        raise AnnotationFault
    return words


def annotate(
    session: Session,
    now: datetime,
    actor: str,
    *,
    day: date,
    words: dict[str, str],
    survey_id: uuid.UUID | None = None,
    unit: str = "",
    touchpoint: str = "",
) -> Annotation:
    note = Annotation(
        annotation_id=new_id(now),
        survey_id=survey_id,
        unit=unit,
        touchpoint=touchpoint,
        day=day,
        words=words,
        entered_by=actor,
        entered_at=now,
    )
    session.add(note)
    audit(
        session,
        now,
        actor,
        "annotation:write",
        str(note.annotation_id),
        day=day.isoformat(),
        words=words,
        unit=unit,
        touchpoint=touchpoint,
    )
    return note


def withdraw_annotation(
    session: Session, now: datetime, actor: str, annotation_id: str, units: frozenset[str] | None
) -> None:
    """Take a note back; `units` are those that the person answers for, None where it is all."""
    try:
        note = session.get(Annotation, uuid.UUID(annotation_id))
    except ValueError:
        raise UnknownAnnotation from None
    if note is None or note.withdrawn_at or (units is not None and note.unit not in units):
        raise UnknownAnnotation
    note.withdrawn_by, note.withdrawn_at = actor, now
    audit(session, now, actor, "annotation:withdraw", str(note.annotation_id))


def annotations_of(reader: Session, choice: Choice, offers: Offers, months: tuple[Month, ...]) -> tuple[Note, ...]:
    """What was noted in these months, oldest first: of the place itself, of what it is part of and of its parts."""
    around = {"", *_above(choice.unit, offers)} | (offers.subtree(choice.unit) if choice.unit else offers.units.keys())
    places = ["", choice.touchpoint] if choice.touchpoint else None
    statement = (
        select(Annotation)
        .where(
            Annotation.withdrawn_at.is_(None),
            or_(Annotation.survey_id.is_(None), Annotation.survey_id == choice.survey_id),
            Annotation.unit.in_(sorted(around)),
            Annotation.day >= months[0].first_day,
            Annotation.day < choice.period.end,
            *([Annotation.touchpoint.in_(places)] if places else []),
        )
        .order_by(Annotation.day, Annotation.annotation_id)
    )
    return tuple(
        Note(str(row.annotation_id), row.day, row.words, row.unit, row.touchpoint, row.entered_by)
        for row in reader.scalars(statement)
    )


def _above(unit: str, offers: Offers) -> list[str]:
    found: list[str] = []
    at: str | None = unit
    while at:
        found.append(at)
        at = offers.units[at].parent
    return found


def read_note_day(text: str, today: date) -> date:
    """The day of a note: one that has been, in either calendar."""
    try:
        day = read_day(text)
    except ValueError:
        raise AnnotationFault from None
    if day > today:
        raise AnnotationFault
    return day
