"""The morning of a unit: what yesterday brought, what today asks for, and what may be praised."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cem.cases.asking import OVERDUE, Wanted, read_wanted
from cem.cases.lists import Listed, read_list
from cem.cases.models import Case, CaseTask, Commendation
from cem.cases.reach import Reach, reach_of
from cem.people.accounts import Person
from cem.roles import Action, scope_of
from cem.scorecards.choices import Choice, read_choice
from cem.scorecards.comments import Remark, latest_comments
from cem.scorecards.disclosure import closed_series
from cem.scorecards.kpis import Kpi, kpis_of
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import MINIMUM
from metrics import Estimate, Histogram
from surveys.database import day_of
from surveys.languages import Language
from surveys.questionnaire import Text
from surveys.tallies import Cell, Periods, Where, read

DUE, TASKS, PRAISE, COMMENTS = 10, 10, 5, 3


@dataclass(frozen=True)
class Score:
    """One KPI of yesterday."""

    survey: str
    title: Text
    kpi: Kpi
    estimate: Estimate


@dataclass(frozen=True)
class Morning:
    """`unit` is empty for who sees the company; `hidden` KPIs have too few answers to be shown."""

    unit: str
    yesterday: date
    scores: tuple[Score, ...]
    hidden: int
    comments: tuple[Remark, ...]
    due: Listed
    tasks: tuple[tuple[CaseTask, str], ...]
    praise: tuple[Case, ...]


def read_morning(
    reader: Session, person: Person, offers: Offers, now: datetime, zone: ZoneInfo, spoken: Language
) -> Morning:
    """The morning of somebody's units."""
    reach, today = reach_of(reader, person), day_of(now, zone)
    scores, hidden = _scores(reader, reach, offers, today)
    return Morning(
        unit=(person.unit or "") if reach.units is not None else "",
        yesterday=today - timedelta(days=1),
        scores=tuple(scores),
        hidden=hidden,
        comments=_comments(reader, person, offers, spoken, today),
        due=read_list(reader, reach, _due_today(read_wanted({}, offers, now, zone)), size=DUE),
        tasks=_tasks(reader, reach),
        praise=_praise(reader, reach),
    )


def _due_today(wanted: Wanted) -> Wanted:
    """Whatever is due before tomorrow, what is overdue among it: 'overdue' as it will be when the day ends."""
    return replace(wanted, view=OVERDUE, now=wanted.tomorrow)


def _scores(reader: Session, reach: Reach, offers: Offers, today: date) -> tuple[list[Score], int]:
    """The KPIs that somebody answered yesterday, and how many more a few answered: hidden as on every scorecard."""
    found, hidden = list[Score](), 0
    for survey in offers.surveys.values():
        kpis = kpis_of(survey.questionnaire)
        where = Where(survey.survey_id, units=reach.units)
        yesterday = Periods((today - timedelta(days=1),), today)
        counted = read(reader, where, [kpi.series for kpi in kpis], yesterday)
        for kpi in kpis:
            answers = counted.get(Cell(kpi.series, 0), Histogram())
            if answers.n >= MINIMUM:
                found.append(Score(survey.slug, survey.title, kpi, kpi.estimate(answers)))
            elif answers.n:
                hidden += 1
    return found, hidden


def _comments(reader: Session, person: Person, offers: Offers, spoken: Language, today: date) -> tuple[Remark, ...]:
    """The newest words of the survey about daily encounters, as far as its answers may be shown."""
    if scope_of(person.role, Action.COMMENTS_READ) is None or scope_of(person.role, Action.SCORECARDS_READ) is None:
        return ()
    choice = read_choice({"period": "3m"}, offers, person, spoken.calendar, today)
    if choice is None or not choice.kpi or not _shown(reader, choice, offers):
        return ()
    return latest_comments(reader, choice)[:COMMENTS]


def _shown(reader: Session, choice: Choice, offers: Offers) -> bool:
    """Below the minimum the words of a few would be as telling as their scores."""
    period = Periods((choice.period.start,), choice.period.end)
    answers = read(reader, choice.where(), [choice.kpi], period).get(Cell(choice.kpi, 0), Histogram())
    return answers.n >= MINIMUM and choice.kpi not in closed_series(reader, choice, offers)


def _tasks(reader: Session, reach: Reach) -> tuple[tuple[CaseTask, str], ...]:
    """What others have asked these units for, with the number of the case."""
    limits = [CaseTask.done_at.is_(None)]
    if reach.units is not None:
        limits.append(CaseTask.unit.in_(sorted(reach.units)))
    found = select(CaseTask, Case.number).join(Case, Case.case_id == CaseTask.case_id).where(*limits)
    return tuple(reader.execute(found.order_by(CaseTask.due_at, CaseTask.task_id).limit(TASKS)).all())


def _praise(reader: Session, reach: Reach) -> tuple[Case, ...]:
    """Praise that nobody has passed on yet, the newest first."""
    passed = exists().where(Commendation.case_id == Case.case_id)
    limits = [Case.kind == "praise", Case.closed_at.is_(None), ~passed]
    if reach.units is not None:
        limits.append(Case.unit.in_(sorted(reach.units)))
    return tuple(reader.scalars(select(Case).where(*limits).order_by(Case.due_at, Case.case_id).limit(PRAISE)))
