"""The customer's own page on a phone: read, write, 'not solved', in Persian and English, without scripts."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from cem.app import create_app
from cem.cases import closing, handling
from cem.cases.desk import Desk
from cem.cases.models import Case, CaseMessage
from cem.cases.opening import Signal, open_or_attach
from cem.improvements.models import Cause
from cem.settings import Settings
from surveys.database import Database, day_of, new_id, utc_now
from surveys.links import Links
from surveys.models import Survey, Unit
from surveys.publishing import publish
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SETTINGS = Settings(secret_key="a secret of the tests, long enough", posts_per_minute=1000)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WORDS = "سه بار زنگ زدم و کسی پاسخ نداد. شماره پیگیری‌ام ۴۵۱ است."
REPLY = "سلام، از تأخیر عذر می‌خواهیم. کارت شما امروز با پیک فرستاده شد."


@dataclass
class Story:
    """One customer's case, and the address of their page."""

    database: Database
    address: str
    signal: Signal

    def page(self, spoken: str) -> str:
        token = Links(SETTINGS.secret_key).own_page(self.signal.survey_id, self.signal.response_id)
        return f"{self.address}/c/{token}?lang={spoken}"

    def open(self) -> None:
        with self.database.write() as session:
            desk = Desk.open(session, SETTINGS, utc_now(), "cem")
            open_or_attach(desk, self.signal, rule="unhappy", severity=2, kind="complaint")

    def solve(self) -> None:
        with self.database.write() as session:
            desk = Desk.open(session, SETTINGS, utc_now(), "cx")
            case = session.query(Case).one()
            handling.reply(desk, case, REPLY)
            closing.resolve(desk, case, "waiting", "fixed")

    def case(self) -> Case:
        with self.database.read() as session:
            return session.query(Case).one()

    def heard(self) -> list[str]:
        with self.database.read() as session:
            return [one.text for one in session.query(CaseMessage).filter_by(kind="message")]


@pytest.fixture
def story(sqlite_database: Iterator[Database], root: Path) -> Iterator[Story]:
    """An unhappy answer at a branch, and the product that serves its page."""
    import uvicorn

    for database in sqlite_database:
        signal = _answer(database, root)
        app = create_app(SETTINGS, database=database)
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
            serving = threading.Thread(target=server.run, args=([listening],))
            serving.start()
            while not server.started:
                time.sleep(0.02)
            yield Story(database, "http://{}:{}".format(*listening.getsockname()), signal)
            server.should_exit = True
            serving.join()


def _answer(database: Database, root: Path) -> Signal:
    questionnaire = read_yaml((root / "examples" / "branch-visit.yaml").read_text())
    now, answers = utc_now(), {"recommend": 2, "satisfaction": 1, "suggestion": "دو ساعت در صف ماندم."}
    with database.write() as session:
        session.add(Unit(code="vanak", parent=None, names={"fa": "شعبه ونک"}, valid_from=date(2020, 1, 1)))
        session.add(Cause(code="waiting", parent=None, kind="process", names={"fa": "انتظار"}, position=1))
        publish(session, questionnaire, now)
        survey_id, response_id = session.query(Survey.survey_id).scalar(), new_id(now)
        place = {"touchpoint": "", "unit": "vanak", "channel": "branch", "language": "fa"}
        submission = Submission(
            survey_id=survey_id,
            response_id=response_id,
            version=1,
            day=day_of(now, SETTINGS.zone),
            **place,
            quality="valid",
            signals=(),
            has_comment=True,
            answers=answers,
            submitted_at=now,
            seconds=60,
            scores=scores(questionnaire, answers),
        )
        record(session.connection(), [submission])
    return Signal(survey_id=survey_id, response_id=response_id, customer_id=None, **place, segment="", score=2)


def _is_sound(tab: Page) -> None:
    """Nothing sideways, and nothing that a reader's tools stumble over."""
    assert tab.evaluate(SIDEWAYS) <= 0
    assert [fault["id"] for fault in Axe().run(tab).response["violations"]] == []


@pytest.mark.parametrize("width", [320, 360, 1440])
def test_a_customer_reads_writes_and_objects(chromium: Any, story: Story, width: int) -> None:
    """In Persian, without scripts: their words, the reply, a message of theirs, and one tap that opens it again."""
    story.open()
    context = chromium.new_context(viewport={"width": width, "height": 740}, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(story.page("fa"))
    expect(tab.locator("html")).to_have_attribute("dir", "rtl")
    expect(tab.get_by_text("دو ساعت در صف ماندم.")).to_be_visible()
    tab.fill("#words", WORDS)
    tab.get_by_role("button", name="ارسال").click()
    expect(tab.get_by_role("status")).to_contain_text("پیام شما رسید")
    expect(tab.locator(".mine")).to_contain_text(WORDS)
    # Sent again by the browser, it is not said twice.
    tab.go_back()
    tab.fill("#words", WORDS)
    tab.get_by_role("button", name="ارسال").click()
    assert story.heard() == [WORDS]

    story.solve()
    tab.goto(story.page("fa"))
    expect(tab.get_by_text(REPLY)).to_be_visible()
    tab.get_by_role("button", name="حل نشده است").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("دوباره در حال رسیدگی هستیم")
    assert story.case().status == "reopened"
    assert tab.evaluate(SIDEWAYS) <= 0 if width != 1440 else True
    context.close()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("spoken", ["fa", "en"])
def test_every_state_is_sound(chromium: Any, story: Story, spoken: str, dark: bool) -> None:
    """Before there is a case, while it is worked on, when it is resolved, and with a fault."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark" if dark else "light")
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    tab.goto(story.page(spoken))
    _is_sound(tab)
    tab.fill("#address", "nowhere")
    tab.get_by_role("button", name={"fa": "پاسخ می‌خواهم", "en": "I would like an answer"}[spoken]).click()
    expect(tab.get_by_role("alert")).to_be_visible()
    _is_sound(tab)
    story.open()
    tab.goto(story.page(spoken))
    for closed in tab.locator("summary").all():
        closed.click()
    _is_sound(tab)
    story.solve()
    tab.goto(story.page(spoken))
    _is_sound(tab)
    tab.get_by_role("button", name={"fa": "حل شد، سپاسگزارم", "en": "It is solved, thank you"}[spoken]).click()
    expect(tab.get_by_role("status")).to_be_visible()
    _is_sound(tab)

    assert complaints == []
    context.close()
