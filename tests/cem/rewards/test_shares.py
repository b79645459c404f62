"""Scores by unit for those who see no amounts: groups, never people."""

import uuid
from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cem.rewards.runs import find_run
from cem.rewards.shares import read_shares, shared_runs
from cem.roles import Role
from cem.scorecards.offers import read_offers
from surveys.database import Database
from tests.cem.rewards.conftest import Opened, enrol
from tests.cem.rewards.test_statements import approve

SignIn = Callable[[Role], TestClient[Litestar]]
SEERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER, Role.HR, Role.FINANCE}


@pytest.fixture
def run_id(database: Database, accounts: None, opened: Opened) -> uuid.UUID:
    """Five people in Vanak (A, B, C and two more), two in Tajrish, and six in the bank itself."""
    run = opened()
    with database.write() as session:
        for number in ("F", "G"):
            enrol(session, number, 40_000_000)
        for number in ("T1", "T2"):
            enrol(session, number, 40_000_000, unit="tajrish")
        for number in range(6):
            enrol(session, f"H{number}", 40_000_000, unit="bank")
    approve(database, run.run_id)
    return run.run_id


def test_small_groups_are_hidden_with_what_reveals_them(database: Database, run_id: uuid.UUID) -> None:
    """Two people in Tajrish are few; the next smallest unit hides with them, and no count has any of both."""
    with database.read() as reader:
        shares = read_shares(reader, find_run(reader, run_id), read_offers(reader), None)

    assert [(one.unit, one.shown) for one in shares.units] == [("bank", True), ("tajrish", False), ("vanak", False)]
    assert all(one.score is None and not one.outcome for one in shares.units if not one.shown)
    assert (shares.people, sum(shares.bands), shares.few) == (6, 6, 2)


def test_hidden_in_the_whole_is_hidden_in_the_part(database: Database, run_id: uuid.UUID) -> None:
    """A unit manager asks for one unit alone, and gets what the whole list shows of it."""
    with database.read() as reader:
        shares = read_shares(reader, find_run(reader, run_id), read_offers(reader), "vanak")

    assert [(one.unit, one.shown) for one in shares.units] == [("vanak", False)]
    assert shares.mean is None


@pytest.mark.parametrize("role", [*Role])
def test_who_sees_it(run_id: uuid.UUID, sign_in: SignIn, role: Role) -> None:
    """Percentages for those who steer and their unit managers; no name and no amount for anybody."""
    answer = sign_in(role).get("/rewards/shares?lang=en")

    assert answer.status_code == (200 if role in SEERS else 403)
    assert "Employee A" not in answer.text
    assert ",000" not in answer.text
    if role in SEERS:
        assert ("In no unit that you may see" in answer.text) is (role is Role.UNIT_MANAGER)


def test_a_unit_manager_sees_the_own_units_alone(
    database: Database, accounts: None, opened: Opened, sign_in: SignIn
) -> None:
    """Where enough take part, the own unit's percentage, and nothing of the others."""
    run = opened()
    with database.write() as session:
        for number in ("F", "G"):
            enrol(session, number, 40_000_000)
        for number in range(6):
            enrol(session, f"T{number}", 40_000_000, unit="tajrish")
    approve(database, run.run_id)
    page = sign_in(Role.UNIT_MANAGER).get("/rewards/shares?lang=en").text

    assert "Vanak" in page
    assert "95.1%" in page
    assert "Tajrish" not in page
    assert "Tajrish" in sign_in(Role.EXECUTIVE).get("/rewards/shares?lang=en").text


def test_before_an_approval_there_is_nothing(
    database: Database, accounts: None, opened: Opened, sign_in: SignIn
) -> None:
    """A period that is measured has no scores to show, and its address is no page."""
    run = opened()
    client = sign_in(Role.EXECUTIVE)

    assert "No reward period is approved yet." in client.get("/rewards/shares?lang=en").text
    assert client.get(f"/rewards/shares?run={run.run_id}").status_code == 404
    assert client.get("/rewards/shares?run=nonsense").status_code == 404
    with database.read() as reader:
        assert shared_runs(reader) == []
