from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from cem.comments.readings import read_waiting
from cem.operations.models import OperationalFigure, OperationalMetric
from cem.outcomes.models import CustomerRecord
from cem.settings import Settings
from surveys.database import Database, new_id
from surveys.models import Customer, Invitation, Response, Survey
from surveys.touchpoints import customer_id_of
from tests.cem.conftest import TODAY, Answer
from tests.cem.programme.evidence.conftest import NOW, Know, counting, told

Write = Callable[..., None]


@pytest.fixture
def book(database: Database) -> Write:
    """A record of the books, of today."""

    def written(name: str, day: date = TODAY, **changes: object) -> None:
        values: dict[str, object] = {
            "customer_since": date(2020, 1, 1),
            "purchases": 0,
            "spend": 0.0,
            "margin": 0.0,
        }
        with database.write() as session:
            if session.get(Customer, customer_id_of(name)) is None:
                session.add(Customer(customer_id=customer_id_of(name), reference=name, language="en"))
                session.flush()
            session.add(CustomerRecord(customer_id=customer_id_of(name), day=day, **(values | changes)))

    return written


def test_customers_told_apart(book: Write, know: Know) -> None:
    """One of two who are still there has a need; what is newest counts, and old books tell nothing of today."""
    book("mina", need_segment="saver")
    book("sara", TODAY - timedelta(days=30), need_segment="saver")
    book("sara")
    book("reza", left_on=TODAY, need_segment="saver")
    book("omid", TODAY - timedelta(days=365), need_segment="saver")

    assert told(know("5.4")) == (1, 2)


def test_loyalty(book: Write, know: Know) -> None:
    """Five customers are enough for retention, four for nobody's share of wallet."""
    for place in range(5):
        book(f"C{place}", category_spend=10.0 if place else None)

    found = know("6.3")

    assert found is not None
    assert found.value == 1
    assert counting(found) == {"Retention"}


def test_loyalty_of_old_books(book: Write, know: Know) -> None:
    """Books of another quarter compute nothing in this one."""
    for place in range(5):
        book(f"C{place}", TODAY - timedelta(days=90), category_spend=10.0)

    found = know("6.3")

    assert found is not None
    assert found.value == 0


def test_kpis_that_are_linked(database: Database, book: Write, answer: Answer, know: Know) -> None:
    """NPS was answered by 40 promoters and 40 detractors who are followed for more than a month; the others by none."""
    answer(*[9] * 40, *[3] * 40, day=TODAY - timedelta(days=60))
    with database.write() as session:
        responses = list(session.scalars(select(Response)))
    for place in range(len(responses)):
        book(f"C{place}", left_on=TODAY - timedelta(days=40) if place % 4 == 0 else None)
    with database.write() as session:
        for place, one in enumerate(responses):
            session.add(
                Invitation(
                    survey_id=one.survey_id,
                    invitation_id=one.response_id,
                    customer_id=customer_id_of(f"C{place}"),
                    touchpoint="counter",
                    unit="vanak",
                    channel="branch",
                    language="en",
                    created_at=NOW,
                    expires_at=NOW,
                )
            )

    found = know("5.6")

    assert told(found) == (1, 3)
    assert counting(found) == {"Visit: Net promoter score (NPS)"}


def test_old_books_link_nothing(book: Write, answer: Answer, know: Know) -> None:
    """Books of half a year ago say nothing of what customers did since."""
    answer(9)
    book("mina", TODAY - timedelta(days=180))

    assert know("5.6") is None


def test_staff_and_social_media(database: Database, survey: Survey, answer: Answer, know: Know) -> None:
    """What staff answers is no perception of customers; a channel of social media is one of customers."""
    answer(9)
    with database.write() as session:
        session.get_one(Survey, survey.survey_id).kind = "internal_service"
        session.execute(update(Response).values(channel="social"))

    assert counting(know("6.1")) == {"Staff", "Social media and community"}
    assert know("5.1") is None


def test_families(database: Database, settings: Settings, book: Write, answer: Answer, know: Know) -> None:
    """Scores and effort first; then words, books with money in them, and figures."""
    answer(9, effort=6)
    assert counting(know("6.1")) == {"Perception", "Effort"}

    answer(2, words="The waiting time was far too long")
    read_waiting(database, settings, NOW)
    book("mina")
    assert counting(know("6.1")) == {"Perception", "Effort", "Emotion, as comments show it", "Behaviour"}

    book("sara", margin=10.0)
    with database.write() as session:
        session.add(
            OperationalMetric(
                code="waiting",
                name_fa="",
                name_en="",
                explanation_fa="",
                explanation_en="",
                kind="share",
                unit_fa="",
                unit_en="",
                census=True,
                lower_is_better=True,
                owner="",
                source="",
                expected_every_days=31,
                kpi="",
                touchpoint="",
            )
        )
        session.flush()
        session.add(
            OperationalFigure(
                figure_id=new_id(NOW),
                metric="waiting",
                unit="vanak",
                first_day=TODAY,
                last_day=TODAY,
                revision=1,
                numerator=Decimal(1),
                denominator=Decimal(2),
                received_at=NOW,
                batch=new_id(NOW),
            )
        )
    found = know("6.1")
    assert found is not None
    assert found.value == 6
    assert {"Finance", "Operations"} <= counting(found)
