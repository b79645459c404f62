"""Who disagrees is heard: by somebody who did not approve the amount, with an answer, in time and once."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.people.models import Employee
from cem.rewards.appeals import (
    AppealFault,
    AppealOpen,
    AppealTooLate,
    DecidedAppeal,
    OwnApproval,
    UnknownAppeal,
    acknowledge_appeal,
    decide_appeal,
    submit_appeal,
)
from cem.rewards.disputes import WrittenAmount, list_appeals, read_amount
from cem.rewards.models import Adjustment, Appeal
from cem.rewards.runs import find_run
from cem.rewards.separation import OwnPay
from cem.rewards.verifying import verify
from cem.roles import Role
from surveys.database import Database, utc_now
from tests.cem.rewards.conftest import Opened
from tests.cem.rewards.test_statements import approve

SignIn = Callable[[Role], TestClient[Litestar]]
WORDS = "My days are wrong: I was there all the time."


@pytest.fixture
def run_id(database: Database, accounts: None, opened: Opened) -> uuid.UUID:
    """The worked example, approved by 'hr' and 'finance'; the employee is A, the unit manager B."""
    run = opened()
    with database.write() as session:
        session.get_one(Employee, "A").account = "employee"
        session.get_one(Employee, "B").account = "unit_manager"
    approve(database, run.run_id)
    return run.run_id


@pytest.fixture
def appeal_id(database: Database, run_id: uuid.UUID) -> uuid.UUID:
    """A's appeal."""
    with database.write() as session:
        run = find_run(session, run_id)
        return submit_appeal(session, utc_now(), "employee", run, "unit_or_days", WORDS).appeal_id


def post(client: TestClient[Litestar], path: str, **form: str) -> int:
    """The status that a form is answered with."""
    token = {"_csrf_token": client.cookies["csrf"]}
    return client.post(path, data=form | token, follow_redirects=False).status_code


def test_an_appeal_from_the_statement(database: Database, run_id: uuid.UUID, sign_in: SignIn) -> None:
    """It is sent once; the statement then shows where it is, and no second form."""
    client = sign_in(Role.EMPLOYEE)
    address = f"/statements/{run_id}"
    assert "Send the appeal" in client.get(f"{address}?lang=en").text
    assert post(client, f"{address}/appeals", ground="calculation", words="short") == 400
    assert post(client, f"{address}/appeals", ground="weather", words=WORDS) == 400
    assert post(client, f"{address}/appeals", ground="calculation", words=f"<b>{WORDS}</b>") == 303
    page = client.get(f"{address}?lang=en").text

    assert f"&lt;b&gt;{WORDS}" in page
    assert "Send the appeal" not in page
    assert post(client, f"{address}/appeals", ground="calculation", words=WORDS) == 409
    with database.read() as reader:
        assert reader.scalars(select(Appeal.employee_no)).all() == ["A"]


def test_nobody_appeals_for_another(run_id: uuid.UUID, sign_in: SignIn) -> None:
    """Whoever has no amount in this period has nothing to appeal against."""
    for role in (Role.HR, Role.FINANCE, Role.ANALYST):
        assert post(sign_in(role), f"/statements/{run_id}/appeals", ground="calculation", words=WORDS) == 404


def test_too_late(database: Database, run_id: uuid.UUID) -> None:
    """After the last day the window is closed; on it, it is open."""
    with database.write() as session:
        run = find_run(session, run_id)
        with pytest.raises(AppealTooLate):
            submit_appeal(session, utc_now() + timedelta(days=16), "employee", run, "calculation", WORDS)
        with pytest.raises(UnknownAppeal):
            submit_appeal(session, utc_now(), "nobody", run, "calculation", WORDS)
        submit_appeal(session, utc_now() + timedelta(days=14), "employee", run, "calculation", WORDS)
        with pytest.raises(AppealOpen):
            submit_appeal(session, utc_now(), "employee", run, "calculation", WORDS)


