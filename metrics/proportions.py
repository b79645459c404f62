"""Shares of answers, in percent, with Wilson's interval.

Wilson's interval keeps its coverage where the textbook one fails, near 0 and 100 percent and with few answers, and
never leaves 0..100 [1]_ [2]_: 0 of 20 gives 0..16.1, 12 of 12 gives 75.7..100. CSAT is the share of the `top` best of
`points` answers among the valid ones; 'not applicable' is no answer.

References
----------
.. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA 22, 209-212.
.. [2] Brown, L. D., Cai, T. T. and DasGupta, A. (2001). Interval estimation for a binomial proportion.
   Statistical Science 16, 101-133.
.. [3] Newcombe, R. G. (1998). Two-sided confidence intervals for the single proportion. Statistics in Medicine 17,
   857-872.
"""

import math
from collections.abc import Callable

from scipy.special import betaincinv

from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.quantiles import check_confidence, normal_quantile


def proportion(k: float, n: float, confidence: float = 0.95, method: str = "wilson") -> Estimate:
    """The share k of n in percent 0..100, with its interval.

    Parameters
    ----------
    k, n
        Successes and trials, whole or fractional (effective) counts, 0 <= k <= n.
    confidence
        Two-sided, between 0 and 1; a one-sided 95% bound is the limit at 0.90.
    method
        'wilson' (default), 'wilson_corrected' (for continuity), 'jeffreys' (with the end rule of [2]_),
        'clopper_pearson' (exact) or 'agresti_coull'.

    Returns
    -------
    Estimate
        In percent; value and limits are None for n = 0.

    Raises
    ------
    ValueError
        k outside 0..n, confidence outside 0..1, unknown method.

    Examples
    --------
    Newcombe's first example [3]_, printed there as .2553 to .3662:

    >>> e = proportion(81, 263)
    >>> round(e.low, 2), round(e.high, 2)
    (25.53, 36.62)
    """
    check_confidence(confidence)
    if not 0 <= k <= n < math.inf:
        raise ValueError(f"{k!r} of {n!r} is no share")
    if method not in LIMITS:
        raise ValueError(f"unknown method {method!r} for a proportion")
    if n == 0:
        return Estimate(None, None, None, 0, 0, method)
    low, high = LIMITS[method](k, n, confidence)
    return _in_percent(k / n, low, high, n, n, method)


def csat(h: Histogram, top: int = 2, points: int = 5, confidence: float = 0.95) -> Estimate:
    """Customer satisfaction: the percentage, 0..100, of answers among the `top` best of a scale 1..`points`.

    Scores off the scale are left out, weights enter as Kish's effective number of answers, and the interval is
    Wilson's. Value and limits are None without answers; `ValueError` where 0 < top < points <= 10 does not hold.

    >>> csat(Histogram.of([5, 5, 4, 3, 5, 1, 2, 4, 4, 5, None, 5])).value
    72.72727272727273
    """
    check_confidence(confidence)
    h, k = satisfied(h, top, points)
    if not (total := h.total):
        return Estimate(None, None, None, 0, 0, "wilson")
    n = h.effective_n
    low, high = wilson(k * n / total, n, confidence)
    return _in_percent(k / total, low, high, h.n, n, "wilson")


def satisfied(h: Histogram, top: int, points: int) -> tuple[Histogram, float]:
    """The histogram on its scale of 1..points, and how many of it (in counts) chose one of the `top` best."""
    if not 0 < top < points <= 10:
        raise ValueError(f"the top {top!r} of {points!r} points is no share of a scale within 1..10")
    h = h.on_scale(1, points)
    return h, min(h.total, sum(h.counts[points - top + 1 : points + 1]))


def _in_percent(share: float, low: float, high: float, n: float, effective_n: float, method: str) -> Estimate:
    # Rounding must not leave the estimate a last bit outside its own interval (the ends are exactly 0 and 1).
    return Estimate(100 * share, 100 * min(low, share), 100 * max(high, share), n, effective_n, method)


def wilson(k: float, n: float, confidence: float) -> tuple[float, float]:
    """Wilson's limits as shares in 0..1: where (share - p)^2 = z^2 p (1 - p)/n; n must be positive."""
    z = normal_quantile(confidence)
    centre = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    # At the ends the limit is known, and rounding would miss it by the last bit.
    return (centre - half if k > 0 else 0.0), (centre + half if k < n else 1.0)


def wilson_corrected(k: float, n: float, confidence: float) -> tuple[float, float]:
    """Wilson's limits corrected for continuity, as R's prop.test gives them."""
    z = normal_quantile(confidence)

    def lower(count: float) -> float:
        p = (count - min(0.5, abs(count - n / 2))) / n
        reach = z * math.sqrt(max(0.0, p * (1 - p) / n + (z / (2 * n)) ** 2))
        return (p + z * z / (2 * n) - reach) / (1 + z * z / n)

    return (max(0.0, lower(k)) if k > 0 else 0.0), (min(1.0, 1 - lower(n - k)) if k < n else 1.0)


def jeffreys(k: float, n: float, confidence: float) -> tuple[float, float]:
    """The equal-tailed posterior interval under Jeffreys' prior; exactly 0 or 1 at the ends."""
    tail = (1 - confidence) / 2
    low = float(betaincinv(k + 0.5, n - k + 0.5, tail)) if k > 0 else 0.0
    high = float(betaincinv(k + 0.5, n - k + 0.5, 1 - tail)) if k < n else 1.0
    return low, high


def clopper_pearson(k: float, n: float, confidence: float) -> tuple[float, float]:
    """The 'exact' limits, never below their nominal coverage, and wide for it."""
    tail = (1 - confidence) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return low, high


def agresti_coull(k: float, n: float, confidence: float) -> tuple[float, float]:
    """Wald's limits after adding z^2 answers, half of them successes; not clipped to 0..1."""
    z = normal_quantile(confidence)
    p = (k + z * z / 2) / (n + z * z)
    half = z * math.sqrt(p * (1 - p) / (n + z * z))
    return p - half, p + half


LIMITS: dict[str, Callable[[float, float, float], tuple[float, float]]] = {
    "wilson": wilson,
    "wilson_corrected": wilson_corrected,
    "jeffreys": jeffreys,
    "clopper_pearson": clopper_pearson,
    "agresti_coull": agresti_coull,
}
