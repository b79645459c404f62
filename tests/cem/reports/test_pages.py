"""The scorecard as a PDF over HTTP: who gets which, in which language."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cem.app import create_app
from cem.roles import Role
from cem.settings import Settings
from surveys.database import Database, create_database, day_of, utc_now

SignIn = Callable[[Role], TestClient[Litestar]]
ReadPdf = Callable[[bytes, Path], str]

# As pdftotext reads them back: without spaces, and Persian in the order of its letters.
WORDS = {
    "fa": ["شاخص خالص مروجان", "+۲۹", "+۸", "+۴۷", "۶۴٪", "تاریخ چاپ", "۱/۱", "ونک", "تجریش", "کل شرکت"],
    "en": ["Net promoter score (NPS)", "+29", "between +8 and +47", "90 answers", "Printed on", "1/1", "Whole company"],
}


def bare(text: str) -> str:
    """Without spaces."""
    return "".join(text.split())


@pytest.fixture
def answered(database: Database, settings: Settings, accounts: None, answer: Callable[..., None]) -> None:
    """Ninety answers today: NPS +33 in Vanak and -37 in Tajrish."""
    today = day_of(utc_now(), settings.zone)
    answer(*[10, 9, 3] * 20, day=today, satisfied=5, effort=6, staff=8)
    answer(*[1] * 12, *[9] * 18, day=today, unit="tajrish", touchpoint="call", words="<b>slow</b> & late")


@pytest.mark.parametrize("spoken", ["fa", "en"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_languages(
    spoken: str, chromium: str, text_of: ReadPdf, answered: None, sign_in: SignIn, tmp_path: Path
) -> None:
    """One sheet of A4 with the page's words and numbers, a date and a page number, in its language."""
    answer = sign_in(Role.EXECUTIVE).get(f"/scorecards/pdf?period=3m&lang={spoken}")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"].startswith('attachment; filename="scorecard.pdf"')
    assert answer.content.startswith(b"%PDF-")
    text = text_of(answer.content, tmp_path)
    assert [word for word in WORDS[spoken] if bare(word) not in bare(text)] == []
    assert "<b>slow</b> & late" in text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_same_scope_as_the_page(
    chromium: str, text_of: ReadPdf, answered: None, sign_in: SignIn, tmp_path: Path
) -> None:
    """A unit manager's PDF is of their own unit; another unit's is refused, and so is what is not there."""
    client = sign_in(Role.UNIT_MANAGER)
    text = text_of(client.get("/scorecards/pdf?lang=en").content, tmp_path)

    assert "60answers" in bare(text)
    assert "Tajrish" not in text
    assert client.get("/scorecards/pdf?unit=tajrish").status_code == 403
    assert client.get("/scorecards/pdf?period=1404-99").status_code == 404


def test_without_chromium(settings: Settings, database: Database, app: Litestar, answered: None) -> None:
    """The page has no link to a PDF, and its address says that the browser can print."""
    away = replace(settings, chromium="/nowhere/chromium")
    other = create_app(away, database=create_database(settings.database_url), hasher=app.state.hasher)
    with TestClient(other, base_url="http://testserver.local") as client:
        client.get("/sign-in")
        form = {"name": "executive", "password": "correct horse battery", "_csrf_token": client.cookies["csrf"]}
        client.post("/sign-in", data=form)

        assert "/scorecards/pdf" not in client.get("/scorecards?lang=en").text
        refused = client.get("/scorecards/pdf?lang=en")
    assert refused.status_code == 404
    assert "Your browser can print the page to a file." in refused.text


def test_with_chromium(chromium: str, answered: None, sign_in: SignIn) -> None:
    """The page links to the PDF of what it shows."""
    page = sign_in(Role.HR).get("/scorecards?unit=vanak&period=3m&lang=en").text

    assert 'href="/scorecards/pdf?survey=visit&amp;period=3m&amp;unit=vanak&amp;kpi=nps_visit"' in page


def test_nothing_to_print(chromium: str, sign_in: SignIn) -> None:
    """Without a survey there is no PDF."""
    assert sign_in(Role.EXECUTIVE).get("/scorecards/pdf").status_code == 404
