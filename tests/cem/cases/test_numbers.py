"""The closed loop's KPIs, each against an example that was reckoned by hand, and the job that writes them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cem.cases.desk import number_of
from cem.cases.models import Case, CaseNumbers, CaseSignal, Recovery
from cem.cases.numbering import count_due, nothing_to_count, read_numbers
from cem.cases.numbers import Lift, Numbers, Share
from cem.outcomes.models import CustomerRecord
from cem.settings import Settings
from surveys.database import Database, new_id
from surveys.models import Customer, ReplyAddress, Response, Survey
from surveys.touchpoints import customer_id_of
from tests.cem.cases.conftest import WEDNESDAY

# Sunday, 16 November 2025, 11:30 in Tehran: the office opened at 8:00.
SUNDAY = WEDNESDAY - timedelta(days=3, hours=4)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = WEDNESDAY + DAY
LATER = NOW + 300 * DAY

Keep = Callable[..., Case]
Count = Callable[..., Numbers]


@pytest.fixture
def keep(database: Database, accounts: None, survey: Survey) -> Keep:
    """A case as it is kept: opened on Sunday at 11:30, contacted and resolved where it says so, without promises."""

    def kept(customer: str | None = None, **given: Any) -> Case:
        opened = given.get("opened_at", SUNDAY)
        case_id = new_id(opened)
        values: dict[str, Any] = {
            "case_id": case_id,
            "number": number_of(case_id),
            "opened_at": opened,
            "origin": "rule",
            "kind": "complaint",
            "severity": 3,
            "status": "assigned",
            "customer_id": None if customer is None else customer_id_of(customer),
            "touchpoint": case_id.hex[:8] + case_id.hex[-8:],
            "unit": "vanak",
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
            "acknowledge_due": LATER,
            "contact_due": LATER,
            "resolve_from": opened,
            "resolve_due": LATER,
            "no_reply_reason": "",
            "reopened": 0,
            "escalated": [],
        }
        if given.get("closed_at") and "status" not in given:
            values["status"] = "closed"
        case = Case(**(values | given))
        with database.write() as session:
            if customer is not None and session.get(Customer, case.customer_id) is None:
                session.add(Customer(customer_id=case.customer_id, reference=customer, language="en"))
            session.add(case)
        return case

    return kept


@pytest.fixture
def count(database: Database, settings: Settings) -> Count:
    """What the job writes for a unit ('' is the company), for thirty days."""

    def counted(unit: str = "", now: datetime = NOW, days: int = 30) -> Numbers:
        count_due(database, settings, now)
        with database.read() as reader:
            found = read_numbers(reader, unit, days)
        assert found is not None
        assert found.counted_at == now
        return found.numbers

    return counted


def of(share: Share) -> tuple[int, int]:
    return share.k, share.n


def test_promises_kept(keep: Keep, count: Count) -> None:
    """Of five whose time to contact fell due two were contacted in time; what the customer withdrew is listed."""
    due = SUNDAY + 2 * HOUR
    keep(contact_due=due, contacted_at=due - HOUR)
    keep(contact_due=due, contacted_at=due)
    keep(contact_due=due, contacted_at=due + HOUR)
    keep(contact_due=due)
    keep(contact_due=due, closed_at=due + HOUR, status="unreachable")
    keep(contact_due=due, closed_at=SUNDAY + HOUR, status="withdrawn")
    keep(contact_due=due, closed_at=SUNDAY + HOUR, status="merged")
    keep(contact_due=NOW + HOUR)
    keep(contact_due=NOW - 31 * DAY, opened_at=NOW - 32 * DAY)
    numbers = count()

    assert of(numbers.shares["contact"]) == (2, 5)
    assert numbers.shares["contact"].value == pytest.approx(40)
    # Wilson's interval of 2 of 5, as Newcombe's formula gives it by hand.
    assert (numbers.shares["contact"].low, numbers.shares["contact"].high) == pytest.approx((11.76, 76.93), abs=0.01)
    assert (numbers.withdrawn, numbers.merged, numbers.unreachable) == (1, 1, 1)
    assert of(count(days=90).shares["contact"]) == (2, 6)


def test_a_case_that_was_overdue_when_it_was_merged_is_missed(keep: Keep, count: Count) -> None:
    """Merging hides no broken promise."""
    keep(contact_due=SUNDAY + HOUR, closed_at=SUNDAY + 2 * HOUR, status="merged")

    assert of(count().shares["contact"]) == (0, 1)


def test_acknowledged_and_resolved(keep: Keep, count: Count) -> None:
    """Each clock by its own due moment; the clock of who waits for the customer stands still before its end."""
    due = SUNDAY + DAY
    keep(acknowledge_due=SUNDAY, acknowledged_at=SUNDAY, resolve_due=due, resolved_at=due)
    keep(acknowledge_due=SUNDAY, acknowledged_at=SUNDAY + HOUR, resolve_due=due)
    keep(resolve_due=due, waiting_since=due - HOUR)
    keep(resolve_due=due, waiting_since=due + HOUR)
    numbers = count()

    assert of(numbers.shares["acknowledge"]) == (1, 2)
    assert of(numbers.shares["resolve"]) == (1, 3)


def test_detractors_are_followed_up(keep: Keep, count: Count, database: Database, survey: Survey) -> None:
    """Those who allowed contact and were contacted, of those who allowed it: who asked in vain is one of them."""
    for contacted in (SUNDAY + HOUR, SUNDAY + HOUR, None):
        keep(contact_allowed=True, score=6, contacted_at=contacted)
    keep(contact_allowed=True, score=7)
    keep(contact_allowed=False, score=0)
    keep(contact_allowed=True, score=0, closed_at=SUNDAY + HOUR, status="withdrawn")
    _respond(database, survey, recommend=2, address="mina@mail.example")
    _respond(database, survey, recommend=9, address="sara@mail.example")

    assert of(count().shares["follow_up"]) == (2, 4)


def test_acted_on(keep: Keep, count: Count, database: Database, survey: Survey) -> None:
    """Answers that became a case, of the valid ones; by unit, with all below."""
    one, two = (_respond(database, survey, recommend=2, unit=unit) for unit in ("vanak", "tajrish"))
    _respond(database, survey, recommend=9)
    _respond(database, survey, recommend=9)
    _respond(database, survey, recommend=0, quality="suspect")
    case = keep()
    with database.write() as session:
        for response_id in (one, two):
            session.add(
                CaseSignal(
                    survey_id=survey.survey_id, response_id=response_id, case_id=case.case_id, rule="low", at=NOW
                )
            )

    assert of(count().shares["acted_on"]) == (2, 4)
    assert of(count("vanak").shares["acted_on"]) == (1, 3)
    assert of(count("bank").shares["acted_on"]) == (2, 4)


def test_times_with_open_cases(keep: Keep, count: Count) -> None:
    """Kaplan and Meier by hand: 1, 2 and 4 hours, and two that wait for longer; 80%, 60%, then 40% still wait."""
    for hours in (1, 2, 4):
        keep(contacted_at=SUNDAY + hours * HOUR)
    keep()
    keep()
    times = count().times["contact"]

    assert (times.n, times.served) == (5, 3)
    assert times.median.value == pytest.approx(4)
    assert times.p90.value is None
    assert times.median.low == pytest.approx(1)
    assert times.median.high is None


def test_times_are_business_hours(keep: Keep, count: Count) -> None:
    """From Sunday 11:30 to Monday 9:30: 5.5 hours until 17:00 and 1.5 from 8:00; censored ones before it leave."""
    keep(resolved_at=SUNDAY + 22 * HOUR)
    keep(closed_at=SUNDAY + HOUR, status="withdrawn")

    assert count().times["resolve"].median.value == pytest.approx(7)


def test_solved_the_first_time(keep: Keep, count: Count) -> None:
    """Of four that came to an end one was opened again and closed, and one is open again and counts too."""
    ended = SUNDAY + DAY
    keep(resolved_at=ended, closed_at=ended)
    keep(resolved_at=ended, closed_at=ended)
    keep(resolved_at=ended, closed_at=ended, reopened=1, reopened_at=SUNDAY + HOUR)
    keep(status="reopened", reopened=1, reopened_at=SUNDAY + HOUR)
    keep(closed_at=ended, status="unreachable")
    numbers = count()

    assert of(numbers.shares["first_time"]) == (2, 4)
    assert of(numbers.shares["reopen"]) == (2, 4)
    assert numbers.closed == 3


def test_trouble_that_comes_back(keep: Keep, count: Count) -> None:
    """The same customer and cause within 90 days of the earlier end; another cause, or later, is something else."""
    end = {"resolved_at": SUNDAY + HOUR, "closed_at": SUNDAY + HOUR}

    def before(customer: str, days: int, cause: str = "waiting") -> None:
        ended = SUNDAY - days * DAY
        keep(customer, opened_at=ended - DAY, resolved_at=ended, closed_at=ended, cause=cause)

    before("mina", 90)
    before("sara", 91)
    before("reza", 40, "fees")
    for customer in ("mina", "sara", "reza", None):
        keep(customer, cause="waiting", **end)

    assert of(count().shares["recurrence"]) == (1, 3)


def test_recovery(keep: Keep, count: Count, database: Database) -> None:
    """7 or more of those who answered; the lift is of pairs on one scale: +5, +3 and +5, so 4.33 with t's interval."""
    said = (("nps_visit", 2, 7), ("nps_visit", 3, 6), ("nps_visit", 4, 9), ("csat_visit", 1, 8), ("nps_visit", 4, None))
    for series, before, after in said:
        case = keep(series=series, score=before)
        with database.write() as session:
            answered = None if after is None else SUNDAY + DAY
            session.add(Recovery(case_id=case.case_id, due_at=SUNDAY, before=before, after=after, answered_at=answered))
    numbers = count()

    assert of(numbers.shares["recovery"]) == (3, 4)
    lift = numbers.lift
    assert (lift.n, lift.before, lift.after, lift.value) == pytest.approx((3, 3, 22 / 3, 13 / 3))
    # 4.303 (t, two degrees of freedom) times 1.1547 / sqrt(3).
    assert (lift.low, lift.high) == pytest.approx((13 / 3 - 2.8684, 13 / 3 + 2.8684), abs=0.001)


