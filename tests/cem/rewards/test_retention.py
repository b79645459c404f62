"""Old person-level rows go, with an event; what remains still proves itself."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cem.errors import SettingsFault
from cem.jobs.schedule import JOBS
from cem.people.models import Employee
from cem.rewards.appeals import decide_appeal, submit_appeal
from cem.rewards.models import (
    Adjustment,
    Appeal,
    KpiSnapshot,
    Participant,
    PayrollRow,
    RewardAmount,
    RewardEvent,
    RunApproval,
    StatementView,
    UnitResult,
)
from cem.rewards.payroll import acknowledge_batch, export_run
from cem.rewards.retention import forget_old_rewards, is_forgotten
from cem.rewards.runs import close_run, find_run
from cem.rewards.statements import UnknownStatement, read_statement, record_view
from cem.rewards.verifying import verify
from cem.settings import Settings
from surveys.database import Database
from tests.cem.rewards.conftest import AFTER, Opened
from tests.cem.rewards.test_statements import approve

LATER = AFTER + timedelta(days=365 * 5 + 30)
WORDS = "My days are wrong: I was there all the time."
PERSONAL = (RewardAmount, Participant, Appeal, StatementView)


@pytest.fixture
def closed(database: Database, accounts: None, opened: Opened) -> uuid.UUID:
    """The worked example, paid and closed, with A's appeal that was not upheld and a look at the amount."""
    run_id = opened().run_id
    with database.write() as session:
        session.get_one(Employee, "A").account = "employee"
    approve(database, run_id)
    with database.write() as session:
        run = find_run(session, run_id)
        session.get_one(RunApproval, (run_id, "approve")).approved_at = AFTER
        appeal = submit_appeal(session, AFTER, "employee", run, "calculation", WORDS)
        decide_appeal(session, AFTER, "third", appeal.appeal_id, upheld=False, answer=WORDS)
        record_view(session, AFTER, "hr", run_id, "A")
        batch = export_run(session, AFTER, "finance", run)
        acknowledge_batch(session, AFTER, "finance", batch, digest=batch.digest, rows=batch.rows, total=batch.total)
        close_run(session, AFTER, "hr", run)
    return run_id


def counted(database: Database, *tables: type) -> list[int]:
    with database.read() as reader:
        return [reader.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_people_are_forgotten_and_the_rest_verifies(database: Database, settings: Settings, closed: uuid.UUID) -> None:
    """Amounts, participants, appeals and looks go; scores, snapshots and payroll stay, and everything still fits."""
    assert forget_old_rewards(database, settings, AFTER + timedelta(days=365 * 4)) == 0
    assert 0 not in counted(database, *PERSONAL)
    kept = counted(database, UnitResult, KpiSnapshot, PayrollRow)
    assert forget_old_rewards(database, settings, LATER) == 1

    assert counted(database, *PERSONAL) == [0, 0, 0, 0]
    assert counted(database, UnitResult, KpiSnapshot, PayrollRow) == kept
    with database.read() as reader:
        assert list(verify(reader)) == []
        run = find_run(reader, closed)
        assert is_forgotten(reader, run.plan_code, run.period)
        event = reader.scalars(select(RewardEvent).order_by(RewardEvent.number.desc())).first()
        assert event is not None
        assert (event.action, event.document["amounts"], event.document["participants"]) == ("forget", 3, 3)
        with pytest.raises(UnknownStatement):
            read_statement(reader, closed, "A")
    assert forget_old_rewards(database, settings, LATER) == 0


def test_what_is_changed_afterwards_is_found(database: Database, settings: Settings, closed: uuid.UUID) -> None:
    """A score without its people is still calculated again from what was frozen."""
    forget_old_rewards(database, settings, LATER)
    with database.write() as session:
        snapshot = session.get_one(KpiSnapshot, (closed, "nps", "vanak"))
        snapshot.document = snapshot.document | {"value": "99"}
    with database.read() as reader:
        assert {(one.kind, one.subject) for one in verify(reader)} == {
            ("snapshot", "tehran 2025-Q3 1 nps vanak"),
            ("calculation", "tehran 2025-Q3 1 vanak"),
        }


def test_amounts_that_vanish_without_an_event_are_found(database: Database, closed: uuid.UUID) -> None:
    """Removing rows by hand is not forgetting."""
    with database.write() as session:
        session.delete(session.get_one(Participant, ("tehran", "2025-Q3", "C", "vanak")))
    with database.read() as reader:
        assert [one.kind for one in verify(reader)] == ["calculation"]


def test_open_disagreement_waits(database: Database, settings: Settings, closed: uuid.UUID) -> None:
    """While an appeal has no answer, or an adjustment is not settled, nothing of the period goes."""
    with database.write() as session:
        appeal = session.scalars(select(Appeal)).one()
        decided, appeal.decided_at = appeal.decided_at, None
    assert forget_old_rewards(database, settings, LATER) == 0
    with database.write() as session:
        session.get_one(Appeal, appeal.appeal_id).decided_at = decided
        session.add(
            Adjustment(
                adjustment_id=uuid.uuid4(), plan_code="tehran", employee_no="A", period="2025-Q3",
                appeal_id=appeal.appeal_id, reason="appeal", words=WORDS, amount=5, requested_by="a",
                requested_at=AFTER,
            )
        )  # fmt: skip
    assert forget_old_rewards(database, settings, LATER) == 0
    with database.write() as session:
        session.scalars(select(Adjustment)).one().refused_by = "b"
    assert forget_old_rewards(database, settings, LATER) == 1
    with database.read() as reader:
        assert [(one.words, one.appeal_id) for one in reader.scalars(select(Adjustment))] == [("", None)]


def test_an_open_period_stays(database: Database, settings: Settings, opened: Opened) -> None:
    """What was never closed is not forgotten, however old."""
    opened()
    assert forget_old_rewards(database, settings, LATER) == 0


def test_the_setting() -> None:
    """At least a year; and the job is on the schedule."""
    with pytest.raises(SettingsFault, match="CEM_REWARDS_KEEP_YEARS"):
        Settings(secret_key="s" * 40, rewards_keep_years=0)
    assert "rewards-forget" in [job.name for job in JOBS]
