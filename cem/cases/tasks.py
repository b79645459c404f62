"""What other units contribute to a case, and the remedies that customers are given; the case keeps its one owner."""

import uuid
from datetime import datetime

from sqlalchemy import func, select

from cem.cases.desk import Desk
from cem.cases.models import Case, CaseRemedy, CaseTask, Commendation, Remedy
from cem.cases.notifications import notify
from cem.cases.routing import managers, next_level
from cem.cases.statuses import WORKING, NotYours, WordsMissing, WrongStep, expect
from surveys.languages import normal_text


def ask_unit(desk: Desk, case: Case, unit: str, text: str, due_at: datetime) -> CaseTask:
    """Ask another unit for something; its manager is told."""
    expect(case, *WORKING)
    words = _words(text)
    task = CaseTask(
        task_id=desk.new_id(),
        case_id=case.case_id,
        unit=unit,
        text=words,
        due_at=due_at,
        created_at=desk.now,
        created_by=desk.actor,
        result="",
    )
    desk.session.add(task)
    desk.record(case, "task", task=str(task.task_id), unit=unit)
    manager = next(managers(desk.session, unit, desk.today), None)
    if manager is not None and manager != desk.actor:
        notify(desk, case, manager, "task", unique=task.due_at)
    return task


def finish_task(desk: Desk, case: Case, task_id: uuid.UUID, result: str) -> None:
    """The other unit has done it, and says what came of it."""
    task = desk.session.get(CaseTask, task_id)
    if task is None or task.case_id != case.case_id or task.done_at is not None:
        raise WrongStep
    task.result, task.done_at, task.done_by = _words(result), desk.now, desk.actor
    desk.record(case, "task_done", task=str(task_id), unit=task.unit)


def offer_remedy(desk: Desk, case: Case, code: str, amount: int) -> CaseRemedy:
    """Give a remedy of the catalogue. Up to its limit whoever handles the case decides, above it the next level.

    What the case was given of the same remedy counts towards the limit: nobody gives a large amount in small parts.
    """
    expect(case, *WORKING)
    remedy = desk.session.get(Remedy, code)
    if remedy is None or remedy.retired_at is not None or amount < 0 or (remedy.own_limit is None and amount > 0):
        raise WrongStep
    within = remedy.own_limit is None or amount + _given(desk, case, code) <= remedy.own_limit
    given = CaseRemedy(
        remedy_id=desk.new_id(),
        case_id=case.case_id,
        code=code,
        amount=amount,
        offered_at=desk.now,
        offered_by=desk.actor,
        decided_at=desk.now if within else None,
        decided_by=desk.actor if within else None,
        granted=True if within else None,
    )
    desk.session.add(given)
    desk.record(case, "remedy", remedy=code, amount=amount, granted=given.granted)
    if not within and (approver := next_level(desk.session, case.unit, desk.actor, desk.today)) is not None:
        notify(desk, case, approver, "remedy")
    return given


def _given(desk: Desk, case: Case, code: str) -> int:
    """What a case was given of a remedy, in rials."""
    granted = CaseRemedy.case_id == case.case_id, CaseRemedy.code == code, CaseRemedy.granted.is_(True)
    return desk.session.scalar(select(func.coalesce(func.sum(CaseRemedy.amount), 0)).where(*granted)) or 0


def decide_remedy(desk: Desk, case: Case, remedy_id: uuid.UUID, *, granted: bool) -> None:
    """Somebody with the authority says yes or no; NotYours for whoever offered it."""
    given = desk.session.get(CaseRemedy, remedy_id)
    if given is None or given.case_id != case.case_id or given.granted is not None:
        raise WrongStep
    if given.offered_by == desk.actor:
        raise NotYours
    given.granted, given.decided_at, given.decided_by = granted, desk.now, desk.actor
    desk.record(case, "remedy_decided", remedy=given.code, amount=given.amount, granted=granted)
    if case.owner is not None and case.owner != desk.actor:
        notify(desk, case, case.owner, "decided", unique=desk.now)


def commend(desk: Desk, case: Case, named: str, words: str) -> Commendation:
    """Praise is passed on to the person whom the customer named."""
    said = Commendation(
        commendation_id=desk.new_id(),
        case_id=case.case_id,
        unit=case.unit,
        named=_words(named)[:128],
        words=_words(words),
        at=desk.now,
        by=desk.actor,
    )
    desk.session.add(said)
    desk.record(case, "commend")
    return said


def _words(text: str) -> str:
    words = normal_text(text)[:500]
    if len(words) < 2:
        raise WordsMissing
    return words
