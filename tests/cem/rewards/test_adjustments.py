"""Three people stand behind an adjustment, and the next export pays it once."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.people.models import Employee
from cem.rewards.adjustments import (
    AdjustmentFault,
    DecidedAdjustment,
    ThreePeople,
    UnknownAdjustment,
    approve_adjustment,
    due_adjustments,
    refuse_adjustment,
    request_adjustment,
)
from cem.rewards.disputes import due_by_plan
from cem.rewards.models import Adjustment, PayrollRow
from cem.rewards.payroll import export_run
from cem.rewards.runs import find_run
from cem.rewards.separation import OwnPay
from cem.rewards.statements import read_statement
from cem.roles import Role
from surveys.database import Database, new_id, utc_now
from tests.cem.rewards.conftest import Opened
from tests.cem.rewards.test_appeals import post
from tests.cem.rewards.test_statements import approve

SignIn = Callable[[Role], TestClient[Litestar]]
ASKED = {"plan_code": "tehran", "period": "2025-Q3", "employee_no": "A", "reason": "wrong_days", "words": "A month."}
FORM = {
    "plan": "tehran",
    "period": "2025-q3",
    "employee": "A",
    "reason": "wrong_days",
    "words": "A month.",
    "amount": "-5,000",
}


@pytest.fixture
def run_id(database: Database, accounts: None, opened: Opened) -> uuid.UUID:
    """The worked example, approved; the unit manager is B."""
    run = opened()
    with database.write() as session:
        session.get_one(Employee, "B").account = "unit_manager"
    approve(database, run.run_id)
    return run.run_id


def test_three_people(database: Database, run_id: uuid.UUID) -> None:
    """Who asked, or approved first, does not approve; with both approvals it is due, and decided."""
    with database.write() as session:
        one = request_adjustment(session, utc_now(), "a", **ASKED, amount=7000).adjustment_id
        with pytest.raises(ThreePeople):
            approve_adjustment(session, utc_now(), "a", one)
        approve_adjustment(session, utc_now(), "b", one)
        assert due_adjustments(session, "tehran") == []
        with pytest.raises(ThreePeople):
            approve_adjustment(session, utc_now(), "b", one)
        with pytest.raises(OwnPay):
            approve_adjustment(session, utc_now(), "unit_manager", one)
        approve_adjustment(session, utc_now(), "c", one)
        assert [due.amount for due in due_adjustments(session, "tehran")] == [7000]
        with pytest.raises(DecidedAdjustment):
            approve_adjustment(session, utc_now(), "d", one)
        with pytest.raises(UnknownAdjustment):
            approve_adjustment(session, utc_now(), "d", new_id())


def test_the_next_export_pays_it_once(database: Database, run_id: uuid.UUID) -> None:
    """It stands in one batch; what was refused stands in none; the statement says with which period it came."""
    with database.write() as session:
        one = request_adjustment(session, utc_now(), "a", **ASKED, amount=7000).adjustment_id
        other = request_adjustment(session, utc_now(), "a", **ASKED, amount=9000).adjustment_id
        for actor in ("b", "c"):
            approve_adjustment(session, utc_now(), actor, one)
        approve_adjustment(session, utc_now(), "b", other)
        refuse_adjustment(session, utc_now(), "c", other)
        assert [(due.adjustments, due.total) for due in due_by_plan(session)] == [(1, 7000)]
        export_run(session, utc_now() + timedelta(days=1), "finance", find_run(session, run_id))
        rows = session.scalars(select(PayrollRow).where(PayrollRow.component == "adjustment")).all()
        assert [(row.source, row.amount) for row in rows] == [(one, 7000)]
        assert list(due_by_plan(session)) == []
        told = {one.adjustment.amount: one.paid_with for one in read_statement(session, run_id, "A").adjustments}
        assert told[7000] is not None
        assert told[9000] is None


@pytest.mark.parametrize("fault", [{"amount": 0}, {"reason": "gift"}, {"words": " "}, {"employee_no": "nobody"}])
def test_what_cannot_be_asked_for(database: Database, run_id: uuid.UUID, fault: dict[str, object]) -> None:
    """Without an amount, a reason, words or a person there is nothing to approve."""
    with database.write() as session, pytest.raises(AdjustmentFault):
        request_adjustment(session, utc_now(), "a", **(ASKED | {"amount": 5} | fault))  # type: ignore[arg-type]


def test_the_page(database: Database, run_id: uuid.UUID, sign_in: SignIn) -> None:
    """HR asks and cannot approve; finance approves once and not twice; a third decides it."""
    client = sign_in(Role.HR)
    assert post(client, "/rewards/adjustments", **FORM) == 303
    for wrong in ({"period": "now"}, {"employee": "Z"}, {"plan": "none"}, {"reason": "appeal"}, {"amount": "x"}):
        assert post(client, "/rewards/adjustments", **(FORM | wrong)) == 400, wrong
    with database.read() as reader:
        one = reader.scalars(select(Adjustment)).one()
    assert (one.amount, one.period, one.requested_by) == (-5000, "2025-Q3", "hr")
    address = f"/rewards/adjustments/{one.adjustment_id}"
    assert post(client, f"{address}/approve") == 409
    assert f'action="{address}/approve"' not in client.get("/rewards/adjustments").text
    client = sign_in(Role.FINANCE)
    assert f'action="{address}/approve"' in client.get("/rewards/adjustments").text
    assert "Ask for an adjustment" not in client.get("/rewards/adjustments?lang=en").text
    assert post(client, "/rewards/adjustments", **FORM) == 403
    assert post(client, f"{address}/approve") == 303
    assert post(client, f"{address}/approve") == 409
    with database.write() as session:
        approve_adjustment(session, utc_now(), "third", one.adjustment_id)
    assert "Due with the next payroll file" in client.get("/rewards/adjustments?lang=en").text
    assert post(client, f"{address}/refuse") == 409


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.HR, Role.FINANCE}])
def test_closed_to_others(run_id: uuid.UUID, sign_in: SignIn, role: Role) -> None:
    """Nobody else sees, asks for or approves an adjustment."""
    client = sign_in(role)
    assert client.get("/rewards/adjustments").status_code == 403
    assert post(client, "/rewards/adjustments", **FORM) == 403
    assert post(client, f"/rewards/adjustments/{new_id()}/approve") == 403
