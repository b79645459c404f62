"""The survey pages in a real browser, with and without scripts, as a phone shows them."""

import socket
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar
from sqlalchemy import select

from surveys.catalogue import LiveCatalogue
from surveys.database import Database, utc_now
from surveys.inbox import Inbox
from surveys.limits import Limit
from surveys.links import Links
from surveys.models import Draft, ReplyAddress, Response, Unit
from surveys.pages import SURVEY_PAGES
from surveys.publishing import publish
from surveys.questionnaire import read_yaml
from surveys.reception import Reception
from surveys.templating import Templates
from tests.surveys.pages.test_contact import CONTACT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE = {"width": 360, "height": 740}
LIGHT_AND_DARK = ["light", "dark"]


@pytest.fixture
def surveys_database(sqlite_database: Iterator[Database], root: Path) -> Iterator[Database]:
    for database in sqlite_database:
        with database.write() as session:
            session.add(Unit(code="vanak", parent=None, names={}, valid_from=date(2020, 1, 1)))
            for name in ("branch-visit", "every-question"):
                publish(session, read_yaml((root / "examples" / f"{name}.yaml").read_text()), utc_now())
            publish(session, read_yaml(CONTACT), utc_now())
        yield database


@pytest.fixture
def address(surveys_database: Database) -> Iterator[str]:
    """Where the survey pages are served, by the server that serves them in production."""
    import uvicorn

    inbox = Inbox(surveys_database.writer)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        with inbox:
            yield

    app = Litestar(SURVEY_PAGES, lifespan=[lifespan], openapi_config=None)
    app.state.reception = Reception(
        database=surveys_database,
        inbox=inbox,
        links=Links("a secret of the tests, long enough"),
        templates=Templates(),
        catalogue=LiveCatalogue(surveys_database),
        zone=ZoneInfo("Asia/Tehran"),
        limit=Limit(1000),
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        serving = threading.Thread(target=server.run, args=([listening],))
        serving.start()
        while not server.started:
            time.sleep(0.02)
        yield "http://{}:{}".format(*listening.getsockname())
        server.should_exit = True
        serving.join()


def _answers(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        return list(session.scalars(select(Response.answers)))


def _faults(tab: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    return [violation["id"] for violation in Axe().run(tab).response["violations"]]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_phone_answers(chromium: Any, address: str, surveys_database: Database, language: str, scripts: bool) -> None:
    """A conditional question appears when it is due, faults are shown, and the answers arrive."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=scripts)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    tab.goto(f"{address}/s/branch-visit?lang={language}")
    assert not tab.is_visible("#reason")
    tab.check("#recommend-3", force=True)
    assert tab.is_visible("#reason")
    tab.check("#reason-waiting")
    tab.click("button.send")
    assert tab.is_visible("[role=alert]")
    assert tab.is_checked("#reason-waiting")
    tab.click("[role=alert] a")
    assert tab.url.endswith("#satisfaction-1")
    tab.check("#satisfaction-2", force=True)
    tab.click("button.send")
    tab.wait_for_url("**/thanks?lang=*")

    assert _answers(surveys_database) == [{"recommend": 3, "reason": "waiting", "satisfaction": 2}]
    assert complaints == []
    context.close()


def test_leaving_and_coming_back_resumes(chromium: Any, address: str, surveys_database: Database) -> None:
    """The script keeps what is typed and makes the address resume it; the back button never asks again."""
    context = chromium.new_context(viewport=PHONE)
    tab = context.new_page()
    tab.goto(f"{address}/s/branch-visit?lang=fa&unit=vanak")
    tab.fill("#suggestion-text", "صف")
    with tab.expect_response("**/draft"):
        tab.check("#recommend-9", force=True)
    tab.wait_for_function("location.search.startsWith('?r=')")
    resumed = context.new_page()
    resumed.goto(tab.url)
    assert resumed.is_checked("#recommend-9")
    assert resumed.input_value("#suggestion-text") == "صف"
    resumed.check("#satisfaction-5", force=True)
    resumed.click("button.send")
    resumed.wait_for_url("**/thanks?lang=fa&c=*")
    resumed.go_back()

    assert "/thanks" in resumed.url
    assert _answers(surveys_database) == [{"recommend": 9, "satisfaction": 5, "suggestion": "صف"}]
    tab.close()
    with surveys_database.read() as session:
        assert list(session.scalars(select(Draft))) == []
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_going_back_and_sending_again_is_one_response(
    chromium: Any, address: str, surveys_database: Database, scripts: bool
) -> None:
    """The back button shows the page with the same ticket; what is sent again is thanked and not stored again."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=scripts)
    tab = context.new_page()
    tab.goto(f"{address}/s/branch-visit?lang=en")
    for score in (9, 2):
        if tab.is_visible("button.send"):
            tab.check(f"#recommend-{score}", force=True)
            tab.check("#satisfaction-5", force=True)
            tab.click("button.send")
        tab.wait_for_url("**/thanks?lang=en&c=*")
        tab.go_back()

    assert len(_answers(surveys_database)) == 1
    assert _answers(surveys_database)[0]["recommend"] == 9
    context.close()


@pytest.mark.parametrize("colours", LIGHT_AND_DARK)
@pytest.mark.parametrize("width", [320, 1440])
def test_nobody_is_kept_out(chromium: Any, address: str, colours: Any, width: int) -> None:
    """No rule of WCAG that axe knows is broken and nothing overflows, in either language, with faults shown too."""
    context = chromium.new_context(viewport={"width": width, "height": 740}, color_scheme=colours, bypass_csp=True)
    tab = context.new_page()
    for language in ("fa", "en"):
        for path in ("/s/branch-visit", "/s/every-question", "/s/answerable", "/s/branch-visit/thanks", "/s/nowhere"):
            tab.goto(f"{address}{path}?lang={language}")
            if tab.is_visible("button.send"):
                tab.click("button.send")
                tab.wait_for_selector("[role=alert]")
            assert _faults(tab) == []
            assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_targets_are_large_enough_on_a_small_phone(chromium: Any, address: str) -> None:
    """Eleven scores stand in one row at 320 px, each at least 24 px wide and 48 px high, with 0 at the reading side."""
    context = chromium.new_context(viewport={"width": 320, "height": 740})
    tab = context.new_page()
    for language, sign in (("fa", -1), ("en", 1)):
        tab.goto(f"{address}/s/branch-visit?lang={language}")
        boxes = [tab.locator(f"#recommend-{score}").bounding_box() for score in range(11)]
        assert {round(box["y"]) for box in boxes} == {round(boxes[0]["y"])}
        assert min(box["width"] for box in boxes) >= 24
        assert min(box["height"] for box in boxes) >= 48
        assert boxes == sorted(boxes, key=lambda box: sign * box["x"])
    context.close()


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_somebody_leaves_an_address(
    chromium: Any, address: str, surveys_database: Database, language: str, width: int
) -> None:
    """Without scripts: a wrong address is told at its field, which the fault leads to; the right one is kept."""
    context = chromium.new_context(viewport={"width": width, "height": 740}, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}/s/answerable?lang={language}")
    tab.check("#recommend-3", force=True)
    tab.fill("#answer_me-text", "sara at mail")
    tab.click("button.send")
    tab.click("a[href='#answer_me-text']")
    assert tab.get_attribute("#answer_me-text", "aria-invalid") == "true"
    assert tab.is_checked("#answer_me-yes")
    tab.fill("#answer_me-text", "۰۹۱۲۱۲۳۴۵۶۷")
    tab.press("#answer_me-text", "Enter")
    tab.wait_for_url("**/thanks?lang=*")
    link = tab.locator("main a")
    box = link.bounding_box()

    assert link.get_attribute("href").startswith("/c/")
    assert box["height"] >= 24
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    with surveys_database.read() as session:
        assert session.execute(select(ReplyAddress.channel, ReplyAddress.address)).all() == [("sms", "+989121234567")]
    context.close()
