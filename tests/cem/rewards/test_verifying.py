"""Whoever changes what was frozen, calculated or paid is found."""

from typing import Any

import pytest
from sqlalchemy import update

from cem.rewards.models import KpiSnapshot, PayrollRow, RewardAmount, RewardEvent, RewardRun, UnitResult
from cem.rewards.verifying import verify
from surveys.database import Database
from tests.cem.rewards.conftest import Opened
from tests.cem.rewards.test_lifecycle import approve, calculated, do, pay, review

TAMPERING: dict[str, Any] = {
    "history": update(RewardEvent).where(RewardEvent.number == 5).values(actor="somebody else"),
    "snapshot": update(KpiSnapshot).where(KpiSnapshot.measure == "csat").values(digest="0" * 64),
    "score": update(UnitResult).values(trace=UnitResult.trace, digest="0" * 64),
    "amount": update(RewardAmount).where(RewardAmount.employee_no == "A").values(paid=99_000_000),
    "calculation": update(RewardRun).values(pool=150_000_000),
    "payroll": update(PayrollRow).where(PayrollRow.employee_no == "B").values(amount=20_000_000),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_tampering_is_found(database: Database, opened: Opened, kind: str) -> None:
    """Each kind of row that is changed afterwards is named, and nothing else."""
    run = calculated(database, opened())
    for act in (review, approve, pay):
        do(database, run, act)
    with database.write() as session:
        session.execute(TAMPERING[kind])
    with database.read() as reader:
        found = list(verify(reader))
    assert {one.kind for one in found} == {kind}
    assert found[0].subject.startswith("tehran")


def test_a_row_that_was_removed_is_missed(database: Database, opened: Opened) -> None:
    """The chain has no hole."""
    calculated(database, opened())
    with database.write() as session:
        session.delete(session.get_one(RewardEvent, ("tehran", 3)))
    with database.read() as reader:
        assert [one.kind for one in verify(reader)] == ["history"]
