"""Does a row of values rise or fall, and by how much a step?

Mann and Kendall count the pairs of values that rise, so neither an outlier nor the shape of the rise matters; Sen's
slope is the median of the slopes of all pairs. Both are for independent values: a rolling average, or a row with
seasons, has trends that are none.

References
----------
.. [1] Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13, 245-259.
.. [2] Kendall, M. G. (1975). Rank Correlation Methods. Griffin.
.. [3] Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. JASA 63, 1379-1389.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.quantiles import check_confidence, normal_p, normal_quantile


@dataclass(frozen=True, slots=True)
class Trend:
    """Mann and Kendall's test with Sen's slope.

    Attributes
    ----------
    n
        The number of values.
    s, variance
        Rising minus falling pairs, and the variance of that if there is no trend, ties considered.
    z, p
        With continuity correction; None where all values are equal.
    tau
        Kendall's tau-b, in -1..1; None where all values are equal.
    slope, low, high
        The median change per step with its interval; the limits None where the values are too few to tell.
    """

    n: int
    s: int
    variance: float
    z: float | None
    p: float | None
    tau: float | None
    slope: float
    low: float | None
    high: float | None


def mann_kendall(values: Sequence[float | None], confidence: float = 0.95) -> Trend | None:
    """The trend of values at equal steps.

    Parameters
    ----------
    values
        One per period; None or NaN is a gap, which counts as a step.
    confidence
        Of the interval of the slope.

    Returns
    -------
    Trend or None
        None with fewer than two values.

    Examples
    --------
    >>> trend = mann_kendall([41, 43, 40, 44, 46, 45, 47, 44, 48, 50, 49, 51])
    >>> trend.s, round(trend.p, 4), trend.slope
    (51, 0.0006, 0.8375)
    """
    check_confidence(confidence)
    given = np.array([math.nan if value is None else value for value in values], dtype=float)
    places = np.flatnonzero(~np.isnan(given))
    x, n = given[places], len(places)
    if n < 2:
        return None
    earlier, later = np.triu_indices(n, 1)
    signs = np.sign(x[later] - x[earlier])
    s, pairs = int(signs.sum()), n * (n - 1) / 2
    tied = np.unique(x, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - float((tied * (tied - 1) * (2 * tied + 5)).sum())) / 18
    slopes = np.sort((x[later] - x[earlier]) / (places[later] - places[earlier]))
    slope = float(np.median(slopes))
    if len(tied) == 1:
        return Trend(n, 0, 0.0, None, None, None, slope, None, None)
    z = (s - math.copysign(1, s)) / math.sqrt(variance) if s else 0.0
    tau = s / math.sqrt(pairs * float((signs != 0).sum()))
    reach = normal_quantile(confidence) * math.sqrt(variance)
    lowest, highest = round((pairs - reach) / 2), round((pairs + reach) / 2)
    limits = (float(slopes[lowest - 1]), float(slopes[highest])) if lowest > 0 and highest < pairs else (None, None)
    return Trend(n, s, variance, z, normal_p(z), tau, slope, *limits)
