"""A period runs forward only, and nobody decides on their own pay."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.people.accounts import add_account
from cem.people.models import Employee
from cem.rewards.calculating import calculate_run
from cem.rewards.holds import (
    EXCLUDED,
    RELEASED,
    DecidedHold,
    HoldReason,
    UnknownHold,
    decide_hold,
    hold_by_hand,
    put_on_hold,
)
from cem.rewards.models import IntegrityHold, KpiSnapshot, RewardAmount, RewardRun, UnitResult
from cem.rewards.payroll import acknowledge_batch, export_run
from cem.rewards.plans import find_plan
from cem.rewards.runs import (
    AlreadyOpen,
    Held,
    PeriodRuns,
    SamePerson,
    approve_run,
    close_run,
    find_run,
    lock_run,
    open_run,
    reopen_run,
    return_run,
    set_pool,
)
from cem.rewards.separation import OwnPay
from cem.rewards.statuses import APPROVED, CALCULATED, CLOSED, LOCKED, MEASURING, PAID, REOPENED, WrongStep
from cem.rewards.verifying import verify
from cem.roles import Role
from surveys.database import Database
from surveys.models import Unit
from tests.cem.conftest import CHEAPEST
from tests.cem.rewards.conftest import AFTER, DURING, PERIOD, ZONE, Opened, figure, terms_of

Act = Callable[[Session, RewardRun], Any]


def do(database: Database, run: RewardRun, act: Act) -> Any:
    """Act on a run in a transaction of its own."""
    with database.write() as session:
        return act(session, find_run(session, run.run_id))


def status(database: Database, run: RewardRun) -> str:
    """Where a run stands."""
    with database.read() as reader:
        return find_run(reader, run.run_id).status


def lock(session: Session, run: RewardRun) -> None:
    lock_run(session, AFTER, "hr", run, ZONE)


def review(session: Session, run: RewardRun) -> None:
    approve_run(session, AFTER, "hr", run, "review")


def approve(session: Session, run: RewardRun) -> None:
    approve_run(session, AFTER, "finance", run, "approve")


def pay(session: Session, run: RewardRun) -> None:
    batch = export_run(session, AFTER, "finance", run)
    acknowledge_batch(session, AFTER, "finance", batch, digest=batch.digest, rows=batch.rows, total=batch.total)


def calculated(database: Database, run: RewardRun) -> RewardRun:
    """A run that is locked and calculated."""
    do(database, run, lock)
    list(calculate_run(database, AFTER, "hr", run.run_id))
    return run


def test_the_whole_way(database: Database, opened: Opened) -> None:
    """Measuring, locked, calculated, reviewed, approved, paid, closed; and everything verifies at the end."""
    run = calculated(database, opened())
    for act in (review, approve, pay, lambda session, found: close_run(session, AFTER, "hr", found)):
        do(database, run, act)
    assert status(database, run) == CLOSED
    with database.read() as reader:
        assert list(verify(reader)) == []


def test_no_step_out_of_turn(database: Database, opened: Opened) -> None:
    """Each step is refused where the one before it is missing, and where it was taken already."""
    run = opened()
    for early in (review, approve, pay):
        with pytest.raises(WrongStep):
            do(database, run, early)
    with pytest.raises(WrongStep):
        list(calculate_run(database, AFTER, "hr", run.run_id))
    calculated(database, run)
    with pytest.raises(WrongStep):
        do(database, run, lock)
    with pytest.raises(WrongStep):
        do(database, run, lambda session, found: set_pool(session, AFTER, "hr", found, 1))


def test_a_period_that_runs_is_not_locked(database: Database, opened: Opened) -> None:
    """Every day counts for everybody, so the last one has to be over."""
    run = opened()
    with pytest.raises(PeriodRuns):
        do(database, run, lambda session, found: lock_run(session, DURING, "hr", found, ZONE))


def test_one_period_at_a_time(database: Database, opened: Opened) -> None:
    """A plan is open once for the same months."""
    opened()
    with database.write() as session, pytest.raises(AlreadyOpen):
        open_run(session, DURING, "hr", find_plan(session, "tehran"), PERIOD)


def test_two_people_approve(database: Database, opened: Opened) -> None:
    """Whoever took the first step cannot take the second, and nothing moves."""
    run = calculated(database, opened())
    do(database, run, review)
    with pytest.raises(SamePerson):
        do(database, run, lambda session, found: approve_run(session, AFTER, "hr", found, "approve"))
    assert status(database, run) == "reviewed"


OWN: dict[str, tuple[str, Act]] = {
    "lock": (MEASURING, lambda session, run: lock_run(session, AFTER, "clerk", run, ZONE)),
    "pool": (MEASURING, lambda session, run: set_pool(session, AFTER, "clerk", run, 1)),
    "review": (CALCULATED, lambda session, run: approve_run(session, AFTER, "clerk", run, "review")),
    "return": (CALCULATED, lambda session, run: return_run(session, AFTER, "clerk", run, "")),
    "reopen": (PAID, lambda session, run: reopen_run(session, AFTER, "clerk", run, "")),
    "export": (APPROVED, lambda session, run: export_run(session, AFTER, "clerk", run)),
}


@pytest.mark.parametrize("step", OWN)
def test_nobody_decides_on_their_own_pay(database: Database, opened: Opened, step: str) -> None:
    """A participant is refused at every step, whatever their role."""
    run = opened()
    state, act = OWN[step]
    with database.write() as session:
        account = {"full_name": "Clerk", "password": "correct horse battery", "role": Role.FINANCE}
        add_account(session, CHEAPEST, DURING, "tests", name="clerk", **account)
        session.flush()
        session.get_one(Employee, "B").account = "clerk"
        find_run(session, run.run_id).status = state
    with pytest.raises(OwnPay):
        do(database, run, act)


def test_frozen_is_frozen(database: Database, opened: Opened) -> None:
    """A correction that comes after the lock changes no snapshot: it belongs to the next revision."""
    run = opened()
    do(database, run, lock)
    with database.read() as reader:
        before = reader.get_one(KpiSnapshot, (run.run_id, "answered", "vanak")).digest
    with database.write() as session:
        late = figure("answered", "38", "38")
        late.revision, late.received_at = 2, AFTER + timedelta(days=1)
        session.add(late)
    list(calculate_run(database, AFTER, "hr", run.run_id))
    with database.read() as reader:
        assert reader.get_one(KpiSnapshot, (run.run_id, "answered", "vanak")).digest == before
        assert reader.get_one(UnitResult, (run.run_id, "vanak")).trace["lines"][2]["snapshot"]["value"] == "1650/19"


def test_returned_is_calculated_again(database: Database, opened: Opened) -> None:
    """The committee sends it back; approvals are gone, and the same frozen data gives the same digest."""
    run = calculated(database, opened())
    with database.read() as reader:
        first = find_run(reader, run.run_id).digest
    do(database, run, review)
    do(database, run, lambda session, found: return_run(session, AFTER, "finance", found, "please explain the gate"))
    assert status(database, run) == LOCKED
    list(calculate_run(database, AFTER, "hr", run.run_id))
    with database.read() as reader:
        assert find_run(reader, run.run_id).digest == first
    do(database, run, review)


def test_an_interrupted_calculation_begins_again(database: Database, opened: Opened) -> None:
    """Stopped after its first piece the run is still locked, shows nothing, and the next calculation is whole."""
    run = opened()
    do(database, run, lock)
    interrupted = calculate_run(database, AFTER, "hr", run.run_id)
    next(interrupted)
    interrupted.close()
    assert status(database, run) == LOCKED
    list(calculate_run(database, AFTER, "hr", run.run_id))
    with database.read() as reader:
        assert len(reader.scalars(select(RewardAmount)).all()) == 3
        assert list(verify(reader)) == []


def hold(session: Session, run: RewardRun, measure: str = "nps") -> uuid.UUID:
    """A signal on a measure of Vanak."""
    found = put_on_hold(session, AFTER, "cem", run, unit="vanak", measure=measure, signal="late_flood", evidence={})
    assert found is not None
    return found.hold_id


def late_hold(session: Session, run: RewardRun) -> uuid.UUID:
    """A signal that is found a day later."""
    told = {"unit": "vanak", "measure": "csat", "signal": "asked_for", "evidence": {}}
    found = put_on_hold(session, AFTER + timedelta(days=1), "cem", run, **told)
    assert found is not None
    return found.hold_id


def decide(hold_id: uuid.UUID, decision: str, reason: str = "a campaign of head office") -> Act:
    """HR decides about a hold."""
    return lambda session, run: decide_hold(session, AFTER, "hr", run, hold_id, decision, reason)


def test_a_hold_waits_for_a_person(database: Database, opened: Opened) -> None:
    """Nothing is calculated while it is open; the same signal is not raised twice; a decision needs its reason."""
    run = opened()
    found = do(database, run, hold)
    do(database, run, lock)
    with pytest.raises(Held):
        list(calculate_run(database, AFTER, "hr", run.run_id))
    again = {"unit": "vanak", "measure": "nps", "signal": "late_flood", "evidence": {}}
    assert do(database, run, lambda session, run: put_on_hold(session, AFTER, "cem", run, **again)) is None
    with pytest.raises(HoldReason):
        do(database, run, decide(found, RELEASED, " "))
    do(database, run, decide(found, RELEASED))
    with pytest.raises(DecidedHold):
        do(database, run, decide(found, EXCLUDED))
    list(calculate_run(database, AFTER, "hr", run.run_id))


def test_an_excluded_measure_has_no_data(database: Database, opened: Opened) -> None:
    """Its weight goes where the plan says, and the statement's trace says why."""
    run = opened()
    do(database, run, decide(do(database, run, lambda session, run: hold(session, run, "csat")), EXCLUDED))
    calculated(database, run)
    with database.read() as reader:
        line = reader.get_one(UnitResult, (run.run_id, "vanak")).trace["lines"][1]
        assert (line["used"], line["insufficient"]) == ("nothing", "excluded")


