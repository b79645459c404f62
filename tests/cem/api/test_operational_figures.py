"""`POST /api/v1/operational-figures` over HTTP."""

from datetime import date
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.operations.models import OperationalFigure, OperationalMetric
from cem.people.accounts import add_api_key
from surveys.database import Database, utc_now
from surveys.models import Unit

PATH = "/api/v1/operational-figures"


@pytest.fixture
def key(database: Database) -> str:
    """A unit, a share of calls, and a key for whoever counts them."""
    with database.write() as session:
        session.add(Unit(code="vanak", names={"en": "Vanak"}, valid_from=date(2020, 1, 1)))
        session.add(
            OperationalMetric(
                code="repeat",
                name_fa="تماس دوباره",
                name_en="Repeat contact",
                explanation_fa="تماس‌های دوباره از همه تماس‌ها",
                explanation_en="Repeat calls of all calls",
                kind="share",
                unit_fa="",
                unit_en="",
                census=True,
                lower_is_better=True,
                owner="calls",
                source="switchboard",
                expected_every_days=31,
                kpi="",
                touchpoint="",
            )
        )
        return add_api_key(session, utc_now(), "tests", "switchboard")


def figure(**changes: Any) -> dict[str, Any]:
    days = {"first_day": "1404-07-01", "last_day": "2025-10-22"}
    return {"metric": "repeat", "unit": "vanak", **days, "numerator": "8.5", "denominator": 100} | changes


def send(client: TestClient[Litestar], key: str, *figures: dict[str, Any], **others: Any) -> Any:
    body = {"figures": list(figures), **others}
    return client.post(PATH, json=body, headers={"Authorization": f"Bearer {key}"})


def test_figures_arrive(client: TestClient[Litestar], key: str, database: Database) -> None:
    """201 with what was stored; again 200 and nothing; other numbers are a correction."""
    first, again = send(client, key, figure()), send(client, key, figure())
    other = send(client, key, figure(numerator=9))

    assert first.status_code == 201, first.text
    assert first.json() | {"batch": ""} == {"batch": "", "new": 1, "corrected": 0, "unchanged": 0}
    assert (again.status_code, again.json()["unchanged"], again.json()["batch"]) == (200, 1, None)
    assert other.json()["corrected"] == 1
    with database.read() as session:
        rows = session.scalars(select(OperationalFigure).order_by(OperationalFigure.revision)).all()
    assert [str(row.numerator) for row in rows] == ["8.500000", "9.000000"]


def test_one_mistake_keeps_all_out(client: TestClient[Litestar], key: str, database: Database) -> None:
    """A problem document names the figure by its place and the field."""
    answer = send(client, key, figure(), figure(unit="mars", first_day="2025-10-21"))

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["errors"] == [{"field": "figures[1].unit", "message": "There is no unit “mars”."}]
    with database.read() as session:
        assert session.scalars(select(OperationalFigure)).all() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"figures": []},
        {"figures": [figure(extra=1)]},
        {"figures": [figure(numerator=None)]},
        {"figures": [figure(numerator="9" * 41)]},
        {"figures": [figure(first_day="x")]},
        {"figures": [figure(denominator=1e30)]},
        {"figures": [figure(metric="a\0b")]},
        {"figures": "all"},
    ],
)
def test_bad_bodies(client: TestClient[Litestar], key: str, body: dict[str, Any]) -> None:
    """400, never our own mistake."""
    assert client.post(PATH, json=body, headers={"Authorization": f"Bearer {key}"}).status_code == 400


def test_a_dry_run_and_a_stranger(client: TestClient[Litestar], key: str, database: Database) -> None:
    """A dry run says what would be; without a key nothing is told."""
    assert send(client, key, figure(), dry_run=True).json()["new"] == 1
    assert send(client, "cem_wrong", figure()).status_code == 401
    with database.read() as session:
        assert session.scalars(select(OperationalFigure)).all() == []
