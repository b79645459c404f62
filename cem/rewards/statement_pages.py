"""Statements: what an employee is paid and why, on a phone and on paper; and how they disagree."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.people.models import Employee
from cem.reports.paper import Paper
from cem.reports.printing import Printer
from cem.rewards.adjustments import REASONS
from cem.rewards.appeals import GROUNDS, submit_appeal
from cem.rewards.digests import ENGINE
from cem.rewards.models import RewardPlan, RewardRun
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import AGREED, UnknownPlan, acknowledge_plan, read_terms, signatures_of
from cem.rewards.runs import find_run
from cem.rewards.statement_views import Reader
from cem.rewards.statement_words import OUTCOMES
from cem.rewards.statements import (
    Statement,
    UnknownStatement,
    employee_of,
    read_statement,
    record_view,
    results_of,
    running_for,
)
from cem.rewards.terms import Terms
from cem.roles import Action
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from cem.studio.exports import attachment
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import Language, normal_text
from surveys.number_words import in_words

PDF = "application/pdf"
PAGE = "rewards/statement.html"


@dataclass
class AppealForm:
    ground: str = ""
    words: str = ""


class StatementPages(Controller):
    """Everybody's own, whatever their role; whose statement it is says the account."""

    path = "/statements"

    @get("/", sync_to_thread=True, opt={"action": Action.STATEMENTS_READ})
    def show_statements(
        self, request: Request[Person, Any, Any], show: NamedDependency[Show], reader: NamedDependency[Session]
    ) -> Response[bytes]:
        """All of them, the newest first, with the period that is being measured."""
        employee = employee_of(reader, request.user.name)
        results = results_of(reader, employee.employee_no) if employee else []
        running = running_for(reader, employee.employee_no) if employee else []
        plans = plans_of(reader, request.user.name, [*running, *(result.run for result in results)])
        return show(
            "rewards/statements.html",
            employee=employee,
            results=results,
            running=[(run, RewardPeriod.parse(run.period), plan_terms(reader, run)) for run in running],
            plans=plans,
            outcomes=OUTCOMES,
        )

    @get("/{run_id:uuid}", sync_to_thread=True, opt={"action": Action.STATEMENTS_READ})
    def show_statement(
        self,
        request: Request[Person, Any, Any],
        run_id: FromPath[uuid.UUID],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """One's own; it is written down that it was read."""
        now = utc_now()
        statement = read_statement(reader, run_id, _own(reader, request.user).employee_no)
        context = statement_context(reader, show.language, statement, now, settings)
        record_view(session, now, request.user.name, run_id, statement.employee.employee_no)
        return show(PAGE, **context, own=True, address=f"/statements/{run_id}")

    @get("/{run_id:uuid}/pdf", sync_to_thread=True, opt={"action": Action.STATEMENTS_READ})
    def print_statement(
        self,
        request: Request[Person, Any, Any],
        run_id: FromPath[uuid.UUID],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """The same on paper."""
        employee_no = _own(reader, request.user).employee_no
        return printed(request, show, reader, session, settings, run_id, employee_no, own=True)

    @post("/{run_id:uuid}/appeals", sync_to_thread=True, status_code=303, opt={"action": Action.STATEMENTS_READ})
    def appeal(
        self,
        request: Request[Person, Any, Any],
        run_id: FromPath[uuid.UUID],
        data: URLEncodedBody[AppealForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """Say what is wrong."""
        run = find_run(session, run_id)
        submit_appeal(session, utc_now(), request.user.name, run, data.ground, normal_text(data.words))
        return Redirect(f"/statements/{run_id}#appeal", status_code=303)

    @post("/plans/{plan_id:uuid}", sync_to_thread=True, status_code=303, opt={"action": Action.STATEMENTS_READ})
    def acknowledge(
        self, request: Request[Person, Any, Any], plan_id: FromPath[uuid.UUID], session: NamedDependency[Session]
    ) -> Redirect:
        """A participant has read the plan."""
        plan = session.get(RewardPlan, plan_id)
        employee = _own(session, request.user)
        number = employee.employee_no
        runs = [*running_for(session, number), *(result.run for result in results_of(session, number))]
        if plan is None or plan.plan_id not in {run.plan_id for run in runs}:
            raise UnknownPlan
        acknowledge_plan(session, utc_now(), request.user.name, plan)
        return Redirect("/statements", status_code=303)


class OthersStatementPages(Controller):
    """Somebody's statement for those who answer for its amount; the person sees who looked."""

    path = "/rewards/runs/{run_id:uuid}/people/{employee_no:str}/statement"

    @get("/", sync_to_thread=True, opt={"action": Action.REWARDS_READ})
    def show_statement(
        self,
        request: Request[Person, Any, Any],
        run_id: FromPath[uuid.UUID],
        employee_no: FromPath[str],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """As its person reads it, without their form."""
        now = utc_now()
        statement = read_statement(reader, run_id, employee_no)
        context = statement_context(reader, show.language, statement, now, settings)
        record_view(session, now, request.user.name, run_id, employee_no)
        address = f"/rewards/runs/{run_id}/people/{employee_no}/statement"
        return show(PAGE, **context, own=False, address=address)

    @get("/pdf", sync_to_thread=True, opt={"action": Action.REWARDS_READ})
    def print_statement(
        self,
        request: Request[Person, Any, Any],
        run_id: FromPath[uuid.UUID],
        employee_no: FromPath[str],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        return printed(request, show, reader, session, settings, run_id, employee_no)


def printed(
    request: Request[Person, Any, Any],
    show: Show,
    reader: Session,
    session: Session,
    settings: Settings,
    run_id: uuid.UUID,
    employee_no: str,
    *,
    own: bool = False,
) -> Response[bytes]:
    """A statement as a PDF; that it was read is written down with it."""
    printer: Printer = request.app.state.printer
    now = utc_now()
    paper = Paper(show.templates, show.language, request.user, day_of(now, settings.zone))
    with printer.turn():
        statement = read_statement(reader, run_id, employee_no)
        page = paper(PAGE, **statement_context(reader, show.language, statement, now, settings), own=own, address="")
        # Printing takes seconds, and needs no connection.
        reader.close()
        content = printer.print_page(bytes(page.content).decode())
    record_view(session, now, request.user.name, run_id, employee_no)
    name = attachment(f"statement-{statement.result.run.period}.pdf", f"{show.language.gettext('Statement')}.pdf")
    return Response(content, media_type=PDF, headers={"content-disposition": name, "cache-control": "no-store"})


def statement_context(
    session: Session, language: Language, statement: Statement, now: datetime, settings: Settings
) -> dict[str, Any]:
    """What the template shows."""
    reader = Reader(session, read_offers(session), language)
    result = statement.result
    paid = result.amount.paid
    return {
        "statement": statement,
        "result": result,
        "units": reader.units(result),
        "steps": tuple(reader.steps(result)),
        "moves": reader.moves(result, statement.before),
        "words": None if paid is None else in_words(language, paid),
        "may_appeal": statement.may_appeal(now),
        "grounds": GROUNDS,
        "reasons": REASONS,
        "outcomes": OUTCOMES,
        "engine": ENGINE,
        "zone": settings.zone,
    }


def plans_of(session: Session, account: str, runs: list[RewardRun]) -> list[tuple[RewardPlan, Terms, datetime | None]]:
    """The agreed plans of these periods with their terms, and when this account said that it has read them."""
    found = []
    for plan_id in dict.fromkeys(run.plan_id for run in runs):
        plan = session.get_one(RewardPlan, plan_id)
        if plan.status == AGREED:
            signed = next((one.signed_at for one in signatures_of(session, plan_id) if one.account == account), None)
            found.append((plan, read_terms(plan), signed))
    return found


def plan_terms(session: Session, run: RewardRun) -> Terms:
    return read_terms(session.get_one(RewardPlan, run.plan_id))


def _own(session: Session, person: Person) -> Employee:
    employee = employee_of(session, person.name)
    if employee is None:
        raise UnknownStatement
    return employee
