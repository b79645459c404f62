"""The whole loop on phones, in Persian: from an unhappy answer to a change whose effect is proven."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from cem.alerts.starting import begin_rules
from cem.app import create_app
from cem.calendar.calendars import set_hours
from cem.calendar.hours import MIDNIGHT
from cem.cases.models import Case, Recovery
from cem.cases.recovery import ask_due
from cem.cases.statuses import REOPENED, RESOLVED, STATUS_NAMES
from cem.improvements.causes import begin_causes
from cem.jobs.schedule import JOBS
from cem.people.accounts import add_account
from cem.roles import Role
from cem.scorecards.days import write_day
from cem.settings import Settings
from surveys.database import Database, day_of, new_id, utc_now
from surveys.languages import language
from surveys.links import Links, PersonalLink
from surveys.models import Customer, Invitation, Journey, Survey, Touchpoint, Unit
from surveys.pages.visits import TOO_FAST
from surveys.publishing import publish
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record
from surveys.touchpoints import customer_id_of
from tests.browser.test_pages import SIDEWAYS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FA = language("fa")
SETTINGS = Settings(secret_key="a secret of the tests, long enough", posts_per_minute=1000, sign_ins_per_minute=100)
PASSWORD = "correct horse battery"
PHONE = {"width": 360, "height": 740}
WORDS = "دو ساعت در صف ماندم و کسی نگفت چرا."
FIRST_REPLY = "سلام، از اینکه این‌همه منتظر ماندید عذر می‌خواهیم. از فردا باجه دوم باز است."
SECOND_REPLY = "سلام، پوزش می‌خواهیم؛ باجه دوم دیر باز شد. نوبت شما را امروز بی‌صف انجام می‌دهیم و خودم پیگیرم."
TITLE = "نوبت‌دهی با تلفن"
# How long ago customers began to notice the change.
SINCE = 45


@dataclass
class Loop:
    """A company with one branch, its people, and one customer who was asked."""

    database: Database
    address: str
    link: str
    chromium: Any

    @contextmanager
    def phone(self, name: str = "") -> Iterator[Page]:
        """Somebody's phone in Persian; signed in where a name is given."""
        context = self.chromium.new_context(viewport=PHONE, locale="fa-IR", base_url=self.address)
        context.set_default_timeout(15_000)
        page = context.new_page()
        if name:
            page.goto("/sign-in?lang=fa")
            page.fill("input[name=name]", name)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/sign-in" not in url)
        yield page
        context.close()

    def case(self) -> Case:
        with self.database.read() as reader:
            return reader.scalars(select(Case)).one()

    def sees(self, column: Any) -> Any:
        """What stands there now, or nothing yet."""
        with self.database.read() as reader:
            return reader.scalar(select(column))

    def days_pass(self) -> None:
        """The days after the resolution are over, and the job that asks comes round."""
        with self.database.write() as session:
            session.execute(update(Recovery).values(due_at=utc_now() - timedelta(minutes=1)))
        assert ask_due(self.database, SETTINGS, utc_now()) == 1

    def until(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for what the product does by itself."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.1)


@pytest.fixture
def loop(sqlite_database: Iterator[Database], root: Path, chromium: Any) -> Iterator[Loop]:
    """The product as it is served, with all that it does by itself."""
    import uvicorn

    for database in sqlite_database:
        link = _founded(database, root)
        app = create_app(SETTINGS, database=database, jobs=JOBS)
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
            serving = threading.Thread(target=server.run, args=([listening],))
            serving.start()
            while not server.started:
                time.sleep(0.02)
            yield Loop(database, "http://{}:{}".format(*listening.getsockname()), link, chromium)
            server.should_exit = True
            serving.join()


def _founded(database: Database, root: Path) -> str:
    """A branch with its manager, the CX manager, answers from before and after the change; the customer's link."""
    now, long_ago = utc_now(), date(2020, 1, 1)
    questionnaire = read_yaml((root / "examples" / "branch-visit.yaml").read_text())
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with database.write() as session:
        session.add(Unit(code="bank", parent=None, names={"fa": "بانک", "en": "Bank"}, valid_from=long_ago))
        session.flush()
        session.add(Unit(code="vanak", parent="bank", names={"fa": "شعبه ونک", "en": "Vanak"}, valid_from=long_ago))
        session.add(Journey(code="visit", names={"fa": "مراجعه", "en": "Visit"}))
        session.flush()
        for name, role, unit in (("cx", Role.CX_MANAGER, None), ("manager", Role.UNIT_MANAGER, "vanak")):
            person = {"name": name, "full_name": {"cx": "آرش", "manager": "سمیه"}[name], "password": PASSWORD}
            add_account(session, hasher, now, "tests", **person, role=role, unit=unit)
        begin_rules(session, now)
        begin_causes(session, now)
        # The customer is asked in opening hours alone, and this test at any hour.
        set_hours(session, now, "tests", dict.fromkeys(range(7), (MIDNIGHT, MIDNIGHT)))
        publish(session, questionnaire, now)
        survey_id = session.scalars(select(Survey.survey_id)).one()
        session.add(
            Touchpoint(
                code="counter",
                names={"fa": "باجه", "en": "Counter"},
                journey="visit",
                stage="there",
                channel="branch",
                owner="vanak",
                standard={},
                transactional_survey=survey_id,
                feedback_survey=None,
            )
        )
        customer_id, invitation_id = customer_id_of("mina"), new_id(now)
        session.add(Customer(customer_id=customer_id, reference="mina", language="fa"))
        session.flush()
        session.add(
            Invitation(
                survey_id=survey_id,
                invitation_id=invitation_id,
                customer_id=customer_id,
                touchpoint="counter",
                unit="vanak",
                channel="branch",
                language="fa",
                created_at=now,
                expires_at=now + timedelta(days=14),
            )
        )
        today = day_of(now, SETTINGS.zone)
        earlier = [_earlier(survey_id, questionnaire, today - timedelta(days=days), SINCE) for days in range(1, 90)]
        record(session.connection(), [one for day in earlier for one in day(today)])
    return f"/i/{Links(SETTINGS.secret_key).personal(PersonalLink(survey_id, invitation_id))}"


def _earlier(survey_id: Any, questionnaire: Any, day: date, since: int) -> Callable[[date], list[Submission]]:
    """Three answers of a day: unhappy before the change, and happier after it."""

    def of(today: date) -> list[Submission]:
        given = (3, 5, 8) if (today - day).days > since else (8, 9, 10)
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=SETTINGS.zone)
        return [
            Submission(
                survey_id=survey_id,
                response_id=new_id(moment),
                version=1,
                day=day,
                touchpoint="counter",
                unit="vanak",
                channel="branch",
                language="fa",
                quality="valid",
                signals=(),
                has_comment=False,
                answers={"recommend": score, "satisfaction": 3},
                submitted_at=moment,
                seconds=60,
                scores=scores(questionnaire, {"recommend": score, "satisfaction": 3}),
            )
            for score in given
        ]

    return of


