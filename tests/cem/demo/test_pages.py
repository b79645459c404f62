import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from litestar.testing import TestClient

from cem.app import create_app
from cem.demo.accounts import PASSWORD, SIGN_INS
from cem.demo.loading import NUMBERS, load_demo
from cem.demo.pages import demo_front
from cem.settings import Settings
from surveys.database import create_database, utc_now


@pytest.fixture(scope="module")
def client(
    empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, cheap_hasher: PasswordHasher
) -> Iterator[TestClient[Litestar]]:
    """A small demo of today, whose personal links have not expired, behind the real application."""
    file = tmp_path_factory.mktemp("front") / "demo.db"
    shutil.copyfile(empty_sqlite, file)
    settings = Settings(secret_key="demo" * 10, database_url=f"sqlite:///{file}")
    database = create_database(settings.database_url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(NUMBERS, "after-contact", 4000)
        load_demo(database, settings, utc_now(), hasher=cheap_hasher)
    app = create_app(settings, database=database, hasher=cheap_hasher, front=demo_front)
    with TestClient(app) as client:
        yield client


def test_the_front_says_that_it_is_a_demo(client: TestClient[Litestar]) -> None:
    """The first page says in plain words that nothing here is real, and in which role one can sign in."""
    page = client.get("/?lang=en").text

    assert "invented data" in page
    assert page.count(PASSWORD) == 3 + len(SIGN_INS)
    assert all(f">{person.name}</code>" in page for person in SIGN_INS)


def test_it_reads_from_right_to_left_in_persian(client: TestClient[Litestar]) -> None:
    """The Persian page has the Persian names of touchpoints and units."""
    page = client.get("/?lang=fa").text

    assert 'lang="fa" dir="rtl"' in page
    assert "مراجعه به شعبه" in page


def test_every_link_to_try_opens(client: TestClient[Litestar]) -> None:
    """At least ten personal links, each survey, the always-on page of each touchpoint and own pages answer."""
    addresses = re.findall(r'href="(/[cifs]/[^"]+)"', client.get("/?lang=en").text)

    assert sum(address.startswith("/i/") for address in addresses) >= 10
    assert {address for address in addresses if address.startswith("/s/")} == {"/s/after-contact", "/s/relationship"}
    assert sum(address.startswith("/f/") for address in addresses) == 5
    assert sum(address.startswith("/c/") for address in addresses) >= 2
    assert {client.get(address).status_code for address in addresses} == {200}


def test_two_steps_show_an_answer_arrive(client: TestClient[Litestar]) -> None:
    """The first button opens the scorecard of the place that the first personal link asks about."""
    client.cookies.clear()
    page = client.get("/?lang=en").text
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', page)[:4])
    personal = re.findall(r'<a class="button" href="(/i/[^"]+)"', page)

    opened = client.post("/sign-in", data=form | {"next": unescape(form["next"])})
    assert (opened.status_code, client.get(personal[0]).status_code) == (200, 200)
    assert "Branch visit" in opened.text


def test_a_button_signs_in(client: TestClient[Litestar]) -> None:
    """One press on the button beside a role opens the scorecards in that role."""
    client.cookies.clear()
    page = client.get("/?lang=en").text
    form = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', page)[:3]

    answer = client.post("/sign-in", data=dict(form), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    assert client.get("/home", follow_redirects=False).headers["location"] == "/scorecards"
    assert client.get("/scorecards").status_code == 200
