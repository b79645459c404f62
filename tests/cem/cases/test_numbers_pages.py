"""The closed loop's numbers on their page, on the scorecard and over the API."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import insert

from cem.cases.desk import number_of
from cem.cases.models import Case
from cem.cases.numbering import count_due
from cem.people.accounts import add_api_key
from cem.roles import Role
from cem.settings import Settings
from surveys.database import Database, new_id, utc_now
from surveys.models import Survey

PAGE, API = "/cases/numbers", "/api/v1/case-numbers"
SignIn = Callable[[Role], "TestClient[Litestar]"]


@pytest.fixture
def counted(database: Database, settings: Settings, accounts: None, survey: Survey) -> None:
    """Twenty cases of Vanak, fifteen of them contacted in time, and two of Tajrish, all of a week ago; counted."""
    now = utc_now()
    opened, due = now - timedelta(days=7), now - timedelta(days=6)
    rows = []
    for place in range(22):
        case_id = new_id(opened)
        rows.append(
            {
                "case_id": case_id,
                "number": number_of(case_id),
                "opened_at": opened,
                "origin": "rule",
                "kind": "complaint",
                "severity": 3,
                "status": "in_contact",
                "touchpoint": "counter",
                "unit": "vanak" if place < 20 else "tajrish",
                "channel": "branch",
                "language": "en",
                "segment": "",
                "words": "",
                "wanted": "",
                "series": "nps_visit",
                "score": 3,
                "contact_allowed": False,
                "reply_channel": "",
                "reply_address": "",
                "owner": "unit_manager",
                "acknowledge_due": opened,
                "acknowledged_at": opened,
                "contact_due": due,
                "contacted_at": due if place < 15 else None,
                "resolve_from": opened,
                "resolve_due": now + timedelta(days=1),
                "due_at": due if place >= 15 else now + timedelta(days=1),
                "no_reply_reason": "",
                "reopened": 0,
                "escalated": [],
            }
        )
    with database.write() as session:
        session.execute(insert(Case), rows)
    count_due(database, settings, now)


def text_of(answer: Any) -> str:
    """What is read, without tags and isolates."""
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_the_page(sign_in: SignIn, counted: None) -> None:
    """Shares with n and interval, open cases by age, who handles them, and units; in both languages."""
    client = sign_in(Role.EXECUTIVE)
    english = text_of(client.get(f"{PAGE}?lang=en&days=30"))
    persian = text_of(client.get(f"{PAGE}?lang=fa&days=30"))

    assert re.search(r"First contact in time 68% between 47% and 84% 15 of 22", english)
    assert "22 opened, 0 closed" in english
    assert "The unit_manager 22 7" in english
    assert re.search(r"Vanak 20 opened 75% 15 of 20", english)
    assert "0 of 2 too few for a share" in english
    assert "۶۸٪" in persian
    assert "۱۵ از ۲۲" in persian


def test_before_anything_is_counted(sign_in: SignIn) -> None:
    """The page says how it begins."""
    assert "Nothing is counted yet" in text_of(sign_in(Role.ANALYST).get(f"{PAGE}?lang=en"))


def test_handlers_are_named_to_those_who_see_cases(sign_in: SignIn, counted: None) -> None:
    """An analyst reads how many there are."""
    read = text_of(sign_in(Role.ANALYST).get(f"{PAGE}?lang=en"))

    assert "Handlers: 1;" in read
    assert "The unit_manager" not in read


def test_a_unit_manager_sees_the_own_units(sign_in: SignIn, counted: None) -> None:
    """The own unit's numbers; any other's are refused, whether it exists or not."""
    client = sign_in(Role.UNIT_MANAGER)

    assert "15 of 20" in text_of(client.get(f"{PAGE}?lang=en"))
    for unit in ("tajrish", "bank", "nowhere"):
        assert client.get(f"{PAGE}?unit={unit}").status_code == 403


@pytest.mark.parametrize("query", ["days=31", "days=x", "unit=nowhere"])
def test_what_is_not_there(sign_in: SignIn, counted: None, query: str) -> None:
    """A page that says so."""
    assert sign_in(Role.CX_MANAGER).get(f"{PAGE}?{query}").status_code == 404


@pytest.mark.parametrize("role", [Role.FINANCE, Role.EMPLOYEE, Role.ADMINISTRATOR])
def test_who_may_not(sign_in: SignIn, counted: None, role: Role) -> None:
    """Whoever has nothing to do with cases."""
    assert sign_in(role).get(PAGE).status_code == 403


def test_the_scorecard(sign_in: SignIn, counted: None, answer: Callable[..., None]) -> None:
    """A section for the scorecard's unit; not for finance, who reads scorecards alone."""
    answer(9, 9, 9)
    client = sign_in(Role.EXECUTIVE)

    assert re.search(
        r"First contact in time 75% between .* 15 of 20", text_of(client.get("/scorecards?unit=vanak&lang=en"))
    )
    assert "Closed loop" not in text_of(sign_in(Role.FINANCE).get("/scorecards?lang=en"))


def test_the_api(client: TestClient[Litestar], counted: None, database: Database) -> None:
    """The same numbers, to a program with a key; a wrong field is named, and nobody of the staff is."""
    with database.write() as session:
        key = add_api_key(session, utc_now(), "tests", "reports")
        payroll = add_api_key(session, utc_now(), "tests", "payroll", payroll=True)
    headers = {"Authorization": f"Bearer {key}"}
    found = client.get(f"{API}?unit=vanak&days=30", headers=headers)

    assert found.status_code == 200, found.text
    share = found.json()["shares"]["contact"]
    assert (share["k"], share["n"], share["value"]) == (15, 20, 75)
    assert found.json()["backlog"][2] == {"severity": 3, "ages": [0, 0, 20, 0], "overdue": 5}
    assert "unit_manager" not in found.text
    assert client.get(API, headers=headers).json()["opened"] == 22
    for query in ("days=7", "unit=nowhere", "unit=a%00b", "days=x"):
        assert client.get(f"{API}?{query}", headers=headers).status_code == 400, query
    assert client.get(API, headers={"Authorization": f"Bearer {payroll}"}).status_code == 403
    assert client.get(API).status_code == 401


def test_the_api_before_anything_is_counted(client: TestClient[Litestar], database: Database) -> None:
    """404, with what to do."""
    with database.write() as session:
        key = add_api_key(session, utc_now(), "tests", "reports")

    assert client.get(API, headers={"Authorization": f"Bearer {key}"}).status_code == 404