def test_from_an_unhappy_answer_to_a_change_that_is_proven(loop: Loop) -> None:
    """Each step leads to the next by what its person sees and presses."""
    with loop.phone() as customer, loop.phone("manager") as manager, loop.phone("cx") as cx:
        _answer(customer, loop)
        _find_the_case(manager, loop)
        _reply_and_resolve(manager, FIRST_REPLY)
        _not_solved(customer, loop)
        _resolve_again(manager)
        _be_asked_again(customer, loop)
        _look_into_it(cx)
        _change_it(cx)


def _text(words: str) -> str:
    return FA.gettext(words)


def _press(page: Page, words: str) -> None:
    page.get_by_role("button", name=_text(words), exact=True).click()
    assert page.evaluate(SIDEWAYS) <= 0


def _answer(customer: Page, loop: Loop) -> None:
    """Three of ten, with a comment; the thank-you page leads to a page of one's own."""
    customer.goto(loop.link)
    customer.check("#recommend-3", force=True)
    customer.check("#satisfaction-1", force=True)
    customer.fill("#suggestion textarea", WORDS)
    # What is sent within moments a machine has filled in.
    customer.wait_for_timeout(1000 * TOO_FAST.total_seconds())
    customer.click("button.send")
    customer.wait_for_url("**/thanks?lang=*")
    customer.locator("main a").click()
    expect(customer.get_by_text(WORDS)).to_be_visible()


def _find_the_case(manager: Page, loop: Loop) -> None:
    """It is on the manager's list without a click, and opens with the customer's words."""
    loop.until(lambda: loop.sees(Case.owner) == "manager")
    manager.goto("/cases?lang=fa")
    expect(manager.get_by_text(WORDS)).to_be_visible()
    assert manager.evaluate(SIDEWAYS) <= 0
    manager.get_by_role("link", name=FA.digits(loop.case().number)).click()
    expect(manager.get_by_role("heading", level=1)).to_contain_text(FA.digits(loop.case().number))
    expect(manager.get_by_text(WORDS)).to_be_visible()


