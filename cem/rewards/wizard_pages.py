"""Making a plan step by step: a template, who and how much, measures and targets, guard, review.

The draft itself keeps what was filled in, so a step can be left and taken up again; the period and the pool that the
plan is made for are carried in the address.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.errors import NotFound
from cem.people.accounts import Person
from cem.rewards.checking import Known, check_terms
from cem.rewards.costs import estimate_cost
from cem.rewards.drafting import fill_points, read_pasts
from cem.rewards.models import RewardPlan
from cem.rewards.overview import read_signatures
from cem.rewards.periods import RewardPeriod
from cem.rewards.plan_forms import (
    REVIEW,
    STEPS,
    WHO,
    Form,
    add_gate,
    add_measure,
    exchanged_measures,
    read_form,
    read_number,
    read_text,
    remove_gate,
    remove_measure,
    step_of,
)
from cem.rewards.plan_frames import NAMES, address_of
from cem.rewards.plan_templates import find_template, missing_in_words, plan_templates, resolve
from cem.rewards.plan_views import PLAN_CODE, asked_period, asked_plan, measure_views, offered_periods
from cem.rewards.plan_words import COMPARISONS, EFFECTS, ROUNDING_NAMES
from cem.rewards.plans import DRAFT, PlanIsAgreed, draft_plan, read_terms
from cem.rewards.sources import Sources, key_of
from cem.rewards.terms import Terms
from cem.roles import Action
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import N_
from surveys.questionnaire import Fault


class UnknownStep(NotFound):
    title = N_("There is no such step")
    advice = N_("Open the plan again and choose a step.")


class WizardPages(Controller):
    path = "/rewards/plans"

    @get("/new", sync_to_thread=True, opt={"action": Action.REWARDS_DESIGN})
    def show_templates(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """What a plan may begin with."""
        return _show_templates(request, show, reader, settings, {}, ())

    @post("/new", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_DESIGN})
    def begin(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect | Response[bytes]:
        """A draft from a template, with points from the company's own past year."""
        now = utc_now()
        template, code = find_template(data.get("template", "")), data.get("code", "").strip()
        faults = _begin_faults(session, template is not None, code)
        if faults or template is None:
            return _show_templates(request, show, session, settings, data, faults)
        period = asked_period(data.get("period"), show.language.calendar, now, settings.zone)
        sources = Sources.read(session, read_offers(session))
        terms = replace(resolve(template, sources.offers, sources.metrics).terms, code=code)
        if names := read_text(data, "names"):
            terms = replace(terms, names=names)
        terms = fill_points(terms, sources, read_pasts(session, sources, terms, period))
        plan = draft_plan(session, now, request.user.name, terms)
        return Redirect(_step(plan, WHO, period.code, data.get("pool", "")), status_code=303)

    @get("/{code:str}/{version:int}/steps/{step:str}", sync_to_thread=True, opt={"action": Action.REWARDS_DESIGN})
    def show_step(
        self,
        code: FromPath[str],
        version: FromPath[int],
        step: FromPath[str],
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """One step, filled in as the draft has it, with what keeps the plan from being agreed."""
        plan = _draft(reader, code, version, step)
        return _show_step(show, reader, settings, plan, step, read_terms(plan), request.query_params)

    @post(
        "/{code:str}/{version:int}/steps/{step:str}",
        sync_to_thread=True,
        status_code=303,
        opt={"action": Action.REWARDS_DESIGN},
    )
    def save_step(
        self,
        code: FromPath[str],
        version: FromPath[int],
        step: FromPath[str],
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect | Response[bytes]:
        """Keep what was filled in, and go on where nothing is wrong with it."""
        now, plan = utc_now(), _draft(session, code, version, step)
        before, sources = read_terms(plan), Sources.read(session, read_offers(session))
        filled = read_form(step, before, data, sources)
        if filled.faults:
            return _show_step(show, session, settings, plan, step, before, data, filled.faults)
        period = asked_period(data.get("period"), show.language.calendar, now, settings.zone)
        act = data.get("do", "")
        terms = filled.terms
        if exchanged := exchanged_measures(before, terms):
            terms = fill_points(terms, sources, read_pasts(session, sources, terms, period), exchanged)
        terms = _changed(session, terms, act, data, sources, period)
        if terms != before:
            draft_plan(session, now, request.user.name, terms)
        known = Known.read(sources.offers, session)
        stays = bool(act) or any(step_of(fault.path) == step for fault in check_terms(terms, known))
        return Redirect(_step(plan, step if stays else _next(step), period.code, data.get("pool", "")), status_code=303)


def _changed(session: Session, terms: Terms, act: str, data: Form, sources: Sources, period: RewardPeriod) -> Terms:
    """The terms after a button of a form: a part that comes or goes, or points that are suggested anew."""
    what, _, which = act.partition(" ")
    match what:
        case "add-measure":
            return add_measure(terms, sources)
        case "remove-measure":
            return remove_measure(terms, which)
        case "add-gate":
            return add_gate(terms, sources, data.get("gate", ""))
        case "remove-gate":
            return remove_gate(terms, which)
        case "suggest" | "words":
            asked = replace(terms, baseline={}, margin_of_error={}) if what == "words" else terms
            return fill_points(asked, sources, read_pasts(session, sources, asked, period), {which})
        case _:
            return terms


def _begin_faults(session: Session, chosen: bool, code: str) -> tuple[Fault, ...]:
    faults = []
    if not chosen:
        faults.append(Fault("template", N_("Choose what the plan begins with.")))
    if not PLAN_CODE.fullmatch(code) or code == "new":
        advice = N_("Begin with a Latin letter or digit; then Latin letters, digits, hyphens and underscores.")
        faults.append(Fault("code", advice))
    elif session.scalars(select(RewardPlan).where(RewardPlan.code == code)).first() is not None:
        faults.append(Fault("code", N_("There is a plan with this code: choose another, or make a new version of it.")))
    return tuple(faults)


def _draft(session: Session, code: str, version: int, step: str) -> RewardPlan:
    if step not in STEPS:
        raise UnknownStep
    plan = asked_plan(session, code, version)
    if plan.status != DRAFT:
        raise PlanIsAgreed
    return plan


def _step(plan: RewardPlan, step: str, period: str, pool: str) -> str:
    carried = urlencode({name: value for name, value in (("period", period), ("pool", pool)) if value})
    return f"{address_of(plan)}/steps/{step}?{carried}"


def _next(step: str) -> str:
    order = list(STEPS)
    return order[min(order.index(step) + 1, len(order) - 1)]


def _show_templates(
    request: Request[Person, Any, Any],
    show: Show,
    reader: Session,
    settings: Settings,
    typed: Form,
    faults: tuple[Fault, ...],
) -> Response[bytes]:
    now, sources = utc_now(), Sources.read(reader, read_offers(reader))
    present = RewardPeriod.quarter_of(day_of(now, settings.zone), show.language.calendar)
    offered = [(one, resolve(one, sources.offers, sources.metrics)) for one in plan_templates()]
    return show(
        "rewards/plan_new.html",
        status=422 if faults else 200,
        **NAMES,
        offered=offered,
        sources=sources,
        missing_in_words=missing_in_words,
        typed=typed or {"period": present.plus(1).code},
        periods=offered_periods(present),
        faults={fault.path: fault for fault in faults},
        chosen=typed.get("template") or request.query_params.get("template", ""),
    )


def _all_faults(unread: Sequence[Fault], found: Sequence[Fault]) -> list[Fault]:
    """Everything that is wrong, with one fault for a field that could not be read."""
    return [*unread, *(fault for fault in found if fault.path not in {one.path for one in unread})]


def _show_step(
    show: Show,
    reader: Session,
    settings: Settings,
    plan: RewardPlan,
    step: str,
    terms: Terms,
    given: Any,
    unread: tuple[Fault, ...] = (),
) -> Response[bytes]:
    """A step; `unread` are fields that could not be read, and stand as they were typed in `given`."""
    now, offers = utc_now(), read_offers(reader)
    sources = Sources.read(reader, offers)
    period = asked_period(given.get("period"), show.language.calendar, now, settings.zone)
    faults = _all_faults(unread, check_terms(terms, Known.read(offers, reader)))
    sound, pool = step == REVIEW and not faults, given.get("pool") or ""
    return show(
        "rewards/plan_step.html",
        status=422 if unread else 200,
        **NAMES,
        rounding_names=ROUNDING_NAMES,
        effects=EFFECTS,
        comparisons=COMPARISONS,
        plan=plan,
        step=step,
        steps=STEPS,
        step_of=step_of,
        signed=bool(read_signatures(reader, plan)),
        terms=terms,
        sources=sources,
        key_of=key_of,
        period=period,
        pool=pool,
        pool_amount=read_number(pool) if pool else None,
        carried=urlencode({"period": period.code, "pool": pool}),
        typed=given if unread else {},
        faults=faults,
        views=[] if step == WHO else measure_views(reader, show.language, sources, terms, period, units=True),
        cost=estimate_cost(reader, offers, terms, period, now, settings.zone) if sound else None,
    )
