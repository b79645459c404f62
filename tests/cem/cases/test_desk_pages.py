"""The work list and the morning over HTTP: whose cases are there, in which order, and many changed in one go."""

import re
from collections.abc import Callable
from datetime import timedelta

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select, update

from cem.cases.desk import find_case
from cem.cases.models import Case
from cem.roles import Role
from surveys.database import Database, day_of, utc_now
from tests.cem.cases.conftest import TEHRAN, At, rows, send
from tests.cem.conftest import Answer, SignIn

Opened = Callable[..., str]
NUMBER = re.compile(r'<th scope="row"><a href="/cases/([0-9-]{12})">')


def listed(client: TestClient[Litestar], address: str = "/cases") -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return NUMBER.findall(answer.text)


def test_who_opens_the_list(sign_in: SignIn, client: TestClient[Litestar], opened: Opened, database: Database) -> None:
    """A unit manager finds the own units' cases, those above all of them, and others none of the pages."""
    own, far = opened(), opened(unit="tajrish", customer="sara")
    for role in Role:
        client.cookies.clear()
        sign_in(role)
        found = {Role.EXECUTIVE: {own, far}, Role.CX_MANAGER: {own, far}, Role.UNIT_MANAGER: {own}}.get(role)

        if found is not None:
            assert set(listed(client)) == found
        for address in ("/cases", "/cases/today"):
            assert client.get(address).status_code == (403 if found is None else 200)
        before = rows(database)
        changed = send(client, "/cases/bulk", act="mine", **{f"case.{far}": "1"})
        assert changed.status_code == (
            403 if found is None or role is Role.EXECUTIVE else 200 if len(found) == 1 else 303
        )
        assert role is Role.CX_MANAGER or rows(database) == before


def test_the_menu_leads_there(sign_in: SignIn, client: TestClient[Litestar], loop: None) -> None:
    """Who works on cases finds the list; who may log what they heard finds the form."""
    for role, address in ((Role.UNIT_MANAGER, "/cases"), (Role.EMPLOYEE, "/cases/new")):
        client.cookies.clear()

        assert f'<a href="{address}"' in sign_in(role).get("/cases/new").text.split("</nav>")[0]


def test_next_due_first_and_each_filter(sign_in: SignIn, opened: Opened, database: Database, at: At) -> None:
    """In the order in which promises end; an address keeps what was chosen; what it cannot ask for is not there."""
    low, high, call = opened(3), opened(1, customer="sara"), opened(2, customer="reza", touchpoint="call")
    praise = opened(4, "praise", customer=None)
    client = sign_in(Role.CX_MANAGER)
    client.get(f"/cases/{call}")
    assert send(client, f"/cases/{call}/wait").status_code == 303
    assert send(client, f"/cases/{high}/assign", owner="cx_manager").status_code == 303
    with database.write() as session:
        session.execute(update(Case).where(Case.number == low).values(owner=None))
        late = {"due_at": utc_now() - timedelta(hours=1)}
        session.execute(update(Case).where(Case.number == praise).values(late))

    assert listed(client) == [praise, high, call, low]
    for address, found in {
        "?view=overdue": [praise],
        "?owner=mine": [high],
        "?owner=none": [low],
        "?severity=1": [high],
        "?kind=praise": [praise],
        "?touchpoint=call": [call],
        "?status=waiting_customer": [call],
        "?unit=bank": [praise, high, call, low],
        "?unit=tajrish": [],
        "?view=closed": [],
        "?severity=3&touchpoint=counter&unit=vanak": [low],
    }.items():
        assert listed(client, f"/cases{address}") == found, address
    for unknown in ("?view=nonsense", "?severity=7", "?unit=%00", "?after=nonsense", "?after=2025-01-01T00:00_00"):
        assert client.get(f"/cases{unknown}").status_code == 404
    found = client.get(f"/cases?number={call.replace('-', ' ')}", follow_redirects=False)
    assert found.headers["location"] == f"/cases/{call}"
    assert "000-000-0000" in client.get("/cases?number=000-000-0000&lang=en").text


def test_pages_follow_each_other(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """Every case stands on one page, those without a clock on the last; ended ones are a list of their own."""
    numbers = [opened(customer=None, unit=("vanak", "bank")[n % 2]) for n in range(28)]
    with database.write() as session:
        session.execute(update(Case).where(Case.number.in_(numbers[:3])).values(due_at=None))
        session.execute(update(Case).where(Case.number == numbers[-1]).values(closed_at=utc_now(), status="closed"))
    client = sign_in(Role.CX_MANAGER)

    first = client.get("/cases?lang=en").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = client.get(following[1].replace("&amp;", "&")).text
    pages = [NUMBER.findall(first), NUMBER.findall(second)]

    assert "27 cases" in first.replace("\u2066", "").replace("\u2069", "")
    assert [len(page) for page in pages] == [25, 2]
    assert sorted(pages[0] + pages[1]) == sorted(numbers[:-1])
    assert set(pages[1]) < set(numbers[:3])
    assert listed(client, "/cases?view=closed") == [numbers[-1]]


def test_many_in_one_go(sign_in: SignIn, opened: Opened, database: Database, at: At) -> None:
    """Each by itself: what cannot be changed is told with why, what is done twice is done once."""
    one, other, far = opened(2), opened(2, customer="sara"), opened(2, customer="reza", unit="tajrish")
    client = sign_in(Role.UNIT_MANAGER)
    chosen = {f"case.{number}": "1" for number in (one, other)}

    answer = send(client, "/cases/bulk", act="acknowledge", back="/cases?severity=2", **chosen)
    assert answer.headers["location"] == "/cases?severity=2&done=2"
    after = rows(database)
    assert send(client, "/cases/bulk", act="acknowledge", back="https://elsewhere/", **chosen).status_code == 303
    assert rows(database) == after
    told = send(client, "/cases/bulk?lang=en", act="severity", severity="1", **{f"case.{far}": "1"}, **chosen)
    assert far in told.text
    assert send(client, "/cases/bulk", act="assign", owner="cx_manager", **chosen).status_code == 303
    with database.read() as session:
        assert {find_case(session, n).owner for n in (one, other)} == {"cx_manager"}
        assert [find_case(session, n).severity for n in (one, other, far)] == [1, 1, 2]
    before = rows(database)
    for bad in ({"act": "assign", "owner": "employee"}, {"act": "severity", "severity": "9"}, {"act": "burn"}, {}):
        assert send(client, "/cases/bulk", **bad, **chosen).status_code == 400
    assert send(client, "/cases/bulk", act="mine").status_code == 200
    assert rows(database) == before


def test_the_morning(
    sign_in: SignIn, client: TestClient[Litestar], opened: Opened, database: Database, answer: Answer
) -> None:
    """Yesterday's scores with n and interval of the own units, words, and what is due by tonight; few are hidden."""
    number, later = opened(2), opened(4, customer="sara")
    yesterday = day_of(utc_now(), TEHRAN) - timedelta(days=1)
    answer(*[10] * 8, *[3] * 4, day=yesterday, words="The queue was long")
    answer(9, day=yesterday, effort=7)
    with database.write() as session:
        session.execute(update(Case).where(Case.number == number).values(due_at=utc_now() - timedelta(hours=2)))
    sign_in(Role.UNIT_MANAGER)

    page = client.get("/cases/today?lang=en").text

    assert "13 answers" in page.replace("\u2066", "").replace("\u2069", "")
    assert "1 KPI has too few answers" in page
    assert number in page
    assert "2 hours overdue" in page
    assert later not in page
    with database.read() as session:
        assert session.scalar(select(Case.number).where(Case.number == later)) == later
