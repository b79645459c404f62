"""Estimates under a sampling design: weights, customers who answer more than once, strata, a known population.

Answers of one customer resemble each other, so counting them as independent makes every interval too short, and does
not heal with n. The linearised variance takes what a whole customer (cluster) contributes as the unit that varies,

    V = sum_h (1 - f_h) n_h / (n_h - 1) sum_c (z_hc - mean of z_h)^2,    z_hc = sum_{i in c} w_i (y_i - ybar) / W,

for strata h and clusters c, with f_h the sampled part of a known population of clusters. Results equal R's survey
package.

References
----------
.. [1] Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys. International
   Statistical Review 51, 279-292.
.. [2] Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of
   positive counts estimated from survey data. Survey Methodology 24, 193-201.
.. [3] Lumley, T. (2010). Complex Surveys: A Guide to Analysis Using R. Wiley.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, expit, logit

from metrics.estimate import Estimate
from metrics.net_promoter import category
from metrics.quantiles import t_quantile
from metrics.score_interval import score_limits

Floats = NDArray[np.float64]
Labels = Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class Design:
    """How the answers came about; every given sequence is as long as the answers.

    Attributes
    ----------
    n
        The number of answers.
    weights
        How many customers each answer stands for; all alike when left out.
    clusters
        Who answered: answers with one label vary together. Left out, each answer stands alone.
    strata
        Groups that were sampled apart. A label of a cluster means another cluster in another stratum.
    population
        The number of clusters there are (in the answer's stratum), for the finite population correction.
    calibrated
        Groups whose weighted counts were adjusted to a known population (post-strata): only what varies within them
        is uncertain.
    """

    n: int
    weights: Sequence[float] | None = None
    clusters: Labels | None = None
    strata: Labels | None = None
    population: Sequence[float] | None = None
    calibrated: Labels | None = None

    def __post_init__(self) -> None:
        for given in (self.weights, self.clusters, self.strata, self.population, self.calibrated):
            if given is not None and len(given) != self.n:
                raise ValueError(f"a design of {self.n} answers was given {len(given)} values")
        if self.n and (not (self.w >= 0).all() or not 0 < self.w.sum() < math.inf):
            raise ValueError("weights must be finite and not negative, and some positive")

    @property
    def w(self) -> Floats:
        """The weights as an array."""
        return np.ones(self.n) if self.weights is None else np.asarray(self.weights, dtype=float)

    @property
    def degrees_of_freedom(self) -> int:
        """Clusters minus strata: what the variance is estimated from."""
        cluster, stratum = self._places()
        return len(set(cluster.tolist())) - len(set(stratum.tolist()))

    def variance(self, contributions: Floats) -> float | None:
        """The variance of the sum of the contributions z_i; None with a lone cluster in a stratum."""
        z = contributions
        if self.calibrated is not None:
            group = _codes(self.calibrated)
            z = z - self.w * (np.bincount(group, z) / np.bincount(group, self.w))[group]
        cluster, stratum = self._places()
        sums, first = np.bincount(cluster, z), np.unique(cluster, return_index=True)[1]
        sampled = np.ones(self.n) if self.population is None else np.asarray(self.population, dtype=float)
        total = 0.0
        for h in range(stratum.max() + 1):
            mine = stratum[first] == h
            clusters = int(mine.sum())
            if clusters < 2:
                return None
            rest = 1.0 if self.population is None else 1 - clusters / sampled[first][mine][0]
            if rest < 0:
                raise ValueError("a population cannot be smaller than its sample")
            total += rest * clusters / (clusters - 1) * float(((sums[mine] - sums[mine].mean()) ** 2).sum())
        return total

    def _places(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The cluster and the stratum of each answer, numbered from 0."""
        stratum = np.zeros(self.n, dtype=np.intp) if self.strata is None else _codes(self.strata)
        if self.clusters is None:
            return np.arange(self.n), stratum
        return _codes(list(zip(stratum.tolist(), self.clusters, strict=True))), stratum


def _codes(labels: Labels) -> NDArray[np.intp]:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class DesignEstimate:
    """A mean or total with its standard error; `deff` is the design effect against simple random sampling."""

    value: float
    standard_error: float | None
    low: float | None
    high: float | None
    n: int
    df: int
    deff: float | None


def design_mean(
    values: ArrayLike, design: Design, domain: Sequence[bool] | None = None, confidence: float = 0.95
) -> DesignEstimate | None:
    """The weighted mean of the values, with the linearised standard error and a t interval.

    Parameters
    ----------
    values
        One per answer, in any unit: -100, 0, 100 for NPS, 0 and 1 for a share.
    design
        How the answers came about.
    domain
        Which answers to take: a part of the sample whose size is itself chance. The others still count in the design.
    confidence
        Two-sided, between 0 and 1.

    Returns
    -------
    DesignEstimate or None
        None without answers. Standard error and limits are None with a single cluster in a stratum. `deff` compares
        with as many answers drawn with replacement; it is None when the values do not vary.
    """
    y = np.asarray(values, dtype=float)
    inside = np.ones(design.n, dtype=bool) if domain is None else np.asarray(domain, dtype=bool)
    w = design.w * inside if design.n else np.zeros(0)
    total, n = float(w.sum()), int((w > 0).sum())
    if not total:
        return None
    mean = float((w * y).sum()) / total
    variance = design.variance(w * (y - mean) / total)
    # Asked of the values, for rounding leaves a trace of variance where all are equal.
    varies = np.ptp(y[w > 0]) > 0
    plain = float((w * (y - mean) ** 2).sum()) / total / (n - 1) if varies else 0.0
    return _with_interval(mean, variance, n, design, confidence, plain)


def design_total(values: ArrayLike, design: Design, confidence: float = 0.95) -> DesignEstimate | None:
    """The weighted sum of the values over the population that the weights stand for; otherwise as `design_mean`."""
    y = np.asarray(values, dtype=float)
    if not design.n:
        return None
    contributions = design.w * y
    return _with_interval(
        float(contributions.sum()), design.variance(contributions), design.n, design, confidence, plain=0.0
    )


def _with_interval(
    value: float, variance: float | None, n: int, design: Design, confidence: float, plain: float
) -> DesignEstimate:
    df = design.degrees_of_freedom
    if variance is None:
        return DesignEstimate(value, None, None, None, n, df, None)
    error = math.sqrt(variance)
    half = t_quantile(confidence, df) * error
    deff = variance / plain if plain > 0 else None
    return DesignEstimate(value, error, value - half, value + half, n, df, deff)


def design_share(
    successes: Sequence[bool], design: Design, confidence: float = 0.95, method: str = "logit"
) -> Estimate:
    """A share in percent 0..100 under a design.

    Parameters
    ----------
    successes
        One per answer.
    method
        'logit': t interval on the logit (default); 'beta': Korn and Graubard's exact interval on the effective number
        of answers [2]_; 'mean': t interval on the share itself.

    Returns
    -------
    Estimate
        Value and limits None without answers; limits None with a single cluster, and for 'logit' at 0 and 100 percent,
        where the design says nothing: use `proportion` on n divided by the design effect the metric is known to have.
    """
    estimate = design_mean(np.asarray(successes, dtype=float), design, confidence=confidence)
    if estimate is None:
        return Estimate(None, None, None, 0, 0, method)
    p, error, t = estimate.value, estimate.standard_error, t_quantile(confidence, max(1, estimate.df))
    if not error or not 0 < p < 1:
        return Estimate(100 * p, None, None, estimate.n, estimate.n, method)
    effective = p * (1 - p) / error**2
    if method == "logit":
        half = t * error / (p * (1 - p))
        low, high = float(expit(logit(p) - half)), float(expit(logit(p) + half))
    elif method == "beta":
        # Fewer degrees of freedom than answers make t longer; the effective answers shrink by as much.
        answers = effective * (t_quantile(confidence, estimate.n - 1) / t) ** 2
        tail, k = (1 - confidence) / 2, p * answers
        low = float(betaincinv(k, answers - k + 1, tail))
        high = float(betaincinv(k + 1, answers - k, 1 - tail))
    elif method == "mean":
        low, high = max(0.0, p - t * error), min(1.0, p + t * error)
    else:
        raise ValueError(f"unknown method {method!r} for a share under a design")
    return Estimate(100 * p, 100 * low, 100 * high, estimate.n, effective, method)


def clustered_nps(
    scores: Sequence[float | None], clusters: Labels, weights: Sequence[float] | None = None, confidence: float = 0.95
) -> Estimate:
    """NPS where a customer may have answered more than once, in points of -100..100.

    The score interval on the counts divided by the design effect, never below 1, with t of (clusters - 1) degrees of
    freedom: in simulation the one interval that keeps its coverage from twelve customers on. Missing and invalid scores
    are left out. With fewer than two clusters there is a value and no interval; below ten say so, and give no p.

    Parameters
    ----------
    scores
        0..10; one per answer, with the label of who answered in `clusters`.
    weights
        Optional, one per answer.

    Returns
    -------
    Estimate
        `effective_n` is n divided by the design effect.
    """
    listed = [1.0] * len(scores) if weights is None else weights
    kept = [
        (sign, cluster, weight)
        for score, cluster, weight in zip(scores, clusters, listed, strict=True)
        if (sign := category(score)) is not None and weight
    ]
    if not kept:
        return Estimate(None, None, None, 0, 0, "clustered_score")
    signs = np.array([sign for sign, _, _ in kept], dtype=float)
    design = Design(len(kept), weights=[w for _, _, w in kept], clusters=[c for _, c, _ in kept])
    estimate = design_mean(signs, design, confidence=confidence)
    if estimate is None or estimate.standard_error is None:
        return Estimate(100 * float(np.average(signs, weights=design.w)), None, None, len(kept), 1, "clustered_score")
    n, w = len(kept), design.w / design.w.sum()
    if estimate.deff is None:
        # Where all agree the variance is silent; the customers, not their answers, are what is independent.
        effective: float = estimate.df + 1
    else:
        plain = float((w * (signs - estimate.value) ** 2).sum()) / n
        effective = n / max(1.0, estimate.standard_error**2 / plain)
    limits = score_limits(
        effective * float(w[signs < 0].sum()),
        effective * float(w[signs > 0].sum()),
        effective,
        t_quantile(confidence, estimate.df),
    )
    return Estimate(100 * estimate.value, 100 * limits[0], 100 * limits[1], n, effective, "clustered_score")
