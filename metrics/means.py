"""Means of ratings on a bounded scale, the Customer Effort Score among them.

Near the end of a scale, where ratings live, the t interval covers too little (.73 instead of .95 at a mean of 6.6 of 7
and ten answers) and leaves the scale. So below 300 answers the limits are taken on the logit of the mean after one
pseudo-answer in the middle of the scale is added, and widened to hold the raw mean, which stays the value: a logit
interval with the idea of Agresti and Coull [1]_. With x the answers, mid the middle of low..high and n answers,

    m  = (sum x + mid) / (n + 1),       s2 = (sum (x - m)^2 + (mid - m)^2) / n,
    u  = (m - low) / (high - low),      h  = t_{n-1} sqrt(s2 / (n + 1)) / ((high - low) u (1 - u)),
    limits = low + (high - low) expit(logit u -+ h).

References
----------
.. [1] Agresti, A. and Coull, B. A. (1998). Approximate is better than 'exact' for interval estimation of binomial
   proportions. The American Statistician 52, 119-126.
.. [2] Welch, B. L. (1947). The generalization of 'Student's' problem when several different population variances are
   involved. Biometrika 34, 28-35.
"""

import math
from typing import NamedTuple

from scipy.special import expit, logit

from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.quantiles import check_confidence, t_p, t_quantile

# From here on the t interval is near its nominal coverage for ratings too.
MANY = 300


def ces(h: Histogram, points: int = 7, confidence: float = 0.95) -> Estimate:
    """The Customer Effort Score: the mean agreement, on 1..`points`, that it was easy. Higher is better.

    Show the distribution or the share of good answers beside it: a mean hides a U-shape. See `mean_score` for the
    interval and its edges.
    """
    return mean_score(h, 1, points, confidence)


def mean_score(
    h: Histogram, low: int | None = None, high: int | None = None, confidence: float = 0.95, method: str | None = None
) -> Estimate:
    """The mean rating on its own scale low..high, with an interval that stays on the scale.

    Parameters
    ----------
    h
        Answers; those off the scale are left out. Weights enter as Kish's effective number of answers.
    low, high
        The ends of the scale, within 0..10. Left out, the scale is 1..7 if all answers lie on it, otherwise 0..10.
    confidence
        Two-sided, between 0 and 1.
    method
        'logit_t' or 't'. Left out, it is 't' from 300 (effective) answers that do not all agree, 'logit_t' below.

    Returns
    -------
    Estimate
        Without answers everything is None; with one answer there is a value and no interval.

    Raises
    ------
    ValueError
        An unknown method, a scale outside 0..10, confidence outside 0..1.

    Examples
    --------
    >>> e = mean_score(Histogram.of([7, 6, 7, 5, 4, 7, 6, 2, 7, 6, 5, 7]), 1, 7)
    >>> e.value, round(e.low, 4), round(e.high, 4)
    (5.75, 4.464, 6.3432)
    """
    check_confidence(confidence)
    low, high = scale_of(h, low, high)
    h = h.on_scale(low, high)
    n, value, variance = h.effective_n, h.mean, h.variance
    method = method or ("t" if n >= MANY and variance else "logit_t")
    if method not in {"t", "logit_t"}:
        raise ValueError(f"unknown method {method!r} for a mean")
    if value is None:
        return Estimate(None, None, None, 0, 0, method)
    if variance is None or n < 2:
        return Estimate(value, None, None, h.n, n, method)
    limits = _t_limits(h, confidence) if method == "t" else _logit_t_limits(h, low, high, confidence)
    return Estimate(value, max(low, min(limits[0], value)), min(high, max(limits[1], value)), h.n, n, method)


def scale_of(h: Histogram, low: int | None = None, high: int | None = None) -> tuple[int, int]:
    """The scale low..high, an end that is not given being found as `mean_score` says."""
    if low is None or high is None:
        usual = not h.counts[0] and not any(h.counts[8:])
        low = (1 if usual else 0) if low is None else low
        high = (7 if usual else 10) if high is None else high
    if not 0 <= low < high <= 10:
        raise ValueError(f"{low!r}..{high!r} is no scale within 0..10")
    return low, high


def _t_limits(h: Histogram, confidence: float) -> tuple[float, float]:
    moments = Moments.of(h)
    half = t_quantile(confidence, moments.n - 1) * math.sqrt(moments.variance / moments.n)
    return moments.mean - half, moments.mean + half


def _logit_t_limits(h: Histogram, low: int, high: int, confidence: float) -> tuple[float, float]:
    n, counts, middle, width = h.effective_n, h.effective_counts, (low + high) / 2, high - low
    m = (sum(score * count for score, count in enumerate(counts)) + middle) / (n + 1)
    s2 = (sum(count * (score - m) ** 2 for score, count in enumerate(counts)) + (middle - m) ** 2) / n
    u = (m - low) / width
    half = t_quantile(confidence, n - 1) * math.sqrt(s2 / (n + 1)) / (width * u * (1 - u))
    return low + width * float(expit(logit(u) - half)), low + width * float(expit(logit(u) + half))


class Moments(NamedTuple):
    """What a comparison of means needs to know of a group: (effective) answers, mean, sample variance."""

    n: float
    mean: float
    variance: float

    @classmethod
    def of(cls, h: Histogram) -> "Moments":
        """The moments of a histogram of at least two answers."""
        if h.mean is None or h.variance is None:
            raise ValueError("a variance needs two answers")
        return cls(h.effective_n, h.mean, h.variance)


class Welch(NamedTuple):
    """Welch's comparison of two means."""

    difference: float
    low: float
    high: float
    t: float
    df: float
    p: float


def welch(a: Moments, b: Moments, confidence: float = 0.95) -> Welch | None:
    """Welch's t for the mean of b minus the mean of a, never assuming equal variances [2]_.

    None where it is undefined: a group of fewer than two answers, or no variance in either. With equal variances and
    sizes it is Student's test, so there is no reason to choose between them by looking at the data.
    """
    if min(a.n, b.n) < 2 or a.variance + b.variance <= 0:
        return None
    from_a, from_b = a.variance / a.n, b.variance / b.n
    error = math.sqrt(from_a + from_b)
    # Satterthwaite's degrees of freedom.
    df = (from_a + from_b) ** 2 / (from_a**2 / (a.n - 1) + from_b**2 / (b.n - 1))
    difference = b.mean - a.mean
    half = t_quantile(confidence, df) * error
    return Welch(difference, difference - half, difference + half, difference / error, df, t_p(difference / error, df))
