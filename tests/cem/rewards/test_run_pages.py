"""The pages of a period: who may do what over HTTP, and the way from a lock to a payment."""

import re
import uuid

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cem.people.models import Employee
from cem.rewards.models import IntegrityHold, RewardRun
from cem.rewards.runs import find_run
from cem.roles import Action, Role, scope_of
from surveys.database import Database
from tests.cem.conftest import SignIn, csrf
from tests.cem.rewards.conftest import Opened, enrol, plan_document
from tests.cem.rewards.test_lifecycle import calculated, status

# Each act with the action that opens it.
ACTS = {
    "lock": Action.REWARDS_DESIGN,
    "calculate": Action.REWARDS_DESIGN,
    "pool": Action.REWARDS_PAY,
    "review": Action.REWARDS_REVIEW,
    "approve": Action.REWARDS_APPROVE,
    "return": Action.REWARDS_APPROVE,
    "reopen": Action.REWARDS_APPROVE,
    "close": Action.REWARDS_DESIGN,
    "holds": Action.REWARDS_REVIEW,
    f"holds/{uuid.UUID(int=1)}": Action.REWARDS_REVIEW,
    "export": Action.REWARDS_PAY,
    "acknowledge": Action.REWARDS_PAY,
}
READ = {
    "": Action.REWARDS_READ,
    "/units/vanak": Action.REWARDS_READ,
    "/people": Action.REWARDS_READ,
    "/people/A": Action.REWARDS_READ,
    "/payroll.csv": Action.REWARDS_PAY,
    "/payroll.json": Action.REWARDS_PAY,
    "/control": Action.REWARDS_PAY,
}


def post(client: TestClient[Litestar], run: RewardRun, act: str, **form: str) -> int:
    """The status of an act."""
    data = {"_csrf_token": csrf(client), **form}
    return client.post(f"/rewards/runs/{run.run_id}/{act}", data=data, follow_redirects=False).status_code


@pytest.mark.parametrize("role", [*Role])
def test_each_forbidden_act_as_each_role(sign_in: SignIn, opened: Opened, database: Database, role: Role) -> None:
    """403 exactly where the permission table has no entry, whatever state the period is in."""
    run = opened()
    client = sign_in(role)
    for act, action in ACTS.items():
        allowed = scope_of(role, action) is not None
        found = post(client, run, act)
        assert (found != 403) is allowed, f"{role} {act}: {found}"
        with database.write() as session:
            find_run(session, run.run_id).status = "measuring"
    for path, action in READ.items():
        found = client.get(f"/rewards/runs/{run.run_id}{path}").status_code
        assert (found != 403) is (scope_of(role, action) is not None), f"{role} {path}: {found}"