def _step(manager: Page, name: str) -> Any:
    """The form of a step, opened."""
    step = manager.locator(f"#step-{name}")
    if step.get_attribute("open") is None:
        step.locator("summary").click()
    return step


def _reply_and_resolve(manager: Page, words: str) -> None:
    """A reply to the customer, and a resolution with cause and outcome."""
    reply = _step(manager, "reply")
    reply.locator("textarea[name=text]").fill(words)
    reply.get_by_role("button", name=_text("Send"), exact=True).click()
    expect(manager.locator(".thread")).to_contain_text(words)
    resolve = _step(manager, "resolve")
    resolve.locator("select[name=cause]").select_option("waiting")
    resolve.locator("select[name=outcome]").select_option(index=1)
    resolve.get_by_role("button", name=_text("Resolve"), exact=True).click()
    expect(manager.locator(".status")).to_have_text(_text(STATUS_NAMES[RESOLVED]))
    assert manager.evaluate(SIDEWAYS) <= 0


def _not_solved(customer: Page, loop: Loop) -> None:
    """The customer reads the reply, and one tap says that it is not solved."""
    customer.reload()
    expect(customer.get_by_text(FIRST_REPLY)).to_be_visible()
    _press(customer, "It is not solved")
    expect(customer.get_by_role("status")).to_be_visible()
    assert loop.case().status == "reopened"


def _resolve_again(manager: Page) -> None:
    """The same case is open again on the manager's phone, and is resolved for good."""
    manager.reload()
    expect(manager.locator(".status")).to_have_text(_text(STATUS_NAMES[REOPENED]))
    _reply_and_resolve(manager, SECOND_REPLY)


def _be_asked_again(customer: Page, loop: Loop) -> None:
    """Days later three questions stand on the customer's page; nine of ten is three times as much as before."""
    loop.days_pass()
    customer.reload()
    customer.get_by_role("link", name=_text("Answer the questions")).click()
    customer.check("#solved-yes", force=True)
    customer.check("#feeling-9", force=True)
    customer.wait_for_timeout(1000 * TOO_FAST.total_seconds())
    customer.click("button.send")
    customer.wait_for_url("**/thanks?lang=*")
    loop.until(lambda: loop.sees(Recovery.after) == 9)
    assert loop.sees(Recovery.before) == 3
    assert loop.case().status == "resolved"


def _look_into_it(cx: Page) -> None:
    """What many waited for is looked into: five whys, of which two are enough."""
    cx.goto("/improvements/root-causes?lang=fa")
    cx.locator("#open summary").click()
    cx.locator("#open select[name=cause]").select_option("waiting")
    cx.locator("#open select[name=unit]").select_option("vanak")
    cx.locator("#open").get_by_role("button").click()
    cx.locator("[name=why] >> nth=0").fill("یک باجه باز است")
    cx.locator("[name=why] >> nth=1").fill("نوبت‌ها پیش از ظهر جمع می‌شوند")
    cx.locator("section:has(#whys) button").click()
    expect(cx.locator("[name=why] >> nth=1")).to_have_value("نوبت‌ها پیش از ظهر جمع می‌شوند")
    assert cx.evaluate(SIDEWAYS) <= 0


def _change_it(cx: Page) -> None:
    """An improvement with the effect that is expected; done, its effect is measured and proven."""
    today = day_of(utc_now(), SETTINGS.zone)
    cx.get_by_role("link", name=_text("Plan an improvement")).click()
    cx.fill("input[name=title]", TITLE)
    cx.fill("input[name=due_on]", FA.digits(write_day(FA, today + timedelta(days=30))))
    cx.select_option("select[name=unit]", "vanak")
    cx.select_option("select[name=kpi]", "branch-visit|nps_branch")
    cx.fill("input[name=expected]", FA.digits(40))
    _press(cx, "Save")
    expect(cx.get_by_role("heading", level=1)).to_have_text(TITLE)
    cx.fill("input[name=done_on]", FA.digits(write_day(FA, today - timedelta(days=SINCE))))
    _press(cx, "It is done")
    expect(cx.locator("section:has(#effect)")).to_contain_text(_text("Effect proven"))
    assert re.search(r"[۰-۹]", cx.locator("section:has(#effect) dd").first.inner_text())
    assert cx.evaluate(SIDEWAYS) <= 0
