"""Is there a break in the mean of a row of values, wherever it may be?

The largest of many statistics is larger by chance than any one of them; each test here knows the distribution of the
largest. Pettitt's counts ranks and fears no outlier, sup-F is the sharper one for values that are roughly normal, and
OLS-CUSUM follows the sum of the residuals.

References
----------
.. [1] Pettitt, A. N. (1979). A non-parametric approach to the change-point problem. Applied Statistics 28, 126-135.
.. [2] Andrews, D. W. K. (1993). Tests for parameter instability and structural change with unknown change point.
   Econometrica 61, 821-856.
.. [3] DeLong, D. M. (1981). Crossing probabilities for a square root boundary by a Bessel process. Communications in
   Statistics, Theory and Methods 10, 2197-2213.
.. [4] Ploberger, W. and Kraemer, W. (1992). The CUSUM test with OLS residuals. Econometrica 60, 271-285.
.. [5] Hansen, B. E. (2000). Sample splitting and threshold estimation. Econometrica 68, 575-603.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import kolmogorov, ndtri

from metrics.quadrature import points_between
from metrics.quantiles import f_p

# A break is not looked for in the first and the last 15 percent: a segment of few values is never sure.
TRIMMED = 0.15
MODES, NODES = 24, 100


class BreakTest(NamedTuple):
    """The largest statistic, how many values stand before the break that gives it, and its p-value."""

    statistic: float
    before: int
    p: float


def pettitt(values: ArrayLike) -> BreakTest | None:
    """Pettitt's rank test of a break in location; the p-value is his approximation, on the safe side.

    None with fewer than two values, or where all are equal. NaN is not allowed: leave gaps out first.

    >>> pettitt([3, 1, 2, 3, 2, 7, 8, 6, 8, 7]).before
    5
    """
    x = _known(values)
    n = len(x)
    if n < 2 or np.ptp(x) == 0:
        return None
    # With ties as half, a rank is the number of values below plus half of those alike.
    ranks = (x > x[:, None]).sum(axis=0) + ((x == x[:, None]).sum(axis=0) + 1) / 2
    u = np.abs(2 * np.cumsum(ranks)[:-1] - np.arange(1, n) * (n + 1))
    k = float(u.max())
    return BreakTest(k, int(u.argmax()) + 1, min(1.0, 2 * math.exp(-6 * k**2 / (n**3 + n**2))))


def ols_cusum(values: ArrayLike) -> BreakTest | None:
    """The largest sum of residuals from the mean, by sigma sqrt(n) [4]_; None as for `pettitt`."""
    x = _known(values)
    n = len(x)
    if n < 2 or np.ptp(x) == 0:
        return None
    sums = np.abs(np.cumsum(x - x.mean())[:-1]) / (x.std(ddof=1) * math.sqrt(n))
    statistic = float(sums.max())
    return BreakTest(statistic, int(sums.argmax()) + 1, float(kolmogorov(statistic)))


class SupF(NamedTuple):
    """The largest F of a break in the mean.

    Attributes
    ----------
    statistic
        F with 1 and n - 2 degrees of freedom, at its largest.
    before
        How many values stand before that break.
    p_small
        Of the asymptotic distribution of the largest [2]_, [3]_, after F is replaced by the chi-square of equal tail:
        what a short row of values needs.
    earliest, latest
        The breaks, as `before`, that the values do not rule out at 95 percent, were there one [5]_.
    duration
        How long the process of the limit runs, which is what the trimming leaves.
    """

    statistic: float
    before: int
    p_small: float
    earliest: int
    latest: int
    duration: float

    @property
    def p(self) -> float:
        """Of the asymptotic distribution, for F as it stands."""
        return _largest_beyond(math.sqrt(self.statistic), self.duration)


def sup_f(values: ArrayLike, weights: ArrayLike | None = None, trimmed: float = TRIMMED) -> SupF | None:
    """Andrews' test of a break in the mean at an unknown place.

    Parameters
    ----------
    values
        In order, without NaN.
    weights
        How much each value is worth, such as its number of answers; all alike when left out. The variance is taken from
        the residuals, so only their proportions matter.
    trimmed
        The share of the values at either end in which no break is looked for.

    Returns
    -------
    SupF or None
        None with fewer than four values, or where they leave no residual variance.

    Notes
    -----
    The root of F is |B(s)|/sqrt(s(1 - s)) in the limit, with B the Brownian bridge and s the share of the weights
    before the break: a stationary Ornstein-Uhlenbeck process in log(s/(1 - s))/2, whose chance to stay within a band
    comes from the eigenvalues of -d2/dx2 + x2/4 - 1/2 on it.

    Examples
    --------
    >>> found = sup_f([3, 1, 2, 3, 2, 7, 8, 6, 8, 7])
    >>> found.before, found.earliest, found.latest
    (5, 5, 5)
    """
    x = _known(values)
    n = len(x)
    w = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    first = max(1, int(trimmed * n))
    if n < 4 or np.ptp(x) == 0:
        return None
    splits = np.arange(first, n - first + 1) if trimmed else np.arange(1, n)
    total, mean = w.sum(), (w * x).sum() / w.sum()
    before = np.cumsum(w)[splits - 1]
    sums = np.cumsum(w * (x - mean))[splits - 1]
    gain = sums**2 * total / (before * (total - before))
    whole = float((w * (x - mean) ** 2).sum())
    best = int(gain.argmax())
    rest = whole - float(gain[best])
    if rest <= 1e-12 * whole:
        return None
    statistic = float(gain[best]) * (n - 2) / rest
    share = before[[0, -1]] / total
    duration = float(np.diff(np.log(share / (1 - share)))[0]) / 2
    tail = f_p(statistic, 1, n - 2)
    same_tail = -float(ndtri(tail / 2)) if tail > 0 else math.inf
    near = splits[(gain[best] - gain) * (n - 2) / rest <= -2 * math.log(1 - math.sqrt(0.95))]
    return SupF(
        statistic,
        int(splits[best]),
        _largest_beyond(same_tail, duration),
        int(near.min()),
        int(near.max()),
        duration,
    )


def _largest_beyond(bound: float, duration: float) -> float:
    """The chance that a standard Ornstein-Uhlenbeck process leaves -bound..bound within the duration."""
    # Beyond 8 the chance is below what the sum can resolve.
    if bound > 8:
        return 0.0
    x, weights = points_between(-bound, bound, NODES)
    waves = np.arange(1, 2 * MODES, 2)[:, None] * math.pi / (2 * bound)
    modes = np.sin(waves * (x + bound)) / math.sqrt(bound)
    energy: NDArray[np.float64] = (modes * weights * (x**2 / 4 - 0.5)) @ modes.T + np.diag(waves[:, 0] ** 2)
    values, vectors = np.linalg.eigh(energy)
    start = vectors.T @ ((modes * weights) @ (np.exp(-(x**2) / 4) / (2 * math.pi) ** 0.25))
    return min(1.0, max(0.0, 1 - float((start**2 * np.exp(-duration * values)).sum())))


def _known(values: ArrayLike) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=float)
    if np.isnan(x).any():
        raise ValueError("leave gaps out before testing for a break")
    return x
