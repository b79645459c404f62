"""Many units around one target: who is further away than its number of answers explains.

A league table makes the smallest units its best and its worst. On a funnel each unit is held against limits that narrow
as its answers grow. Where units differ more than chance for reasons that nobody measures, nearly all would be out; the
limits are then widened by the overdispersion phi, the mean squared z after the outermost tenths are drawn in, so that
the few exceptional units do not hide themselves [1]_.

References
----------
.. [1] Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine 24,
   1185-1202.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.averages import pooled, worth_of
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.quantiles import normal_quantile

WARNING, ALARM = 0.95, 0.998
WINSORISED = 0.1


class FunnelUnit(NamedTuple):
    """A unit on the funnel.

    `error` is its standard error at the target, `z` the distance from the target in plain standard errors, `warning`
    and `alarm` the widened limits of 95 and 99.8 percent, and `place` 'inside', 'warning' or 'alarm'.
    """

    value: float
    error: float
    z: float
    warning: tuple[float, float]
    alarm: tuple[float, float]
    place: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """All units against their target.

    Attributes
    ----------
    target
        The mean of all answers, or the one that was given.
    units
        In the order given; None for a unit without answers.
    dispersion
        phi of the winsorised z; about 1 where the units differ by chance alone.
    raw_dispersion
        phi of the z as they are.
    widened
        Whether phi is above 1 by more than chance, so that the limits are sqrt(phi) times as wide.
    """

    target: float
    units: tuple[FunnelUnit | None, ...]
    dispersion: float
    raw_dispersion: float
    widened: bool


def funnel(values: Sequence[float | None], errors: Sequence[float | None], target: float) -> Funnel | None:
    """A funnel of any values whose standard errors at the target are known.

    Parameters
    ----------
    values, errors
        One per unit, in any unit; a value of None, or an error that is None or 0, leaves the unit out.
    target
        What all are held against.

    Returns
    -------
    Funnel or None
        None without a unit to draw. phi is judged against 1 + 2 sqrt(2/k) for k units.
    """
    known = np.array([v is not None and bool(e) for v, e in zip(values, errors, strict=True)], dtype=bool)
    if not known.any():
        return None
    y, error = (
        np.array([given for given, there in zip(row, known, strict=True) if there], float) for row in (values, errors)
    )
    z = (y - target) / error
    drawn_in = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    dispersion = float((drawn_in**2).mean())
    widened = dispersion > 1 + 2 * math.sqrt(2 / len(z))
    spread = error * math.sqrt(dispersion) if widened else error
    placed = iter([_unit(*row, target) for row in zip(y, error, z, spread, strict=True)])
    units = tuple(next(placed) if there else None for there in known)
    return Funnel(target, units, dispersion, float((z**2).mean()), widened)


def _unit(value: float, error: float, z: float, spread: float, target: float) -> FunnelUnit:
    def limits(confidence: float) -> tuple[float, float]:
        half = normal_quantile(confidence) * float(spread)
        return target - half, target + half

    warning, alarm = limits(WARNING), limits(ALARM)
    outer = "alarm" if not alarm[0] <= value <= alarm[1] else "warning"
    place = "inside" if warning[0] <= value <= warning[1] else outer
    return FunnelUnit(float(value), float(error), float(z), warning, alarm, place)


def share_funnel(successes: Sequence[float], totals: Sequence[float], target: float | None = None) -> Funnel | None:
    """A funnel of shares in 0..1, `successes` of `totals`, around the common share or a given target.

    The limits are normal and may pass 0 and 1. None where everybody, or nobody, is a success.

    >>> share_funnel([12, 30, 5, 90], [60, 140, 20, 260]).units[3].place
    'warning'
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    if not n.sum():
        return None
    centre = float(k.sum() / n.sum()) if target is None else target
    variance: NDArray[np.float64] = np.divide(centre * (1 - centre), n, out=np.zeros_like(n), where=n > 0)
    values = [share / size if size else None for share, size in zip(k.tolist(), n.tolist(), strict=True)]
    return funnel(values, np.sqrt(variance).tolist(), centre)


def kpi_funnel(
    groups: Mapping[str, Histogram],
    kpi: str | Callable[..., Estimate] = "nps",
    target: float | None = None,
    **scale: int,
) -> Funnel | None:
    """A funnel of units in a KPI ('nps', 'csat', 'ces' or 'mean'), in its units.

    Parameters
    ----------
    groups
        Name to answers; the units of the result stand in this order.
    kpi, scale
        As for `compare`.
    target
        What all are held against; left out, the KPI of all answers together.

    Returns
    -------
    Funnel or None
        The variance of one answer is that of all answers together. None without answers, or where all agree.
    """
    worth = worth_of(kpi, groups.values(), scale)
    averages = [worth.average(h) for h in groups.values()]
    together = pooled(a for a in averages if a is not None)
    if together is None:
        return None
    errors = [None if a is None else math.sqrt(together.variance / a.n) for a in averages]
    values = [None if a is None else a.mean for a in averages]
    return funnel(values, errors, together.mean if target is None else target)
