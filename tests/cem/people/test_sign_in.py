"""Sign-in: who gets in, who does not, and what is left behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.people.accounts import FAILURES, LOCKED, SIGNED_IN, person_of, sign_in
from cem.people.models import Account, BrowserSession
from surveys.database import Database, utc_now

# Only for testing.
CHEAPEST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery"


def post(client: TestClient[Litestar], **form: str) -> int:
    client.get("/sign-in")
    sent = {"_csrf_token": client.cookies["csrf"], **form}
    return client.post("/sign-in", data=sent, follow_redirects=False).status_code


def test_the_right_password_opens(client: TestClient[Litestar], accounts: None) -> None:
    """Signing in leads to the scorecards, and the page knows who it is."""
    assert post(client, name="executive", password=PASSWORD) == 303

    page = client.get("/scorecards?lang=en")
    assert page.status_code == 200
    assert "The executive" in page.text


@pytest.mark.parametrize(
    ("name", "password"),
    [("executive", "wrong"), ("nobody", PASSWORD), ("", ""), ("exec\0utive", PASSWORD), ("x" * 5000, "\0" * 5000)],
)
def test_anything_else_does_not(client: TestClient[Litestar], accounts: None, name: str, password: str) -> None:
    """A wrong name and a wrong password are answered alike, and what was typed stays but the password."""
    client.get("/sign-in?lang=en")
    form = {"_csrf_token": client.cookies["csrf"], "name": name, "password": password}
    answer = client.post("/sign-in", data=form)

    assert answer.status_code == 403
    assert "That name and password do not fit" in answer.text
    assert PASSWORD not in answer.text
    assert client.get("/scorecards", follow_redirects=False).status_code == 303


def test_a_forged_form_is_refused(client: TestClient[Litestar], accounts: None) -> None:
    """Without the page's token nothing happens."""
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"name": "executive", "password": PASSWORD})

    assert answer.status_code == 403
    assert "session" not in client.cookies


def test_lock_out(database: Database, accounts: None) -> None:
    """After five failures even the right password waits a quarter of an hour; the audit trail has it."""
    now = utc_now()
    for _ in range(FAILURES):
        assert sign_in(database, CHEAPEST, now, "executive", "wrong") is None

    assert sign_in(database, CHEAPEST, now + LOCKED - timedelta(seconds=1), "executive", PASSWORD) is None
    assert sign_in(database, CHEAPEST, now + LOCKED, "executive", PASSWORD) is not None
    with database.read() as session:
        assert set(session.scalars(select(AuditEvent.action))) == {"account:add", "sign-in:lock", "sign-in"}


def test_a_session_ends(database: Database, accounts: None) -> None:
    """A session runs for twelve hours; the table holds only its digest; a disabled account has none."""
    now = utc_now()
    token = sign_in(database, CHEAPEST, now, "executive", PASSWORD)
    assert token
    with database.write() as session:
        assert person_of(session, token, now + SIGNED_IN - timedelta(seconds=1)) is not None
        assert person_of(session, token, now + SIGNED_IN) is None
        assert token.encode() not in session.scalars(select(BrowserSession.digest)).all()
        session.scalars(select(Account).where(Account.name == "executive")).one().disabled_at = now
        session.flush()
        assert person_of(session, token, now) is None


def test_signing_out(client: TestClient[Litestar], accounts: None) -> None:
    """Afterwards the old cookie opens nothing."""
    post(client, name="executive", password=PASSWORD)
    cookie = client.cookies["session"]
    form = {"_csrf_token": client.cookies["csrf"]}
    assert client.post("/sign-out", data=form, follow_redirects=False).status_code == 303

    client.cookies.set("session", cookie)
    assert client.get("/scorecards", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "away",
    [
        *("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x", "", "javascript:alert(1)"),
        *("/\t/elsewhere.example", "/\n/elsewhere.example", "/\t/[", " //elsewhere.example", "/\0", "\\\\elsewhere"),
    ],
)
def test_signing_in_never_leads_away(client: TestClient[Litestar], accounts: None, away: str) -> None:
    """A sign-in link that names another site leads to the first page of the role."""
    assert client.get("/sign-in", params={"next": away}).status_code == 200
    form = {"_csrf_token": client.cookies["csrf"], "name": "hr", "password": PASSWORD, "next": away}
    answer = client.post("/sign-in", data=form, follow_redirects=False)

    assert answer.headers["location"] == "/home"


def test_signing_in_leads_back(client: TestClient[Litestar], accounts: None) -> None:
    """To the page that was asked for, with all that its address said; from a form that was sent too late, home."""
    wanted = "/scorecards?period=3m&unit=vanak"
    asked = client.get(wanted, follow_redirects=False).headers["location"]
    assert httpx.URL(asked).params["next"] == wanted

    client.get("/sign-in")
    sent = client.post("/scorecards/targets", data={"_csrf_token": client.cookies["csrf"]}, follow_redirects=False)
    assert httpx.URL(sent.headers["location"]).params["next"] == "/"
    form = {"_csrf_token": client.cookies["csrf"], "name": "hr", "password": PASSWORD, "next": wanted}
    assert client.post("/sign-in", data=form, follow_redirects=False).headers["location"] == wanted


def test_a_session_is_ones_own(client: TestClient[Litestar], accounts: None) -> None:
    """A session that somebody planted before the sign-in is worth nothing after it."""
    client.cookies.set("session", "planted", domain="testserver.local")
    post(client, name="hr", password=PASSWORD)
    client.cookies.clear()
    client.cookies.set("session", "planted")

    assert client.get("/scorecards", follow_redirects=False).status_code == 303


def test_guesses_at_one_moment_are_counted(database: Database, accounts: None) -> None:
    """Five guesses that are sent together lock an account as five in a row do."""
    now = utc_now()
    with ThreadPoolExecutor(FAILURES) as threads:
        list(threads.map(lambda n: sign_in(database, CHEAPEST, now, "executive", f"wrong {n}"), range(FAILURES)))

    assert sign_in(database, CHEAPEST, now, "executive", PASSWORD) is None


def test_too_many_tries(client: TestClient[Litestar], accounts: None) -> None:
    """One address may try twenty times a minute."""
    answers = {post(client, name=f"somebody-{n}", password="x") for n in range(22)}

    assert answers == {403, 429}
