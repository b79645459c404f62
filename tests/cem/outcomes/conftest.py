"""Customers who answered by a personal link, and what the books say of them."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from cem.outcomes.models import CustomerRecord
from surveys.database import Database
from surveys.models import Customer, Invitation, Response, Survey
from surveys.touchpoints import customer_id_of

Ask = Callable[[], None]
Record = Callable[..., None]


@pytest.fixture
def ask_all(database: Database, survey: Survey) -> Ask:
    """Gives each response of the survey to a customer: C0, C1 and so on, from the highest score to the lowest."""

    def ask() -> None:
        with database.write() as session:
            asked = session.execute(select(Response.response_id, Response.day, Response.answers)).all()
            for number, (response_id, day, _) in enumerate(sorted(asked, key=lambda row: -row[2]["recommend"])):
                add_customer(session, f"C{number}")
                add_invitation(session, survey.survey_id, response_id, f"C{number}", day)

    return ask


def add_customer(session: object, reference: str) -> None:
    session.execute(  # type: ignore[attr-defined] # a session
        insert(Customer),
        [{"customer_id": customer_id_of(reference), "reference": reference, "language": "en", "opted_out_at": None}],
    )


def add_invitation(session: object, survey_id: uuid.UUID, response_id: uuid.UUID, reference: str, day: date) -> None:
    moment = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    row = {
        "survey_id": survey_id,
        "invitation_id": response_id,
        "customer_id": customer_id_of(reference),
        "encounter_id": None,
        "touchpoint": "counter",
        "unit": "vanak",
        "channel": "branch",
        "language": "en",
        "created_at": moment,
        "expires_at": moment + timedelta(days=14),
        "withdrawn_at": None,
    }
    session.execute(insert(Invitation), [row])  # type: ignore[attr-defined] # a session


@pytest.fixture
def record(database: Database) -> Record:
    """Writes a record of the books."""

    def write(reference: str, day: date, *, left_on: date | None = None, **values: object) -> None:
        usual = {
            "customer_since": date(2020, 1, 1),
            "purchases": 3,
            "first_purchase_on": date(2020, 1, 2),
            "last_purchase_on": day,
            "spend": 100.0,
            "margin": 30.0,
            "category_spend": None,
            "need_segment": None,
        }
        row = {"customer_id": customer_id_of(reference), "day": day, "left_on": left_on, **usual, **values}
        with database.write() as session:
            session.execute(insert(CustomerRecord), [row])

    return write
