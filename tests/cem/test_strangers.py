"""What strangers, careless senders and crowds do to the whole product: refused or served, never a fault of ours."""

import asyncio
import logging
import re
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient
from litestar.types import Message
from sqlalchemy import func, select

from cem.app import create_app
from cem.people.accounts import add_api_key
from cem.people.signed_in import COOKIE
from cem.roles import Role
from cem.settings import Settings
from surveys.database import Base, Database, create_database, utc_now
from surveys.models import Encounter, Journey, Touchpoint, Unit
from surveys.publishing import publish
from surveys.questionnaire import read_yaml

SignIn = Callable[[Role], TestClient[Litestar]]
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "NONSENSE")
# More at once than any machine's threads and either database's connections.
CROWD = 60


def rows(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}


@pytest.fixture
def key(database: Database, root: Path) -> str:
    """A company with one touchpoint that asks about visits, and a program's key."""
    with database.write() as session:
        visit = publish(session, read_yaml(root / "examples" / "branch-visit.yaml"), utc_now())
        session.add(Unit(code="north", names={"en": "North"}, valid_from=date(2020, 1, 1)))
        session.add(Journey(code="banking", names={"en": "Banking"}))
        session.flush()
        place = {"journey": "banking", "stage": "use", "channel": "branch", "owner": "north", "standard": {}}
        session.add(Touchpoint(code="desk", names={}, transactional_survey=visit.survey_id, **place))
        return add_api_key(session, utc_now(), "tests", "core")


def encounter(**named: Any) -> dict[str, Any]:
    when = datetime.now(UTC) - timedelta(minutes=5)
    said = {"key": "k1", "customer": "c1", "touchpoint": "desk", "unit": "north", "occurred_at": when.isoformat()}
    return said | named


def crowd(app: Litestar, ask: Callable[[httpx.AsyncClient], Coroutine[Any, Any, httpx.Response]]) -> Counter[int]:
    """How a crowd that asks at the same moment is answered."""

    async def together() -> Counter[int]:
        transport = httpx.ASGITransport(app)
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
            return Counter(one.status_code for one in await asyncio.gather(*(ask(client) for _ in range(CROWD))))

    return asyncio.run(together())


@pytest.mark.parametrize("method", METHODS)
def test_any_method_anywhere(app: Litestar, sign_in: SignIn, database: Database, method: str) -> None:
    """Each address answers each method, signed in or not, and nothing changes."""
    client = sign_in(Role.CX_MANAGER)
    before = rows(database)
    addresses = {re.sub(r"\{.*?\}", "%00", route.path) for route in app.routes}
    for signed_in in (True, False):
        if not signed_in:
            client.cookies.delete(COOKIE)
        for address in addresses:
            status = client.request(method, address, follow_redirects=False).status_code
            assert status < 500, f"{method} {address}: {status}"

    assert rows(database) == before


def test_no_form_without_its_token(app: Litestar, sign_in: SignIn, database: Database) -> None:
    """A page from elsewhere that sends our forms from a signed-in browser gets nothing done."""
    client = sign_in(Role.CX_MANAGER)
    before = rows(database)
    forms = {
        route.path
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler) and "POST" in handler.http_methods
    }
    # Survey pages, own pages and the end of a digest are opened by whoever has the link: no session is borrowed there.
    by_link = ("/s/", "/f/", "/i/", "/c/", "/api/", "/digests/stop/")
    forms = {path for path in forms if not path.startswith(by_link)}
    for form in forms:
        path = re.sub(r"{\w+:uuid}", str(uuid.UUID(int=1)), re.sub(r"{\w+:str}", "x", re.sub(r"{\w+:int}", "1", form)))
        for token in ({}, {"_csrf_token": ""}, {"_csrf_token": "forged"}):
            answer = client.post(path, data={"series": "nps", "value": "5", **token}, follow_redirects=False)
            assert answer.status_code == 403, path

    assert len(forms) >= 3
    assert rows(database) == before


@pytest.mark.parametrize(
    "query",
    [
        *("period=0000", "period=99999", "period=1300-01", "period=1700-01", "period=2200", "period=1403-12"),
        *("period=%D9%A1%D9%A4%D9%A0%D9%A4", "period=-1", "period=12m&period=3m", "unit=%00", "unit=x'--", "kpi=%ff"),
        *(
            "survey=%00",
            "touchpoint=%ed%a0%80",
            "channel=%00",
            "lang=%00",
            "from=0000-00-00&to=99999-99-99",
            "%",
            "=&=",
        ),
        "&".join(f"a{n}=1" for n in range(2000)),
    ],
)
def test_any_query_of_a_scorecard(key: str, sign_in: SignIn, query: str) -> None:
    """It is understood, ignored, or of what is not there."""
    client = sign_in(Role.EXECUTIVE)

    assert client.get(f"/scorecards?{query}").status_code in {200, 404}
    assert client.get(f"/scorecards/pulse?{query}").status_code in {200, 404}


