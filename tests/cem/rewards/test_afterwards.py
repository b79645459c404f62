"""Whether the scores of a plan go together with who stayed afterwards, from answers, invitations and the books."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from scipy.stats import pearsonr
from sqlalchemy import insert

from cem.outcomes.followed import Record
from cem.outcomes.keeping import count_kept, customers_by_unit
from cem.outcomes.models import CustomerRecord
from cem.rewards.afterwards import FEWEST_PAIRS
from cem.rewards.backtests import back_test
from cem.roles import Role
from surveys.models import Customer, Invitation
from surveys.touchpoints import customer_id_of
from tests.cem.conftest import SignIn
from tests.cem.rewards.conftest import AFTER, PERIOD, ZONE, terms_of
from tests.cem.rewards.test_integrity import UNITS, Branches
from tests.cem.rewards.test_integrity import branches as branches  # noqa: PLC0414 - a fixture

SPRING, SUMMER, AUTUMN = date(2025, 5, 10), date(2025, 8, 1), date(2025, 11, 1)
BOOKS = date(2026, 1, 5)


def meet_customers(branches: Branches, unit: str, day: date, promoters: int, leavers: int) -> None:
    """A hundred customers answer, so many with a 10 and the others with a 3; so many leave in the next quarter."""
    answered = branches.answer(unit, [10] * promoters + [3] * (100 - promoters), day)
    moment = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    customers, invitations, records = [], [], []
    for place, response_id in enumerate(answered):
        reference = f"{unit}-{day}-{place}"
        customer_id = customer_id_of(reference)
        customers.append({"customer_id": customer_id, "reference": reference, "language": "fa", "segment": ""})
        invitations.append(
            {
                "survey_id": branches.survey.survey_id,
                "invitation_id": response_id,
                "customer_id": customer_id,
                "encounter_id": None,
                "touchpoint": "counter",
                "unit": unit,
                "channel": "branch",
                "language": "fa",
                "created_at": moment,
                "expires_at": moment + timedelta(days=14),
                "withdrawn_at": None,
            }
        )
        records.append(book(customer_id, day + timedelta(days=92) if place < leavers else None))
    with branches.database.write() as session:
        session.execute(insert(Customer), customers)
        session.execute(insert(Invitation), invitations)
        session.execute(insert(CustomerRecord), records)


def book(customer_id: object, left_on: date | None, day: date = BOOKS) -> dict[str, object]:
    """What the books say of a customer."""
    return {
        "customer_id": customer_id,
        "day": day,
        "customer_since": date(2020, 1, 1),
        "left_on": left_on,
        "purchases": 0,
        "spend": 1.0,
        "margin": 1.0,
    }


PROMOTERS = (80, 74, 70, 63, 60, 52, 40)
LEAVERS = (4, 9, 6, 12, 15, 11, 20)


def test_scores_that_customers_follow(branches: Branches) -> None:
    """Twelve pairs of unit and quarter have the correlation and interval of the reference."""
    for place, unit in enumerate(UNITS[:6]):
        meet_customers(branches, unit, SPRING, PROMOTERS[place], LEAVERS[place])
        meet_customers(branches, unit, SUMMER, PROMOTERS[place], LEAVERS[-1 - place])
    scores = spring_and_summer(UNITS[:6])
    with branches.database.read() as reader:
        (found, *_) = back_test(reader, terms_of(), PERIOD, AFTER, ZONE).foretold
    reference = pearsonr(*zip(*scores, strict=True))

    assert (found.measure, found.link.n) == ("nps", 12)
    assert found.link.value == pytest.approx(reference.statistic)
    assert found.link.low == pytest.approx(reference.confidence_interval().low)
    assert found.link.high == pytest.approx(reference.confidence_interval().high)


def spring_and_summer(units: Sequence[str]) -> list[tuple[float, float]]:
    """The pairs by hand. In summer a hundred answers without customers are in the score too."""
    return [
        pair
        for place, _ in enumerate(units)
        for pair in (
            (2 * PROMOTERS[place] - 100.0, 100.0 - LEAVERS[place]),
            ((2 * PROMOTERS[place] - 100.0 + NPS_OF_FIXTURE) / 2, 100.0 - LEAVERS[-1 - place]),
        )
    ]


# Of ten scores four are of promoters and three of detractors.
NPS_OF_FIXTURE = 10.0


def test_too_few_pairs(sign_in: SignIn, branches: Branches) -> None:
    """Below ten pairs the page says so, with how many there are, and no number."""
    for place, unit in enumerate(UNITS):
        meet_customers(branches, unit, SUMMER, PROMOTERS[place], LEAVERS[place])
    with branches.database.read() as reader:
        (found, *_) = back_test(reader, terms_of(), PERIOD, AFTER, ZONE).foretold
    page = sign_in(Role.HR).get(f"/rewards/backtests/tehran/1?last={PERIOD.code}&lang=en").text

    assert (found.link.value, found.link.n) == (None, len(UNITS))
    assert len(UNITS) < FEWEST_PAIRS
    assert "not enough data" in page.split('id="after"')[1].split("</table>")[0]
    assert "This says nothing about cause" in page


def test_no_books(sign_in: SignIn, branches: Branches) -> None:
    """Where the books tell of nobody there is no such section."""
    assert 'id="after"' not in sign_in(Role.HR).get(f"/rewards/backtests/tehran/1?last={PERIOD.code}").text


def record_of(left_on: date | None, day: date) -> Record:
    """A row of the books."""
    return Record(day, date(2020, 1, 1), left_on, 0, None, 1.0, 1.0, None, None)


def test_who_is_kept(branches: Branches) -> None:
    """Of those who were there on the first day and whom the books follow to the last; who left stays known."""
    meet_customers(branches, UNITS[0], SUMMER, 50, 0)
    with branches.database.read() as reader:
        asked = customers_by_unit(reader, branches.survey.survey_id, PERIOD.first_day, PERIOD.end)
    first, last = date(2025, 10, 1), date(2025, 12, 31)
    ends = {
        "before": (date(2025, 9, 30), BOOKS),
        "first": (first, BOOKS),
        "last": (last, BOOKS),
        "stays": (None, BOOKS),
    }
    ends |= {"lost from sight": (None, AUTUMN), "left in sight": (AUTUMN, AUTUMN), "left later": (BOOKS, BOOKS)}
    books = {customer_id_of(name): [record_of(left_on, day)] for name, (left_on, day) in ends.items()}

    assert {unit: len(customers) for unit, customers in asked.items()} == {UNITS[0]: 100}
    assert count_kept(books, {*books, customer_id_of("unknown")}, first, last) == (2, 5)
