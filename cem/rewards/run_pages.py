"""The pages of a reward period: what it would pay, each step forward, and the way to every number."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.errors import CemError
from cem.people.accounts import Person
from cem.rewards.calculating import calculate_run
from cem.rewards.holds import decide_hold, hold_by_hand
from cem.rewards.integrity import ToLookAt, lock_checked
from cem.rewards.models import IntegrityHold, RewardPlan
from cem.rewards.payroll import acknowledge_batch, control_sheet, export_run, payroll_csv, payroll_json
from cem.rewards.periods import RewardPeriod
from cem.rewards.plan_forms import read_amount, read_pool
from cem.rewards.plans import read_terms
from cem.rewards.retention import is_forgotten
from cem.rewards.run_views import (
    WAY,
    RunHead,
    RunView,
    amount_of_person,
    count_people,
    people_page,
    view_head,
    view_run,
    view_unit,
)
from cem.rewards.runs import approve_run, close_run, find_batch, find_run, reopen_run, return_run, set_pool
from cem.rewards.signals.kinds import NAMES as SIGNALS
from cem.rewards.signals.sentences import evidence_sentence
from cem.rewards.snapshots import Snapshot
from cem.rewards.statuses import STATUS_NAMES
from cem.rewards.wordings import OUTCOMES, money, share
from cem.roles import Action
from cem.settings import Settings
from cem.templating import Show
from surveys.database import Database, utc_now
from surveys.languages import N_

# More people than this are calculated by the command: a page should not keep its reader waiting.
MOST_PEOPLE = 20_000
COMPONENTS = {
    "reward": N_("Reward"),
    "adjustment": N_("Adjustment"),
    "reversal": N_("Reversal of what was paid before"),
}
EVENTS = {
    "open": N_("Opened"),
    "pool": N_("Pool changed"),
    "lock": N_("Data locked"),
    "calculate": N_("Amounts calculated"),
    "review": N_("Reviewed"),
    "approve": N_("Approved"),
    "return": N_("Sent back"),
    "reopen": N_("Opened again"),
    "export": N_("Batch made for payroll"),
    "pay": N_("Paid"),
    "close": N_("Closed"),
    "integrity": N_("Integrity checks found something else than before"),
    "hold": N_("Stopped by an integrity check"),
    "decide-hold": N_("Integrity check decided"),
    "appeal": N_("Appeal submitted"),
    "request-adjustment": N_("Adjustment asked for"),
}


class TooManyPeople(CemError):
    status = 413
    title = N_("Too many people to calculate here")
    advice = N_("Use the command “cem rewards run”, which shows how far it is. Nothing was changed.")


@dataclass
class NoteForm:
    note: str = ""


@dataclass
class PoolForm:
    pool: str = ""


@dataclass
class HoldForm:
    unit: str = ""
    measure: str = ""
    reason: str = ""


@dataclass
class DecisionForm:
    decision: str = ""
    reason: str = ""


Id = FromPath[uuid.UUID]
Asked = Request[Person, Any, Any]


class RunPages(Controller):
    path = "/rewards/runs/{run_id:uuid}"

    @get("/", sync_to_thread=True, opt={"action": Action.REWARDS_READ})
    def show_run(
        self, run_id: Id, show: NamedDependency[Show], reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:  # fmt: skip
        """Where a period stands, what it pays, and what is to be done next."""
        view = view_run(reader, find_run(reader, run_id), utc_now(), settings.zone)
        return show(
            "rewards/run.html",
            **frame(view, show, settings),
            way=WAY,
            status_names=STATUS_NAMES,
            event_names=EVENTS,
            signals=SIGNALS,
            evidence=evidence_of(view, show),
        )

    @get("/units/{unit:str}", sync_to_thread=True, opt={"action": Action.REWARDS_READ})
    def show_unit(
        self, run_id: Id, unit: FromPath[str], show: NamedDependency[Show], reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:  # fmt: skip
        """Every step from what customers said to the score of a unit."""
        view = view_unit(reader, find_run(reader, run_id), unit, utc_now(), settings.zone, show.language)
        return show("rewards/unit.html", **frame(view, show, settings), until=until)

    @get("/people", sync_to_thread=True, opt={"action": Action.REWARDS_READ})
    def show_people(
        self, run_id: Id, show: NamedDependency[Show], reader: NamedDependency[Session],
        settings: NamedDependency[Settings], after: FromQuery[str] = "",
    ) -> Response[bytes]:  # fmt: skip
        """What each gets."""
        run = find_run(reader, run_id)
        rows, following = people_page(reader, run, after)
        forgotten = is_forgotten(reader, run.plan_code, run.period)
        told = frame(view_head(reader, run), show, settings)
        return show("rewards/people.html", rows=rows, following=following, forgotten=forgotten, **told)

    @get("/people/{employee_no:str}", sync_to_thread=True, opt={"action": Action.REWARDS_READ})
    def show_person(
        self, run_id: Id, employee_no: FromPath[str], show: NamedDependency[Show], reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:  # fmt: skip
        """Every step from the scores of a person's units to the amount."""
        run = find_run(reader, run_id)
        employee, trace, digest = amount_of_person(reader, run_id, employee_no)
        told = frame(view_head(reader, run), show, settings)
        return show("rewards/amount.html", employee=employee, trace=trace, digest=digest, **told)

    @post("/lock", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_DESIGN})
    def lock(self, request: Asked, run_id: Id, settings: NamedDependency[Settings]) -> Redirect:
        """Look for signals, then freeze the data of the period, in transactions of its own."""
        lock_checked(request.app.state.database, utc_now(), request.user.name, run_id, settings.zone)
        return _back(run_id)

    @post("/calculate", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_DESIGN})
    def calculate(self, request: Asked, run_id: Id) -> Redirect:
        """Calculate from the frozen data, in transactions of its own: answers keep arriving meanwhile."""
        database: Database = request.app.state.database
        with database.read() as reader:
            people = count_people(reader, find_run(reader, run_id))
        if people > MOST_PEOPLE:
            raise TooManyPeople
        for _ in calculate_run(database, utc_now(), request.user.name, run_id):
            pass
        return _back(run_id)

    @post("/pool", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_PAY})
    def set_pool(
        self, request: Asked, run_id: Id, data: URLEncodedBody[PoolForm], session: NamedDependency[Session]
    ) -> Redirect:
        """How much there is to pay."""
        run = find_run(session, run_id, update=True)
        set_pool(session, utc_now(), request.user.name, run, read_pool(data.pool))
        return _back(run_id)

    @post("/review", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_REVIEW})
    def review(
        self, request: Asked, run_id: Id, data: URLEncodedBody[NoteForm], session: NamedDependency[Session]
    ) -> Redirect:
        """HR's part of the approval."""
        run = find_run(session, run_id, update=True)
        approve_run(session, utc_now(), request.user.name, run, "review", data.note)
        return _back(run_id)

    @post("/approve", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_APPROVE})
    def approve(
        self, request: Asked, run_id: Id, data: URLEncodedBody[NoteForm], session: NamedDependency[Session]
    ) -> Redirect:
        """The committee's part of the approval."""
        run = find_run(session, run_id, update=True)
        approve_run(session, utc_now(), request.user.name, run, "approve", data.note)
        return _back(run_id)

    @post("/return", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_APPROVE})
    def send_back(
        self, request: Asked, run_id: Id, data: URLEncodedBody[NoteForm], session: NamedDependency[Session]
    ) -> Redirect:
        """Send it back to be calculated again."""
        return_run(session, utc_now(), request.user.name, find_run(session, run_id, update=True), data.note)
        return _back(run_id)

    @post("/reopen", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_APPROVE})
    def reopen(
        self, request: Asked, run_id: Id, data: URLEncodedBody[NoteForm], session: NamedDependency[Session]
    ) -> Redirect:
        """Open it again as the next revision."""
        run = find_run(session, run_id, update=True)
        return _back(reopen_run(session, utc_now(), request.user.name, run, data.note).run_id)

    @post("/close", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_DESIGN})
    def close(self, request: Asked, run_id: Id, session: NamedDependency[Session]) -> Redirect:
        """Nothing more is expected."""
        close_run(session, utc_now(), request.user.name, find_run(session, run_id, update=True))
        return _back(run_id)

    @post("/holds", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_REVIEW})
    def hold(
        self, request: Asked, run_id: Id, data: URLEncodedBody[HoldForm], session: NamedDependency[Session]
    ) -> Redirect:
        """Stop a measure of a unit by hand."""
        run = find_run(session, run_id, update=True)
        terms = read_terms(session.get_one(RewardPlan, run.plan_id))
        hold_by_hand(session, utc_now(), request.user.name, run, terms, data.unit, data.measure, data.reason)
        return _back(run_id, "#holds")

    @post("/holds/{hold_id:uuid}", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_REVIEW})
    def decide_hold(
        self, request: Asked, run_id: Id, hold_id: Id, data: URLEncodedBody[DecisionForm],
        session: NamedDependency[Session],
    ) -> Redirect:  # fmt: skip
        """Release a measure, or leave it out."""
        run = find_run(session, run_id, update=True)
        decide_hold(session, utc_now(), request.user.name, run, hold_id, data.decision, data.reason)
        return _back(run_id, "#holds")

    @post("/export", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_PAY})
    def export(self, request: Asked, run_id: Id, session: NamedDependency[Session]) -> Redirect:
        """Make the batch for payroll, once."""
        export_run(session, utc_now(), request.user.name, find_run(session, run_id, update=True))
        return _back(run_id, "#payroll")

    @post("/acknowledge", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_PAY})
    def acknowledge(
        self, request: Asked, run_id: Id, data: URLEncodedBody[dict[str, str]], session: NamedDependency[Session]
    ) -> Redirect:
        """Payroll has paid: rows and total as it names them."""
        batch = find_batch(session, find_run(session, run_id))
        rows, total = read_amount(data.get("rows", "")), read_amount(data.get("total", ""))
        acknowledge_batch(session, utc_now(), request.user.name, batch, digest=batch.digest, rows=rows, total=total)
        return _back(run_id, "#payroll")

    @get("/payroll.csv", sync_to_thread=True, opt={"action": Action.REWARDS_PAY})
    def payroll_csv(self, run_id: Id, reader: NamedDependency[Session]) -> Response[bytes]:
        """The batch for payroll."""
        run = find_run(reader, run_id)
        batch = find_batch(reader, run)
        name = f"payroll-{run.plan_code}-{run.period}-{run.revision}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        body = "".join(payroll_csv(reader, batch)).encode("utf-8-sig")
        return Response(body, media_type="text/csv; charset=utf-8", headers=headers)

    @get("/payroll.json", sync_to_thread=True, opt={"action": Action.REWARDS_PAY})
    def payroll_json(self, run_id: Id, reader: NamedDependency[Session]) -> Response[bytes]:
        """The batch with its control sheet."""
        batch = find_batch(reader, find_run(reader, run_id))
        return Response(payroll_json(reader, batch), media_type="application/json")

    @get("/control", sync_to_thread=True, opt={"action": Action.REWARDS_PAY})
    def show_control(
        self, run_id: Id, show: NamedDependency[Show], reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:  # fmt: skip
        """What payroll compares before it pays."""
        run = find_run(reader, run_id)
        told = frame(view_head(reader, run), show, settings)
        return show("rewards/control.html", sheet=control_sheet(reader, find_batch(reader, run)), **told)


def frame(view: RunHead, show: Show, settings: Settings) -> dict[str, Any]:
    """What every page of a period needs beside its own: its names and how numbers are written."""
    language = show.language

    def part_name(code: str) -> str:
        return view.known[code].name(language) if code in view.known else language.gettext(N_("Every measure"))

    return {
        "view": view,
        "zone": settings.zone,
        "period_label": RewardPeriod.parse(view.run.period).label(language),
        "part_name": part_name,
        "exact_number": lambda text: float(Fraction(text)),
        "components": COMPONENTS,
        "outcomes": OUTCOMES,
        "money": money,
        "share": share,
    }


def evidence_of(view: RunView, show: Show) -> Callable[[IntegrityHold | ToLookAt], str]:
    """What a signal of this period has counted, in words."""

    def written(found: IntegrityHold | ToLookAt) -> str:
        known = view.known.get(found.measure if isinstance(found, IntegrityHold) else found.measures[0])
        return evidence_sentence(show.language, found.signal, found.evidence, known, view.metric_names, view.offers)

    return written


def until(snapshot: Snapshot) -> datetime:
    """Up to which moment a snapshot's data had to have come."""
    return datetime.fromisoformat(snapshot.until)


def _back(run_id: uuid.UUID, place: str = "") -> Redirect:
    return Redirect(f"/rewards/runs/{run_id}{place}", status_code=303)
