"""Plans: the list with what each waits for, and one version with its pictures, signatures and periods."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.errors import Conflict, Forbidden
from cem.people.accounts import Person
from cem.rewards.checking import Known, check_terms
from cem.rewards.digests import digest_of
from cem.rewards.models import RewardPlan
from cem.rewards.overview import read_plans, read_runs
from cem.rewards.periods import PeriodFault, RewardPeriod
from cem.rewards.plan_forms import PoolFault, read_pool
from cem.rewards.plan_frames import CAPACITIES, NAMES, OpenForm, address_of, show_plan_page
from cem.rewards.plan_views import asked_plan, visible_plan
from cem.rewards.plans import (
    AGREED,
    DRAFT,
    RETIRED,
    UnknownPlan,
    acknowledge_plan,
    draft_plan,
    read_terms,
    retire_plan,
    sign_plan,
)
from cem.rewards.runs import open_run
from cem.rewards.separation import takes_part
from cem.rewards.sources import OutdatedPlan
from cem.roles import Action, may
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import N_, ascii_digits


class ChangedMeanwhile(Conflict):
    title = N_("The plan has changed since you read it")
    advice = N_("Somebody has saved it in between. Read it again, then sign. Nothing was signed.")


@dataclass
class SignForm:
    """`terms` is the digest of what was read."""

    terms: str = ""


class PlanPages(Controller):
    path = "/rewards"

    @get("/", sync_to_thread=True, opt={"action": Action.REWARDS_SHARES_READ})
    def show_plans(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """Plans with their versions, and periods with what each waits for."""
        drafts = may(request.user.role, Action.REWARDS_SIGN, measured=request.user.measured)
        plans = read_plans(reader, [AGREED, RETIRED, *([DRAFT] if drafts else [])])
        runs = read_runs(reader, day_of(utc_now(), settings.zone))
        return show("rewards/plans.html", **NAMES, plans=plans, runs=runs, names_of=_plan_names(reader))

    @get("/plans/{code:str}/{version:int}", sync_to_thread=True, opt={"action": Action.SIGNED_IN})
    def show_plan(
        self,
        code: FromPath[str],
        version: FromPath[int],
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """Everything of a plan, in words and pictures."""
        plan = visible_plan(reader, request.user, code, version)
        return show_plan_page(request, show, reader, settings, plan)

    @post(
        "/plans/{code:str}/{version:int}/sign",
        sync_to_thread=True,
        status_code=303,
        opt={"action": Action.REWARDS_SIGN},
    )
    def sign(
        self,
        code: FromPath[str],
        version: FromPath[int],
        request: Request[Person, Any, Any],
        data: URLEncodedBody[SignForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """HR or the business signs what they have read."""
        plan = asked_plan(session, code, version)
        if data.terms != digest_of(plan.terms):
            raise ChangedMeanwhile
        known = Known.read(read_offers(session), session)
        sign_plan(session, utc_now(), request.user.name, plan, CAPACITIES[request.user.role], known)
        return Redirect(address_of(plan), status_code=303)

    @post(
        "/plans/{code:str}/{version:int}/copy",
        sync_to_thread=True,
        status_code=303,
        opt={"action": Action.REWARDS_DESIGN},
    )
    def make_version(
        self,
        code: FromPath[str],
        version: FromPath[int],
        request: Request[Person, Any, Any],
        session: NamedDependency[Session],
    ) -> Redirect:
        """The next version begins as a copy of this one; a draft that there is goes on."""
        plan, newest = asked_plan(session, code, version), asked_plan(session, code)
        if newest.status != DRAFT:
            newest = draft_plan(session, utc_now(), request.user.name, read_terms(plan))
        return Redirect(f"{address_of(newest)}/steps/measures", status_code=303)

    @post(
        "/plans/{code:str}/{version:int}/retire",
        sync_to_thread=True,
        status_code=303,
        opt={"action": Action.REWARDS_DESIGN},
    )
    def retire(
        self,
        code: FromPath[str],
        version: FromPath[int],
        request: Request[Person, Any, Any],
        session: NamedDependency[Session],
    ) -> Redirect:
        """No period is opened under this version any more."""
        plan = asked_plan(session, code, version)
        if plan.status != RETIRED:
            retire_plan(session, utc_now(), request.user.name, plan)
        return Redirect(address_of(plan), status_code=303)

    @post(
        "/plans/{code:str}/{version:int}/acknowledge",
        sync_to_thread=True,
        status_code=303,
        opt={"action": Action.SIGNED_IN},
    )
    def acknowledge(
        self,
        code: FromPath[str],
        version: FromPath[int],
        request: Request[Person, Any, Any],
        session: NamedDependency[Session],
    ) -> Redirect:
        """A participant has read the plan."""
        plan = asked_plan(session, code, version)
        if not takes_part(session, request.user.name, code):
            raise Forbidden
        acknowledge_plan(session, utc_now(), request.user.name, plan)
        return Redirect(f"{address_of(plan)}#acknowledged", status_code=303)

    @post(
        "/plans/{code:str}/{version:int}/open",
        sync_to_thread=True,
        status_code=303,
        opt={"action": Action.REWARDS_DESIGN},
    )
    def open_period(
        self,
        code: FromPath[str],
        version: FromPath[int],
        request: Request[Person, Any, Any],
        data: URLEncodedBody[OpenForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect | Response[bytes]:
        """Begin to measure a period under this plan."""
        plan = asked_plan(session, code, version)
        try:
            period = RewardPeriod.parse(ascii_digits(data.period).strip().upper())
            pool = read_pool(data.pool)
            refuse_outdated(session, plan)
            open_run(session, utc_now(), request.user.name, plan, period, shadow=bool(data.shadow), pool=pool)
        except (PeriodFault, PoolFault, Conflict) as fault:
            return show_plan_page(request, show, session, settings, plan, fault=fault, typed=data)
        except UnknownPlan:
            raise NotAgreed from None
        return Redirect(f"{address_of(plan)}#periods", status_code=303)


class NotAgreed(Conflict):
    title = N_("This version is not agreed")
    advice = N_("A period is opened under the version that HR and the business have signed. Nothing was changed.")


def refuse_outdated(session: Session, plan: RewardPlan) -> None:
    """OutdatedPlan where a KPI or metric of an agreed plan has gone since it was signed."""
    if plan.status == AGREED and check_terms(read_terms(plan), Known.read(read_offers(session), session)):
        raise OutdatedPlan


def _plan_names(reader: Session) -> dict[str, Any]:
    """The names of every plan by its code, of the newest version that is not a draft where there is one."""
    found: dict[str, Any] = {}
    for line in read_plans(reader, [DRAFT, AGREED, RETIRED]):
        if line.plan.code not in found or found[line.plan.code][1] == DRAFT:
            found[line.plan.code] = (line.terms.names, line.plan.status)
    return {code: names for code, (names, _) in found.items()}
