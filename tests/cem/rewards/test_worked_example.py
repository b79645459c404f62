"""The acceptance test: from stored answers to the last rial, on both databases."""

from fractions import Fraction

import msgspec
import pytest
from sqlalchemy import select

from cem.rewards.calculating import calculate_run, recalculated_digest
from cem.rewards.calculation import UnitTrace
from cem.rewards.models import KpiSnapshot, RewardAmount, RewardRun, UnitResult
from cem.rewards.runs import find_run, lock_run
from cem.rewards.statuses import CALCULATED
from cem.rewards.verifying import verify
from surveys.database import Database
from tests.cem.rewards.conftest import AFTER, ZONE, Opened, enrol


def lock_and_calculate(database: Database, run: RewardRun) -> UnitTrace:
    """The trace of Vanak."""
    with database.write() as session:
        lock_run(session, AFTER, "hr", find_run(session, run.run_id), ZONE)
    list(calculate_run(database, AFTER, "hr", run.run_id))
    with database.read() as reader:
        result = reader.get_one(UnitResult, (run.run_id, "vanak"))
        return msgspec.convert(result.trace, UnitTrace)


def paid(database: Database, run: RewardRun) -> list[int | None]:
    """What A, B and C are paid."""
    with database.read() as reader:
        amounts = select(RewardAmount.paid).where(RewardAmount.run_id == run.run_id).order_by(RewardAmount.employee_no)
        return list(reader.scalars(amounts))


def test_from_answers_to_the_last_rial(database: Database, opened: Opened) -> None:
    """Every step of the example, and the whole pool is paid."""
    run = opened()
    trace = lock_and_calculate(database, run)
    lines = {line.measure: line for line in trace.lines}
    nps, csat, answered, ces = (lines[code] for code in ("nps", "csat", "answered", "ces"))
    assert nps.snapshot is not None
    assert (nps.snapshot.value, nps.raw, nps.pay, nps.reason) == ("260/7", "15/14", "1", "not_proven")
    assert csat.snapshot is not None
    assert (csat.snapshot.value, csat.pay, csat.reason) == ("3600/41", "447/328", None)
    assert answered.snapshot is not None
    assert (answered.snapshot.value, answered.pay) == ("1650/19", "179/228")
    assert (ces.used, ces.insufficient, ces.pay) == ("nothing", "few", None)
    assert trace.weighted == str(Fraction(8391875, 7945800))
    assert trace.score == str(Fraction(5035125, 5297200))
    assert {gate.gate: gate.open for gate in trace.gates} == {"acknowledged": True, "repeated": False}
    assert paid(database, run) == [84_000_000, 18_667_000, 37_333_000]


def test_without_a_pool(database: Database, opened: Opened) -> None:
    """With no limit each amount is rounded by itself."""
    run = opened(pool=None)
    lock_and_calculate(database, run)
    assert paid(database, run) == [85_547_000, 19_011_000, 38_021_000]


def test_again_is_the_same(database: Database, opened: Opened) -> None:
    """Calculated again from what was frozen, the digest is the same, and everything verifies."""
    run = opened()
    lock_and_calculate(database, run)
    with database.read() as reader:
        found = find_run(reader, run.run_id)
        assert found.status == CALCULATED
        assert recalculated_digest(reader, found) == found.digest
        assert list(verify(reader)) == []
        assert len(reader.scalars(select(KpiSnapshot)).all()) == 6 * 3


@pytest.mark.parametrize(
    ("limit", "outcome", "amounts"),
    [("97", "blocked", [0, 0, 0]), ("95", "paid", [85_547_000, 19_011_000, 38_021_000])],
)
def test_a_hard_gate(database: Database, opened: Opened, limit: str, outcome: str, amounts: list[int]) -> None:
    """Acknowledgements stand at 96.4%: a gate at 97 pays nothing and says so, one at 95 is open."""
    gates = [
        {"code": "acknowledged", "source": {"from": "operation", "metric": "acknowledged"},
         "comparison": "at_least", "limit": limit},
        {"code": "repeated", "source": {"from": "operation", "metric": "repeated"}, "comparison": "at_most",
         "limit": 8, "effect": "multiply", "factor": "0.9"},
    ]  # fmt: skip
    run = opened(pool=None, gates=gates)
    trace = lock_and_calculate(database, run)
    assert trace.outcome == outcome
    assert trace.blocked_by == (("acknowledged",) if outcome == "blocked" else ())
    assert paid(database, run) == amounts


def test_nothing_to_measure_is_not_zero(database: Database, opened: Opened) -> None:
    """In a unit where nobody answered the result is 'not measurable', and no amount is 0."""
    run = opened(pool=None)
    with database.write() as session:
        enrol(session, "D", 10_000_000, unit="tajrish")
    lock_and_calculate(database, run)
    with database.read() as reader:
        result = reader.get_one(UnitResult, (run.run_id, "tajrish"))
        assert (result.outcome, result.score) == ("not_measurable", None)
        assert reader.get_one(RewardAmount, (run.run_id, "D")).paid is None
    assert paid(database, run)[:3] == [85_547_000, 19_011_000, 38_021_000]
