"""Charts that add up what single points are too noisy to show: EWMA and CUSUM.

A Shewhart chart finds a shift of half a standard deviation after about 155 points; an exponentially weighted moving
average with weight 0.1 and limits of 2.814, or a cumulative sum with k = 0.5 and h = 5, after 31 to 38, with a
false alarm in 465 to 500 points (`metrics.trends.run_lengths`). Centre and standard deviation come from a frozen
baseline, as those of `control_chart` do.

References
----------
.. [1] Roberts, S. W. (1959). Control chart tests based on geometric moving averages. Technometrics 1, 239-250.
.. [2] Page, E. S. (1954). Continuous inspection schemes. Biometrika 41, 100-115.
.. [3] Lucas, J. M. and Saccucci, M. S. (1990). Exponentially weighted moving average control schemes. Technometrics 32,
   1-12.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

Row = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class EwmaChart:
    """The moving average with its limits at each point, all None at a gap; `outside` lists the points beyond them."""

    points: Row
    centre: float
    lower: Row
    upper: Row
    outside: tuple[int, ...]


def ewma_chart(
    values: Sequence[float | None],
    centre: float,
    sigma: ArrayLike,
    weight: float = 0.1,
    width: float = 2.814,
) -> EwmaChart | None:
    """An exponentially weighted moving average with exact limits, narrow at first and settling.

    Parameters
    ----------
    values
        One per period; None or NaN is a gap, over which the average stands still.
    centre, sigma
        Of the process when nothing changes: the mean and the standard deviation of a value, or one for each value where
        they rest on different numbers of answers.
    weight
        Of the newest value, in 0..1; 0.1 to 0.2 for shifts of half to one standard deviation.
    width
        Of the limits, in standard deviations of the average.

    Returns
    -------
    EwmaChart or None
        None where sigma is not positive: what never varies has no limits.

    Examples
    --------
    >>> chart = ewma_chart([10.4, 10.6, 10.9, 11.2], centre=10, sigma=1, weight=0.2, width=3)
    >>> [round(point, 3) for point in chart.points]
    [10.08, 10.184, 10.327, 10.502]
    """
    if not 0 < weight <= 1:
        raise ValueError(f"a weight lies in 0..1, not {weight!r}")
    sigmas = np.broadcast_to(np.asarray(sigma, dtype=float), (len(values),)).tolist()
    points: list[float | None] = []
    errors: list[float | None] = []
    average, variance = centre, 0.0
    for value, deviation in zip(values, sigmas, strict=True):
        if value is None or math.isnan(value):
            points.append(None)
            errors.append(None)
            continue
        if not deviation > 0:
            return None
        average += weight * (value - average)
        variance = weight**2 * deviation**2 + (1 - weight) ** 2 * variance
        points.append(average)
        errors.append(math.sqrt(variance))
    lower = tuple(None if error is None else centre - width * error for error in errors)
    upper = tuple(None if error is None else centre + width * error for error in errors)
    outside = tuple(
        place
        for place, (point, low, high) in enumerate(zip(points, lower, upper, strict=True))
        if point is not None and low is not None and high is not None and not low <= point <= high
    )
    return EwmaChart(tuple(points), centre, lower, upper, outside)


@dataclass(frozen=True, slots=True)
class CusumChart:
    """The sums of what lies above and below the target, in standard deviations, each starting anew at 0.

    Attributes
    ----------
    above, below
        `above` is 0 or more, `below` 0 or less; None at a gap.
    limit
        An alarm is raised where `above` exceeds it or `below` falls under its negative.
    outside
        The points (from 0) of alarm; the first is the alarm, and the last 0 before it tells when the shift began.
    """

    above: Row
    below: Row
    limit: float
    outside: tuple[int, ...]


def cusum_chart(
    values: Sequence[float | None], target: float, sigma: ArrayLike, k: float = 0.5, h: float = 5.0
) -> CusumChart | None:
    """Page's cumulative sums, for a shift of 2k standard deviations.

    Parameters
    ----------
    values
        One per period; None or NaN is a gap, over which the sums stand still.
    target, sigma
        The mean when nothing changes and the standard deviation of a value, or one for each value.
    k, h
        What is forgiven at each point, and the limit of the sums, in standard deviations.

    Returns
    -------
    CusumChart or None
        None where sigma is not positive.
    """
    sigmas = np.broadcast_to(np.asarray(sigma, dtype=float), (len(values),)).tolist()
    above: list[float | None] = []
    below: list[float | None] = []
    high = low = 0.0
    for value, deviation in zip(values, sigmas, strict=True):
        if value is None or math.isnan(value):
            above.append(None)
            below.append(None)
            continue
        if not deviation > 0:
            return None
        z = (value - target) / deviation
        high, low = max(0.0, high + z - k), min(0.0, low + z + k)
        above.append(high)
        below.append(low)
    outside = tuple(
        place
        for place, (up, down) in enumerate(zip(above, below, strict=True))
        if up is not None and down is not None and max(up, -down) > h
    )
    return CusumChart(tuple(above), tuple(below), h, outside)
