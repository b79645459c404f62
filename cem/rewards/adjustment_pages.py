"""Adjustments: asked for by one person, approved by two others, paid with the next export."""

import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.rewards.adjustments import (
    REASONS,
    AdjustmentFault,
    approve_adjustment,
    refuse_adjustment,
    request_adjustment,
)
from cem.rewards.disputes import due_by_plan, full_names, list_adjustments, plans_with_runs, read_amount, took_part
from cem.rewards.periods import RewardPeriod
from cem.roles import Action
from cem.settings import Settings
from cem.templating import Show
from surveys.database import utc_now
from surveys.languages import ascii_digits, normal_text

HOME = "/rewards/adjustments"


@dataclass
class RequestForm:
    plan: str = ""
    period: str = ""
    employee: str = ""
    reason: str = ""
    words: str = ""
    amount: str = ""


class AdjustmentPages(Controller):
    path = HOME

    @get("/", sync_to_thread=True, opt={"action": Action.ADJUSTMENTS_APPROVE})
    def show_adjustments(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """What waits for whom, what is due, and what was paid."""
        return show(
            "rewards/adjustments.html",
            cases=list_adjustments(reader, request.user.name),
            due=list(due_by_plan(reader)),
            plans=plans_with_runs(reader),
            reasons={code: name for code, name in REASONS.items() if code != "appeal"},
            reason_names=REASONS,
            names=full_names(reader),
            zone=settings.zone,
        )

    @post("/", sync_to_thread=True, status_code=303, opt={"action": Action.ADJUSTMENTS_REQUEST})
    def ask(
        self, request: Request[Person, Any, Any], data: URLEncodedBody[RequestForm], session: NamedDependency[Session]
    ) -> Redirect:
        """Ask for an amount, up or down, for somebody who takes part."""
        period = RewardPeriod.parse(ascii_digits(data.period.strip()).upper()).code
        employee_no = ascii_digits(data.employee.strip())
        if data.reason == "appeal" or not took_part(session, data.plan, period, employee_no):
            raise AdjustmentFault
        request_adjustment(
            session,
            utc_now(),
            request.user.name,
            plan_code=data.plan,
            period=period,
            employee_no=employee_no,
            reason=data.reason,
            words=normal_text(data.words),
            amount=read_amount(data.amount),
        )
        return Redirect(HOME, status_code=303)

    @post(
        "/{adjustment_id:uuid}/approve",
        sync_to_thread=True,
        status_code=303,
        opt={"action": Action.ADJUSTMENTS_APPROVE},
    )
    def approve(
        self, request: Request[Person, Any, Any], adjustment_id: FromPath[uuid.UUID], session: NamedDependency[Session]
    ) -> Redirect:
        approve_adjustment(session, utc_now(), request.user.name, adjustment_id)
        return Redirect(HOME, status_code=303)

    @post(
        "/{adjustment_id:uuid}/refuse", sync_to_thread=True, status_code=303, opt={"action": Action.ADJUSTMENTS_APPROVE}
    )
    def refuse(
        self, request: Request[Person, Any, Any], adjustment_id: FromPath[uuid.UUID], session: NamedDependency[Session]
    ) -> Redirect:
        refuse_adjustment(session, utc_now(), request.user.name, adjustment_id)
        return Redirect(HOME, status_code=303)
