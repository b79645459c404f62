"""How well chances foretell what happened: who is told apart, how far off they are, and whether 20% means 20%.

References
----------
.. [1] DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Comparing the areas under two or more correlated
   receiver operating characteristic curves. Biometrics 44, 837-845.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.estimate import Estimate
from metrics.proportions import proportion
from metrics.quantiles import normal_quantile

Array = NDArray[np.float64]


def auc(y: ArrayLike, chances: ArrayLike, confidence: float = 0.95) -> Estimate:
    """The chance, 0..1, that one with the event was given a higher chance than one without, ties counting half.

    0.5 is a coin. The interval is DeLong's, cut at 0 and 1 [1]_; value None without both kinds, limits None with fewer
    than two of one.

    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value
    0.75
    """
    outcome, given = np.asarray(y, dtype=float), np.asarray(chances, dtype=float)
    with_event, without = given[outcome == 1], given[outcome == 0]
    m, n = len(with_event), len(without)
    if not m or not n:
        return Estimate(None, None, None, m + n, m + n, "delong")
    together = np.concatenate([with_event, without])
    above = (_midranks(together)[:m] - _midranks(with_event)) / n
    below = 1 - (_midranks(together)[m:] - _midranks(without)) / m
    value = float(above.mean())
    if m < 2 or n < 2:
        return Estimate(value, None, None, m + n, m + n, "delong")
    half = normal_quantile(confidence) * math.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n)
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), m + n, m + n, "delong")


def brier(y: ArrayLike, chances: ArrayLike) -> float | None:
    """The mean squared distance of the chances from what happened: 0 is perfect, 0.25 a coin; None without rows."""
    outcome, given = np.asarray(y, dtype=float), np.asarray(chances, dtype=float)
    return float(((outcome - given) ** 2).mean()) if len(outcome) else None


class Calibration(NamedTuple):
    """One group of similar chances: their mean in percent, and the share that really had the event."""

    expected: float
    observed: Estimate


def calibration(y: ArrayLike, chances: ArrayLike, groups: int = 10) -> list[Calibration]:
    """Rows in `groups` of about equal size by their chance, the lowest first; equal chances are never parted."""
    outcome, given = np.asarray(y, dtype=float), np.asarray(chances, dtype=float)
    if not len(outcome):
        return []
    rank = np.searchsorted(np.sort(given), given, side="right")
    bin_of = np.ceil(groups * rank / len(given)).astype(int)
    return [
        Calibration(100 * float(given[inside].mean()), proportion(float(outcome[inside].sum()), int(inside.sum())))
        for number in np.unique(bin_of)
        for inside in (bin_of == number,)
    ]


def _midranks(values: Array) -> Array:
    ordered = np.sort(values)
    ranks: Array = (np.searchsorted(ordered, values) + np.searchsorted(ordered, values, side="right") + 1) / 2
    return ranks
