"""What a plan would cost: the target amounts of its participants times the scores that the period before gives."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.rewards.models import Participant
from cem.rewards.past_periods import score_past
from cem.rewards.periods import RewardPeriod
from cem.rewards.runs import units_of
from cem.rewards.terms import Terms
from cem.scorecards.offers import Offers


@dataclass(frozen=True)
class Cost:
    """What participants would get if the period paid as the one before would have; `highest` is at the cap.

    `unmeasured` units have no score, so their people are in `at_target` and `highest` and not in `expected`.
    """

    period: RewardPeriod
    before: RewardPeriod
    people: int
    units: int
    unmeasured: int
    at_target: int
    expected: int
    highest: int


def estimate_cost(
    session: Session, offers: Offers, terms: Terms, period: RewardPeriod, now: datetime, zone: ZoneInfo
) -> Cost | None:
    """None without participants. The terms have no faults: every source that they name is there."""
    units = units_of(session, terms.code, period.code)
    if not units:
        return None
    before = period.plus(-1)
    scores = score_past(session, offers, terms, before, units, now, zone).scores
    at_target, expected = Fraction(0), Fraction(0)
    for unit, base in _bases(session, terms.code, period).items():
        at_target += base
        expected += base * scores.get(unit, Fraction(0))
    mine = (Participant.plan_code == terms.code, Participant.period == period.code)
    people = session.scalar(select(func.count(Participant.employee_no.distinct())).where(*mine)) or 0
    return Cost(
        period,
        before,
        people,
        len(units),
        len(units - scores.keys()),
        round(at_target),
        round(expected),
        round(at_target * Fraction(terms.cap) / 100),
    )


def _bases(session: Session, plan_code: str, period: RewardPeriod) -> dict[str, Fraction]:
    """By unit, the target amounts as far as people's shares and days count."""
    found: dict[str, Fraction] = {}
    rows = session.execute(
        select(Participant.unit, Participant.share, Participant.eligible_days, func.sum(Participant.target_amount))
        .where(Participant.plan_code == plan_code, Participant.period == period.code)
        .group_by(Participant.unit, Participant.share, Participant.eligible_days)
    )
    for unit, share, days, amount in rows:
        found[unit] = found.get(unit, Fraction(0)) + int(amount) * share * Fraction(days, period.days)
    return found