def test_what_is_calculated_is_not_held_any_more(database: Database, opened: Opened) -> None:
    """A hold after the calculation would say something else than was calculated: it is refused, like a decision."""
    run = opened()
    found = do(database, run, hold)
    do(database, run, decide(found, RELEASED))
    calculated(database, run)
    by_hand: Act = lambda session, run: hold_by_hand(  # noqa: E731
        session, AFTER, "hr", run, terms_of(), "vanak", "nps", "ten tens in a minute"
    )
    with pytest.raises(WrongStep):
        do(database, run, by_hand)
    late = do(database, run, lambda session, run: hold(session, run, "csat"))
    with pytest.raises(WrongStep):
        do(database, run, decide(late, EXCLUDED))


def test_one_raised_during_the_calculation_stops_it(database: Database, opened: Opened) -> None:
    """The calculation did not know of it, so it does not count, and the run stays locked."""
    run = opened()
    do(database, run, lock)
    calculation = calculate_run(database, AFTER, "hr", run.run_id)
    next(calculation)
    do(database, run, hold)
    with pytest.raises(Held):
        list(calculation)
    assert status(database, run) == LOCKED


def test_nobody_holds_by_hand_in_the_own_plan(database: Database, opened: Opened) -> None:
    """Nor what is not there: an unknown measure or unit is refused."""
    run = opened()
    for unit, measure in (("vanak", "none"), ("none", "nps")):
        with pytest.raises(UnknownHold):
            do(
                database,
                run,
                lambda session, run, unit=unit, measure=measure: hold_by_hand(
                    session, AFTER, "hr", run, terms_of(), unit, measure, "seen"
                ),
            )


