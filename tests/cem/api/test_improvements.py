"""Programs read what is looked into and changed."""

from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cem.improvements.improvements import Plan, plan_improvement
from cem.improvements.models import Cause
from cem.improvements.root_causes import open_root_cause
from cem.people.accounts import add_api_key
from surveys.database import Database, utc_now

Client = TestClient[Litestar]
NOW = utc_now()


@pytest.fixture
def key(database: Database) -> str:
    """The API key of a program."""
    with database.write() as session:
        return add_api_key(session, NOW, "tests", "reports")


@pytest.fixture
def planned(database: Database, accounts: None) -> None:
    """Thirty improvements of one root cause."""
    with database.write() as session:
        session.add(Cause(code="waiting", parent=None, kind="process", names={"en": "Waiting"}, position=1))
        session.flush()
        root = open_root_cause(session, NOW, "cx_manager", "waiting", "vanak", today=NOW.date())
        for place in range(30):
            plan = Plan(title=f"Number {place}", description="", owner=None, unit="vanak", due_on=NOW.date())
            plan_improvement(session, NOW + timedelta(seconds=place), "cx_manager", root, plan)


def test_lists_page_by_page(client: Client, key: str, planned: None) -> None:
    """Newest first, each once; root causes with what was counted."""
    headers = {"Authorization": f"Bearer {key}"}
    first = client.get("/api/v1/improvements", headers=headers).json()
    second = client.get("/api/v1/improvements", params={"before": first["before"]}, headers=headers).json()
    roots = client.get("/api/v1/root-causes", headers=headers).json()

    titles = [one["title"] for page in (first, second) for one in page["improvements"]]
    assert titles == [f"Number {place}" for place in range(29, -1, -1)]
    assert second["before"] is None
    assert (first["improvements"][0]["status"], first["improvements"][0]["effect"]) == ("planned", None)
    assert [(one["cause"], one["unit"], one["reason"], one["cases"]) for one in roots["root_causes"]] == [
        ("waiting", "vanak", "hand", 0)
    ]


def test_a_key_is_needed(client: Client, planned: None) -> None:
    """Nobody reads them without one, and what is no key of a page is refused."""
    assert client.get("/api/v1/improvements").status_code == 401
    assert client.get("/api/v1/root-causes").status_code == 401


def test_a_wrong_page(client: Client, key: str) -> None:
    """What is no id is told to be none."""
    answer = client.get("/api/v1/improvements", params={"before": "x"}, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 400