def test_saved(keep: Keep, count: Count, database: Database) -> None:
    """Of three contacted in time two stayed for 90 days, of two others none; who left at once counts nowhere."""
    opened = NOW - 200 * DAY
    due = opened + DAY
    stories: tuple[tuple[str, bool, int | None], ...] = (
        ("a", True, None),
        ("b", True, 91),
        ("c", True, 60),
        ("d", False, 30),
        ("e", False, 90),
        ("f", False, 0),
    )
    for name, contacted, left in stories:
        case = keep(name, opened_at=opened, contact_due=due, contacted_at=due if contacted else due + DAY)
        with database.write() as session:
            session.add(
                CustomerRecord(
                    customer_id=case.customer_id,
                    day=NOW.date(),
                    customer_since=date(2020, 1, 1),
                    left_on=None if left is None else opened.date() + timedelta(days=left),
                    purchases=0,
                    spend=0,
                    margin=0,
                )
            )
    saved = count(days=365).saved

    assert saved is not None
    assert (of(saved.treated), of(saved.untreated)) == ((2, 3), (0, 2))
    assert saved.value == pytest.approx(200 / 3)
    assert saved.low is not None
    assert count(days=30).saved is None


def test_backlog_and_handlers(keep: Keep, count: Count) -> None:
    """Open cases by severity and age, how many are overdue, and how many each of those who handle them has."""
    keep(severity=2, due_at=NOW - HOUR)
    keep(severity=2, opened_at=NOW - HOUR, due_at=NOW + HOUR)
    keep(severity=3, opened_at=NOW - 40 * DAY, owner="cx_manager")
    keep(severity=3, owner=None)
    keep(severity=3, status="resolved", resolved_at=SUNDAY + HOUR)
    numbers = count()

    assert [(one.severity, one.ages, one.overdue) for one in numbers.backlog] == [
        (1, (0, 0, 0, 0), 0),
        (2, (1, 1, 0, 0), 1),
        (3, (0, 1, 0, 1), 0),
        (4, (0, 0, 0, 0), 0),
    ]
    handlers = numbers.handlers
    assert (handlers.handlers, handlers.unowned, handlers.mean) == (2, 1, 1.5)
    assert [(one.account, one.open, one.overdue) for one in handlers.busiest] == [
        ("unit_manager", 2, 1),
        ("cx_manager", 1, 0),
    ]
    assert (numbers.open, numbers.overdue) == (4, 1)


