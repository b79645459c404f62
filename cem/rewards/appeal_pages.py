"""Appeals for those who settle them: what waits, and one with its words and its answer."""

import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.rewards.appeals import GROUNDS, AppealFault, acknowledge_appeal, decide_appeal, find_appeal
from cem.rewards.disputes import appeal_case, appeal_of, full_names, list_appeals, read_amount
from cem.rewards.statement_views import Reader
from cem.rewards.statements import read_result, record_view
from cem.roles import Action
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import utc_now
from surveys.languages import normal_text

HOME = "/rewards/appeals"


@dataclass
class DecisionForm:
    upheld: str = ""
    answer: str = ""
    amount: str = ""


class AppealPages(Controller):
    path = HOME

    @get("/", sync_to_thread=True, opt={"action": Action.APPEALS_DECIDE})
    def show_appeals(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """Those that wait first, the oldest at the top."""
        cases = list_appeals(reader, request.user.name)
        return show("rewards/appeals.html", cases=cases, grounds=GROUNDS, zone=settings.zone, now=utc_now())

    @get("/{appeal_id:uuid}", sync_to_thread=True, opt={"action": Action.APPEALS_DECIDE})
    def show_appeal(
        self,
        request: Request[Person, Any, Any],
        appeal_id: FromPath[uuid.UUID],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """What the employee says, what the amount came from, and the answer; a look at the amount is written down."""
        appeal, run = find_appeal(reader, appeal_id)
        case = appeal_case(reader, request.user.name, appeal, run)
        result = read_result(reader, run.run_id, appeal.employee_no)
        record_view(session, utc_now(), request.user.name, run.run_id, appeal.employee_no)
        return show(
            "rewards/appeal.html",
            case=case,
            result=result,
            steps=tuple(Reader(reader, read_offers(reader), show.language).steps(result)),
            adjustment=appeal_of(reader, appeal_id),
            grounds=GROUNDS,
            names=full_names(reader),
            zone=settings.zone,
        )

    @post("/{appeal_id:uuid}/acknowledge", sync_to_thread=True, status_code=303, opt={"action": Action.APPEALS_DECIDE})
    def acknowledge(
        self, request: Request[Person, Any, Any], appeal_id: FromPath[uuid.UUID], session: NamedDependency[Session]
    ) -> Redirect:
        """The employee sees that it is in hand."""
        acknowledge_appeal(session, utc_now(), request.user.name, appeal_id)
        return Redirect(f"{HOME}/{appeal_id}", status_code=303)

    @post("/{appeal_id:uuid}/decide", sync_to_thread=True, status_code=303, opt={"action": Action.APPEALS_DECIDE})
    def decide(
        self,
        request: Request[Person, Any, Any],
        appeal_id: FromPath[uuid.UUID],
        data: URLEncodedBody[DecisionForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """The answer, and the difference that is to be paid where the employee is right."""
        if data.upheld not in {"yes", "no"}:
            raise AppealFault
        upheld = data.upheld == "yes"
        amount = read_amount(data.amount) if upheld else 0
        answer = normal_text(data.answer)
        decide_appeal(session, utc_now(), request.user.name, appeal_id, upheld=upheld, answer=answer, amount=amount)
        return Redirect(f"{HOME}/{appeal_id}", status_code=303)