def test_a_gate_that_holds(database: Database, opened: Opened) -> None:
    """It raises a hold when the run is locked; released, the amounts are those without the gate."""
    gate = {
        "code": "repeated",
        "source": {"from": "operation", "metric": "repeated"},
        "comparison": "at_most",
        "limit": 8,
        "effect": "hold",
    }
    run = opened(pool=None, gates=[gate])
    do(database, run, lock)
    with database.write() as session:
        found = session.scalars(select(IntegrityHold)).one()
        assert (found.signal, found.measure, found.unit) == ("gate", "repeated", "vanak")
        decide_hold(session, AFTER, "hr", find_run(session, run.run_id), found.hold_id, RELEASED, "imported twice")
    list(calculate_run(database, AFTER, "hr", run.run_id))
    with database.read() as reader:
        assert reader.get_one(RewardAmount, (run.run_id, "A")).paid == 95_053_000


def test_reopened_is_paid_by_the_difference(database: Database, opened: Opened) -> None:
    """The next revision takes back what the first paid and pays anew; the old one stays as it was, and verifies.

    Neither a hold of the new revision nor a unit that has moved since changes what was calculated then.
    """
    run = calculated(database, opened())
    for act in (review, approve, pay):
        do(database, run, act)
    with database.write() as session:
        again = reopen_run(session, AFTER, "finance", find_run(session, run.run_id), "a figure was wrong")
        corrected = figure("answered", "38", "38")
        corrected.revision = 2
        session.add(corrected)
    assert (status(database, run), again.revision) == (REOPENED, 2)
    do(database, again, decide(do(database, again, late_hold), EXCLUDED))
    with database.write() as session:
        session.get_one(Unit, "vanak").parent = "tajrish"
    do(database, again, lock)
    list(calculate_run(database, AFTER + timedelta(days=2), "hr", again.run_id))
    do(database, again, review)
    do(database, again, approve)
    with database.write() as session:
        batch = export_run(session, AFTER, "finance", find_run(session, again.run_id))
        assert batch.rows == 6
    with database.read() as reader:
        assert reader.get_one(RewardAmount, (run.run_id, "A")).paid == 84_000_000
        assert list(verify(reader)) == []


def test_a_shadow_period_pays_nobody(database: Database, opened: Opened) -> None:
    """It is calculated and approved like any other, and cannot be exported."""
    run = opened()
    with database.write() as session:
        find_run(session, run.run_id).shadow = True
    calculated(database, run)
    do(database, run, review)
    do(database, run, approve)
    with pytest.raises(WrongStep):
        do(database, run, pay)
    do(database, run, lambda session, found: close_run(session, AFTER, "hr", found))


def test_every_fault_says_what_to_do() -> None:
    """No refusal borrows another's words."""
    faults = (AlreadyOpen, Held, PeriodRuns, SamePerson, WrongStep, OwnPay)
    assert all("title" in vars(fault) and "advice" in vars(fault) for fault in faults)
