"""Assembly: the application is a function of its settings."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from litestar import Litestar, Router, get
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.middleware.csrf import CSRFMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler
from sqlalchemy.orm import Session

from cem.alerts.pages import AlertPages
from cem.api.case_numbers import CaseNumberApi
from cem.api.encounters import EncounterApi
from cem.api.improvements import ImprovementApi
from cem.api.operational_figures import OperationalFigureApi
from cem.api.payroll import PayrollApi
from cem.api.requests import ApiRequest
from cem.assets import address, serve_asset
from cem.calendar.pages import CalendarPages
from cem.cases.case_pages import CasePages
from cem.cases.customer_pages import OwnPages
from cem.cases.desk_pages import DeskPages
from cem.cases.log_pages import LogPages
from cem.cases.numbers_pages import NumberPages
from cem.cases.settings_pages import AbsencePages, SettingsPages
from cem.comments.pages import CommentPages
from cem.digests.pages import DigestPages, StopPages
from cem.errors import answer_fault
from cem.explorer.counting import Slots
from cem.explorer.pages import ExplorerPages
from cem.headers import add_headers
from cem.health import health
from cem.improvements.acts import ImprovementActs
from cem.improvements.cause_acts import CauseActs
from cem.improvements.pages import ImprovementPages
from cem.jobs.running import Job, Runner
from cem.operations.forms import OperationForms
from cem.operations.pages import OperationPages
from cem.outcomes.pages import OutcomePages
from cem.people.pages import HOME, SignInPages
from cem.people.signed_in import BrowserAuthentication, KeyAuthentication
from cem.programme.forms import ProgrammeForms
from cem.programme.pages import ProgrammePages
from cem.programme.report_pages import ProgrammeReportPages
from cem.quality.pages import QualityPages
from cem.quality.sample_pages import SamplePages
from cem.reports.pages import ReportPages
from cem.reports.printing import Printer
from cem.responses.pages import ResponsePages
from cem.rewards.adjustment_pages import AdjustmentPages
from cem.rewards.appeal_pages import AppealPages
from cem.rewards.backtest_pages import BacktestPages
from cem.rewards.editor_pages import EditorPages
from cem.rewards.participant_pages import ParticipantPages
from cem.rewards.plan_pages import PlanPages
from cem.rewards.run_pages import RunPages
from cem.rewards.share_pages import SharePages
from cem.rewards.statement_pages import OthersStatementPages, StatementPages
from cem.rewards.wizard_pages import WizardPages
from cem.roles import keyed, permitted
from cem.scorecards.asking import NothingToShow, provide_asking, show_nothing
from cem.scorecards.forms import ScorecardForms
from cem.scorecards.pages import ScorecardPages
from cem.settings import Settings
from cem.studio.pages import ExportPages
from cem.templating import provide_show
from surveys.catalogue import LiveCatalogue
from surveys.database import Database, create_database, provide_read, provide_write
from surveys.inbox import Inbox
from surveys.limits import Limit
from surveys.links import Links
from surveys.pages import SURVEY_PAGES
from surveys.reception import Reception
from surveys.templating import Templates

# No fewer than the connections that a database may have open, so that each can be ended.
ENDING_THREADS = 32
STAFF_PAGES = (
    SignInPages,
    ScorecardPages,
    ScorecardForms,
    ExplorerPages,
    CommentPages,
    CalendarPages,
    NumberPages,
    AlertPages,
    DeskPages,
    LogPages,
    SettingsPages,
    AbsencePages,
    CasePages,
    OperationPages,
    OperationForms,
    OutcomePages,
    ImprovementPages,
    ImprovementActs,
    CauseActs,
    ResponsePages,
    ExportPages,
    DigestPages,
    ReportPages,
    ProgrammePages,
    ProgrammeForms,
    ProgrammeReportPages,
    QualityPages,
    SamplePages,
    RunPages,
    BacktestPages,
    StatementPages,
    OthersStatementPages,
    AppealPages,
    AdjustmentPages,
    SharePages,
    PlanPages,
    WizardPages,
    EditorPages,
    ParticipantPages,
)


@get("/", sync_to_thread=False, opt={"public": True})
def home() -> Redirect:
    return Redirect(HOME, status_code=303)


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    hasher: PasswordHasher | None = None,
    front: ControllerRouterHandler = home,
    jobs: Sequence[Job] = (),
) -> Litestar:
    """The whole product; `front` is what answers at `/`, and `jobs` are run in the background while it is open."""
    database = database or create_database(settings.database_url)
    templates = Templates(own=settings.own_templates)
    printer = Printer(settings.chromium)
    templates.share(asset=address, can_print=printer.program is not None)
    inbox = Inbox(database.writer, settings.inbox_capacity)
    ending = ThreadPoolExecutor(ENDING_THREADS, "ending")
    reception = Reception(
        database=database,
        inbox=inbox,
        links=Links(settings.secret_key),
        templates=templates,
        catalogue=LiveCatalogue(database),
        zone=settings.zone,
        limit=Limit(settings.posts_per_minute),
    )

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        with inbox, ending, Runner(database, settings, jobs):
            yield
        database.close()

    return Litestar(
        route_handlers=[
            Router("/", route_handlers=[health, serve_asset, *SURVEY_PAGES, OwnPages]),
            # Opened from a mail by whoever has its link: no session, and no token against forged forms.
            Router("/", route_handlers=[StopPages], dependencies={"show": Provide(provide_show, sync_to_thread=False)}),
            _staff_pages(settings, front),
            Router(
                "/api/v1",
                route_handlers=[CaseNumberApi, EncounterApi, ImprovementApi, OperationalFigureApi, PayrollApi],
                # OPTIONS too: a guard must know who asks.
                middleware=[DefineMiddleware(KeyAuthentication, exclude_http_methods=())],
                guards=[keyed],
                request_class=ApiRequest,
            ),
        ],
        dependencies={
            "session": Provide(_transaction(provide_write)),
            "reader": Provide(_transaction(provide_read)),
            "settings": Provide(_settings, sync_to_thread=False),
            "reception": Provide(_reception, sync_to_thread=False),
        },
        exception_handlers={Exception: answer_fault},
        before_send=[add_headers],
        lifespan=[lifespan],
        openapi_config=OpenAPIConfig(
            title="cem", version="1", path="/schema", render_plugins=[JsonRenderPlugin()], use_handler_docstrings=True
        ),
        state=State(
            {
                "settings": settings,
                "database": database,
                "ending": ending,
                "templates": templates,
                "printer": printer,
                "reception": reception,
                "hasher": hasher or PasswordHasher(),
                "slots": Slots(),
                "sign_in_limit": Limit(settings.sign_ins_per_minute),
            }
        ),
    )


def _staff_pages(settings: Settings, front: ControllerRouterHandler) -> Router:
    """The pages behind the sign-in: a session, a token against forged forms, and the permission table."""
    csrf = CSRFConfig(
        secret=settings.secret_key, cookie_name="csrf", cookie_secure=settings.secure, cookie_httponly=True
    )
    return Router(
        "/",
        route_handlers=[front, *STAFF_PAGES],
        middleware=[
            DefineMiddleware(CSRFMiddleware, config=csrf),
            DefineMiddleware(BrowserAuthentication, exclude_http_methods=()),
        ],
        guards=[permitted],
        dependencies={
            "show": Provide(provide_show, sync_to_thread=False),
            "asking": Provide(provide_asking, sync_to_thread=False),
        },
        exception_handlers={NothingToShow: show_nothing},
    )


def _transaction(
    begin: Callable[[Database], Generator[Session, None, None]],
) -> Callable[[State], AsyncGenerator[Session, None]]:
    """A request's transaction, which ends in a thread that no request can be waiting in.

    Handlers share few threads, and one that waits for a connection or a row keeps its own. If ending a transaction
    needed one of them, those who wait for it would keep it from ending.
    """

    async def provide(state: State) -> AsyncGenerator[Session, None]:
        transaction = begin(state.database)
        end = asyncio.get_running_loop().run_in_executor
        try:
            yield next(transaction)
        except Exception as fault:  # noqa: BLE001 - it is raised again where the transaction ends
            await end(state.ending, transaction.throw, fault)
        else:
            await end(state.ending, next, transaction, None)

    return provide


def _settings(state: State) -> Settings:
    return state.settings  # type: ignore[no-any-return]


def _reception(state: State) -> Reception:
    return state.reception  # type: ignore[no-any-return]
