"""Security headers: on every kind of answer, whoever made it."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from cem.app import create_app
from cem.assets import address
from cem.people.accounts import sign_in as sign_in_as
from cem.roles import Role
from cem.settings import Settings
from surveys.database import Database, utc_now
from surveys.publishing import publish
from surveys.questionnaire import read_yaml

SURVEY = """
id: visit
kind: transactional
languages: [en]
title: {en: Visit}
consent: {en: The experience team reads this.}
thanks: {en: Thanks}
blocks:
  - id: all
    questions:
      - {type: nps, id: recommend, required: true, purpose: The KPI., text: {en: Recommend}}
      - {type: comment, id: why, purpose: Causes., text: {en: Why}, show_if: {question: recommend, at_most: 6}}
"""
OURS = {
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
}

Browser = TestClient[Litestar]


@pytest.fixture
def browser(app: Litestar, database: Database) -> Iterator[Browser]:
    """A browser that is shown what a real one would be, where one survey is published."""
    with database.write() as session:
        publish(session, read_yaml(SURVEY), utc_now())
    with TestClient(app, base_url="http://testserver.local", raise_server_exceptions=False) as client:
        yield client


def policy(answer: Response) -> dict[str, str]:
    """The content security policy by its directives."""
    return dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))


SURVEY_PAGES = {
    ("GET", "/s/visit"): 200,
    ("GET", "/s/visit/thanks"): 200,
    ("GET", "/s/visit?page=1"): 200,
    ("GET", "/s/nothing"): 404,
    ("POST", "/s/visit"): 404,
    ("GET", "/i/forged"): 404,
    ("GET", "/f/nowhere"): 404,
}
OTHERS = {
    ("GET", "/"): 303,
    ("GET", "/sign-in"): 200,
    ("POST", "/sign-in"): 403,
    ("GET", "/scorecards"): 303,
    ("GET", "/health"): 200,
    ("GET", "/nothing"): 404,
    ("PUT", "/s/visit"): 405,
    ("POST", "/api/v1/encounters"): 401,
    ("GET", "/api/v1/nothing"): 404,
    ("GET", "/schema/openapi.json"): 200,
    ("GET", address("cem.css")): 200,
    ("GET", "/static/x/cem.css"): 404,
}


@pytest.mark.parametrize(("request_line", "status"), [*(SURVEY_PAGES | OTHERS).items()])
def test_every_kind_of_answer(browser: Browser, request_line: tuple[str, str], status: int) -> None:
    """Nothing is loaded, framed or guessed that was not meant; no address travels to the next site."""
    answer = browser.request(*request_line, follow_redirects=False)

    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    closed = {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'", "form-action": "'self'"}
    assert closed.items() <= policy(answer).items()
    assert "unsafe" not in policy(answer)["script-src"]
    assert all(answer.headers.get_list(name) == [answer.headers[name]] for name in answer.headers)
    if request_line in OTHERS:
        assert OURS.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("path", ["/s/visit", "/s/visit/thanks", "/s/visit?page=1", "/s/nothing"])
def test_a_survey_page_runs_what_is_ours(browser: Browser, path: str) -> None:
    """Its policy names the digest of each inline style and script of the page, and lets nothing else run."""
    answer = browser.get(path, headers={"accept-language": "en"})
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        inline = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
        digests = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline]

        assert policy(answer)[directive].split() == (digests or ["'none'"])
    assert not re.search(r'<[^>]+ (style|on[a-z]+)="', answer.text)


def test_a_staff_page_runs_files_of_ours(browser: Browser, app: Litestar, accounts: None, database: Database) -> None:
    """No inline script, no other site; and nobody between keeps the page."""
    token = sign_in_as(database, app.state.hasher, utc_now(), Role.EXECUTIVE, "correct horse battery")
    browser.cookies.set("session", str(token))
    answer = browser.get("/scorecards?lang=en")

    assert answer.status_code == 200
    assert OURS.items() <= dict(answer.headers).items()
    assert policy(answer)["script-src"] == policy(answer)["connect-src"] == "'self'"
    assert not re.search(r"<script>|<script (?![^>]*(src=|type=\"application/json\"))", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "cookie" in answer.headers["vary"]


def test_an_unexpected_fault(database: Database, settings: Settings) -> None:
    """Even the page of our own mistake is closed."""
    app = create_app(settings, database=database)
    app.state.reception = None  # whatever asks for it fails
    with TestClient(app, raise_server_exceptions=False) as client:
        answers = [client.get("/health"), client.get("/s/visit"), client.post("/s/visit")]

    for answer in answers:
        assert answer.status_code == 500
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert policy(answer)["default-src"] == "'none'"


@pytest.mark.parametrize(("address_of_cem", "secure"), [("https://cem.example", True), ("http://cem.example", False)])
def test_cookies_insist_on_tls_where_there_is_any(
    database: Database, settings: Settings, app: Litestar, accounts: None, address_of_cem: str, secure: bool
) -> None:
    """The session's cookie and the form's are closed to scripts and to other sites' forms."""
    product = create_app(replace(settings, base_url=address_of_cem), database=database, hasher=app.state.hasher)
    with TestClient(product, base_url=address_of_cem) as client:
        shown = client.get("/sign-in")
        form = {"name": "hr", "password": "correct horse battery", "_csrf_token": client.cookies["csrf"]}
        entered = client.post("/sign-in", data=form, follow_redirects=False)

    cookies = [cookie for answer in (shown, entered) for cookie in answer.headers.get_list("set-cookie")]
    assert {cookie.split("=")[0] for cookie in cookies} == {"csrf", "session"}
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= attributes
        assert ("secure" in attributes) is secure
