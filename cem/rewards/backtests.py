"""Back-tests: what a plan would have paid in past periods, how much of it was noise, and whom it would have favoured.

Scores are calculated exactly as in a run. What chance does to them is seen by drawing each unit's answers again: the
same customers on another day.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.people.models import Employee
from cem.rewards.afterwards import Foretold, foretell
from cem.rewards.calculation import Line, UnitTrace
from cem.rewards.models import Participant
from cem.rewards.past_periods import score_past
from cem.rewards.periods import RewardPeriod
from cem.rewards.priors import Priors, read_prior
from cem.rewards.sources import kpi_of
from cem.rewards.terms import SurveyScore, Terms
from cem.scorecards.offers import Offers, read_offers
from metrics import Histogram, Prior
from metrics.comparisons.targets import SharePrior
from metrics.payouts.simulation import draw_share, guarded_pays, redraw

DRAWS = 1000
PERIODS = 4
# Of fewer people no mean is told.
FEWEST = 5
# A score up to each of these, and beyond the last.
BANDS = (Fraction(0), Fraction(1, 2), Fraction(1))

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """People who have something in common: how many, and what they would have got on average, as a share."""

    name: str
    people: int
    score: float


@dataclass(frozen=True)
class PastPeriod:
    """What a plan would have paid in a period.

    `cost` and its quantiles over redraws are in the plan's currency, or None where nobody's target amount is known.
    `noise` is the part (0..1) of the spread between units that chance alone makes.
    """

    period: RewardPeriod
    units: Mapping[str, UnitTrace]
    bands: tuple[int, ...]
    unmeasured: int
    noise: float | None
    cost: float | None
    quantiles: tuple[float, float, float] | None

    @property
    def scores(self) -> dict[str, float]:
        return {unit: float(Fraction(trace.score)) for unit, trace in self.units.items() if trace.score is not None}


@dataclass(frozen=True)
class Backtest:
    """A plan in past periods, the oldest first; `base` is what would be paid if all units were at 100%.

    `again` is the correlation of the units' scores from period to period: near 0, the plan pays for chance. `foretold`
    is how each perception goes together with who stayed in the period after it.
    """

    terms: Terms
    periods: tuple[PastPeriod, ...]
    base: int
    people: int
    again: float | None
    grades: tuple[Group, ...]
    regions: tuple[Group, ...]
    foretold: tuple[Foretold, ...]


def back_test(
    session: Session, terms: Terms, last: RewardPeriod, now: datetime, zone: ZoneInfo, periods: int = PERIODS
) -> Backtest:
    """The plan in the `periods` up to `last`, with the participants that it has now.

    Without participants every unit at the bottom of the tree stands for itself, and there is no cost.
    """
    offers = read_offers(session)
    bases = _bases(session, terms.code)
    units = set(bases) or {unit for unit in offers.units if not offers.children(unit)}
    past = tuple(
        _past(session, offers, terms, last.plus(back), units, bases, now, zone) for back in range(1 - periods, 1)
    )
    return Backtest(
        terms=terms,
        periods=past,
        base=sum(bases.values()),
        people=_people(session, terms.code),
        again=_again([one.scores for one in past]),
        grades=_groups(session, terms.code, past, "grade"),
        regions=_groups(session, terms.code, past, "region"),
        foretold=foretell(session, offers, terms, [(one.period, one.units) for one in past]),
    )


def _past(
    session: Session,
    offers: Offers,
    terms: Terms,
    period: RewardPeriod,
    units: Collection[str],
    bases: Mapping[str, int],
    now: datetime,
    zone: ZoneInfo,
) -> PastPeriod:
    past = score_past(session, offers, terms, period, units, now, zone)
    random = np.random.default_rng(20_250)
    redrawn = {
        unit: found
        for unit, trace in past.traces.items()
        if (found := _redrawn(terms, offers, past.priors, trace, random)) is not None
    }
    scores = past.scores
    cost, quantiles = _cost(bases, scores, redrawn)
    return PastPeriod(
        period=period,
        units=past.traces,
        bands=_banded(list(scores.values())),
        unmeasured=len(past.traces) - len(scores),
        noise=_noise([float(score) for score in scores.values()], list(redrawn.values())),
        cost=cost,
        quantiles=quantiles,
    )


def _redrawn(
    terms: Terms, offers: Offers, priors: Priors, trace: UnitTrace, random: np.random.Generator
) -> Floats | None:
    """Scores of a unit as they might have been; its gates stay as they were."""
    if trace.score is None or trace.weighted is None or trace.gated is None:
        return None
    total: Floats = np.zeros(DRAWS)
    for line in trace.lines:
        if line.counted_weight is not None and line.pay is not None:
            pays = _redrawn_pays(terms, offers, priors, line, random)
            total += float(Fraction(line.counted_weight)) * pays
    weighted = Fraction(trace.weighted)
    factor = float(Fraction(trace.gated) / weighted) if weighted else 1.0
    cap, floor = float(terms.cap) / 100, float(terms.floor) / 100
    return np.zeros(DRAWS) if trace.blocked_by else np.clip(total * factor, floor, cap)


def _redrawn_pays(terms: Terms, offers: Offers, priors: Priors, line: Line, random: np.random.Generator) -> Floats:
    measure, snapshot = terms.measure[line.measure], line.snapshot
    same: Floats = np.full(DRAWS, float(Fraction(line.pay or 0)))
    if snapshot is None or line.used not in {"own", "parent"} or snapshot.low is None:
        return same
    if snapshot.counts and isinstance(measure.source, SurveyScore):
        kpi = kpi_of(offers, measure.source)
        draws = redraw(Histogram(snapshot.counts), kpi.known_as, DRAWS, random, **kpi.scale)
    else:
        part = float(Fraction(snapshot.numerator or 0) / Fraction(snapshot.denominator or 1))
        draws = draw_share(np.full(DRAWS, part), np.full(DRAWS, float(snapshot.n)), random)
    if draws is None:
        return same
    return guarded_pays(
        measure.curve, draws, measure.guard, normal_prior(priors.get(measure.code)), float(terms.probability)
    )


def normal_prior(kept: Mapping[str, float] | None) -> Prior | None:
    """A prior on the KPI's own scale, as a normal one: the beta prior of a share by its mean and variance."""
    if kept is None:
        return None
    prior = read_prior(kept)
    if isinstance(prior, SharePrior):
        strength = prior.alpha + prior.beta
        mean = prior.alpha / strength
        return Prior(100 * mean, 1e4 * mean * (1 - mean) / (strength + 1))
    return prior


