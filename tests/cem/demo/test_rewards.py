"""The rewards of the demo company."""

from datetime import date

from sqlalchemy import func, select

from cem.demo.employees import CLERK, MANAGER, STAFF, draw_work, draw_workers
from cem.demo.reward_plan import PLAN
from cem.people.models import Employee
from cem.rewards.integrity import to_look_at
from cem.rewards.models import Adjustment, Appeal, IntegrityHold, PayrollRow, RewardAmount, RewardRun, UnitResult
from cem.rewards.verifying import verify
from surveys.database import Database


def test_four_quarters(demo: Database) -> None:
    """Three are closed and the newest whole one waits to be locked; everything fits its digest."""
    with demo.read() as session:
        runs = session.scalars(select(RewardRun).order_by(RewardRun.first_day)).all()

        assert [(run.plan_code, run.status) for run in runs] == [(PLAN, "closed")] * 3 + [(PLAN, "measuring")]
        assert runs[-1].last_day < date(2026, 11, 22)
        assert list(verify(session)) == []


def test_who_games_is_stopped(demo: Database) -> None:
    """The branch that hands out top scores was left out once, is on hold now, and nobody else ever was."""
    with demo.read() as session:
        holds = session.scalars(select(IntegrityHold)).all()
        newest = session.scalars(select(RewardRun).where(RewardRun.status == "measuring")).one()

        assert {(one.unit, one.signal, one.found_by) for one in holds} == {("karaj", "top_scores", "cem")}
        assert {one.decision for one in holds if one.period != newest.period} == {"excluded"}
        assert {one.decision for one in holds if one.period == newest.period} == {None}
        assert {(one.unit, one.signal) for one in to_look_at(session, newest)} == {("karaj", "odd_answers")}


def test_everybody_is_paid(demo: Database) -> None:
    """All people of all units have an amount in each closed quarter, nearly all above 0; one pool does not reach."""
    with demo.read() as session:
        people = session.scalar(select(func.count()).select_from(Employee))
        known = select(func.count()).select_from(RewardAmount).where(RewardAmount.paid.is_not(None))
        amounts, paid = session.scalar(known) or 0, session.scalar(known.where(RewardAmount.paid > 0)) or 0
        factors = set(session.scalars(select(RewardRun.factor).where(RewardRun.status == "closed")))
        units = set(session.scalars(select(UnitResult.unit)))

    assert people == sum(STAFF.values()) == len(draw_workers())
    assert amounts == 3 * (people or 0)
    # A branch below every threshold earns nothing.
    assert paid > 0.8 * amounts
    assert min(factors) < 1
    assert units == set(STAFF)


def test_an_appeal_is_paid(demo: Database) -> None:
    """The clerk's appeal was upheld by somebody who did not approve the amount, and paid with the next quarter."""
    with demo.read() as session:
        appeal = session.scalars(select(Appeal)).one()
        adjustment = session.scalars(select(Adjustment)).one()
        row = session.scalars(select(PayrollRow).where(PayrollRow.component == "adjustment")).one()

    assert (appeal.employee_no, appeal.upheld, appeal.decided_by) == (CLERK, True, "appeals")
    assert (row.source, row.amount, row.employee_no) == (adjustment.adjustment_id, adjustment.amount, CLERK)
    assert row.amount > 0


def test_who_can_sign_in(demo: Database) -> None:
    """The unit manager and a clerk of the same branch take part."""
    with demo.read() as session:
        linked = dict(
            session.execute(select(Employee.employee_no, Employee.account).where(Employee.account.is_not(None))).all()
        )

    assert linked == {MANAGER: "branch", CLERK: "employee"}


def test_the_same_people_on_every_day() -> None:
    """Names, grades and days do not depend on when the demo is loaded."""
    first, second = ([(one.employee.full_name, one.employee.grade) for one in draw_workers()] for _ in range(2))
    work = [[(worker.employee.employee_no, part) for worker, part in draw_work(draw_workers(), 1)] for _ in range(2)]

    assert first == second
    assert work[0] == work[1]
    assert len({name for name, _ in first}) == len(first)