def test_decided_by_somebody_else(database: Database, appeal_id: uuid.UUID) -> None:
    """Neither approver decides, nor a participant; a third does, once, and asks for the difference."""
    with database.write() as session:
        for approver in ("hr", "finance"):
            with pytest.raises(OwnApproval):
                acknowledge_appeal(session, utc_now(), approver, appeal_id)
            with pytest.raises(OwnApproval):
                decide_appeal(session, utc_now(), approver, appeal_id, upheld=True, answer=WORDS, amount=1000)
        with pytest.raises(OwnPay):
            decide_appeal(session, utc_now(), "unit_manager", appeal_id, upheld=False, answer=WORDS)
        with pytest.raises(AppealFault):
            decide_appeal(session, utc_now(), "third", appeal_id, upheld=False, answer="No.")
        decide_appeal(session, utc_now(), "third", appeal_id, upheld=True, answer=WORDS, amount=1_250_000)
        with pytest.raises(DecidedAppeal):
            decide_appeal(session, utc_now(), "third", appeal_id, upheld=False, answer=WORDS)
    with database.read() as reader:
        adjustment = reader.scalars(select(Adjustment)).one()
        assert (adjustment.amount, adjustment.employee_no, adjustment.requested_by) == (1_250_000, "A", "third")
        assert adjustment.appeal_id == appeal_id
        assert list(verify(reader)) == []


def test_not_upheld(database: Database, appeal_id: uuid.UUID) -> None:
    """The amount stands, and nothing is paid even where an amount was written."""
    with database.write() as session:
        decide_appeal(session, utc_now(), "third", appeal_id, upheld=False, answer=WORDS, amount=1_250_000)
        assert session.scalars(select(Adjustment)).all() == []
        assert [case.appeal.upheld for case in list_appeals(session, "third")] == [False]


def test_the_pages_of_those_who_settle(database: Database, appeal_id: uuid.UUID, sign_in: SignIn) -> None:
    """An approver sees why they cannot decide, and is refused where they try; a colleague's pages do it."""
    client = sign_in(Role.HR)
    page = client.get(f"/rewards/appeals/{appeal_id}?lang=en").text
    assert WORDS in page
    assert "Somebody else must decide this appeal" in page
    assert "Decide and answer" not in page
    answer = client.post(f"/rewards/appeals/{appeal_id}/acknowledge", data={"_csrf_token": client.cookies["csrf"]})
    assert answer.status_code == 403
    assert "You approved the amount that it is about." in answer.text
    assert "somebody else decides" in client.get("/rewards/appeals?lang=en").text
    with database.write() as session:
        # As if others had approved.
        from cem.rewards.models import RunApproval

        for approval in session.scalars(select(RunApproval)):
            approval.account = f"other-{approval.step}"
    assert post(client, f"/rewards/appeals/{appeal_id}/acknowledge") == 303
    assert post(client, f"/rewards/appeals/{appeal_id}/decide", upheld="", answer=WORDS) == 400
    assert post(client, f"/rewards/appeals/{appeal_id}/decide", upheld="yes", answer=WORDS, amount="much") == 400
    form = {"upheld": "yes", "answer": "You are right: a month was missing.", "amount": "۱٬۲۵۰٬۰۰۰"}
    assert post(client, f"/rewards/appeals/{appeal_id}/decide", **form) == 303
    assert post(client, f"/rewards/appeals/{appeal_id}/decide", **form) == 409
    assert "1,250,000" in client.get(f"/rewards/appeals/{appeal_id}?lang=en").text
    with database.read() as reader:
        run_id = reader.get_one(Appeal, appeal_id).run_id
    statement = sign_in(Role.EMPLOYEE).get(f"/statements/{run_id}?lang=en").text
    assert "You are right: a month was missing." in statement
    assert "waits for approval" in statement
    assert "The hr" in statement  # looked at the amount


@pytest.mark.parametrize("role", [*Role])
def test_who_opens_appeals(appeal_id: uuid.UUID, sign_in: SignIn, role: Role) -> None:
    """Human resources and finance; everybody else is refused, the employee too."""
    client = sign_in(role)
    expected = 200 if role in {Role.HR, Role.FINANCE} else 403
    for path in ("/rewards/appeals", f"/rewards/appeals/{appeal_id}", "/rewards/adjustments"):
        assert client.get(path).status_code == expected, path
    if expected == 403:
        assert post(client, f"/rewards/appeals/{appeal_id}/decide", upheld="yes", answer=WORDS) == 403
        assert post(client, f"/rewards/appeals/{appeal_id}/acknowledge") == 403


@pytest.mark.parametrize("typed", ["1.5", "ten", "--3", "1e6", "9" * 16, "۱۲/۳", "+"])
def test_amounts_that_are_none(typed: str) -> None:
    """A whole number of rials, or nothing."""
    with pytest.raises(WrittenAmount):
        read_amount(typed)


def test_amounts_as_people_type_them() -> None:
    """In either digits, with separators, and with either minus."""
    assert [read_amount(one) for one in ("۱٬۲۵۰٬۰۰۰", "-1,000", "−۵۰۰", " 20 000 ", "")] == [
        1250000,
        -1000,
        -500,
        20000,
        0,
    ]
