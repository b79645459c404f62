"""What a rule pays when chance is let loose on it: draws of a KPI, paid under a guard, beside what the truth would pay.

The rules themselves are exact (`guards`); here they are applied to many draws at once, in floats, because the question
is how often and not how much.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from metrics.histogram import Histogram
from metrics.net_promoter import net_groups
from metrics.payouts.curves import PayoutCurve, Shape
from metrics.payouts.guards import Guard
from metrics.proportions import satisfied
from metrics.quantiles import normal_quantile
from metrics.shrinkage.normal import Prior

Floats = NDArray[np.float64]

# Of customers who take a side; what of the rest are passives hardly moves the variance of an NPS.
TAKE_SIDES = 0.75
# Of fewer simulated units no share is told.
FEWEST = 100


class Draws(NamedTuple):
    """Many results of one KPI, in its own units: values with their sampling variances and the ends of intervals."""

    value: Floats
    variance: Floats
    low: Floats
    high: Floats


def draw_nps(detractors: Floats, passives: Floats, promoters: Floats, n: Floats, random: np.random.Generator) -> Draws:
    """NPS of `n` answers each, from shares that add up to 1; adjusted Wald, which is what can be done in bulk."""
    shares = np.stack(np.broadcast_arrays(detractors, passives, promoters), axis=-1)
    counts = random.multinomial(np.broadcast_to(n, shares.shape[:-1]).astype(np.int64), shares).astype(float)
    against, aside, for_it = counts[..., 0] + 0.75, counts[..., 1] + 1.5, counts[..., 2] + 0.75
    total = against + aside + for_it
    net = (for_it - against) / total
    variance = ((for_it + against) / total - net**2) / total
    raw = (counts[..., 2] - counts[..., 0]) / np.maximum(1, n)
    half = normal_quantile(0.95) * np.sqrt(variance)
    return Draws(100 * raw, 1e4 * variance, 100 * np.maximum(-1, net - half), 100 * np.minimum(1, net + half))


def draw_share(share: Floats, n: Floats, random: np.random.Generator) -> Draws:
    """Percent of `n` answers each, with Wilson's interval."""
    n = np.maximum(1, np.broadcast_to(n, np.shape(share))).astype(float)
    found = random.binomial(n.astype(np.int64), share) / n
    z = normal_quantile(0.95)
    middle = (found + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(found * (1 - found) / n + z**2 / (4 * n**2))
    smoothed = (found * n + 1) / (n + 2)
    return Draws(100 * found, 1e4 * smoothed * (1 - smoothed) / n, 100 * (middle - half), 100 * (middle + half))


def draw_mean(
    mean: Floats, deviation: float, n: Floats, bounds: tuple[float, float], random: np.random.Generator
) -> Draws:
    """Means of `n` ratings each on a bounded scale; `deviation` is that of one rating."""
    n = np.maximum(1, np.broadcast_to(n, np.shape(mean))).astype(float)
    error = deviation / np.sqrt(n)
    found = np.clip(random.normal(mean, error), *bounds)
    half = normal_quantile(0.95) * error
    variance = np.broadcast_to(error**2, found.shape)
    return Draws(found, variance, np.clip(found - half, *bounds), np.clip(found + half, *bounds))


def redraw(
    h: Histogram, kpi: str, size: int, random: np.random.Generator, top: int = 2, points: int = 5, low: int = 1,
    high: int = 7,
) -> Draws | None:  # fmt: skip
    """What else the same customers could have answered: `size` draws of as many answers; None without answers.

    From the answers with a little added (Agresti and Coull's two and two for a share, three for an NPS), so that a unit
    where all agree is not taken to be certain.
    """
    if kpi == "nps":
        groups = net_groups(h)
        if not groups.n:
            return None
        added = groups.plus((0.75, 1.5, 0.75))
        shares = [np.full(size, part / added.n) for part in added]
        return draw_nps(shares[0], shares[1], shares[2], np.full(size, float(h.n)), random)
    if kpi == "csat":
        scaled, k = satisfied(h, top, points)
        if not scaled.n:
            return None
        return draw_share(np.full(size, (k + 2) / (scaled.n + 4)), np.full(size, float(scaled.n)), random)
    scaled = h.on_scale(low, high)
    if scaled.mean is None:
        return None
    deviation = math.sqrt(scaled.variance or (high - low) ** 2 / 12)
    return draw_mean(np.full(size, scaled.mean), deviation, np.full(size, float(scaled.n)), (low, high), random)


def pays_of(curve: PayoutCurve, values: Floats) -> Floats:
    """The share of the base that each value pays, as `PayoutCurve.pay` has it."""
    sign = -1.0 if curve.lower_is_better else 1.0
    at = sign * values
    low, middle, high = (sign * float(point) for point in (curve.threshold, curve.target, curve.stretch))
    start, target, cap = float(curve.pay_at_threshold), float(curve.pay_at_target), float(curve.cap)
    if curve.shape is Shape.CLIFF:
        return np.where(at >= middle, target, 0.0)
    if curve.shape is Shape.STEPS:
        return np.where(at >= high, cap, np.where(at >= middle, target, np.where(at >= low, start, 0.0)))
    flat = float(curve.flat)
    paid: Floats = np.interp(at, [low, middle - flat, middle + flat, high], [start, target, target, cap])
    return np.where(at < low, 0.0, paid)


def guarded_pays(
    curve: PayoutCurve, draws: Draws, guard: Guard, prior: Prior | None = None, probability: float = 0.8
) -> Floats:
    """What each draw pays under a guard; the shrunken one needs a prior, and is the cap at the target without."""
    worse = draws.high if curve.lower_is_better else draws.low
    sign = -1.0 if curve.lower_is_better else 1.0
    target, top = sign * float(curve.target), float(curve.pay_at_target)
    raw = pays_of(curve, draws.value)
    match guard:
        case Guard.NONE:
            return raw
        case Guard.LOWER_BOUND:
            return pays_of(curve, worse)
        case Guard.NEUTRAL_BAND:
            within = (draws.low <= float(curve.target)) & (float(curve.target) <= draws.high)
            return np.where(within, top, raw)
        case Guard.SHRUNKEN if prior is not None:
            pull = draws.variance / (draws.variance + prior.between)
            value = np.clip(pull * prior.mean + (1 - pull) * draws.value, draws.low, draws.high)
            error = np.sqrt(np.maximum(1e-12, (1 - pull) * draws.variance))
            proven = ndtr((sign * value - target) / error) >= probability
            pay = pays_of(curve, value)
            return np.where((pay > top) & ~proven, top, pay)
        case _:
            return np.where(sign * worse > target, raw, np.minimum(raw, top))


@dataclass(frozen=True, slots=True)
class GuardOdds:
    """How a guard does over many units whose truth is known; NaN where too few of them are of a kind.

    Attributes
    ----------
    unreached
        Of units that are truly below the threshold, which part is paid at least half.
    above
        Of units that have truly not reached the target, which part is paid more than the target.
    starved
        Of units that have truly reached the target, which part is paid less than a quarter.
    error
        The mean distance of the pay from what the truth would pay, as a share of the base.
    cost
        What is paid in all, against what the truth would pay in all.
    small, large
        The mean pay of units below 30 answers and from 100 on: a fair rule pays both alike.
    """

    unreached: float
    above: float
    starved: float
    error: float
    cost: float
    small: float
    large: float


def guard_odds(
    curve: PayoutCurve,
    truth: Floats,
    draws: Draws,
    n: Floats,
    prior: Prior,
    guards: Sequence[Guard] = tuple(Guard),
    probability: float = 0.8,
) -> Mapping[Guard, GuardOdds]:
    """The odds of each guard; `truth` are the true levels of the units that were drawn, `n` their answers."""
    sign = -1.0 if curve.lower_is_better else 1.0
    below = sign * truth < sign * float(curve.threshold)
    reached = sign * truth >= sign * float(curve.target)
    fair, top = pays_of(curve, truth), float(curve.pay_at_target)
    found = {}
    for guard in guards:
        pay = guarded_pays(curve, draws, guard, prior, probability)
        found[guard] = GuardOdds(
            unreached=_mean(pay[below] >= top / 2),
            above=_mean(pay[~reached] > top + 1e-9),
            starved=_mean(pay[reached] < top / 4),
            error=_mean(np.abs(pay - fair)),
            cost=float(pay.sum() / fair.sum()) if fair.sum() else math.nan,
            small=_mean(pay[n < 30]),
            large=_mean(pay[n >= 100]),
        )
    return found


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) >= FEWEST else math.nan


