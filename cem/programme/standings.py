"""How every criterion stands on a day: the newest evidence, the judgement that was confirmed, and the actions."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from cem.people.models import Account
from cem.programme.criteria import Criterion, read_criteria
from cem.programme.evidence.found import Found
from cem.programme.gathering import found_of
from cem.programme.maturity import steps_of, warnings_of
from cem.programme.models import CriterionEvidence, Judgement, MeasuredValue, ProgrammeAction
from cem.programme.references import CODES as REFERENCE_CODES
from cem.programme.references import references_of
from cem.programme.scoring import band, lesson_score, score
from cem.programme.sheets import MEASURED, PRODUCT, Action, LessonStanding, Sheet, Standing
from surveys.database import day_of

# What the job gathered longer ago tells of another company than today's; a value that was measured holds for a year.
STALE, MEASURED_HOLDS = timedelta(days=40), timedelta(days=366)
# An action that is done stays in sight for so long.
DONE_SHOWN = timedelta(days=92)


def read_sheet(session: Session, now: datetime, zone: ZoneInfo) -> Sheet:
    """The programme as it stands now."""
    criteria, today = read_criteria(), day_of(now, zone)
    gathered, measured = _gathered(session, today), _measured(session, today)
    judged, waiting = _judged(session, now)
    actions = _actions(session, now)
    standings = tuple(
        _standing(
            one,
            gathered.get(one.code),
            measured.get(one.code),
            judged.get(one.code),
            actions[one.code],
            zone,
            waits=one.code in waiting,
        )
        for one in criteria.all
    )
    by_code = {one.code: one for one in standings}
    lessons = []
    for lesson in criteria.lessons:
        scored = lesson_score((by_code[one.code].score, one.weight) for one in lesson.criteria)
        lessons.append(LessonStanding(lesson.number, scored.percent, scored.assessed, scored.of, scored.enough))
    found = {code: document for code, (_, document) in gathered.items()}
    found |= {code: _found(value) for code, value in measured.items() if code not in found}
    return Sheet(
        criteria.version,
        today,
        tuple(lessons),
        standings,
        references_of({code: found[code] for code in REFERENCE_CODES if code in found}),
        steps_of(found),
        warnings_of(by_code, tuple(lessons), found),
    )


def _standing(
    criterion: Criterion,
    gathered: tuple[date, Found] | None,
    measured: MeasuredValue | None,
    judged: Judgement | None,
    actions: list[Action],
    zone: ZoneInfo,
    *,
    waits: bool,
) -> Standing:
    """What the product knows itself comes before what was measured elsewhere."""
    evidence, source, origin, day = None, "", "", None
    if gathered is not None:
        day, evidence = gathered
        source = PRODUCT
    elif measured is not None:
        evidence, source, origin, day = _found(measured), MEASURED, measured.source, measured.day
    auto = None if evidence is None else band(evidence.value, criterion.bands, evidence.cap)
    given = None if judged is None else judged.score
    return Standing(
        criterion.code,
        score(auto, given),
        auto,
        given,
        evidence,
        source,
        origin,
        day,
        "" if judged is None else judged.note,
        "" if judged is None else judged.judged_by,
        None if judged is None else day_of(judged.judged_at, zone),
        waits,
        tuple(actions),
    )


def _found(value: MeasuredValue) -> Found:
    numerator = None if value.n is None else round(value.value * value.n / 100)
    return Found(value.value, value.n or 0, numerator, sample=value.sample)


def _gathered(session: Session, today: date) -> dict[str, tuple[date, Found]]:
    """The newest row of each code, unless it is stale."""
    rows = session.scalars(
        select(CriterionEvidence)
        .where(CriterionEvidence.day > today - STALE, CriterionEvidence.day <= today)
        .order_by(CriterionEvidence.day)
    )
    newest = {row.criterion: row for row in rows}
    # Yesterday's evidence counts where today's was not gathered at all; a code that fell out today has none.
    last = max((row.day for row in newest.values()), default=None)
    return {code: (row.day, found_of(row)) for code, row in newest.items() if row.day == last}


def _measured(session: Session, today: date) -> dict[str, MeasuredValue]:
    rows = session.scalars(
        select(MeasuredValue)
        .where(
            MeasuredValue.withdrawn_at.is_(None),
            MeasuredValue.day > today - MEASURED_HOLDS,
            MeasuredValue.day <= today,
        )
        .order_by(MeasuredValue.day, MeasuredValue.value_id)
        .options(defer(MeasuredValue.file))
    )
    return {row.criterion: row for row in rows}


def _judged(session: Session, now: datetime) -> tuple[dict[str, Judgement], set[str]]:
    """The newest confirmed judgement of each criterion, and the criteria with one that waits."""
    confirmed: dict[str, Judgement] = {}
    waiting: set[str] = set()
    made = select(Judgement).where(Judgement.judged_at <= now).order_by(Judgement.judgement_id)
    for row in session.scalars(made.options(defer(Judgement.file))):
        if row.decided_at is None or row.decided_at > now:
            waiting.add(row.criterion)
        elif row.confirmed:
            confirmed[row.criterion] = row
            waiting.discard(row.criterion)
    return confirmed, waiting


def _actions(session: Session, now: datetime) -> dict[str, list[Action]]:
    """Open actions, and those that were done lately; what falls due first comes first."""
    rows = session.execute(
        select(ProgrammeAction, Account.full_name)
        .outerjoin(Account, Account.name == ProgrammeAction.owner)
        .where(
            ProgrammeAction.created_at <= now,
            (ProgrammeAction.done_at.is_(None)) | (ProgrammeAction.done_at > now - DONE_SHOWN),
        )
        .order_by(ProgrammeAction.due_on, ProgrammeAction.action_id)
    )
    found: dict[str, list[Action]] = defaultdict(list)
    for row, full_name in rows:
        done = row.done_at is not None and row.done_at <= now
        action = Action(str(row.action_id), row.words, row.expected, full_name or row.owner, row.due_on, done)
        found[row.criterion].append(action)
    return found
