"""Faults over HTTP: a kind page for people, a problem document for programs, and no customer's words in a log."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text

from cem.people.accounts import add_api_key, sign_in
from surveys.database import Database, utc_now
from surveys.pages.forms import LARGEST
from surveys.publishing import publish
from surveys.questionnaire import read_yaml

SURVEY = """
id: visit
kind: transactional
languages: [en, fa]
title: {en: Visit, fa: مراجعه}
consent: {en: The experience team reads this., fa: می‌خوانیم.}
thanks: {en: Thanks, fa: سپاس}
blocks:
  - id: all
    questions:
      - {type: nps, id: recommend, required: true, purpose: The KPI., text: {en: Recommend, fa: توصیه}}
      - {type: comment, id: why, purpose: Causes., text: {en: Why, fa: چرا}}
"""
MARKER = "whatacustomersaid"
ENGLISH = {"accept-language": "en"}

Browser = TestClient[Litestar]


@pytest.fixture
def browser(app: Litestar, database: Database) -> Iterator[Browser]:
    """A browser that is shown what a real one would be, where one survey is published."""
    with database.write() as session:
        publish(session, read_yaml(SURVEY), utc_now())
    with TestClient(app, base_url="http://testserver.local", raise_server_exceptions=False) as client:
        yield client


@contextmanager
def without(database: Database, table: str) -> Iterator[None]:
    """While a table is not there, whatever needs it fails."""
    with database.writer.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))
    try:
        yield
    finally:
        with database.writer.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table}_away RENAME TO {table}"))


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/nothing", 404, "There is no such page"),
        ("GET", "/static/000000000000/cem.css", 404, "There is no such page"),
        ("GET", "/s/nothing", 404, "We do not know this link"),
        ("GET", "/i/forged", 404, "We do not know this link"),
        ("POST", "/health", 405, "Something is not right"),
        ("DELETE", "/s/visit", 405, "Something is not right"),
        ("POST", "/sign-in", 403, "Something is not right"),
        ("GET", "/%00", 404, "There is no such page"),
    ],
)
def test_people_get_a_page(browser: Browser, method: str, path: str, status: int, title: str) -> None:
    """Each fault has its status, its words in the reader's language, and nothing of the machine's."""
    english = browser.request(method, path, headers=ENGLISH)
    persian = browser.request(method, path, headers={"accept-language": "fa"})

    assert (english.status_code, persian.status_code) == (status, status)
    assert f"<h1>{title}</h1>" in english.text
    assert '<html lang="en" dir="ltr">' in english.text
    assert '<html lang="fa" dir="rtl">' in persian.text
    assert title not in persian.text
    assert not re.search(r"Traceback|litestar|sqlalchemy|\.py", english.text)


def test_too_large_for_a_page(browser: Browser) -> None:
    """413, whether the length is told beforehand or not; nothing is read on."""
    told = browser.post("/s/visit", content=b"q.why=" + b"a" * LARGEST, headers=ENGLISH)
    untold = browser.post("/s/visit", content=(b"a" * 1024 for _ in range(LARGEST // 1024 + 1)), headers=ENGLISH)

    assert (told.status_code, untold.status_code) == (413, 413)
    assert "Something is not right" in told.text


@pytest.fixture
def key(database: Database) -> str:
    """A program's key."""
    with database.write() as session:
        return add_api_key(session, utc_now(), "tests", "core")