class NpsWorld(NamedTuple):
    """Units as they may be: true NPS normal around a mean, answers log-normal around a median."""

    mean: float
    deviation: float
    median_n: float
    spread_n: float = 0.7
    units: int = 60
    runs: int = 1500


def nps_world_odds(
    curve: PayoutCurve, world: NpsWorld, random: np.random.Generator, probability: float = 0.8
) -> Mapping[Guard, GuardOdds]:
    """The odds of each guard for an NPS, where the prior knows the world.

    >>> curve = PayoutCurve.of(40, 50, 60)
    >>> odds = nps_world_odds(curve, NpsWorld(45, 8, 60, runs=200), np.random.default_rng(1))
    >>> odds[Guard.SHRUNKEN].error < odds[Guard.NONE].error
    True
    """
    size = world.units * world.runs
    truth = np.clip(random.normal(world.mean, world.deviation, size), -70, 70)
    n = np.maximum(5, np.round(world.median_n * np.exp(random.normal(0, world.spread_n, size))))
    promoters = (TAKE_SIDES + truth / 100) / 2
    detractors = TAKE_SIDES - promoters
    draws = draw_nps(detractors, np.full(size, 1 - TAKE_SIDES), promoters, n, random)
    return guard_odds(curve, truth, draws, n, Prior(world.mean, world.deviation**2), probability=probability)