def test_the_way_to_payroll(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """HR locks, calculates and reviews; finance approves, exports and acknowledges; HR closes. Each page opens."""
    run = opened()
    hr = sign_in(Role.HR)
    for act in ("lock", "calculate", "review"):
        assert post(hr, run, act, note="fine") == 303, act
        assert hr.get(f"/rewards/runs/{run.run_id}").status_code == 200, act
    assert post(hr, run, "approve") == 403
    finance = sign_in(Role.FINANCE)
    for act in ("approve", "export"):
        assert post(finance, run, act) == 303, act
    for path in READ:
        answer = finance.get(f"/rewards/runs/{run.run_id}{path}")
        assert answer.status_code == 200, path
    people = finance.get(f"/rewards/runs/{run.run_id}/people?lang=en").text
    assert "84,000,000 rials" in re.sub("[\u2066-\u2069]", "", people)
    assert post(finance, run, "acknowledge", rows="3", total="1") == 400
    assert post(finance, run, "acknowledge", rows="۳", total="۱۴۰٬۰۰۰٬۰۰۰") == 303
    assert status(database, run) == "paid"
    assert post(sign_in(Role.HR), run, "close") == 303
    assert status(database, run) == "closed"


def test_who_is_paid_is_kept_away(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """HR's own reviewer takes part in the plan: 403, and nothing has moved. Nor may they set a target meanwhile."""
    run = calculated(database, opened())
    client = sign_in(Role.HR)
    with database.write() as session:
        session.get_one(Employee, "C").account = "hr"
    assert post(client, run, "review") == 403
    assert status(database, run) == "calculated"


def test_one_who_is_paid_on_a_kpi_cannot_move_it(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """A CX manager in a plan that is not closed sets no target and judges no answer; outside of it they may."""
    opened()
    client = sign_in(Role.CX_MANAGER)
    form = {"_csrf_token": csrf(client), "choice": "", "value": "40"}
    before = client.post("/scorecards/targets", data=form, follow_redirects=False).status_code
    assert before != 403
    with database.write() as session:
        session.get_one(Employee, "C").account = "cx_manager"
    assert client.post("/scorecards/targets", data=form, follow_redirects=False).status_code == 403
    assert client.get("/quality/responses", follow_redirects=False).status_code == 403


def test_two_clicks_are_one(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """Locking twice is refused the second time, with a page that says so."""
    run = opened()
    client = sign_in(Role.HR)
    assert post(client, run, "lock") == 303
    assert post(client, run, "lock") == 409


def test_a_hold_by_hand(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """HR stops a measure, cannot calculate, decides with a reason, and calculates."""
    run = opened()
    client = sign_in(Role.HR)
    assert post(client, run, "holds", unit="vanak", measure="nps", reason="ten tens in a minute") == 303
    assert post(client, run, "lock") == 303
    assert post(client, run, "calculate") == 409
    page = client.get(f"/rewards/runs/{run.run_id}?lang=en").text
    assert "ten tens in a minute" in page
    hold_id = page.split("/holds/")[1].split('"')[0]
    assert post(client, run, f"holds/{hold_id}", decision="released", reason="a school class on a visit") == 303
    assert post(client, run, "calculate") == 303


def test_what_lies_above_a_hold(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """A branch's stopped answers count in its region too: both pages say so until the hold is released."""
    run = opened()
    with database.write() as session:
        enrol(session, "D", 50_000_000, unit="bank")
    client = sign_in(Role.HR)
    pages = {unit: f"/rewards/runs/{run.run_id}/units/{unit}?lang=en" for unit in ("bank", "vanak")}
    assert "Counts answers" not in client.get(pages["bank"]).text
    post(client, run, "holds", unit="vanak", measure="nps", reason="ten tens in a minute")
    page = client.get(f"/rewards/runs/{run.run_id}?lang=en").text
    hold_id = page.split("/holds/")[1].split('"')[0]

    assert f'id="hold-{hold_id}"' in page
    assert re.search(r"also count in the scores of:\s*<a href=\"[^\"]*/units/bank\"><bdi>Bank</bdi></a>\.", page)
    told = client.get(pages["bank"]).text
    assert told.count("Counts answers of Vanak, where this measure is on hold.") == 1
    assert f'/rewards/runs/{run.run_id}#hold-{hold_id}">See the hold' in told
    assert "Counts answers" not in client.get(pages["vanak"]).text
    post(client, run, f"holds/{hold_id}", decision="excluded", reason="not customers")
    assert "Counts answers of Vanak, which were left out there." in client.get(pages["bank"]).text
    with database.write() as session:
        session.get_one(IntegrityHold, uuid.UUID(hold_id)).decision = "released"
    assert "Counts answers" not in client.get(pages["bank"]).text
    assert "also count in" not in client.get(f"/rewards/runs/{run.run_id}?lang=en").text


def test_a_stand_in_that_counts_what_was_left_out(sign_in: SignIn, opened: Opened, database: Database) -> None:
    """Where the region stands in for a branch whose answers were left out, it counts them: both pages say so."""
    measures = plan_document()["measures"]
    assert isinstance(measures, list)
    run = opened(measures=[measures[0] | {"insufficient": "parent_unit"}, *measures[1:]])
    client = sign_in(Role.HR)
    post(client, run, "holds", unit="vanak", measure="nps", reason="ten tens in a minute")
    hold_id = client.get(f"/rewards/runs/{run.run_id}").text.split("/holds/")[1].split('"')[0]
    post(client, run, f"holds/{hold_id}", decision="excluded", reason="not customers")
    page = client.get(f"/rewards/runs/{run.run_id}?lang=en").text

    assert "What stands in for this unit’s own score counts these answers too." in page
    assert "also count in" not in page
    assert (
        "still counts its answers, which were left out"
        in client.get(f"/rewards/runs/{run.run_id}/units/vanak?lang=en").text
    )


@pytest.mark.parametrize("text", ["-5", "1.5", "many", "9" * 20])
def test_a_pool_that_is_none(sign_in: SignIn, opened: Opened, text: str) -> None:
    """It is refused with what to write, and nothing changes."""
    assert post(sign_in(Role.FINANCE), opened(), "pool", pool=text) == 400


def test_no_such_period(sign_in: SignIn) -> None:
    """An id that is not there is a page that says so."""
    assert sign_in(Role.HR).get(f"/rewards/runs/{uuid.uuid4()}").status_code == 404
