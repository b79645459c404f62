"""The kinds of control chart: from values to points, their centre, and the standard deviation of each point.

References
----------
.. [1] Laney, D. B. (2002). Improved control charts for attributes. Quality Engineering 14, 531-537.
.. [2] Montgomery, D. C. (2013). Introduction to Statistical Quality Control. Wiley.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.trends.chart_constants import D2_OF_TWO, c4, range_moments

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Numbers = Sequence[float | None]
Subgroups = Sequence[Sequence[float] | None]


class Fit(NamedTuple):
    """A chart before its limits are drawn; NaN is a gap.

    `sigmas` are the standard deviations of the points, `sigma` that of one value of the process; the limits stay
    within floor..ceiling.
    """

    points: Floats
    centre: float
    sigmas: Floats
    floor: float = -math.inf
    ceiling: float = math.inf
    sigma: float | None = None
    dispersion: float = 1.0


def moving_range(values: Floats) -> float:
    """The mean distance of neighbours, gaps left out; NaN with fewer than two values."""
    known = values[~np.isnan(values)]
    return float(np.abs(np.diff(known)).mean()) if len(known) > 1 else math.nan


def _mean(values: Floats, weights: Floats | None = None) -> float:
    """The (weighted) mean without the gaps; NaN where nothing is left, and no warning."""
    known = ~np.isnan(values)
    w = np.ones(len(values)) if weights is None else weights
    total = w[known].sum()
    return float((w[known] * values[known]).sum() / total) if total else math.nan


def _row(values: Numbers) -> Floats:
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def individuals(values: Numbers, _sizes: object, base: Places) -> Fit:
    """The values themselves; their standard deviation is the mean moving range by d2."""
    points = _row(values)
    sigma = moving_range(points[base]) / D2_OF_TWO
    return Fit(points, _mean(points[base]), np.full(len(points), sigma), sigma=sigma)


def moving_ranges(values: Numbers, _sizes: object, base: Places) -> Fit:
    """The distance of each value from the one before; the first has none."""
    x = _row(values)
    known = np.flatnonzero(~np.isnan(x))
    points = np.full(len(x), math.nan)
    points[known[1:]] = np.abs(np.diff(x[known]))
    centre = moving_range(x[base])
    d2, d3 = range_moments(2)
    return Fit(points, centre, np.full(len(x), centre * d3 / d2), floor=0.0, sigma=centre / d2)


def shares(values: Numbers, sizes: Numbers | None, base: Places, *, laney: bool) -> Fit:
    """Counts of a number of answers: shares in 0..1 with binomial standard deviations."""
    counts, n = _counts(values, sizes, most=True)
    points = counts / n
    centre = _mean(points[base], n[base])
    return _dispersed(points, centre, np.sqrt(centre * (1 - centre) / n), base, 1.0, laney=laney)


def rates(values: Numbers, sizes: Numbers | None, base: Places, *, laney: bool) -> Fit:
    """Counts of events in an opportunity of some size: rates with Poisson standard deviations."""
    counts, n = _counts(values, sizes, most=False)
    points = counts / n
    centre = _mean(points[base], n[base])
    return _dispersed(points, centre, np.sqrt(centre / n), base, math.inf, laney=laney)


def counts_alone(values: Numbers, _sizes: object, base: Places) -> Fit:
    """Counts of events where every period offers the same opportunity."""
    return rates(values, [1.0] * len(values), base, laney=False)


def _counts(values: Numbers, sizes: Numbers | None, *, most: bool) -> tuple[Floats, Floats]:
    """The counts and their sizes, both NaN where either is missing or the size is 0."""
    if sizes is None or len(sizes) != len(values):
        raise ValueError("each count needs a size")
    counts, n = _row(values), _row(sizes)
    gap = np.isnan(counts) | np.isnan(n) | (n == 0)
    counts[gap] = n[gap] = math.nan
    if (counts < 0).any() or (n < 0).any() or (most and (counts > n).any()):
        raise ValueError("a count lies between 0 and its size")
    return counts, n


def _dispersed(points: Floats, centre: float, plain: Floats, base: Places, ceiling: float, *, laney: bool) -> Fit:
    """The chart with the plain standard deviations, or those times Laney's sigma_z: the moving range of z by d2."""
    spread = 1.0
    if laney and centre > 0 and (plain[base][~np.isnan(plain[base])] > 0).all():
        spread = moving_range((points - centre)[base] / plain[base]) / D2_OF_TWO
    return Fit(points, centre, plain * spread, 0.0, ceiling, dispersion=spread)


