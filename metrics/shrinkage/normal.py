"""Small units: what to believe of a unit when its own answers are few.

The extremes of a league are its smallest units, high by luck and back in the middle next time. Each unit's value is
therefore drawn towards the mean of all, the more the less its own answers say: with v its sampling variance and tau^2
the variance between units, to B mu + (1 - B) y with B = v/(v + tau^2). 1 - B is the reliability of the unit's score.
Show both numbers, rank by the shrunken one alone. Where money follows, mu and tau^2 come from earlier periods, so that
nobody moves their own prior.

References
----------
.. [1] Efron, B. and Morris, C. (1975). Data analysis using Stein's estimator and its generalizations. JASA 70, 311-319.
.. [2] Paule, R. C. and Mandel, J. (1982). Consensus values and weighting factors. Journal of Research of the National
   Bureau of Standards 87, 377-385.
.. [3] Viechtbauer, W. (2005). Bias and efficiency of meta-analytic variance estimators in the random-effects model.
   Journal of Educational and Behavioral Statistics 30, 261-293.
.. [4] Adams, J. L. (2009). The Reliability of Provider Profiling. RAND.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from metrics.comparisons.heterogeneity import pool
from metrics.quantiles import normal_quantile

Floats = NDArray[np.float64]


class Prior(NamedTuple):
    """What is known of units before their answers.

    `mean` (mu) and `between` (tau^2, a variance) in the KPI's units; `error` is the standard error of the mean, 0 for
    one that was fixed beforehand.
    """

    mean: float
    between: float
    error: float = 0.0


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A unit's value after shrinkage.

    Attributes
    ----------
    raw
        Its own value.
    value, low, high, standard_error
        Mean, interval and standard deviation of its posterior; the error counts that of the mean of all, not that of
        the variance between units.
    pull
        B, in 0..1: how far the value goes towards the mean of all.
    reliability
        1 - B: the part of the variance of such scores that is of the units themselves [4]_.
    """

    raw: float
    value: float
    low: float
    high: float
    standard_error: float
    pull: float

    @property
    def reliability(self) -> float:
        """1 - B."""
        return 1 - self.pull

    def chance(self, target: float) -> float:
        """The probability, 0..1, that the unit's true value is at least the target."""
        if not self.standard_error:
            return float(self.value >= target)
        return float(ndtr((self.value - target) / self.standard_error))


def shrink(
    values: Sequence[float], variances: Sequence[float], prior: Prior, confidence: float = 0.95
) -> tuple[Shrunk, ...]:
    """Shrink values with known sampling variances towards the prior's mean.

    Parameters
    ----------
    values, variances
        One per unit, the variances positive: never the plain variance of a unit where all agree.
    prior
        Of earlier periods, or `fit_prior` of these values.

    Examples
    --------
    >>> (unit,) = shrink([70], [100], Prior(mean=45, between=100))
    >>> unit.value, unit.reliability, round(unit.chance(50), 2)
    (57.5, 0.5, 0.86)
    """
    z = normal_quantile(confidence)
    units = []
    for y, v in zip(values, variances, strict=True):
        if not 0 < v < math.inf:
            raise ValueError(f"a sampling variance must be positive and finite, not {v!r}")
        pull = v / (v + prior.between)
        value = pull * prior.mean + (1 - pull) * y
        error = math.sqrt((1 - pull) * v + pull**2 * prior.error**2)
        units.append(Shrunk(y, value, value - z * error, value + z * error, error, pull))
    return tuple(units)


def fit_prior(values: Sequence[float], variances: Sequence[float], method: str = "reml") -> Prior:
    """The mean of the units and the variance between them.

    Parameters
    ----------
    values, variances
        Of at least two units; below five the variance between them is a guess, so take that of earlier periods or of
        the parent (`shrink_units` insists).
    method
        'reml' (restricted maximum likelihood), 'pm' (Paule and Mandel [2]_) or 'dl' (DerSimonian and Laird). All equal
        R's metafor; none is below 0.

    Examples
    --------
    Rubin's eight schools do not differ beyond chance:

    >>> errors = [15, 10, 16, 11, 9, 11, 10, 18]
    >>> prior = fit_prior([28, 8, -3, 7, -1, 1, 18, 12], [error**2 for error in errors])
    >>> round(prior.mean, 2), prior.between
    (7.69, 0.0)
    """
    if method not in BETWEEN:
        raise ValueError(f"unknown method {method!r} for the variance between units; one of {', '.join(BETWEEN)}")
    y, v = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    if len(y) < 2 or len(y) != len(v) or not ((v > 0) & np.isfinite(v)).all():
        raise ValueError("a prior needs two units with positive variances")
    between = BETWEEN[method](y, v)
    w = 1 / (v + between)
    return Prior(_mean(y, w), between, 1 / math.sqrt(float(w.sum())))


