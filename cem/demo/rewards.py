"""Rewards of the demo company: a plan, its people and the last four whole quarters, each step by its own verb.

Three quarters are closed, with an appeal that was upheld and paid, and the branch that games was left out; the newest
is measured, and waits for somebody to decide about its holds and to lock it.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cem.demo.employees import CLERK, MANAGER, draw_work, draw_workers
from cem.demo.reward_plan import PLAN, demo_terms
from cem.rewards.adjustments import approve_adjustment
from cem.rewards.appeals import acknowledge_appeal, decide_appeal, submit_appeal
from cem.rewards.calculating import calculate_run
from cem.rewards.checking import Known
from cem.rewards.holds import EXCLUDED, decide_hold, open_holds
from cem.rewards.integrity import check_and_keep, lock_checked
from cem.rewards.models import Adjustment, Participant, RewardAmount, RewardPlan, RewardRun
from cem.rewards.payroll import acknowledge_batch, export_run
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import BUSINESS, HR, acknowledge_plan, draft_plan, sign_plan
from cem.rewards.runs import approve_run, close_run, find_run, open_run
from cem.rewards.statements import record_view
from cem.scorecards.offers import read_offers
from surveys.database import Database, day_of

QUARTERS = 4
# In the second quarter the pool does not reach; and a clerk's days were wrong.
POOLS = (9_000_000_000, 6_200_000_000, 9_000_000_000, 9_000_000_000)
APPEALED, MISSING = 1, 30
_WORDS = "من در این فصل همه روزها سر کار بودم؛ یک ماه اول که در شعبه ساری مأمور بودم از روزهایم کم شده است."
_ANSWER = "حکم مأموریت شما بررسی شد و حق با شماست: آن یک ماه هم روز کاری است. مابه‌التفاوت در پرداخت بعدی می‌آید."
_LOOKED_AT = "مشتری پنهان سه بار به شعبه رفت؛ هر بار متصدی گوشی را گرفت و خودش امتیاز داد. پاسخ‌های شعبه شمرده نمی‌شود."


def add_rewards(database: Database, now: datetime, zone: ZoneInfo) -> None:
    """The plan and its quarters, the oldest first."""
    newest = RewardPeriod.quarter_of(day_of(now, zone), "jalali").plus(-1)
    periods = [newest.plus(place - QUARTERS + 1) for place in range(QUARTERS)]
    clock = Clock(zone)
    with database.write() as session:
        plan_id = _agree(session, clock, periods[0]).plan_id
    for place, period in enumerate(periods):
        with database.write() as session:
            plan = session.get_one(RewardPlan, plan_id)
            _enrol(session, period, place)
            run_id = open_run(session, clock.on(period, 0), "hr", plan, period, pool=POOLS[place]).run_id
        if period == newest:
            # As the last night's check would have: what it stops waits for human resources.
            check_and_keep(database, now, run_id, zone)
            return
        lock_checked(database, clock.after(period, 5), "hr", run_id, zone)
        with database.write() as session:
            run = find_run(session, run_id)
            for hold in open_holds(session, run):
                decide_hold(session, clock.after(period, 5, 15), "hr", run, hold.hold_id, EXCLUDED, _LOOKED_AT)
        list(calculate_run(database, clock.after(period, 6), "hr", run_id))
        with database.write() as session:
            _decide(session, clock, period, find_run(session, run_id), appealed=place == APPEALED)


class Clock:
    """Moments of the company's working days."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def on(self, period: RewardPeriod, days: int, hour: int = 9) -> datetime:
        """So many days from the first day of a period."""
        return datetime.combine(period.first_day + timedelta(days=days), time(hour), self._zone).astimezone(UTC)

    def after(self, period: RewardPeriod, days: int, hour: int = 9) -> datetime:
        """So many days from its end."""
        return datetime.combine(period.end + timedelta(days=days), time(hour), self._zone).astimezone(UTC)


def _agree(session: Session, clock: Clock, first: RewardPeriod) -> RewardPlan:
    """Drafted, signed by HR and the business, and read by those of its people who can sign in."""
    known = Known.read(read_offers(session), session)
    plan = draft_plan(session, clock.on(first, -30), "hr", demo_terms(session, first))
    sign_plan(session, clock.on(first, -24), "hr", plan, HR, known)
    sign_plan(session, clock.on(first, -22), "executive", plan, BUSINESS, known)
    session.add_all(worker.employee for worker in draw_workers())
    session.flush()
    for account in ("branch", "employee"):
        acknowledge_plan(session, clock.on(first, -12), account, plan)
    return plan


def _enrol(session: Session, period: RewardPeriod, place: int) -> None:
    rows = []
    for worker, work in draw_work(draw_workers(), place):
        wrong = MISSING if place == APPEALED and worker.employee.employee_no == CLERK else 0
        rows.append(
            {
                "plan_code": PLAN,
                "period": period.code,
                "employee_no": worker.employee.employee_no,
                "unit": work.unit,
                "target_amount": worker.target_amount,
                "eligible_days": period.days - work.missing - wrong,
                "share": work.share,
            }
        )
    session.execute(insert(Participant), rows)


def _decide(session: Session, clock: Clock, period: RewardPeriod, run: RewardRun, *, appealed: bool) -> None:
    """Approved by two, given to payroll, paid, in between an appeal, and closed."""
    approve_run(session, clock.after(period, 8), "hr", run, "review")
    approve_run(session, clock.after(period, 9), "finance", run, "approve")
    batch = export_run(session, clock.after(period, 10), "finance", run)
    if appealed:
        _appeal(session, clock, period, run)
    acknowledge_batch(
        session, clock.after(period, 20), "finance", batch, digest=batch.digest, rows=batch.rows, total=batch.total
    )
    close_run(session, clock.after(period, 30), "hr", run)


def _appeal(session: Session, clock: Clock, period: RewardPeriod, run: RewardRun) -> None:
    """The clerk's missing month: appealed against, looked at by somebody who did not approve it, and put right."""
    appeal = submit_appeal(session, clock.after(period, 11, 10), "employee", run, "unit_or_days", _WORDS)
    acknowledge_appeal(session, clock.after(period, 12), "appeals", appeal.appeal_id)
    for account, days in (("employee", 11), ("appeals", 12), ("branch", 13)):
        number = MANAGER if account == "branch" else CLERK
        record_view(session, clock.after(period, days, 9), account, run.run_id, number)
    paid = session.get_one(RewardAmount, (run.run_id, CLERK)).paid or 0
    amount = 10_000 * round(paid * MISSING / (period.days - MISSING) / 10_000)
    now = clock.after(period, 15)
    decide_appeal(session, now, "appeals", appeal.appeal_id, upheld=True, answer=_ANSWER, amount=amount)
    # Where the branch earned nothing there is nothing to add for a month.
    for asked in session.scalars(select(Adjustment).where(Adjustment.appeal_id == appeal.appeal_id)):
        approve_adjustment(session, clock.after(period, 16), "hr", asked.adjustment_id)
        approve_adjustment(session, clock.after(period, 17), "finance", asked.adjustment_id)
