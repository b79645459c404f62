from datetime import datetime

from surveys.database import Database, new_id
from surveys.models import Customer, Invitation, Survey
from surveys.touchpoints import customer_id_of
from tests.cem.programme.evidence.conftest import DAY, HOUR, NOW, Know, told


def invite(database: Database, survey: Survey, *invited: tuple[str, datetime]) -> None:
    with database.write() as session:
        for name, at in invited:
            if session.get(Customer, customer_id_of(name)) is None:
                session.add(Customer(customer_id=customer_id_of(name), reference=name, language="en"))
            session.add(
                Invitation(
                    survey_id=survey.survey_id,
                    invitation_id=new_id(at),
                    customer_id=customer_id_of(name),
                    touchpoint="counter",
                    unit="vanak",
                    channel="branch",
                    language="en",
                    created_at=at,
                    expires_at=at,
                )
            )
            session.flush()


def test_customers_rest(database: Database, survey: Survey, know: Know) -> None:
    """Of five, two came within 30 days of the one before; one of them was before the 90 days that are counted."""
    invite(
        database,
        survey,
        ("mina", NOW - 80 * DAY),
        ("mina", NOW - 50 * DAY),
        ("mina", NOW - 21 * DAY),
        ("sara", NOW - 100 * DAY),
        ("sara", NOW - 89 * DAY),
        ("reza", NOW - DAY),
    )

    found = know("4.7")

    assert told(found) == (3, 5)
    assert found is not None
    assert (found.cap, found.sample) == (4, False)


def test_a_no_that_was_not_heard(database: Database, survey: Survey, know: Know) -> None:
    """Whoever opted out before the invitation caps it; whoever did so afterwards does not."""
    invite(database, survey, ("mina", NOW - 2 * DAY), ("sara", NOW - 2 * DAY))
    with database.write() as session:
        session.get_one(Customer, customer_id_of("sara")).opted_out_at = NOW - DAY

    found = know("4.7")
    assert told(found) == (2, 2)
    assert found is not None
    assert found.cap == 4

    with database.write() as session:
        session.get_one(Customer, customer_id_of("mina")).opted_out_at = NOW - 2 * DAY - HOUR

    found = know("4.7")
    assert told(found) == (1, 2)
    assert found is not None
    assert found.cap == 1
    assert found.caution
