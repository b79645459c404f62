"""What the pages of a plan show of it: each measure with its picture, and who may see how much."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.errors import Forbidden
from cem.people.accounts import Person
from cem.rewards.drafting import basis_in_words, read_pasts, suggest_points
from cem.rewards.models import RewardPlan, RewardRun
from cem.rewards.participants import periods_with_participants
from cem.rewards.periods import PeriodFault, RewardPeriod
from cem.rewards.plan_drawings import CurveDrawing, UnitMark, draw_curve
from cem.rewards.plan_words import curve_in_words
from cem.rewards.plans import DRAFT, UnknownPlan, find_plan
from cem.rewards.runs import units_of
from cem.rewards.separation import takes_part
from cem.rewards.sources import Sourced, Sources
from cem.rewards.suggestions import Past
from cem.rewards.terms import Measure, Terms
from cem.roles import Action, Scope, may, scope_of
from surveys.database import day_of
from surveys.languages import Language, ascii_digits

PLAN_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
MOST_VERSIONS = 100_000


@dataclass(frozen=True)
class MeasureView:
    """A measure with its picture; `sourced` is None where what it is paid on is not known."""

    measure: Measure
    sourced: Sourced | None
    past: Past | None
    drawing: CurveDrawing | None
    words: str
    basis: str
    # Those of the picture, by name.
    units: tuple[UnitMark, ...]

    @property
    def census(self) -> bool:
        """Whether every case is counted: then there is no sample, and nothing to guard against."""
        return self.sourced is not None and self.sourced.metric is not None and self.sourced.metric.census


def measure_views(
    session: Session, spoken: Language, sources: Sources, terms: Terms, period: RewardPeriod, *, units: bool
) -> list[MeasureView]:
    """Every measure; with `units`, where the units stood in the year before the period."""
    taking_part = units_of(session, terms.code, period.code)
    pasts = read_pasts(session, sources, terms, period, taking_part) if units else {}
    return list(_views(spoken, sources, terms, pasts))


def _views(spoken: Language, sources: Sources, terms: Terms, pasts: Mapping[str, Past]) -> Iterator[MeasureView]:
    for measure in terms.measures:
        sourced, past = sources.find(measure.source), pasts.get(measure.code)
        basis = ""
        if sourced and past:
            basis = basis_in_words(spoken, sourced, past, suggest_points(measure, sourced, past))
        words = curve_in_words(spoken, sourced, measure)
        drawing = draw_curve(measure, past)
        marks = drawing.units if drawing else ()
        units = sorted(marks, key=lambda mark: spoken.sort_key(spoken.own(mark.unit.names)))
        yield MeasureView(measure, sourced, past, drawing, words, basis, tuple(units))


def sees_units(person: Person) -> bool:
    """Whether every unit's KPI is this person's to see: then the units stand in the pictures."""
    return scope_of(person.role, Action.SCORECARDS_READ) is Scope.COMPANY and person.unit is None


def asked_plan(session: Session, code: str, version: int | None = None) -> RewardPlan:
    """The plan that an address names; UnknownPlan also for what no plan can be called, which a database may refuse."""
    if not PLAN_CODE.fullmatch(code) or not 0 <= (version or 0) < MOST_VERSIONS:
        raise UnknownPlan
    return find_plan(session, code, version)


def visible_plan(session: Session, person: Person, code: str, version: int | None = None) -> RewardPlan:
    """A plan that this person may read: a draft is for those who make and sign it, the rest also for participants."""
    plan = asked_plan(session, code, version)
    drafts = may(person.role, Action.REWARDS_SIGN, measured=person.measured)
    readers = may(person.role, Action.REWARDS_SHARES_READ, measured=person.measured)
    if plan.status == DRAFT and not drafts:
        raise Forbidden
    if not readers and not takes_part(session, person.name, code):
        raise Forbidden
    return plan


def asked_period(text: str | None, calendar: str, now: datetime, zone: ZoneInfo) -> RewardPeriod:
    """The period that an address asks for, or the present quarter."""
    if text:
        try:
            return RewardPeriod.parse(ascii_digits(text).strip().upper())
        except PeriodFault:
            pass
    return RewardPeriod.quarter_of(day_of(now, zone), calendar)


def present_period(session: Session, code: str, calendar: str, today: date) -> RewardPeriod:
    """The period that a plan is about: of its newest run, else of its participants, else the present quarter."""
    newest = select(RewardRun.period).where(RewardRun.plan_code == code).order_by(RewardRun.first_day.desc()).limit(1)
    known = session.scalar(newest) or next(iter(periods_with_participants(session, code)), None)
    return RewardPeriod.parse(known) if known else RewardPeriod.quarter_of(today, calendar)


def offered_periods(present: RewardPeriod) -> list[RewardPeriod]:
    """Periods to choose from: the one before, this one and the two to come."""
    return [present.plus(step) for step in (-1, 0, 1, 2)]