class Subgroup(NamedTuple):
    """The size, mean, range and standard deviation (with n - 1) of the values of one subgroup."""

    n: int
    mean: float
    width: float
    deviation: float


def _subgroups(values: Subgroups) -> list[Subgroup | None]:
    """The subgroups that vary, which needs two values; the others are gaps."""
    rows = [_row(given if given is not None else ()) for given in values]
    rows = [row[~np.isnan(row)] for row in rows]
    return [
        Subgroup(len(row), float(row.mean()), float(np.ptp(row)), float(row.std(ddof=1))) if len(row) > 1 else None
        for row in rows
    ]


def _within(groups: list[Subgroup | None], base: Places, *, by_range: bool) -> float:
    """The standard deviation within subgroups: the mean of each range by its d2, or of each deviation by its c4."""
    known = [group for place in base if (group := groups[place]) is not None]
    if not known:
        return math.nan
    each = (g.width / range_moments(g.n).d2 if by_range else g.deviation / c4(g.n) for g in known)
    return math.fsum(each) / len(known)


def subgroup_means(values: Subgroups, _sizes: object, base: Places, *, by_range: bool) -> Fit:
    """The means of subgroups, with the standard deviation within them."""
    groups = _subgroups(values)
    points = np.array([math.nan if g is None else g.mean for g in groups])
    n = np.array([math.nan if g is None else g.n for g in groups])
    sigma = _within(groups, base, by_range=by_range)
    return Fit(points, _mean(points[base], n[base]), sigma / np.sqrt(n), sigma=sigma)


def subgroup_spreads(values: Subgroups, _sizes: object, base: Places, *, by_range: bool) -> Fit:
    """The ranges or standard deviations of subgroups; centre and limits at a point depend on its size alone.

    The centre drawn is that of the usual (median) size; the points of other sizes are brought to it.
    """
    groups = _subgroups(values)
    sigma = _within(groups, base, by_range=by_range)
    sizes = sorted(g.n for g in groups if g is not None)
    if not sizes:
        return Fit(np.full(len(groups), math.nan), math.nan, np.full(len(groups), math.nan))
    usual = sizes[len(sizes) // 2]

    def moments(n: int) -> tuple[float, float]:
        return range_moments(n) if by_range else (c4(n), math.sqrt(1 - c4(n) ** 2))

    raw = [None if g is None else (g.width if by_range else g.deviation) / moments(g.n)[0] for g in groups]
    centre = moments(usual)[0]
    spread = [math.nan if g is None else centre * moments(g.n)[1] / moments(g.n)[0] for g in groups]
    return Fit(_row(raw) * centre, centre * sigma, np.array(spread) * sigma, floor=0.0, sigma=sigma)


KINDS: dict[str, Callable[..., Fit]] = {
    "individuals": individuals,
    "moving_range": moving_ranges,
    "p": partial(shares, laney=False),
    "laney_p": partial(shares, laney=True),
    "u": partial(rates, laney=False),
    "laney_u": partial(rates, laney=True),
    "c": counts_alone,
    "xbar": partial(subgroup_means, by_range=True),
    "range": partial(subgroup_spreads, by_range=True),
    "xbar_s": partial(subgroup_means, by_range=False),
    "s": partial(subgroup_spreads, by_range=False),
}
