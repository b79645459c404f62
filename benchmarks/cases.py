"""The desk with a hundred thousand open cases: each screen against the same one with a thousand."""

import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.cookiejar import CookieJar
from random import Random
from statistics import median
from urllib.parse import urlencode

from sqlalchemy import insert

from benchmarks import scale
from benchmarks.measures import PASSWORD, Measure, installation
from benchmarks.servers import serving
from cem.calendar.calendars import read_calendar
from cem.cases.clocks import refresh, start_clocks
from cem.cases.desk import number_of
from cem.cases.models import Case, CaseEvent
from cem.cases.numbering import count_due
from cem.cases.terms import Terms
from cem.settings import Settings
from surveys.database import Database, new_id, utc_now

FEW, MANY = 1_000, 100_000
ROUNDS = 15
NUMBER = "{number}"
# What is opened, with what only the full page has.
SCREENS = {
    "work list": ("/cases", "</html>"),
    "overdue": ("/cases?view=overdue", "</html>"),
    "a unit, severe": ("/cases?unit=company&severity=2", "</html>"),
    "a case": (f"/cases/{NUMBER}", "</html>"),
    "numbers": ("/cases/numbers", "</html>"),
    "today": ("/cases/today", "</html>"),
}


def case_screens() -> list[Measure]:
    """Whole pages, signed in; the ratio is the median over the rounds, and the screen that grows most is shown."""
    with ExitStack() as stack:
        servers = [stack.enter_context(_desk(size, 8750 + place)) for place, size in enumerate((FEW, MANY))]
        rounds = {
            screen: [tuple(open_page(screen) for open_page in servers) for _ in range(ROUNDS + 3)][3:]
            for screen in SCREENS
        }
    measures = []
    for screen, times in rounds.items():
        ratio = median(many / few for few, many in times)
        few, many = (median(column) for column in zip(*times, strict=True))
        measures.append(
            Measure(
                f"cases: {screen}, {MANY:,} open",
                f"{many:.0f} ms ({ratio:.2f}x)",
                f"{few:.0f} ms at {FEW:,}",
                "<= 1.5x",
                ratio <= 1.5,
            )
        )
    return measures


@contextmanager
def _desk(cases: int, port: int) -> Iterator[Callable[[str], float]]:
    """A server with so many open cases, and what opens one of its screens and tells the milliseconds."""
    with installation() as (folder, database, _):
        scale.define_company(database)
        number = fill(database, cases)
        with serving("product", folder, port):
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar := CookieJar()))
            base = f"http://127.0.0.1:{port}"
            browser.open(f"{base}/sign-in").read()
            token = next(cookie.value for cookie in jar if cookie.name == "csrf")
            form = {"name": "executive", "password": PASSWORD, "_csrf_token": token}
            browser.open(f"{base}/sign-in", urlencode(form).encode()).read()

            def open_page(screen: str) -> float:
                address, shown = SCREENS[screen]
                started = time.perf_counter()
                page = browser.open(base + address.replace(NUMBER, number)).read().decode()
                took = (time.perf_counter() - started) * 1000
                if shown not in page:
                    raise RuntimeError(f"the page {screen} does not show what is measured")
                return took

            yield open_page


def fill(database: Database, cases: int) -> str:
    """Open cases of the last ninety days at ten touchpoints, counted as the job counts them; the number of one."""
    chance, now = Random(cases), utc_now()
    settings = Settings(secret_key="of the benchmarks, which protect nothing", database_url="sqlite:///unused.db")
    with database.read() as session:
        calendar = read_calendar(session, settings.zone)
    rows, events = [], []
    for _ in range(cases):
        opened = now - timedelta(days=90) * chance.random()
        case = _case(chance, new_id(opened))
        case.opened_at = opened
        start_clocks(case, Terms(), calendar, opened)
        case.acknowledged_at = opened
        case.contacted_at = case.contact_due if case.contact_due < now and chance.random() < 0.7 else None
        refresh(case, Terms(), calendar)
        case.escalate_at = None
        rows.append({column.key: getattr(case, column.key) for column in Case.__table__.columns})
        event = {"event_id": new_id(opened), "case_id": case.case_id, "at": opened, "actor": "cem", "kind": "open"}
        events.append({**event, "details": {"severity": case.severity}})
    with database.writer.begin() as connection:
        connection.execute(insert(Case), rows)
        connection.execute(insert(CaseEvent), events)
    count_due(database, settings, now)
    return str(rows[len(rows) // 2]["number"])


def _case(chance: Random, case_id: object) -> Case:
    return Case(
        case_id=case_id,
        number=number_of(case_id),  # type: ignore[arg-type] # a new id
        origin="rule",
        kind="complaint",
        severity=chance.choice((2, 3, 3)),
        status="assigned",
        touchpoint=chance.choice(scale.TOUCHPOINTS),
        unit="company",
        channel="web",
        language="fa",
        segment="",
        words="",
        wanted="",
        series="recommend",
        score=3,
        contact_allowed=True,
        reply_channel="",
        reply_address="",
        owner="executive",
        no_reply_reason="",
        reopened=0,
        escalated=[],
    )
