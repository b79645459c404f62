"""What is counted: one row for each customer, time from the answer on, and nothing that came before it."""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import numpy as np
import pytest
from sqlalchemy import select, update

from cem.outcomes import followed as reading
from cem.outcomes.findings import link_findings, segment_findings, value_findings
from cem.outcomes.followed import follow, read_books
from cem.outcomes.outcomes import Assumptions, Outcomes, build_outcomes
from cem.scorecards.choices import Choice
from surveys.database import Database
from surveys.languages import language
from surveys.models import Invitation, Survey, SurveyVersion
from surveys.questionnaire import Questionnaire
from surveys.touchpoints import customer_id_of

Answer = Callable[..., None]
Choose = Callable[..., Choice]
Ask = Callable[[], None]
Record = Callable[..., None]

DAY, LATER = date(2025, 4, 10), date(2025, 11, 8)
ASSUMED = Assumptions(10, 2)


@pytest.fixture
def questionnaire(database: Database, survey: Survey) -> Questionnaire:
    """The questionnaire of the fixtures."""
    with database.read() as session:
        version = session.scalars(select(SurveyVersion)).one()
    return msgspec.convert(version.document, Questionnaire)


def built(database: Database, choice: Choice, questionnaire: Questionnaire, *, closed: bool = False) -> Outcomes | None:
    with database.read() as reader:
        return build_outcomes(reader, choice, questionnaire, ASSUMED, closed=closed)


def test_nothing_from_before_the_answer(
    database: Database, answer: Answer, ask_all: Ask, record: Record, choose: Choose
) -> None:
    """Who had left, or is in no later books, is counted apart; spend is what came between two days after the answer."""
    answer(10, 9, 7, 3, day=DAY)
    ask_all()
    record("C0", DAY - timedelta(days=9), spend=500.0)
    record("C0", DAY + timedelta(days=30), spend=700.0)
    record("C0", LATER, spend=900.0)
    record("C1", LATER, left_on=DAY + timedelta(days=20))
    record("C2", LATER, left_on=DAY - timedelta(days=1))
    record("C3", DAY - timedelta(days=1))
    with database.read() as reader:
        found = follow(reader, choose(kpi="nps_visit"), ["recommend"], read_books(reader))

    assert (found.answered, found.unknown, found.before, len(found)) == (4, 1, 1, 2)
    rows = np.argsort(-found.score)
    assert found.score[rows].tolist() == [10, 9]
    assert found.left[rows].tolist() == [0, 1]
    assert found.time[rows].tolist() == [(LATER - DAY).days, 20]
    days = (LATER - DAY).days - 30
    assert found.spend[rows[0]] == pytest.approx(200 * 365.25 / days)
    assert np.isnan(found.spend[rows[1]])


def test_one_customer_counts_once(
    database: Database, ask_all: Ask, answer: Answer, record: Record, choose: Choose
) -> None:
    """The first answer is time zero and the group; the latest is the opinion."""
    answer(3, day=DAY)
    answer(9, day=DAY + timedelta(days=50))
    ask_all()
    with database.write() as session:
        session.execute(update(Invitation).values(customer_id=customer_id_of("C0")))
    record("C0", LATER)
    with database.read() as reader:
        found = follow(reader, choose(kpi="nps_visit"), ["recommend"], read_books(reader))

    assert (found.score.tolist(), found.opinion.tolist()) == ([3], [9])
    assert found.time.tolist() == [(LATER - DAY).days]


@pytest.fixture
def company(database: Database, answer: Answer, ask_all: Ask, record: Record) -> None:
    """40 promoters of whom 2 leave, 3 passives, 40 detractors of whom 13 leave and who spend less."""
    answer(*[9] * 40, *[2] * 40, *[7] * 3, day=DAY)
    ask_all()
    for number in range(83):
        leaves = number < 2 or 40 <= number < 56
        detractor = number >= 43
        record(f"C{number}", DAY + timedelta(days=10), spend=100.0 + number)
        record(
            f"C{number}",
            LATER,
            left_on=DAY + timedelta(days=30 + number) if leaves else None,
            spend=100.0 + number + (10 if detractor else 50) + number % 7,
            margin=30.0 + (4 if detractor else 20) + number % 5,
            category_spend=400.0 if number % 2 else None,
            need_segment="advice" if detractor else "price",
        )