ENCOUNTER = {
    "key": "k",
    "customer": MARKER,
    "touchpoint": "branch",
    "unit": "vanak",
    "occurred_at": "2026-01-05T10:00:00Z",
}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/api/v1/nothing", {}, 404),
        ("GET", "/api/v1/encounters", {}, 405),
        ("POST", "/api/v1/encounters", {"content": b"a" * 11_000_000}, 413),
        ("POST", "/api/v1/encounters", {"content": b"{"}, 400),
        ("POST", "/api/v1/encounters", {"json": {"customer": 3}}, 400),
        ("POST", "/api/v1/encounters", {"json": ENCOUNTER}, 400),
        ("POST", "/api/v1/encounters", {"json": ENCOUNTER, "headers": {"authorization": "Bearer cem_wrong"}}, 401),
    ],
)
def test_programs_get_a_problem_document(
    browser: Browser, key: str, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    """RFC 9457: type, title, status and detail; the field where there is one; and never the value."""
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    answer = browser.request(method, path, **{"headers": headers, **sent})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    assert not re.search(r"Traceback|sqlalchemy", answer.text)
    assert MARKER not in answer.text


def fail(browser: Browser, key: str, database: Database) -> Response:
    """A request whose statement fails with the marker among its values, which the driver's fault quotes."""
    with without(database, "touchpoint"):
        sent = ENCOUNTER | {"touchpoint": MARKER}
        return browser.post("/api/v1/encounters", json=sent, headers={"authorization": f"Bearer {key}"})


def test_an_unexpected_fault_of_the_api(
    browser: Browser, key: str, database: Database, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """500 for the program, the place of the fault in the log, and nothing there of what was sent."""
    with caplog.at_level(logging.DEBUG):
        answer = fail(browser, key, database)

    assert (answer.status_code, answer.json()["title"]) == (500, "We made a mistake")
    assert "unexpected fault" in caplog.text
    assert "touchpoints.py" in caplog.text
    assert [shown for shown in (caplog.text, *capfd.readouterr()) if MARKER in shown] == []


def test_an_unexpected_fault_tells_a_program_nothing(browser: Browser, key: str, database: Database) -> None:
    """The detail is advice, not the statement that failed with its values."""
    answer = fail(browser, key, database)

    assert answer.status_code == 500
    assert not re.search(rf"SELECT|sqlalche|psycopg|{MARKER}", answer.text)


def test_an_unexpected_fault_of_a_page(
    browser: Browser, app: Litestar, accounts: None, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """500 with a page that says that it is not the reader's doing; afterwards everything works as before."""
    token = sign_in(database, app.state.hasher, utc_now(), "executive", "correct horse battery")
    browser.cookies.set("session", str(token))
    with without(database, "survey"):
        answer = browser.get("/scorecards", headers=ENGLISH)

    assert answer.status_code == 500
    assert "<h1>We made a mistake</h1>" in answer.text
    assert not re.search(r"Traceback|survey_away|SELECT", answer.text)
    assert "unexpected fault" in caplog.text
    assert browser.get("/scorecards", headers=ENGLISH).status_code == 200


@pytest.mark.parametrize("table", ["response", "tally", "draft"])
@pytest.mark.parametrize("path", ["/s/visit", "/s/visit/draft"])
def test_what_a_customer_wrote_is_in_no_log(
    browser: Browser,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    table: str,
    path: str,
) -> None:
    """Wherever storing fails: the comment comes back to its writer at most, the log has the kind of fault alone."""
    page = browser.get("/s/visit", headers=ENGLISH).text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    form = {"ticket": ticket[1], "language": "en", "q.recommend": "9", "q.why": MARKER}
    with caplog.at_level(logging.DEBUG), without(database, table):
        answer = browser.post(path, data=form, headers=ENGLISH, follow_redirects=False)

    if (path, table) == ("/s/visit/draft", "tally"):
        assert answer.status_code == 204  # a draft is not counted
    else:
        assert answer.status_code in {500, 503}
    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert MARKER not in logged
    assert MARKER not in "".join(capfd.readouterr())


def test_a_response_that_was_not_stored_can_be_sent_again(browser: Browser, database: Database) -> None:
    """503 shows the form with what was typed, and the same form is taken once the database is well."""
    page = browser.get("/s/visit", headers=ENGLISH).text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    form = {"ticket": ticket[1], "language": "en", "q.recommend": "9", "q.why": MARKER}
    with without(database, "response"):
        failed = browser.post("/s/visit", data=form, headers=ENGLISH, follow_redirects=False)
    again = browser.post("/s/visit", data=form, headers=ENGLISH, follow_redirects=False)

    assert (failed.status_code, again.status_code) == (503, 303)
    assert "Your answers are not sent yet" in failed.text
    assert MARKER in failed.text
    assert failed.headers["retry-after"] == "5"
