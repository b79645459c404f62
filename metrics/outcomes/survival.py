"""How long customers stay, when most of them are still there: who has not left yet has stayed at least so long.

Kaplan and Meier's curve with the log-log interval, which stays within 0..1 [1]_; the log-rank test of 'all groups leave
alike'; and the mean time kept within a horizon, which needs no assumption about what comes after it.

References
----------
.. [1] Kalbfleisch, J. D. and Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data, 2nd ed. Wiley.
.. [2] Mantel, N. (1966). Evaluation of survival data and two new rank order statistics. Cancer Chemotherapy Reports 50,
   163-170.
.. [3] Royston, P. and Parmar, M. K. B. (2013). Restricted mean survival time. BMC Medical Research Methodology 13, 152.
.. [4] Brookmeyer, R. and Crowley, J. (1982). A confidence interval for the median survival time. Biometrics 38, 29-41.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.comparisons.heterogeneity import Heterogeneity
from metrics.estimate import Estimate
from metrics.proportions import wilson
from metrics.quantiles import check_confidence, chi_square_p, normal_quantile

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """The share still there after each time at which somebody left, as shares in 0..1.

    `low` and `high` are NaN where nobody is left. `median` is the first time at which half have left, or None.
    """

    times: Array
    survival: Array
    standard_error: Array
    low: Array
    high: Array
    at_risk: Array
    left: Array
    durations: Array
    confidence: float

    @property
    def n(self) -> int:
        """How many were followed."""
        return len(self.durations)

    @property
    def median(self) -> float | None:
        """The first time at which half have left."""
        return self._passes(self.survival, 0.5)

    def quantile(self, share: float) -> Estimate:
        """The first time by which this share, in 0..1, have left; its limits are where those of the curve pass it [4]_.

        None where the curve does not come so far: a limit that is None is beyond what was followed.

        >>> kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).quantile(0.5).value
        2.0
        """
        if not 0 < share < 1:
            raise ValueError(f"{share!r} is no share between 0 and 1")
        value = self._passes(self.survival, 1 - share)
        low, high = (self._passes(limit, 1 - share) for limit in (self.low, self.high))
        if low is None or (value is not None and low > value):
            low = value
        return Estimate(value, low, high, self.n, float(self.left.sum()), "kaplan_meier")

    def _passes(self, curve: Array, level: float) -> float | None:
        below = np.flatnonzero(curve <= level + 1e-12)
        return float(self.times[below[0]]) if len(below) else None

    def followed(self, time: float) -> int:
        """How many were followed for so long, or longer."""
        return int((self.durations >= time).sum())

    def at(self, time: float) -> Estimate:
        """The share still there at a time, in percent, with its interval; None where nobody was followed so long.

        Where nobody has left, or everybody has, the log-log interval is not defined and Wilson's stands in, of those
        who were followed so long.
        """
        followed = self.followed(time)
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        share = float(self.survival[place]) if place >= 0 else 1.0
        if not self.n or (not followed and share > 0):
            return Estimate(None, None, None, self.n, 0, "kaplan_meier")
        if 0 < share < 1:
            low, high = float(self.low[place]), float(self.high[place])
        else:
            count = max(1, followed if share else self.n)
            low, high = wilson(share * count, count, self.confidence)
        return Estimate(100 * share, 100 * low, 100 * high, self.n, followed, "kaplan_meier")


def kaplan_meier(time: ArrayLike, event: ArrayLike, confidence: float = 0.95) -> SurvivalCurve:
    """The curve of those who were followed.

    Parameters
    ----------
    time
        How long each was followed, 0 or more.
    event
        1 where the following ended because they left, 0 where they are still there.

    Examples
    --------
    >>> curve = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])
    >>> curve.survival.tolist(), curve.median
    ([0.75, 0.375], 3.0)
    """
    check_confidence(confidence)
    durations, left = _checked(time, event)
    times, at_risk, leaving = _table(durations, left)
    survival = np.asarray(np.cumprod((at_risk - leaving) / at_risk), dtype=np.float64)
    low: Array
    high: Array
    error: Array
    with np.errstate(divide="ignore", invalid="ignore"):
        spread: Array = np.cumsum(leaving / (at_risk * (at_risk - leaving)))
        error = survival * np.sqrt(spread)
        log = np.log(survival)
        reach = normal_quantile(confidence) * np.sqrt(spread) / np.abs(log)
        low = survival ** np.exp(reach)
        high = survival ** np.exp(-reach)
    known: NDArray[np.bool_] = survival > 0
    for values in (error, low, high):
        values[~known] = math.nan
    return SurvivalCurve(times, survival, error, low, high, at_risk, leaving, np.sort(durations), confidence)


def log_rank(groups: Sequence[tuple[ArrayLike, ArrayLike]]) -> Heterogeneity:
    """Mantel's test that all groups leave alike; each group is its (time, event), and p is None without two to compare.

    >>> log_rank([([1, 2, 3], [1, 1, 1]), ([1, 2, 3], [1, 1, 1])]).statistic
    0.0
    """
    filled = [pair for pair in (_checked(*group) for group in groups) if len(pair[0])]
    k = len(filled)
    if k < 2:
        return Heterogeneity(None, max(0, k - 1), None, "log_rank")
    durations, left = (np.concatenate([pair[side] for pair in filled]) for side in (0, 1))
    times, at_risk, leaving = _table(durations, left)
    in_group = np.array([_at_risk(pair[0], times) for pair in filled])
    own = np.array([_leaving(*pair, times) for pair in filled])
    share = in_group / at_risk if len(times) else in_group
    observed, expected = own.sum(axis=1), (share * leaving).sum(axis=1)
    # The hypergeometric variance; with one at risk there is none.
    spare = np.where(at_risk > 1, (at_risk - leaving) / np.maximum(at_risk - 1, 1), 0) * leaving
    variance = np.diag((spare * share).sum(axis=1)) - (spare * share) @ share.T
    apart = (observed - expected)[:-1]
    if not variance.any():
        return Heterogeneity(None, k - 1, None, "log_rank")
    statistic = max(0.0, float(apart @ np.linalg.pinv(variance[:-1, :-1]) @ apart))
    return Heterogeneity(statistic, k - 1, chi_square_p(statistic, k - 1), "log_rank")


def restricted_mean(time: ArrayLike, event: ArrayLike, horizon: float, confidence: float = 0.95) -> Estimate:
    """The mean time kept within a horizon: the area under the curve up to it, with its interval.

    `ValueError` for a horizon of 0 or less; None where nobody was followed to the horizon and somebody was lost to
    sight before it, because the curve's end is not known then.
    """
    if horizon <= 0:
        raise ValueError("a horizon is more than 0")
    curve = kaplan_meier(time, event, confidence)
    if curve.at(horizon).value is None:
        return Estimate(None, None, None, curve.n, 0, "restricted_mean")
    inside = curve.times < horizon
    edges = np.concatenate([[0.0], curve.times[inside], [horizon]])
    heights = np.concatenate([[1.0], curve.survival[inside]])
    areas = heights * np.diff(edges)
    value = float(areas.sum())
    after = np.cumsum(areas[::-1])[::-1][1:]
    at_risk, leaving = curve.at_risk[inside], curve.left[inside]
    spare = at_risk - leaving
    each = np.divide(leaving, at_risk * spare, out=np.zeros_like(leaving), where=spare > 0)
    half = normal_quantile(confidence) * math.sqrt(float((after**2 * each).sum()))
    low, high = max(0.0, value - half), min(horizon, value + half)
    return Estimate(value, low, high, curve.n, curve.followed(horizon), "restricted_mean")


def _checked(time: ArrayLike, event: ArrayLike) -> tuple[Array, Array]:
    durations, left = np.asarray(time, dtype=float), np.asarray(event, dtype=float)
    if durations.shape != left.shape or (durations < 0).any() or not np.isfinite(durations).all():
        raise ValueError("each one followed has a time of 0 or more and an event")
    if not np.isin(left, (0, 1)).all():
        raise ValueError("an event is 1, or 0 where they are still there")
    return durations, left


def _table(durations: Array, left: Array) -> tuple[Array, Array, Array]:
    """The times at which somebody left, how many were there just before, and how many left."""
    times, leaving = np.unique(durations[left == 1], return_counts=True)
    return times, _at_risk(durations, times), leaving.astype(float)


def _at_risk(durations: Array, times: Array) -> Array:
    return (len(durations) - np.searchsorted(np.sort(durations), times)).astype(float)


def _leaving(durations: Array, left: Array, times: Array) -> Array:
    gone = np.sort(durations[left == 1])
    return (np.searchsorted(gone, times, side="right") - np.searchsorted(gone, times)).astype(float)
