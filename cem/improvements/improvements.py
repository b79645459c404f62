"""Improvements: what is changed because of a root cause, from the plan to the day on which customers notice it."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError, Conflict, NotFound
from cem.improvements.models import Improvement, RootCause
from cem.improvements.root_causes import check_owner
from cem.scorecards.annotations import annotate
from cem.scorecards.models import Annotation
from surveys.database import new_id
from surveys.languages import CODES, N_, normal_text

PLANNED, RUNNING, DONE, ABANDONED = "planned", "running", "done", "abandoned"
STATUSES = {
    PLANNED: N_("Planned"),
    RUNNING: N_("Running"),
    DONE: N_("Done"),
    ABANDONED: N_("Abandoned"),
}
OPEN = (PLANNED, RUNNING)
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_TOLD = 200, 2000, 1000


class UnknownImprovement(NotFound):
    title = N_("There is no such improvement")
    advice = N_("Open the list of improvements and choose again.")


class ImprovementFault(CemError):
    title = N_("This improvement cannot be kept")
    advice = N_(
        "It needs a title and a day on which it is due. The cost is a whole number of rials, and the expected change "
        "one that the KPI can make. Units for comparison are others than its own. Nothing was changed."
    )


class WrongStatus(Conflict):
    title = N_("This step is not possible now")
    advice = N_("The improvement has moved on, perhaps by somebody else's hand. Open it again to see where it is.")


class DoneFault(CemError):
    title = N_("This day cannot be kept")
    advice = N_("Give the day from which customers notice the improvement: today, or a day that has been.")


class ToldFault(CemError):
    title = N_("The words for customers are missing")
    advice = N_("Write them in both languages: each customer is told in their own.")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What somebody wants to change, and the effect that they expect; parsed, and checked against what there is."""

    title: str
    description: str
    owner: str | None
    unit: str
    due_on: date
    cost: int | None = None
    survey_id: uuid.UUID | None = None
    series: str = ""
    touchpoint: str = ""
    expected: float | None = None
    control_units: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        return {**asdict(self), "control_units": list(self.control_units)}


def find_improvement(session: Session, improvement_id: uuid.UUID, *, change: bool = False) -> Improvement:
    """UnknownImprovement where there is none; held until the transaction ends where it is to be changed."""
    found = session.get(Improvement, improvement_id, with_for_update=change or None)
    if found is None:
        raise UnknownImprovement
    return found


def plan_improvement(session: Session, now: datetime, actor: str, root_cause: RootCause, plan: Plan) -> Improvement:
    """A new improvement of a root cause."""
    check_owner(session, plan.owner)
    row = Improvement(
        improvement_id=new_id(now),
        root_cause_id=root_cause.root_cause_id,
        created_at=now,
        created_by=actor,
        status=PLANNED,
        done_on=None,
        told={},
        told_at=None,
        raised=0,
        reached=0,
        verdict="not_done",
        **plan.columns(),
    )
    session.add(row)
    session.flush()
    audit(session, now, actor, "improvement:plan", str(row.improvement_id), **_written(plan))
    return row


def change_improvement(session: Session, now: datetime, actor: str, row: Improvement, plan: Plan) -> None:
    """Plan it otherwise, until it is done: then what is measured stays, and nobody looks for a KPI that has risen."""
    _expect(row, *OPEN)
    check_owner(session, plan.owner)
    for name, value in plan.columns().items():
        setattr(row, name, value)
    audit(session, now, actor, "improvement:change", str(row.improvement_id), **_written(plan))


def start_improvement(session: Session, now: datetime, actor: str, row: Improvement) -> None:
    """Somebody has begun."""
    _expect(row, PLANNED)
    row.status = RUNNING
    audit(session, now, actor, "improvement:start", str(row.improvement_id))


def finish_improvement(
    session: Session, now: datetime, actor: str, row: Improvement, done_on: date, today: date
) -> None:
    """It is done, and customers notice it from `done_on` on. The trend of its KPI gets a note of it."""
    _expect(row, *OPEN)
    if done_on > today or done_on.year < today.year - 10:
        raise DoneFault
    row.status, row.done_on = DONE, done_on
    audit(session, now, actor, "improvement:done", str(row.improvement_id), done_on=done_on.isoformat())
    _note(session, now, actor, row, done_on)


def abandon_improvement(session: Session, now: datetime, actor: str, row: Improvement) -> None:
    """It will not be done."""
    _expect(row, *OPEN)
    row.status = ABANDONED
    audit(session, now, actor, "improvement:abandon", str(row.improvement_id))


def keep_told(session: Session, now: datetime, actor: str, row: Improvement, texts: Mapping[str, str]) -> None:
    """The words that customers are told, in both languages."""
    if row.told_at is not None:
        raise WrongStatus
    told = {code: normal_text(texts.get(code, ""))[:LONGEST_TOLD] for code in CODES}
    if any(len(text) < 2 for text in told.values()):
        raise ToldFault
    row.told = told
    audit(session, now, actor, "improvement:words", str(row.improvement_id), told=told)


def _expect(row: Improvement, *statuses: str) -> None:
    if row.status not in statuses:
        raise WrongStatus


def _note(session: Session, now: datetime, actor: str, row: Improvement, day: date) -> None:
    """What is noted in these words for this day and place already is not noted twice."""
    place = (Annotation.unit == row.unit, Annotation.touchpoint == row.touchpoint, Annotation.day == day)
    known = session.scalars(select(Annotation.words).where(*place, Annotation.withdrawn_at.is_(None)))
    if any(row.title in words.values() for words in known):
        return
    code = "fa" if any("\u0600" <= letter <= "\u06ff" for letter in row.title) else "en"
    annotate(
        session,
        now,
        actor,
        day=day,
        words={code: row.title},
        survey_id=row.survey_id,
        unit=row.unit,
        touchpoint=row.touchpoint,
    )


def _written(plan: Plan) -> dict[str, Any]:
    written = {"due_on": plan.due_on.isoformat(), "survey_id": str(plan.survey_id) if plan.survey_id else None}
    return {**plan.columns(), **written}
