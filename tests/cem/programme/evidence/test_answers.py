from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import select

from cem.alerts.keeping import keep_rule, put_in_force
from cem.comments.readings import read_waiting
from cem.settings import Settings
from surveys.database import Database
from surveys.models import ContactDetail, Customer, Invitation, Response, Survey
from surveys.publishing import publish
from surveys.questionnaire import read_yaml
from surveys.touchpoints import customer_id_of
from tests.cem.conftest import TODAY, VISIT, Answer
from tests.cem.programme.evidence.conftest import NOW, Know, counting, told


def meet(names: Sequence[str]) -> Iterator[Customer]:
    for name in names:
        yield Customer(customer_id=customer_id_of(name), reference=name, language="en")


def link(database: Database, count: int) -> None:
    """The first answers came from somebody's own invitation."""
    with database.write() as session:
        session.add_all(meet([f"C{place}" for place in range(count)]))
        for place, one in enumerate(session.scalars(select(Response).order_by(Response.response_id).limit(count))):
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


def reach(database: Database, *addresses: str) -> None:
    with database.write() as session:
        for place, address in enumerate(addresses):
            detail = ContactDetail(customer_id=customer_id_of(f"C{place}"), channel="email", address=address)
            session.add(detail)


def test_answers_of_known_customers(database: Database, answer: Answer, know: Know) -> None:
    """Three of four; without addresses nobody can tell whether a customer is kept twice."""
    answer(9, 8, 7, 6)
    link(database, 3)

    found = know("4.2")
    assert told(found) == (3, 4)
    assert found is not None
    assert found.sample
    assert found.cap == 3

    reach(database, "a@example.com", "b@example.com", "c@example.com")
    found = know("4.2")
    assert found is not None
    assert (found.cap, found.caution) == (4, "")


def test_one_address_of_two_customers(database: Database, answer: Answer, know: Know) -> None:
    """One of three addresses is there twice, which is more than 2%."""
    answer(9, 8, 7)
    link(database, 3)
    reach(database, "a@example.com", "b@example.com", "a@example.com")

    found = know("4.2")

    assert found is not None
    assert found.cap == 3


def test_complete_and_valid(answer: Answer, know: Know) -> None:
    """Of ten responses eight are valid; of their four scores each gave two: the mean of 80% and 50%."""
    answer(*[9] * 8, satisfied=5)
    answer(*[9] * 2, satisfied=5, quality="suspect")

    found = know("4.8")

    assert found is not None
    assert found.value == 65
    assert found.n == 10
    assert found.numerator is None


def test_comments_with_topic_and_sentiment(database: Database, settings: Settings, answer: Answer, know: Know) -> None:
    """One of three has both: one has no topic, one nobody has read yet."""
    answer(2, words="The waiting time at the counter was far too long")
    answer(9, words="Zzz zzz zzz")
    read_waiting(database, settings, NOW)
    answer(2, words="Waiting for hours")

    found = know("5.3")

    assert told(found) == (1, 3)
    assert found is not None
    assert found.cap == 3
    assert found.sample


def test_without_comments_nothing_is_understood(answer: Answer, know: Know) -> None:
    """A score alone has no words."""
    answer(2)

    assert know("5.3") is None


def test_questions_that_are_used(
    database: Database, settings: Settings, survey: Survey, answer: Answer, know: Know
) -> None:
    """Three KPIs and a driver of them are used; the choice is not, and words only where they are read."""
    answer(2, words="Waiting for hours", day=TODAY - timedelta(days=1))

    found = know("5.8")
    assert told(found) == (4, 6)
    assert counting(found) == {"Visit: Recommend", "Visit: Satisfied", "Visit: Easy", "Visit: The staff"}

    read_waiting(database, settings, NOW)
    assert told(know("5.8")) == (5, 6)


def test_a_wish_for_an_answer_is_used_where_rules_are_in_force(database: Database, know: Know) -> None:
    """Without rules nobody opens a case that answers the customer."""
    asks = VISIT.replace("{type: comment, id: words,", "{type: contact, id: words,")
    with database.write() as session:
        publish(session, read_yaml(asks), NOW)
    assert told(know("5.8")) == (0, 6)

    with database.write() as session:
        names = {"fa": "پاسخ می‌خواهد", "en": "Wants an answer"}
        keep_rule(session, NOW, "cx_manager", "asks", {"names": names, "asks_contact": True})
        put_in_force(session, NOW, "cx_manager", "asks", enabled=True)

    assert counting(know("5.8")) == {"Visit: Your words"}


def test_scores_without_answers_are_not_used(database: Database, survey: Survey, know: Know) -> None:
    """A survey that nobody answers serves no KPI, even where a rule waits for its scores."""
    assert told(know("5.8")) == (0, 6)

    with database.write() as session:
        names = {"fa": "ناراضی", "en": "Unhappy"}
        keep_rule(session, NOW, "cx_manager", "unhappy", {"names": names, "series": "nps_visit", "at_most": 6})
        put_in_force(session, NOW, "cx_manager", "unhappy", enabled=True)

    assert told(know("5.8")) == (0, 6)
