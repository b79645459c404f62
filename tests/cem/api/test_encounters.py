"""`POST /api/v1/encounters` over HTTP."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from cem.audit import AuditEvent
from cem.people.accounts import add_api_key, revoke_api_key
from surveys.contacts import addresses_of
from surveys.database import Database, utc_now
from surveys.models import Customer, Encounter, Invitation, Journey, Segment, Touchpoint, Unit
from surveys.publishing import publish
from surveys.questionnaire import read_yaml
from surveys.touchpoints import customer_id_of


@pytest.fixture
def key(database: Database, root: Any) -> str:
    """A company with one touchpoint that asks about visits, and a key for its core system."""
    with database.write() as session:
        visit = publish(session, read_yaml(root / "examples" / "branch-visit.yaml"), utc_now())
        session.add(Unit(code="vanak", names={"en": "Vanak"}, valid_from=date(2020, 1, 1)))
        session.add(Journey(code="banking", names={"en": "Banking"}))
        session.flush()
        session.add(
            Touchpoint(
                code="branch",
                names={"en": "Branch"},
                journey="banking",
                stage="use",
                channel="branch",
                owner="vanak",
                standard={},
                transactional_survey=visit.survey_id,
            )
        )
        return add_api_key(session, utc_now(), "tests", "core")


def body(**named: Any) -> dict[str, Any]:
    when = datetime.now(UTC) - timedelta(minutes=5)
    said = {"key": "k1", "customer": "c1", "touchpoint": "branch", "unit": "vanak", "occurred_at": when.isoformat()}
    return said | named


def send(client: TestClient[Litestar], key: str, said: dict[str, Any]) -> Any:
    return client.post("/api/v1/encounters", json=said, headers={"Authorization": f"Bearer {key}"})


def test_an_encounter_gives_a_link_that_opens(client: TestClient[Litestar], key: str) -> None:
    """201 with a personal link, and the link shows the survey."""
    answer = send(client, key, body())

    assert answer.status_code == 201
    url = answer.json()["invitation"]["url"]
    assert url.startswith("http://testserver.local/i/")
    assert client.get(url.removeprefix("http://testserver.local")).status_code == 200


def test_a_retry_is_answered_the_same(client: TestClient[Litestar], key: str, database: Database) -> None:
    """Sent again after a lost answer: 200, the same link, one encounter."""
    said = body()
    first, again = send(client, key, said), send(client, key, said)

    assert again.status_code == 200
    assert again.json() == first.json()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Encounter)) == 1


def test_a_key_for_something_else(client: TestClient[Litestar], key: str) -> None:
    """409, as a problem document."""
    send(client, key, body())
    answer = send(client, key, body(customer="c2"))

    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"touchpoint": "nowhere"}, "touchpoint"),
        ({"unit": "nowhere"}, "unit"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "2100-01-01T00:00:00Z"}, "occurred_at"),
        ({"language": "de"}, "language"),
        ({"key": ""}, "key"),
        ({"extra": 1}, "extra"),
    ],
)
def test_bad_input_names_its_field(
    client: TestClient[Litestar], key: str, database: Database, change: dict[str, Any], field: str
) -> None:
    """400 with the field and a message; nothing is stored."""
    answer = send(client, key, body(**change))

    assert answer.status_code == 400
    problem = answer.json()
    assert problem["status"] == 400
    assert any(field in (error["field"] + error["message"]) for error in problem["errors"]), problem
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Encounter)) == 0


def test_without_a_key(client: TestClient[Litestar], key: str, database: Database) -> None:
    """No key, a wrong one and a revoked one are answered alike: 401."""
    with database.write() as session:
        revoke_api_key(session, utc_now(), "tests", "core")

    for shown in ("", "cem_wrong", key):
        assert send(client, shown, body()).status_code == 401


def test_the_document_describes_it(client: TestClient[Litestar]) -> None:
    """The OpenAPI document lists the address with its fields."""
    document = client.get("/schema/openapi.json").json()

    assert "/api/v1/encounters" in document["paths"]
    assert "occurred_at" in document["components"]["schemas"]["EncounterIn"]["properties"]


@pytest.fixture
def segments(database: Database) -> None:
    """Two segments, of which one is no more."""
    with database.write() as session:
        for position, (code, ended) in enumerate({"affluent": None, "past": date(2024, 1, 1)}.items()):
            since = date(2020, 1, 1)
            session.add(Segment(code=code, position=position, names={"en": code}, valid_from=since, valid_to=ended))


def test_a_customer_with_a_segment(client: TestClient[Litestar], key: str, segments: None, database: Database) -> None:
    """It is kept on the customer and the invitation; who is told without one later stays where they were."""
    told = {"reference": "c1", "segment": "affluent"}
    first = send(client, key, body(customer=told))
    assert first.status_code == 201, first.text
    assert send(client, key, body(key="k2")).status_code == 201

    with database.read() as session:
        assert session.scalars(select(Customer.segment)).all() == ["affluent"]
        assert session.scalars(select(Invitation.segment)).all() == ["affluent"]


@pytest.mark.parametrize("segment", ["nobody", "past", "a\0b", "", 7])
def test_a_segment_that_is_not_there(
    client: TestClient[Litestar], key: str, segments: None, database: Database, segment: object
) -> None:
    """A problem document that names the field; nothing is recorded."""
    answer = send(client, key, body(customer={"reference": "c1", "segment": segment}))

    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "customer.segment"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Encounter)) == 0


@pytest.mark.parametrize("mobile", ["09121234567", "۰۹۱۲ ۱۲۳ ۴۵۶۷", "00989121234567", "+98 912 123 4567"])
def test_a_customer_with_addresses(client: TestClient[Litestar], key: str, database: Database, mobile: str) -> None:
    """They are kept in one form; a later encounter changes what it tells and leaves the rest; a repeat changes none."""
    told = {"reference": "c1", "email": " Sara@Mail.Example", "mobile": mobile}
    first = body(customer=told)
    assert send(client, key, first).status_code == 201
    assert send(client, key, body(key="k2", customer={"reference": "c1", "email": "s@mail.example"})).status_code == 201
    assert send(client, key, first).status_code == 200

    with database.read() as session:
        assert addresses_of(session, customer_id_of("c1")) == {"email": "s@mail.example", "sms": "+989121234567"}
        assert "mail" not in str(session.scalars(select(AuditEvent.details)).all())


@pytest.mark.parametrize(("field", "value"), [("mobile", "02188776655"), ("email", "sara at mail"), ("mobile", "")])
def test_an_address_that_is_none(
    client: TestClient[Litestar], key: str, database: Database, field: str, value: str
) -> None:
    """A problem document that names the field and does not repeat the address; nothing is recorded."""
    answer = send(client, key, body(customer={"reference": "c1", field: value}))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == f"customer.{field}"
    assert not value or value not in answer.text
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Encounter)) == 0
