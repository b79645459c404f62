"""Shewhart's control charts: what a process does when nothing changes, and the points that do not fit.

The limits come from a baseline of 12 to 25 points and stay: recomputed with every new point they would follow the very
shift that they should show. With fewer than twelve points a limit would be noise, so there is none, only the run test.
After a declared change begin a new chart. The standard deviation comes from neighbouring points or from within
subgroups, never from all points at once, which a shift inflates. Do not chart rolling averages: they wander by
construction.

References
----------
.. [1] Shewhart, W. A. (1931). Economic Control of Quality of Manufactured Product. Van Nostrand.
.. [2] Laney, D. B. (2002). Improved control charts for attributes. Quality Engineering 14, 531-537.
.. [3] Montgomery, D. C. (2013). Introduction to Statistical Quality Control. Wiley.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.averages import pooled, worth_of
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.kpis import NAMES
from metrics.trends.chart_constants import D2_OF_TWO
from metrics.trends.chart_models import KINDS, Fit, moving_range
from metrics.trends.run_rules import DEFAULT_RULES, RunTest, Signal, anhoej, western_electric

FEWEST, MOST = 12, 25


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A chart's points and limits, one for each value given; what is not known is None.

    Attributes
    ----------
    kind
        As given, or the KPI's name.
    points
        What is drawn; None where there is no value.
    centre
        The mean of the baseline; without limits the median of the points. None without points.
    lower, upper
        The limits at each point; all None where `reason` says why.
    sigma
        The standard deviation of one value of the process; None where it differs by the size of each point.
    dispersion
        Laney's sigma_z: how much more than chance the points vary; 1 for charts that do not ask.
    signals
        Which rule is met at which point (from 0).
    run
        Anhoej's run test of all points, which needs no limits.
    reason
        None with limits; otherwise 'too_few_points' or 'no_variation'.
    """

    kind: str
    points: tuple[float | None, ...]
    centre: float | None
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    sigma: float | None
    dispersion: float
    signals: tuple[Signal, ...]
    run: RunTest
    reason: str | None

    def outside(self) -> tuple[int, ...]:
        """The points beyond the limits."""
        return tuple(signal.point for signal in self.signals if signal.rule == 1)


def control_chart(
    values: Sequence[Any],
    kind: str = "individuals",
    sizes: Sequence[float] | None = None,
    baseline: Sequence[int] | None = None,
    rules: Sequence[int] = DEFAULT_RULES,
    width: float = 3.0,
) -> ControlChart:
    """A control chart of a row of values.

    Parameters
    ----------
    values
        One per period, None or NaN where there is none: a number for 'individuals' and 'moving_range'; a count for 'p',
        'laney_p', 'u', 'laney_u' and 'c'; the values of a subgroup for 'xbar' and 'range' (standard deviation from the
        ranges), 'xbar_s' and 's' (from the standard deviations).
    sizes
        For 'p' the number that each count is of, for 'u' the size of what was looked at; a size of 0 is a gap. The
        points of 'p' are shares in 0..1. With large sizes take Laney's charts, which widen the limits by how much the
        points vary beyond chance [2]_; 'p' alone would find nearly every point out.
    baseline
        The points (from 0) that the limits come from, at least twelve with a value; left out, the first 25.
    rules
        Of Western Electric; see `western_electric`.
    width
        Of the limits, in standard deviations.

    Raises
    ------
    ValueError
        Unknown kind or rule, sizes missing or of another length, a count that its size cannot hold.

    Examples
    --------
    Montgomery's viscosities [3]_, centre and upper limit printed there as 33.52 and 34.80:

    >>> batches = [33.75, 33.05, 34, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.2, 33.62, 33, 33.54, 33.12, 33.84]
    >>> chart = control_chart(batches)
    >>> round(chart.centre, 2), round(chart.upper[0], 2), chart.outside()
    (33.52, 34.8, ())
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of chart {kind!r}; one of {', '.join(KINDS)}")
    return _chart(kind, KINDS[kind], (values, sizes), _baseline(len(values), baseline), rules, width)


def kpi_chart(
    periods: Sequence[Histogram],
    kpi: str | Callable[..., Estimate] = "nps",
    baseline: Sequence[int] | None = None,
    rules: Sequence[int] = DEFAULT_RULES,
    width: float = 3.0,
    **scale: int,
) -> ControlChart:
    """A control chart of a KPI whose number of answers differs from period to period.

    The limits of a period are centre +- width sqrt(variance of one answer / its answers), both pooled over the
    baseline, and widened by Laney's sigma_z where the points vary beyond chance. For CSAT this is Laney's p' chart.

    Parameters
    ----------
    periods
        The answers of each period; one without answers is a gap.
    kpi, scale
        As for `compare`; 'nps', 'csat', 'ces' or 'mean'. The chart is in the KPI's units.
    baseline, rules, width
        As for `control_chart`.
    """
    worth = worth_of(kpi, periods, scale)
    averages = [worth.average(h) for h in periods]

    def fit(_values: object, _sizes: object, base: NDArray[np.intp]) -> Fit:
        points = np.array([math.nan if a is None else a.mean for a in averages])
        process = pooled(a for place in base if (a := averages[place]) is not None)
        if process is None:
            return Fit(points, math.nan, np.full(len(points), math.nan))
        plain = np.array([math.nan if a is None else math.sqrt(process.variance / a.n) for a in averages])
        spread = 1.0
        if process.variance > 0:
            spread = max(1.0, moving_range((points - process.mean)[base] / plain[base]) / D2_OF_TWO)
        ends = sorted(worth.points[worth.low : worth.high + 1])
        return Fit(points, process.mean, plain * spread, ends[0], ends[-1], dispersion=spread)

    return _chart(str(NAMES.get(kpi, kpi)), fit, (periods, None), _baseline(len(periods), baseline), rules, width)


def _baseline(n: int, given: Sequence[int] | None) -> NDArray[np.intp]:
    places = np.arange(min(n, MOST)) if given is None else np.asarray(given, dtype=np.intp)
    if places.size and not (0 <= places.min() <= places.max() < n):
        raise ValueError(f"a baseline of {n} points lies within 0..{n - 1}")
    return places


def _chart(
    kind: str,
    model: Callable[..., Fit],
    data: tuple[Sequence[Any], Sequence[float] | None],
    baseline: NDArray[np.intp],
    rules: Sequence[int],
    width: float,
) -> ControlChart:
    fit = model(*data, baseline)
    points = _optional(fit.points)
    run = anhoej(fit.points)
    known = fit.points[~np.isnan(fit.points)]
    reason = None
    if np.count_nonzero(~np.isnan(fit.points[baseline])) < FEWEST:
        reason = "too_few_points"
    elif not (fit.sigmas[~np.isnan(fit.points)] > 0).all():
        reason = "no_variation"
    if reason:
        median = float(np.median(known)) if len(known) else None
        nothing = (None,) * len(points)
        return ControlChart(kind, points, median, nothing, nothing, None, 1.0, (), run, reason)
    half = width * fit.sigmas
    return ControlChart(
        kind,
        points,
        fit.centre,
        _optional(np.maximum(fit.floor, fit.centre - half)),
        _optional(np.minimum(fit.ceiling, fit.centre + half)),
        fit.sigma,
        fit.dispersion,
        western_electric((fit.points - fit.centre) / fit.sigmas, rules, width),
        run,
        None,
    )


def _optional(row: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(value) else value for value in row.tolist())
