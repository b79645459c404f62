"""The median of a few things, such as how old what is open is, with an interval that assumes nothing of their shape.

References
----------
.. [1] Conover, W. J. (1999). Practical Nonparametric Statistics, 3rd ed. Wiley. Section 3.2.
"""

from collections.abc import Sequence

from scipy.special import bdtr

from metrics.estimate import Estimate
from metrics.quantiles import check_confidence


def median(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """The median with the exact interval between two of the ordered values [1]_.

    Parameters
    ----------
    values
        In any order; independent of each other.
    confidence
        Two-sided; the interval holds at least so often, whatever the distribution.

    Returns
    -------
    Estimate
        On the values' own scale. Without values all is None; with fewer than six (at 0.95) there is no interval.

    Examples
    --------
    >>> e = median([3, 8, 1, 12, 5, 21, 9])
    >>> e.value, e.low, e.high
    (8, 1, 21)

    Notes
    -----
    The number of values below the median is binomial with one half, so that the interval from the r-th smallest to the
    r-th largest holds with 1 - 2 P(B <= r - 1).
    """
    check_confidence(confidence)
    ordered, n = sorted(values), len(values)
    if not n:
        return Estimate(None, None, None, 0, 0, "order_statistics")
    middle = ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) / 2
    ranks = [rank for rank in range(1, n // 2 + 1) if 2 * float(bdtr(rank - 1, n, 0.5)) <= 1 - confidence]
    if not ranks:
        return Estimate(middle, None, None, n, n, "order_statistics")
    return Estimate(middle, ordered[ranks[-1] - 1], ordered[n - ranks[-1]], n, n, "order_statistics")
