"""The page of the digests over HTTP, and the link in a mail that ends them."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.digests.models import DigestSubscription
from cem.people.models import Account
from cem.roles import Action, Role, scope_of
from cem.settings import Settings
from surveys.database import Database, utc_now
from surveys.links import Links
from surveys.models import Outgoing

SignIn = Callable[[Role], TestClient[Litestar]]
ACCEPTED = 303


def post(client: TestClient[Litestar], path: str, **form: str) -> Any:
    """Send a form of the page."""
    client.get("/digests")
    return client.post(path, data=form | {"_csrf_token": client.cookies["csrf"]}, follow_redirects=False)


def wishes(database: Database) -> list[tuple[str, str]]:
    """Language and frequency of each subscription."""
    with database.read() as reader:
        return [(one.language, one.frequency) for one in reader.scalars(select(DigestSubscription))]


@pytest.mark.parametrize("role", [role for role in Role if scope_of(role, Action.SCORECARDS_READ)])
def test_each_role_subscribes(database: Database, sign_in: SignIn, survey: object, addresses: None, role: Role) -> None:
    """Subscribe, change, end; each leaves an audit row, and the page tells how it stands."""
    client = sign_in(role)

    assert post(client, "/digests", language="fa", frequency="weekly").status_code == ACCEPTED
    assert post(client, "/digests", language="en", frequency="monthly").status_code == ACCEPTED
    assert wishes(database) == [("en", "monthly")]
    assert f"You get digests at {role.value}@bank.example." in client.get("/digests?lang=en").text
    assert post(client, "/digests/end").status_code == ACCEPTED
    assert wishes(database) == []
    assert "You do not get digests now." in client.get("/digests?lang=en").text
    with database.read() as reader:
        actions = [event.action for event in reader.scalars(select(AuditEvent).order_by(AuditEvent.at))]
    assert [action for action in actions if action.startswith("digest:")] == [
        "digest:subscribe",
        "digest:subscribe",
        "digest:unsubscribe",
    ]


@pytest.mark.parametrize("form", [{"language": "de", "frequency": "weekly"}, {"language": "fa", "frequency": "hourly"}])
def test_wishes_that_cannot_be(
    database: Database, sign_in: SignIn, survey: object, addresses: None, form: dict[str, str]
) -> None:
    """Another language or another frequency is refused, and changes nothing."""
    assert post(sign_in(Role.HR), "/digests", **form).status_code == 400
    assert wishes(database) == []


def test_without_an_address(database: Database, sign_in: SignIn, survey: object) -> None:
    """The page says what to do and shows the preview; neither subscribing nor sending is possible."""
    client = sign_in(Role.ANALYST)
    page = client.get("/digests?lang=en").text

    assert "Your account has no e-mail address." in page
    assert "srcdoc=" in page
    assert "Send it to me now" not in page
    assert post(client, "/digests", language="fa", frequency="weekly").status_code == 400
    assert post(client, "/digests/now").status_code == 400


def test_the_preview_runs_nothing(sign_in: SignIn, answer: Callable[..., None], addresses: None) -> None:
    """What a customer wrote is text in the letter, and text again in the page that holds the letter."""
    client = sign_in(Role.EXECUTIVE)
    answer(*[3] * 12, words="<script>alert(1)</script>\" onload='alert(2)", day=utc_now().date())
    page = client.get("/digests?lang=en").text
    found = re.search(r'srcdoc="([^"]*)" sandbox="([^"]*)"', page)
    assert found

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in unescape(found[1])
    assert "<script" not in unescape(found[1])
    assert "allow-scripts" not in found[2]


def test_send_to_me_now(database: Database, sign_in: SignIn, survey: object, addresses: None) -> None:
    """It waits in the outbox, once however often the button is pressed, and the page says that mail is not set up."""
    client = sign_in(Role.EXECUTIVE)
    for _ in range(2):
        assert post(client, "/digests/now").status_code == ACCEPTED
    with database.read() as reader:
        rows = reader.scalars(select(Outgoing)).all()

    assert {row.recipient for row in rows} == {"executive@bank.example"}
    assert len(rows) <= 2  # the minute may have ended between the two
    page = client.get("/digests?lang=en").text
    assert "No mail server is set up here." in page
    assert "waits to be sent" in page


def test_nothing_to_send(sign_in: SignIn, addresses: None) -> None:
    """Without a survey the page opens and says so."""
    client = sign_in(Role.EXECUTIVE)

    assert "The digest fills itself" in client.get("/digests?lang=en").text
    assert post(client, "/digests/now").status_code == 400


@pytest.fixture
def link(database: Database, settings: Settings, sign_in: SignIn, survey: object, addresses: None) -> str:
    """The link in the mail of an executive who has signed out since."""
    client = sign_in(Role.EXECUTIVE)
    post(client, "/digests", language="fa", frequency="weekly")
    client.cookies.clear()
    with database.read() as reader:
        account = reader.scalars(select(Account).where(Account.name == "executive")).one()
    return f"/digests/stop/{Links(settings.secret_key).stop(account.account_id)}"


def test_opening_the_link_changes_nothing(database: Database, client: TestClient[Litestar], link: str) -> None:
    """Scanners open every link: a GET shows a button, without a sign-in."""
    page = client.get(f"{link}?lang=en", follow_redirects=False)

    assert page.status_code == 200
    assert "Send me no more digests" in page.text
    assert wishes(database) == [("fa", "weekly")]


def test_one_click(database: Database, client: TestClient[Litestar], link: str) -> None:
    """The POST of RFC 8058, with neither session nor token, ends it at once; the second time is answered alike."""
    for _ in range(2):
        assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        assert wishes(database) == []


def test_forged_links(database: Database, client: TestClient[Litestar], link: str) -> None:
    """A link that differs in a letter, or that was made with another secret, is nobody's."""
    other = Links("another secret that is long enough to be one")
    with database.read() as reader:
        account = reader.scalars(select(Account).where(Account.name == "executive")).one()
    for token in (link[14:-1] + ("A" if link[-1] != "A" else "B"), other.stop(account.account_id), "x"):
        assert client.get(f"/digests/stop/{token}").status_code == 404
        assert client.post(f"/digests/stop/{token}").status_code == 404
    assert wishes(database) == [("fa", "weekly")]