def _mean(y: Floats, w: Floats) -> float:
    return float((w * y).sum() / w.sum())


def _der_simonian_laird(y: Floats, v: Floats) -> float:
    return pool(y.tolist(), v.tolist()).between


def _paule_mandel(y: Floats, v: Floats) -> float:
    """The variance at which Cochran's Q is what it should be, k - 1; Q falls as the variance grows."""

    def too_much(between: float) -> bool:
        w = 1 / (v + between)
        return float((w * (y - _mean(y, w)) ** 2).sum()) > len(y) - 1

    low, high = 0.0, float(((y - y.mean()) ** 2).sum()) + float(v.max())
    if not too_much(0.0):
        return 0.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if too_much(middle) else (low, middle)
    return (low + high) / 2


def _reml(y: Floats, v: Floats) -> float:
    """Fisher scoring from DerSimonian and Laird's variance."""
    between = _der_simonian_laird(y, v)
    for _ in range(1000):
        w = 1 / (v + between)
        total, squares, cubes = (float((w**power).sum()) for power in (1, 2, 3))
        score = float((w**2 * (y - _mean(y, w)) ** 2).sum()) - total + squares / total
        information = squares - 2 * cubes / total + (squares / total) ** 2
        before, between = between, max(0.0, between + score / information)
        if abs(between - before) <= 1e-12 * (float(v.mean()) + between):
            break
    return between


BETWEEN: dict[str, Callable[[Floats, Floats], float]] = {
    "reml": _reml,
    "pm": _paule_mandel,
    "dl": _der_simonian_laird,
}


def inconsistency(variances: Sequence[float], between: float) -> float:
    """I-squared in percent: the part of the variance of such values that lies between units, not in their samples."""
    w = 1 / np.asarray(variances, dtype=float)
    typical = (len(w) - 1) * float(w.sum() / (w.sum() ** 2 - (w**2).sum()))
    return 100 * between / (between + typical)


class Stein(NamedTuple):
    """James and Stein's estimates: the mean, the part of each distance from it that is kept (0..1), and the values."""

    mean: float
    kept: float
    values: tuple[float, ...]


def james_stein(values: Sequence[float], variance: float) -> Stein | None:
    """Shrink at least four values of one known sampling variance towards their mean [1]_; None for fewer.

    Where the sampling variances differ, use `shrink`. The part kept is 1 - (k - 3) variance / sum of squares, and never
    negative.
    """
    y = np.asarray(values, dtype=float)
    if len(y) < 4:
        return None
    mean = float(y.mean())
    spread = float(((y - mean) ** 2).sum())
    kept = max(0.0, 1 - (len(y) - 3) * variance / spread) if spread else 0.0
    return Stein(mean, kept, tuple((mean + kept * (y - mean)).tolist()))


def answers_for_reliability(reliability: float, deviation: float, between: float) -> float:
    """The answers at which a unit's score has that reliability (0..1), (sd/tau)^2 r/(1 - r).

    `deviation` is the standard deviation of one answer and `between` the variance between units.

    >>> round(answers_for_reliability(0.5, deviation=80, between=7**2))
    131
    """
    if not 0 <= reliability < 1 or not between > 0:
        raise ValueError(f"no number of answers gives a reliability of {reliability!r}")
    return deviation**2 / between * reliability / (1 - reliability)


def chance_of_top(
    units: Sequence[Shrunk], generator: np.random.Generator, share: float = 0.1, draws: int = 10_000
) -> tuple[float, ...]:
    """How probable it is that each unit is among the best, by drawing all units from their posteriors.

    Parameters
    ----------
    units
        As `shrink` gives them.
    generator
        A seeded one gives the same numbers again.
    share
        The part of the units that is called the best; at least one of them.
    """
    if not units:
        return ()
    places = max(1, round(share * len(units)))
    mean, error = np.array([(unit.value, unit.standard_error) for unit in units]).T
    drawn = generator.normal(mean, error, (draws, len(units)))
    best = np.argpartition(-drawn, places - 1, axis=1)[:, :places]
    return tuple((np.bincount(best.ravel(), minlength=len(units)) / draws).tolist())