def test_a_small_group_is_hidden(
    company: None, database: Database, questionnaire: Questionnaire, choose: Choose
) -> None:
    """A group of three is hidden, and another with it that would tell it."""
    found = built(database, choose(kpi="nps_visit"), questionnaire)
    assert found
    assert [group.code for group in found.groups] in (["promoter"], ["detractor"])


def test_what_goes_together_is_found(
    database: Database, answer: Answer, ask_all: Ask, record: Record, choose: Choose, questionnaire: Questionnaire
) -> None:
    """Two groups of forty: sentences say what goes together, with intervals, and no word of cause."""
    answer(*[9] * 40, *[2] * 40, day=DAY)
    ask_all()
    for number in range(80):
        leaves, detractor = number < 2 or 40 <= number < 56, number >= 40
        record(f"C{number}", DAY + timedelta(days=10), spend=100.0, margin=30.0)
        record(
            f"C{number}",
            LATER,
            left_on=DAY + timedelta(days=30 + number) if leaves else None,
            spend=100.0 + (10 if detractor else 50) + number % 7,
            margin=30.0 + (4 if detractor else 20) + number % 5,
            category_spend=400.0 if number % 2 else None,
            need_segment="advice" if number % 3 else "price",
        )
    choice = choose(kpi="nps_visit")
    found = built(database, choice, questionnaire)
    assert found

    assert [group.code for group in found.groups] == ["promoter", "detractor"]
    assert found.staying.horizon == 6
    churn = found.staying.churn["detractor"]
    assert (churn.rate.value, found.staying.churn["promoter"].rate.value) == (40, 5)
    assert churn.p is not None
    assert churn.p < 0.01
    assert found.staying.odds["detractor"].beside is not None
    assert found.spending.proven
    english = language("en")
    said = " ".join(
        [
            *link_findings(english, found),
            *value_findings(english, found),
            *segment_findings(english, choice.focus, found),
        ]
    )
    assert "beyond chance" in said
    assert "1 more promoter in 100 customers goes together with" in said
    assert "speak ill" in said
    assert "because" not in said


def test_nothing_without_books(
    database: Database, answer: Answer, ask_all: Ask, choose: Choose, questionnaire: Questionnaire
) -> None:
    """Without the company's books there is nothing to link."""
    answer(*[9] * 20, day=DAY)
    ask_all()
    assert built(database, choose(), questionnaire) is None


def test_a_closed_choice_shows_no_groups(
    company: None, database: Database, questionnaire: Questionnaire, choose: Choose
) -> None:
    """What must not be shown is not read either; what concerns all customers stays."""
    found = built(database, choose(kpi="nps_visit"), questionnaire, closed=True)
    assert found
    assert found.groups == ()
    assert found.worth is not None
    assert found.wallet.n == 41


def test_a_share_of_very_many(company: None, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more customers than are read, about the share that fits is taken, and always the same."""
    monkeypatch.setattr(reading, "MOST", 30)
    with database.read() as reader:
        some, again = read_books(reader), read_books(reader)
    assert 15 <= len(some) <= 45
    assert some.keys() == again.keys()
    assert all(len(records) == 2 for records in some.values())


def test_one_group_alone(
    database: Database, answer: Answer, ask_all: Ask, record: Record, choose: Choose, questionnaire: Questionnaire
) -> None:
    """Where all are promoters there is nobody to compare them with, and the page stands."""
    answer(*[10] * 20, day=DAY)
    ask_all()
    for number in range(20):
        record(f"C{number}", LATER, left_on=DAY + timedelta(days=40) if number < 4 else None)
    found = built(database, choose(kpi="nps_visit"), questionnaire)
    assert found
    assert [group.code for group in found.groups] == ["promoter"]
    assert found.staying.odds == {}
    assert found.spending.difference is None
    assert list(link_findings(language("en"), found)) == []
