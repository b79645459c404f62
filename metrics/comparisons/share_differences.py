"""Two shares compared: the share of the second group minus that of the first, all as shares in -1..1.

The interval is Newcombe's, made of the two Wilson intervals; the test is the pooled z, and Fisher's exact test where an
observed or expected count is below five.

References
----------
.. [1] Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions: comparison of
   eleven methods. Statistics in Medicine 17, 873-890. Method 10.
.. [2] Miettinen, O. and Nurminen, M. (1985). Comparative analysis of two rates. Statistics in Medicine 4, 213-226.
.. [3] Agresti, A. and Caffo, B. (2000). Simple and effective confidence intervals for proportions and differences of
   proportions. The American Statistician 54, 280-288.
"""

import math

import numpy as np
from scipy.special import gammaln

from metrics.proportions import wilson
from metrics.quantiles import normal_p, normal_quantile

# Below this count, observed or expected, the normal approximation is not trusted.
SMALL = 5
STEPS = 60


def mover(
    first: tuple[float, float, float], second: tuple[float, float, float], difference: float | None = None
) -> tuple[float, float]:
    """The limits of second minus first, recovered from each one's (value, low, high).

    'Method of variance estimates recovery': each limit of the difference borrows the squared distance from value to
    limit of the side that moves it [1]_; Zou, G. Y. and Donner, A. (2008), Statistics in Medicine 27, 1693-1702.
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    difference = b - a if difference is None else difference
    return difference - math.hypot(b - b_low, a_high - a), difference + math.hypot(b_high - b, a - a_low)


def newcombe(k1: float, n1: float, k2: float, n2: float, confidence: float = 0.95) -> tuple[float, float]:
    """Newcombe's limits of k2/n2 - k1/n1."""
    return mover((k1 / n1, *wilson(k1, n1, confidence)), (k2 / n2, *wilson(k2, n2, confidence)))


def agresti_caffo(k1: float, n1: float, k2: float, n2: float, confidence: float = 0.95) -> tuple[float, float]:
    """Wald's limits of k2/n2 - k1/n1 after adding one success and one failure to each group."""
    p1, p2 = (k1 + 1) / (n1 + 2), (k2 + 1) / (n2 + 2)
    half = normal_quantile(confidence) * math.sqrt(p1 * (1 - p1) / (n1 + 2) + p2 * (1 - p2) / (n2 + 2))
    return p2 - p1 - half, p2 - p1 + half


def miettinen_nurminen(k1: float, n1: float, k2: float, n2: float, confidence: float = 0.95) -> tuple[float, float]:
    """The score limits of k2/n2 - k1/n1, with the variance inflated by N/(N - 1) as the authors have it [2]_."""
    low = _score_lower(k1, n1, k2, n2, normal_quantile(confidence))
    return low, -_score_lower(k2, n2, k1, n1, normal_quantile(confidence))


def _score_lower(k1: float, n1: float, k2: float, n2: float, z: float) -> float:
    """The D in [-1, estimate] at which the score statistic of 'p2 - p1 = D' comes down to z."""
    estimate = k2 / n2 - k1 / n1
    low, high = -1.0, estimate
    for _ in range(STEPS):
        middle = (low + high) / 2
        p1, p2 = _likeliest(k1, n1, k2, n2, middle)
        variance = (p2 * (1 - p2) / n2 + p1 * (1 - p1) / n1) * (n1 + n2) / (n1 + n2 - 1)
        if estimate - middle > z * math.sqrt(max(0.0, variance)):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _likeliest(k1: float, n1: float, k2: float, n2: float, difference: float) -> tuple[float, float]:
    """The maximum-likelihood shares (p1, p2) under p2 - p1 = difference: the root of a cubic, in closed form [2]_."""
    cubic = n1 + n2
    square = (n2 + 2 * n1) * difference - cubic - k1 - k2
    linear = (n1 * difference - cubic - 2 * k1) * difference + k1 + k2
    constant = k1 * difference * (1 - difference)
    third = square / (3 * cubic)
    v = third**3 - square * linear / (6 * cubic**2) + constant / (2 * cubic)
    u = math.copysign(math.sqrt(max(0.0, third**2 - linear / (3 * cubic))), v)
    angle = (math.pi + math.acos(min(1.0, max(-1.0, v / u**3)))) / 3 if u else math.pi / 2
    p1 = min(1.0, max(0.0, 2 * u * math.cos(angle) - third))
    return p1, min(1.0, max(0.0, p1 + difference))


def pooled_z(k1: float, n1: float, k2: float, n2: float) -> float | None:
    """The z of the test that both groups have one share; None where nobody, or everybody, is a success."""
    pooled = (k1 + k2) / (n1 + n2)
    if not 0 < pooled < 1:
        return None
    return (k2 / n2 - k1 / n1) / math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))


def fisher_p(k1: float, n1: float, k2: float, n2: float) -> float:
    """The two-sided p of Fisher's exact test: all tables no likelier than the one observed.

    Exactness is a matter of whole answers, so effective counts are rounded first.
    """
    k1, n1, k2, n2 = (round(count) for count in (k1, n1, k2, n2))
    if k1 + k2 > (n1 + n2) / 2:
        # The same table by its failures: fewer possible tables to go through.
        k1, k2 = n1 - k1, n2 - k2
    successes = k1 + k2
    k = np.arange(max(0, successes - n2), min(successes, n1) + 1)
    log_chance = _log_choose(n1, k) + _log_choose(n2, successes - k) - _log_choose(n1 + n2, successes)
    chance = np.exp(log_chance)
    # Tables of the same chance differ by rounding alone; the margin is R's.
    return float(min(1.0, chance[chance <= chance[k == k1] * (1 + 1e-7)].sum()))


def _log_choose(n: float, k: "np.ndarray | float") -> "np.ndarray":
    return np.asarray(gammaln(n + 1.0) - gammaln(np.asarray(k) + 1.0) - gammaln(n - np.asarray(k) + 1.0))


def share_p(k1: float, n1: float, k2: float, n2: float) -> tuple[float, str]:
    """The p of 'both groups have one share' and its test: 'pooled_z', or 'fisher' where counts are small."""
    pooled = (k1 + k2) / (n1 + n2)
    expected = min(n1, n2) * min(pooled, 1 - pooled)
    if min(k1, n1 - k1, k2, n2 - k2, expected) < SMALL or (z := pooled_z(k1, n1, k2, n2)) is None:
        return fisher_p(k1, n1, k2, n2), "fisher"
    return normal_p(z), "pooled_z"