def _cost(
    bases: Mapping[str, int], scores: Mapping[str, Fraction], redrawn: Mapping[str, Floats]
) -> tuple[float | None, tuple[float, float, float] | None]:
    if not bases:
        return None, None
    cost = float(sum((base * scores[unit] for unit, base in bases.items() if unit in scores), Fraction(0)))
    draws = sum((bases[unit] * found for unit, found in redrawn.items() if unit in bases), np.zeros(DRAWS))
    low, middle, high = (float(part) for part in np.quantile(draws, [0.1, 0.5, 0.9]))
    return cost, (low, middle, high)


def _noise(scores: Sequence[float], redrawn: Sequence[Floats]) -> float | None:
    """The mean variance within units, over the variance between their scores; None where fewer than three have one."""
    spread = float(np.var(scores, ddof=1)) if len(scores) > 2 else 0.0
    if not spread:
        return None
    return min(1.0, float(np.mean([np.var(one) for one in redrawn])) / spread)


def _banded(scores: Sequence[Fraction]) -> tuple[int, ...]:
    """How many units are paid nothing, up to half, up to the target, and more."""
    counts = [0] * (len(BANDS) + 1)
    for score in scores:
        counts[sum(score > edge for edge in BANDS)] += 1
    return tuple(counts)


def _again(scores: Sequence[Mapping[str, float]]) -> float | None:
    """The correlation of each unit's score with its next one; None where there are fewer than ten pairs."""
    pairs = [(before[unit], after[unit]) for before, after in pairwise(scores) for unit in before.keys() & after.keys()]
    if len(pairs) < 10:
        return None
    found = float(np.corrcoef(np.array(pairs).T)[0, 1])
    return None if math.isnan(found) else found


def _latest(session: Session, plan_code: str) -> str | None:
    return session.scalar(select(func.max(Participant.period)).where(Participant.plan_code == plan_code))


def _bases(session: Session, plan_code: str) -> dict[str, int]:
    """By unit, the target amounts of the newest participants."""
    period = _latest(session, plan_code)
    rows = session.execute(
        select(Participant.unit, Participant.target_amount, Participant.share).where(
            Participant.plan_code == plan_code, Participant.period == period
        )
    )
    found: dict[str, int] = {}
    for unit, amount, share in rows:
        found[unit] = found.get(unit, 0) + int(amount * share)
    return found


def _people(session: Session, plan_code: str) -> int:
    statement = select(func.count(Participant.employee_no.distinct())).where(
        Participant.plan_code == plan_code, Participant.period == _latest(session, plan_code)
    )
    return session.scalar(statement) or 0


def _groups(session: Session, plan_code: str, past: Sequence[PastPeriod], by: str) -> tuple[Group, ...]:
    """What people of each grade or region would have got over all periods; groups below FEWEST are not told."""
    rows = session.execute(
        select(getattr(Employee, by), Participant.unit, Participant.employee_no)
        .join(Participant, Participant.employee_no == Employee.employee_no)
        .where(Participant.plan_code == plan_code, Participant.period == _latest(session, plan_code))
    )
    members: dict[str, dict[str, list[float]]] = {}
    for name, unit, employee_no in rows:
        scores = [one.scores[unit] for one in past if unit in one.scores]
        members.setdefault(name, {}).setdefault(employee_no, []).extend(scores)
    groups = [
        Group(name, len(people), float(np.mean([score for scores in people.values() for score in scores])))
        for name, people in sorted(members.items())
        if len(people) >= FEWEST and any(people.values())
    ]
    return tuple(groups)
