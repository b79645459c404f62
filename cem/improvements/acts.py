"""What people do in the outer loop: each form is one act, and its answer leads back to what it changed."""

import uuid
from typing import Any

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.improvements.causes import read_causes
from cem.improvements.forms import Sent, read_plan, text_of, texts_of
from cem.improvements.improvements import (
    DoneFault,
    ImprovementFault,
    Plan,
    ToldFault,
    abandon_improvement,
    change_improvement,
    find_improvement,
    finish_improvement,
    keep_told,
    plan_improvement,
    start_improvement,
)
from cem.improvements.measuring import measure_now
from cem.improvements.models import Improvement, RootCause
from cem.improvements.notices import send_notices
from cem.improvements.pages import show_form
from cem.improvements.reach import expect_kept, kept_units
from cem.improvements.root_causes import UnknownOwner, conclude, find_root_cause, keep_whys, open_root_cause
from cem.improvements.showing import show_improvement
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.days import read_day
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now


class ImprovementActs(Controller):
    path = "/improvements"

    @post("/root-causes", status_code=303, sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_KEEP})
    def open(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[Sent],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Look into a cause for a unit, without waiting for the rule."""
        now, unit = utc_now(), text_of(data, "unit")
        expect_kept(kept_units(session, request.user), unit)
        today = day_of(now, settings.zone)
        row = open_root_cause(session, now, request.user.name, text_of(data, "cause"), unit, today=today)
        return _to_root_cause(row)

    @post(
        "/root-causes/{root_cause_id:uuid}/whys",
        status_code=303,
        sync_to_thread=True,
        opt={"action": Action.IMPROVEMENTS_KEEP},
    )
    def keep_whys(
        self,
        request: Request[Person, Any, Any],
        root_cause_id: FromPath[uuid.UUID],
        data: URLEncodedBody[Sent],
        session: NamedDependency[Session],
    ) -> Redirect:
        """The five whys, and who looks into it."""
        row = _root_cause(session, request.user, root_cause_id)
        keep_whys(session, utc_now(), request.user.name, row, texts_of(data, "why"), text_of(data, "owner") or None)
        return _to_root_cause(row)

    @post(
        "/root-causes/{root_cause_id:uuid}/conclude",
        status_code=303,
        sync_to_thread=True,
        opt={"action": Action.IMPROVEMENTS_KEEP},
    )
    def conclude(
        self,
        request: Request[Person, Any, Any],
        root_cause_id: FromPath[uuid.UUID],
        data: URLEncodedBody[Sent],
        session: NamedDependency[Session],
    ) -> Redirect:
        """What was found, and what becomes of it."""
        row = _root_cause(session, request.user, root_cause_id)
        conclude(session, utc_now(), request.user.name, row, text_of(data, "conclusion"))
        return _to_root_cause(row)

    @post(
        "/root-causes/{root_cause_id:uuid}/plan",
        status_code=303,
        sync_to_thread=True,
        opt={"action": Action.IMPROVEMENTS_KEEP},
    )
    def plan(
        self,
        request: Request[Person, Any, Any],
        root_cause_id: FromPath[uuid.UUID],
        data: URLEncodedBody[Sent],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
    ) -> Redirect | Response[bytes]:
        """A new improvement, or the form again with what is wrong in it."""
        root_cause = find_root_cause(session, root_cause_id)
        address = f"/improvements/root-causes/{root_cause_id}"
        try:
            plan = _plan(session, request.user, data)
            row = plan_improvement(session, utc_now(), request.user.name, root_cause, plan)
        except (ImprovementFault, UnknownOwner) as fault:
            return show_form(show, session, request.user, data, f"{address}/plan", address, fault.advice)
        return _to_improvement(row)

    @post(
        "/{improvement_id:uuid}/change", status_code=303, sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_KEEP}
    )
    def change(
        self,
        request: Request[Person, Any, Any],
        improvement_id: FromPath[uuid.UUID],
        data: URLEncodedBody[Sent],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
    ) -> Redirect | Response[bytes]:
        """Another plan for an improvement that is not done yet."""
        row = _improvement(session, request.user, improvement_id)
        address = f"/improvements/{improvement_id}"
        try:
            change_improvement(session, utc_now(), request.user.name, row, _plan(session, request.user, data))
        except (ImprovementFault, UnknownOwner) as fault:
            return show_form(show, session, request.user, data, f"{address}/change", address, fault.advice)
        return _to_improvement(row)

    @post(
        "/{improvement_id:uuid}/start", status_code=303, sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_KEEP}
    )
    def start(
        self, request: Request[Person, Any, Any], improvement_id: FromPath[uuid.UUID], session: NamedDependency[Session]
    ) -> Redirect:
        """Somebody has begun."""
        row = _improvement(session, request.user, improvement_id)
        start_improvement(session, utc_now(), request.user.name, row)
        return _to_improvement(row)

    @post(
        "/{improvement_id:uuid}/finish", status_code=303, sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_KEEP}
    )
    def finish(
        self,
        request: Request[Person, Any, Any],
        improvement_id: FromPath[uuid.UUID],
        data: URLEncodedBody[Sent],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """It is done: the KPI's trend gets its note, and the effect is measured from now on."""
        now = utc_now()
        today = day_of(now, settings.zone)
        row = _improvement(session, request.user, improvement_id)
        try:
            done_on = read_day(text_of(data, "done_on"))
        except ValueError:
            raise DoneFault from None
        finish_improvement(session, now, request.user.name, row, done_on, today)
        measure_now(session, row, today)
        return _to_improvement(row)

    @post(
        "/{improvement_id:uuid}/abandon", status_code=303, sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_KEEP}
    )
    def abandon(
        self, request: Request[Person, Any, Any], improvement_id: FromPath[uuid.UUID], session: NamedDependency[Session]
    ) -> Redirect:
        """It will not be done."""
        row = _improvement(session, request.user, improvement_id)
        abandon_improvement(session, utc_now(), request.user.name, row)
        return _to_improvement(row)

    @post("/{improvement_id:uuid}/tell", status_code=303, sync_to_thread=True, opt={"action": Action.IMPROVEMENTS_KEEP})
    def tell(
        self,
        request: Request[Person, Any, Any],
        improvement_id: FromPath[uuid.UUID],
        data: URLEncodedBody[Sent],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect | Response[bytes]:
        """Keep the words for customers and, with `send`, tell everybody who raised it, once."""
        now, actor = utc_now(), request.user.name
        row = _improvement(session, request.user, improvement_id)
        texts = {code: text_of(data, code) for code in ("fa", "en")}
        try:
            keep_told(session, now, actor, row, texts)
        except ToldFault as fault:
            return show_improvement(show, session, settings, request.user, row, now, given=texts, fault=fault.advice)
        if text_of(data, "send"):
            root_cause, tree, offers = (
                find_root_cause(session, row.root_cause_id),
                read_causes(session),
                read_offers(session),
            )
            send_notices(session, settings, now, actor, row, root_cause, tree, offers)
        return _to_improvement(row, "#told")


def _root_cause(session: Session, person: Person, root_cause_id: uuid.UUID) -> RootCause:
    row = find_root_cause(session, root_cause_id, change=True)
    expect_kept(kept_units(session, person), row.unit)
    return row


def _improvement(session: Session, person: Person, improvement_id: uuid.UUID) -> Improvement:
    row = find_improvement(session, improvement_id, change=True)
    expect_kept(kept_units(session, person), row.unit)
    return row


def _plan(session: Session, person: Person, data: Sent) -> Plan:
    """A plan for a unit whose improvements this person keeps."""
    unit = text_of(data, "unit")
    expect_kept(kept_units(session, person), unit)
    return read_plan(data, read_offers(session), unit)


def _to_root_cause(row: RootCause) -> Redirect:
    return Redirect(f"/improvements/root-causes/{row.root_cause_id}", status_code=303)


def _to_improvement(row: Improvement, place: str = "") -> Redirect:
    return Redirect(f"/improvements/{row.improvement_id}{place}", status_code=303)
