"""How two groups differ in a KPI: within this module the second minus the first."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from metrics.comparisons.share_differences import mover, share_p
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.means import Moments, welch
from metrics.net_promoter import ADDED, net_groups
from metrics.quantiles import normal_p, normal_quantile


@dataclass(frozen=True, slots=True)
class Comparison:
    """What separates one group from another, in the KPI's own units (points, percentage points, scale points).

    `significant` is p < 1 - confidence. What the answers do not allow to say is None, and then nothing is significant.
    The interval and the test are each the best of their kind, so at the border one may speak and the other not.
    """

    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    method: str
    significant: bool


class Group(NamedTuple):
    """A group's answers with their estimate, so that many pairs need each estimate only once."""

    answers: Histogram
    estimate: Estimate


def comparison(
    difference: float | None, limits: tuple[float, float] | None, p: float | None, method: str, confidence: float
) -> Comparison:
    """A `Comparison` that decides its own significance."""
    low, high = limits or (None, None)
    return Comparison(difference, low, high, p, method, p is not None and p < 1 - confidence)


def nps_z(
    a: Histogram, b: Histogram, confidence: float = 0.95, method: str = "adjusted_wald"
) -> tuple[float, float, float, float]:
    """NPS of b minus NPS of a by a Wald formula: (difference in points, z, low, high).

    With the default three answers are added to each group first, and the difference is that of the adjusted scores; it
    is the only z test that keeps its level when a small unit is compared with a large one (Lewis and Sauro 2021). Both
    groups need answers.
    """
    first, second = net_groups(a).plus(ADDED[method]), net_groups(b).plus(ADDED[method])
    difference = 100 * (second.net - first.net)
    error = 100 * math.sqrt(first.variance / first.n + second.variance / second.n)
    half = normal_quantile(confidence) * error
    return difference, difference / error if error else math.nan, difference - half, difference + half


def compare_nps(a: Group, b: Group, confidence: float) -> Comparison:
    """NPS: p from the adjusted-Wald z, limits recovered from the two score intervals (MOVER)."""
    first, second = a.estimate, b.estimate
    if first.value is None or second.value is None:
        return comparison(None, None, None, "adjusted_wald_z", confidence)
    z = nps_z(a.answers, b.answers, confidence)[1]
    return comparison(
        second.value - first.value, recovered(first, second, 200), normal_p(z), "adjusted_wald_z", confidence
    )


def compare_shares(
    a: tuple[float, float], b: tuple[float, float], first: Estimate, second: Estimate, confidence: float
) -> Comparison:
    """Shares, each given as (k, n) in effective answers: Newcombe's limits, p of the pooled z or Fisher's test."""
    if first.value is None or second.value is None:
        return comparison(None, None, None, "pooled_z", confidence)
    p, method = share_p(*a, *b)
    return comparison(second.value - first.value, recovered(first, second, 100), p, method, confidence)


def compare_means(a: Histogram, b: Histogram, confidence: float) -> Comparison:
    """Means of two histograms on one scale, by Welch's t."""
    if a.mean is None or b.mean is None:
        return comparison(None, None, None, "welch", confidence)
    if a.variance is None or b.variance is None or (test := welch(Moments.of(a), Moments.of(b), confidence)) is None:
        return comparison(b.mean - a.mean, None, None, "welch", confidence)
    return comparison(test.difference, (test.low, test.high), test.p, "welch", confidence)


def compare_estimates(first: Estimate, second: Estimate, confidence: float) -> Comparison:
    """Any two estimates: limits by MOVER, p from how far zero lies compared with the limit on its side."""
    if first.value is None or second.value is None:
        return comparison(None, None, None, "mover", confidence)
    difference = second.value - first.value
    if (limits := recovered(first, second, math.inf)) is None:
        return comparison(difference, None, None, "mover", confidence)
    reach = difference - limits[0] if difference > 0 else limits[1] - difference
    p = normal_p(normal_quantile(confidence) * difference / reach) if reach > 0 else None
    return comparison(difference, limits, p, "mover", confidence)


def recovered(first: Estimate, second: Estimate, furthest: float) -> tuple[float, float] | None:
    """MOVER's limits of second minus first, cut at what is possible; None where one has no interval."""
    a, b = _interval(first), _interval(second)
    if a is None or b is None:
        return None
    low, high = mover(a, b)
    return max(-furthest, low), min(furthest, high)


def _interval(estimate: Estimate) -> tuple[float, float, float] | None:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    return estimate.value, estimate.low, estimate.high