@pytest.mark.parametrize("field", ["key", "customer", "touchpoint", "unit"])
@pytest.mark.parametrize("text", ["\0", "a\0b", "a\n", "\x1b[31m", "x" * 129, "\u202e'--"])
def test_any_text_of_a_program(
    client: TestClient[Litestar], key: str, database: Database, field: str, text: str
) -> None:
    """What no database keeps and nobody can read is refused with its field; the rest is only text."""
    answer = client.post(
        "/api/v1/encounters", json=encounter(**{field: text}), headers={"Authorization": f"Bearer {key}"}
    )
    only_text = field in {"key", "customer"} and text == "\u202e'--"

    assert answer.status_code == (201 if only_text else 400), answer.text
    if not only_text:
        assert answer.json()["errors"][0]["field"] == field
        assert rows(database)["encounter"] == 0


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"null", b"[]", b"NaN", b"{", b"\xef\xbb\xbf{}", b'{"key":"\xff"}', b'{"key":"\\ud800"}'),
        *(b"[" * 100_000, b'{"key":' * 100_000, b'{"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    ],
)
def test_any_body_of_a_program(client: TestClient[Litestar], key: str, body: bytes) -> None:
    """What is no encounter is its sender's mistake: 400, as a problem document."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = client.post("/api/v1/encounters", content=body, headers=headers)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("0001-01-01T00:00:00+14:00", "The encounter lies before 1970."),
        ("1969-12-31T23:59:59Z", "The encounter lies before 1970."),
        ("9999-12-31T23:59:59-14:00", "The encounter lies in the future."),
    ],
)
def test_any_moment_of_a_program(client: TestClient[Litestar], key: str, moment: str, said: str) -> None:
    """A moment that cannot be is refused by its field."""
    body = encounter(occurred_at=moment)
    answer = client.post("/api/v1/encounters", json=body, headers={"Authorization": f"Bearer {key}"})

    assert (answer.status_code, answer.json()["errors"]) == (400, [{"field": "occurred_at", "message": said}])


def test_a_unit_opens_at_the_companys_midnight(client: TestClient[Litestar], key: str, database: Database) -> None:
    """In Tehran a day begins at 20:30 UTC of the day before: an hour later the new unit is there, told in UTC too."""
    now = datetime.now(UTC)
    midnight = (now - timedelta(days=10)).replace(hour=20, minute=30, second=0, microsecond=0)
    with database.write() as session:
        opened = (midnight + timedelta(hours=12)).date()
        session.add(Unit(code="new", names={"en": "New"}, valid_from=opened))

    def send(minutes: int) -> int:
        body = encounter(key=f"{minutes}", unit="new", occurred_at=(midnight + timedelta(minutes=minutes)).isoformat())
        return client.post("/api/v1/encounters", json=body, headers={"Authorization": f"Bearer {key}"}).status_code

    assert (send(-1), send(0), send(60)) == (400, 201, 201)


def test_a_crowd_of_tries(app: Litestar, key: str, database: Database) -> None:
    """An impatient sender's tries at one moment: one is new, the others are told the same, and none waits for ever."""
    headers = {"Authorization": f"Bearer {key}"}
    body = encounter()
    answers = crowd(app, lambda client: client.post("/api/v1/encounters", json=body, headers=headers))

    assert answers == {201: 1, 200: CROWD - 1}
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Encounter)) == 1


def test_a_crowd_of_readers(settings: Settings, database: Database, key: str, sign_in: SignIn) -> None:
    """As many open scorecards as there may be all hear whether something is new."""
    cookie = {"cookie": f"{COOKIE}={sign_in(Role.EXECUTIVE).cookies[COOKIE]}"}
    app = create_app(settings, database=create_database(settings.database_url))

    assert crowd(app, lambda client: client.get("/scorecards/pulse", headers=cookie)) == {200: CROWD}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_is_away(settings: Settings, tmp_path: Path, kind: str) -> None:
    """People and programs hear that it is not their doing and when to try again, and nothing of the machine's."""
    file = tmp_path / "nowhere" / "cem.db"
    url = {"sqlite": f"sqlite:///{file}", "postgresql": "postgresql+psycopg://nobody@127.0.0.1:1/none"}[kind]
    with TestClient(create_app(replace(settings, database_url=url))) as client:
        client.cookies.set(COOKIE, "anything")
        people = [client.get(path, headers={"accept-language": "en"}) for path in ("/s/visit", "/scorecards")]
        program = client.post("/api/v1/encounters", json=encounter(), headers={"Authorization": "Bearer key"})

    for answer in (*people, program):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "Our records cannot be reached just now" in answer.text
        assert not re.search(r"sqlite|psycopg|SELECT|127\.0\.0\.1|nowhere", answer.text)


def test_a_form_that_breaks_off(app: Litestar, key: str, caplog: pytest.LogCaptureFixture) -> None:
    """A phone that loses its network in the middle of a form is no fault of ours, and nobody is called for it."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/s/branch-visit",
        "raw_path": b"/s/branch-visit",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-length", b"5000")],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    arriving: list[Message] = [
        {"type": "http.request", "body": b"ticket=AAAA", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return arriving.pop(0)

    async def send(_: Message) -> None:
        return None

    async def run() -> None:
        async with app.lifespan():
            await app(scope, receive, send)  # type: ignore[arg-type] # the parts of a scope that a server gives

    with caplog.at_level(logging.WARNING, "cem"):
        asyncio.run(run())
    assert arriving == []
    assert "unexpected fault" not in caplog.text


@pytest.mark.parametrize(
    "address", ["/alerts/log?rule=%00", "/alerts/rules/%00", "/programme/quarters/%00", "/cases/%00"]
)
def test_zero_bytes_are_no_address(sign_in: SignIn, address: str) -> None:
    """No database is asked for one."""
    assert sign_in(Role.CX_MANAGER).get(address).status_code == 404