def test_the_job(keep: Keep, database: Database, settings: Settings) -> None:
    """A row for each unit and period, written anew each time; without any case there is nothing to count."""
    with database.read() as reader:
        assert nothing_to_count(reader, settings, NOW)
    keep()
    with database.read() as reader:
        assert not nothing_to_count(reader, settings, NOW)
    for now in (NOW, NOW + DAY):
        assert count_due(database, settings, now) == 1
    with database.read() as reader:
        rows = reader.execute(select(CaseNumbers.unit, CaseNumbers.days, CaseNumbers.counted_at)).all()
    assert len(rows) == 12
    assert {row.unit for row in rows} == {"", "bank", "vanak", "tajrish"}
    assert {row.counted_at for row in rows} == {NOW + DAY}


def test_a_company_without_cases(database: Database, settings: Settings, count: Count, survey: Survey) -> None:
    """Nothing of nothing is no number."""
    numbers = count()

    assert numbers.lift == Lift(0, None, None, None, None, None)
    assert all(share == Share(0, 0, None, None, None) for share in numbers.shares.values())
    assert numbers.times["contact"].median.value is None


def _respond(
    database: Database,
    survey: Survey,
    *,
    recommend: int,
    unit: str = "vanak",
    quality: str = "valid",
    address: str = "",
) -> Any:
    response_id = new_id(SUNDAY)
    with database.write() as session:
        session.add(
            Response(
                survey_id=survey.survey_id,
                response_id=response_id,
                version=1,
                day=SUNDAY.date(),
                touchpoint="counter",
                unit=unit,
                channel="branch",
                language="en",
                quality=quality,
                signals=[],
                has_comment=False,
                answers={"recommend": recommend},
            )
        )
        if address:
            session.add(
                ReplyAddress(survey_id=survey.survey_id, response_id=response_id, channel="email", address=address)
            )
    return response_id
