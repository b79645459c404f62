"""How far raters agree: intraclass correlations for numbers, Krippendorff's alpha where ratings are missing.

References
----------
.. [1] Shrout, P. E. and Fleiss, J. L. (1979). Intraclass correlations: uses in assessing rater reliability.
   Psychological Bulletin 86, 420-428.
.. [2] McGraw, K. O. and Wong, S. P. (1996). Forming inferences about some intraclass correlation coefficients.
   Psychological Methods 1, 30-46.
.. [3] Hayes, A. F. and Krippendorff, K. (2007). Answering the call for a standard reliability measure for coding data.
   Communication Methods and Measures 1, 77-89.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtri

from metrics.estimate import Estimate
from metrics.quantiles import check_confidence
from metrics.reliability.scales import complete_rows, spearman_brown

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Intraclass:
    """Shrout and Fleiss' intraclass correlations, at most 1, of a single rating and of the mean of all k.

    Attributes
    ----------
    one_way, one_way_mean
        ICC(1): every subject has raters of its own. ICC(1) of units with their customers is the share of an answer's
        variance that lies between units.
    agreement, agreement_mean
        ICC(2): the same raters, a random sample of raters, rate all; a rater who is always stricter counts against it.
    consistency, consistency_mean
        ICC(3): these raters are all that matter, and a constant strictness does not count.
    """

    one_way: Estimate
    agreement: Estimate
    consistency: Estimate
    one_way_mean: Estimate
    agreement_mean: Estimate
    consistency_mean: Estimate


def intraclass(ratings: ArrayLike, confidence: float = 0.95) -> Intraclass | None:
    """Intraclass correlations with F intervals.

    Parameters
    ----------
    ratings
        Subjects in rows, at least two raters in columns; subjects with a NaN are left out.
    confidence
        Two-sided, between 0 and 1.

    Returns
    -------
    Intraclass or None
        None with fewer than two subjects, or where all ratings are equal. Limits None where raters agree perfectly.

    Examples
    --------
    >>> result = intraclass([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(result.one_way.value, 2), round(result.agreement.value, 2), round(result.consistency.value, 2)
    (0.17, 0.29, 0.71)
    """
    check_confidence(confidence)
    x = complete_rows(ratings)
    n, k = x.shape
    if n < 2 or np.ptp(x) == 0:
        return None
    rows, columns = x.mean(axis=1), x.mean(axis=0)
    between = k * float(((rows - x.mean()) ** 2).sum()) / (n - 1)
    within = float(((x - rows[:, None]) ** 2).sum()) / (n * (k - 1))
    raters = n * float(((columns - x.mean()) ** 2).sum()) / (k - 1)
    error = float(((x - rows[:, None] - columns + x.mean()) ** 2).sum()) / ((n - 1) * (k - 1))
    one_way = _ratio_limits(between, within, n - 1, n * (k - 1), k, confidence)
    consistency = _ratio_limits(between, error, n - 1, (n - 1) * (k - 1), k, confidence)
    agreement = _agreement(between, raters, error, n, k, confidence)
    single = [_estimate(*limits, n) for limits in (one_way, agreement, consistency)]
    means = [_estimate(*_of_mean(limits, k), n) for limits in (one_way, agreement, consistency)]
    return Intraclass(*single, *means)


Limits = tuple[float | None, float | None, float | None]


def _estimate(value: float | None, low: float | None, high: float | None, n: int) -> Estimate:
    return Estimate(value, low, high, n, n, "f")


def _of_mean(limits: Limits, k: int) -> Limits:
    value, low, high = (None if r is None else spearman_brown(r, k) for r in limits)
    return value, low, high


def _ratio_limits(between: float, within: float, df: int, df_within: int, k: int, confidence: float) -> Limits:
    """ICC(1) or ICC(3) with limits, from the ratio of two mean squares."""
    # Perfect agreement leaves rounding; where subjects do not differ either there is nothing to agree on.
    if within <= 1e-12 * between or not within:
        return (1.0 if between else None), None, None
    value = (between - within) / (between + (k - 1) * within)
    ratio, tail = between / within, (1 - confidence) / 2
    low, high = ratio / float(fdtri(df, df_within, 1 - tail)), ratio / float(fdtri(df, df_within, tail))
    return value, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _agreement(between: float, raters: float, error: float, n: int, k: int, confidence: float) -> Limits:
    """ICC(2) with the limits of McGraw and Wong, whose degrees of freedom are Satterthwaite's."""
    total = between + (k - 1) * error + k * (raters - error) / n
    if total <= 1e-12 * (between + raters + error):
        return None, None, None
    value = (between - error) / total
    if error <= 1e-12 * between or not error:
        return value, None, None
    strict, tail = raters / error, (1 - confidence) / 2
    a = k * value * strict
    b = n * (1 + (k - 1) * value) - k * value
    df = (k - 1) * (n - 1) * (a + b) ** 2 / ((n - 1) * a**2 + b**2)
    upper, lower = float(fdtri(n - 1, df, 1 - tail)), float(fdtri(df, n - 1, 1 - tail))
    spread = k * raters + (k * n - k - n) * error
    low = n * (between - upper * error) / (upper * spread + n * between)
    high = n * (lower * between - error) / (spread + n * lower * between)
    return value, low, high


def _nominal(values: Floats, _counts: Floats) -> Floats:
    distance: Floats = (values[:, None] != values).astype(float)
    return distance


def _interval(values: Floats, _counts: Floats) -> Floats:
    distance: Floats = (values[:, None] - values) ** 2
    return distance


def _ordinal(_values: Floats, counts: Floats) -> Floats:
    # How many ratings lie between two, the two halved.
    middle = np.cumsum(counts) - counts / 2
    distance: Floats = (middle[:, None] - middle) ** 2
    return distance


METRICS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
}


def krippendorff_alpha(ratings: ArrayLike, metric: str = "nominal") -> float | None:
    """Krippendorff's alpha: 1 for perfect agreement, 0 for what chance would give, negative below it.

    Parameters
    ----------
    ratings
        Raters in rows, what they rated in columns, codes as numbers; NaN where a rater did not rate.
    metric
        'nominal' for codes such as topics, 'ordinal' for ranks, 'interval' for numbers.

    Returns
    -------
    float or None
        None where no subject has two ratings, or all ratings are equal: nothing could have been confused.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 2, 3, 3, 2], [1, 2, 3, 3, 1]]), 3)
    0.727
    """
    if metric not in METRICS:
        raise ValueError(f"unknown metric {metric!r}; one of {', '.join(METRICS)}")
    x = np.array(ratings, dtype=float, ndmin=2)
    x = x[:, (~np.isnan(x)).sum(axis=0) > 1]
    values = np.unique(x[~np.isnan(x)])
    if len(values) < 2:
        return None
    counts = (x == values[:, None, None]).sum(axis=1).astype(float)
    # Each pair of ratings of one subject counts 1 / (ratings of the subject - 1).
    share = 1 / (counts.sum(axis=0) - 1)
    seen = (counts * share) @ counts.T - np.diag((counts * share).sum(axis=1))
    each = seen.sum(axis=1)
    distance = METRICS[metric](values, each)
    expected = float((np.outer(each, each) * distance).sum()) / (math.fsum(each.tolist()) - 1)
    return 1 - float((seen * distance).sum()) / expected
