"""Resampling, for quantities that have no interval of their own, such as a correlation.

Not for a KPI of few answers: when all agree a resample agrees too, and the interval is a point.

References
----------
.. [1] Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman and Hall.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from metrics.estimate import Estimate


def bootstrap(
    columns: Sequence[ArrayLike],
    statistic: Callable[..., Any],
    confidence: float = 0.95,
    resamples: int = 9999,
    seed: int = 0,
    method: str = "bca",
) -> Estimate:
    """A statistic of paired columns, with the interval of rows drawn again and again.

    Parameters
    ----------
    columns
        One or more columns of the same length, resampled row by row.
    statistic
        `f(*columns, axis=-1)`, vectorised over the other axes.
    seed
        The draw is reproducible: the same data give the same interval.
    method
        'bca' (bias-corrected and accelerated) or 'percentile'. BCa counts ties half where R's boot does not, so
        discrete data may differ by one step.

    Returns
    -------
    Estimate
        Value and limits None without rows; limits None with fewer than two.
    """
    data = [np.asarray(column, dtype=float) for column in columns]
    n = len(data[0])
    if n < 2:
        return Estimate(float(statistic(*data, axis=-1)) if n else None, None, None, n, n, method)
    result = stats.bootstrap(
        data,
        statistic,
        n_resamples=resamples,
        paired=True,
        vectorized=True,
        confidence_level=confidence,
        method={"bca": "BCa", "percentile": "percentile"}[method],
        rng=np.random.default_rng(seed),
        batch=1000,
    )
    limits = result.confidence_interval
    return Estimate(float(statistic(*data, axis=-1)), float(limits.low), float(limits.high), n, n, method)


def correlation(x: ArrayLike, y: ArrayLike, axis: int = -1) -> Any:
    """Pearson's correlation along an axis, for `bootstrap`."""
    first, second = (np.asarray(column, dtype=float) for column in (x, y))
    first, second = (column - column.mean(axis, keepdims=True) for column in (first, second))
    return (first * second).sum(axis) / np.sqrt((first**2).sum(axis) * (second**2).sum(axis))
