"""What the pages of plans share: the names of things, and the page of one version."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from sqlalchemy.orm import Session

from cem.errors import CemError
from cem.people.accounts import Person
from cem.rewards.checking import Known, check_terms
from cem.rewards.digests import digest_of
from cem.rewards.models import RewardPlan
from cem.rewards.overview import has_acknowledged, plan_line, read_acknowledged, read_runs, read_signatures
from cem.rewards.periods import RewardPeriod
from cem.rewards.plan_forms import step_of
from cem.rewards.plan_views import measure_views, offered_periods, present_period, sees_units
from cem.rewards.plan_words import (
    CAPACITY_NAMES,
    FIELD_NAMES,
    GUARD_WORDS,
    INSUFFICIENT_WORDS,
    STATUS_NAMES,
    changes_between,
    gate_in_words,
    place_in_words,
    written,
)
from cem.rewards.plans import BUSINESS, DRAFT, HR, find_plan, read_terms
from cem.rewards.separation import takes_part
from cem.rewards.sources import Sources
from cem.rewards.statuses import STATUS_NAMES as RUN_STATUS_NAMES
from cem.rewards.terms import CLASS_NAMES, GUARD_NAMES, INSUFFICIENT_NAMES, SCOPE_NAMES, SHAPE_NAMES
from cem.roles import ROLE_NAMES, Role
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now

CAPACITIES = {Role.HR: HR, Role.EXECUTIVE: BUSINESS}
NAMES: dict[str, Any] = {
    "status_names": STATUS_NAMES,
    "capacity_names": CAPACITY_NAMES,
    "class_names": CLASS_NAMES,
    "guard_names": GUARD_NAMES,
    "guard_words": GUARD_WORDS,
    "insufficient_names": INSUFFICIENT_NAMES,
    "insufficient_words": INSUFFICIENT_WORDS,
    "scope_names": SCOPE_NAMES,
    "shape_names": SHAPE_NAMES,
    "field_names": FIELD_NAMES,
    "role_names": ROLE_NAMES,
    "run_status_names": RUN_STATUS_NAMES,
    "place_in_words": place_in_words,
    "gate_in_words": gate_in_words,
    "written": written,
}


@dataclass
class OpenForm:
    period: str = ""
    pool: str = ""
    shadow: str = ""


def address_of(plan: RewardPlan) -> str:
    return f"/rewards/plans/{plan.code}/{plan.version}"


def show_plan_page(
    request: Request[Person, Any, Any],
    show: Show,
    reader: Session,
    settings: Settings,
    plan: RewardPlan,
    *,
    fault: CemError | None = None,
    typed: OpenForm | None = None,
) -> Response[bytes]:
    """The page of a version, with a fault where an act was refused."""
    person, today, offers = request.user, day_of(utc_now(), settings.zone), read_offers(reader)
    terms, sources = read_terms(plan), Sources.read(reader, offers)
    period = present_period(reader, plan.code, show.language.calendar, today)
    runs = [line for line in read_runs(reader, today, plan.code) if line.run.plan_id == plan.plan_id]
    faults = check_terms(terms, Known.read(offers, reader)) if plan.status == DRAFT else []
    before = find_plan(reader, plan.code, plan.version - 1) if plan.version > 1 else None
    mine = takes_part(reader, person.name, plan.code)
    return show(
        "rewards/plan.html",
        status=fault.status if fault else 200,
        **NAMES,
        plan=plan,
        terms=terms,
        digest=digest_of(plan.terms),
        sources=sources,
        views=measure_views(reader, show.language, sources, terms, period, units=sees_units(person)),
        line=plan_line(plan, read_signatures(reader, plan)),
        faults=[(one, step_of(one.path)) for one in faults],
        changes=list(changes_between(read_terms(before), terms, show.language)) if before else [],
        before=before,
        runs=runs,
        period=period,
        periods=offered_periods(RewardPeriod.quarter_of(today, show.language.calendar)),
        acknowledged=read_acknowledged(reader, plan, period.code),
        takes_part=mine,
        has_acknowledged=mine and has_acknowledged(reader, plan, person.name),
        capacity=CAPACITIES.get(person.role),
        fault=fault,
        typed=typed or OpenForm(),
    )
