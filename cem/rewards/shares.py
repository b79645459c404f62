"""Scores by unit, for those who steer and see no amounts: shares of the target, of groups that are not small."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from cem.rewards.appeals import ISSUED
from cem.rewards.models import Participant, RewardRun, UnitResult
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import MINIMUM, hidden

# Upper ends of the bands of scores, in percent; the last has none.
BANDS = (1, 50, 80, 100, 120)


@dataclass(frozen=True)
class UnitShare:
    """A unit with how many take part and its score; `shown` is False where they are few, or would reveal others."""

    unit: str
    people: int
    score: Fraction | None
    outcome: str
    shown: bool


@dataclass(frozen=True)
class Shares:
    """A period's units, and how many of the people in the units that are shown have a score in each band."""

    run: RewardRun
    units: tuple[UnitShare, ...]
    bands: tuple[int, ...]

    @property
    def shown(self) -> tuple[UnitShare, ...]:
        return tuple(one for one in self.units if one.shown)

    @property
    def few(self) -> int:
        """How many units are not shown."""
        return len(self.units) - len(self.shown)

    @property
    def people(self) -> int:
        return sum(one.people for one in self.shown if one.score is not None)

    @property
    def mean(self) -> Fraction | None:
        """The mean score of the people in the units that are shown."""
        if not self.people:
            return None
        return sum((one.people * one.score for one in self.shown if one.score is not None), Fraction(0)) / self.people


def shared_runs(session: Session) -> list[RewardRun]:
    """The periods whose amounts are approved and known, the newest first; a shadow period is nobody's pay."""
    people = exists().where(Participant.plan_code == RewardRun.plan_code, Participant.period == RewardRun.period)
    statement = select(RewardRun).where(RewardRun.status.in_(ISSUED), ~RewardRun.shadow, people)
    return list(session.scalars(statement.order_by(RewardRun.first_day.desc(), RewardRun.plan_code)))


def read_shares(session: Session, run: RewardRun, offers: Offers, top: str | None) -> Shares:
    """The scores of a run by unit; `top` limits them to a unit and all below it.

    What is hidden is decided over all units, so that nobody finds in a part what the whole hides. Of hidden units
    nothing is counted anywhere, so no total can be lessened by the others.
    """
    people = people_by_unit(session, run)
    closed = hidden(people)
    within = offers.subtree(top) if top else None
    results = session.scalars(select(UnitResult).where(UnitResult.run_id == run.run_id).order_by(UnitResult.unit))
    units = tuple(
        UnitShare(
            row.unit,
            people.get(row.unit, 0),
            None if row.unit in closed else row.score,
            "" if row.unit in closed else row.outcome,
            row.unit not in closed and people.get(row.unit, 0) >= MINIMUM,
        )
        for row in results
        if within is None or row.unit in within
    )
    return Shares(run, units, _bands(units))


def people_by_unit(session: Session, run: RewardRun) -> Mapping[str, int]:
    """How many take part in each unit; who works in two is in both."""
    counted = (
        select(Participant.unit, func.count(func.distinct(Participant.employee_no)))
        .where(Participant.plan_code == run.plan_code, Participant.period == run.period)
        .group_by(Participant.unit)
    )
    return {unit: int(n) for unit, n in session.execute(counted)}


def _bands(units: tuple[UnitShare, ...]) -> tuple[int, ...]:
    counts = [0] * (len(BANDS) + 1)
    for one in units:
        if one.shown and one.score is not None:
            counts[sum(100 * one.score >= end for end in BANDS)] += one.people
    return tuple(counts)
