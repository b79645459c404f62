"""Net Promoter Score: promoters (9, 10) minus detractors (0..6), in points of -100..100.

Coded +1, 0, -1, an answer's variance is r + d - (r - d)^2 with r and d the shares of promoters and detractors. The
default interval is the score interval: by exact enumeration it is the only closed method that is near its nominal
coverage, and near equal-tailed, from ten answers on and for excellent units too, where the usual 'margin of error'
(Wald) covers as little as half of what it says [1]_. The adjusted Wald interval adds three answers, 3/4 detractors, 3/2
passives and 3/4 promoters, before computing [2]_; it is what a bulk query can do in SQL.

References
----------
.. [1] Rocks, B. (2016). Interval estimation for the Net Promoter Score. The American Statistician 70, 365-372.
.. [2] Lewis, J. R. and Sauro, J. (2021). Estimating and testing the Net Promoter Score with adjusted-Wald intervals.
.. [3] Agresti, A. and Min, Y. (2005). Simple improved confidence intervals for comparing matched proportions.
   Statistics in Medicine 24, 729-740.
.. [4] Bonett, D. G. and Price, R. M. (2012). Adjusted Wald confidence interval for a difference of binomial proportions
   based on paired data. Journal of Educational and Behavioral Statistics 37, 479-488.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from metrics.estimate import Estimate
from metrics.histogram import Histogram, valid_score
from metrics.quantiles import check_confidence, normal_quantile
from metrics.score_interval import score_limits

DETRACTORS, PASSIVES = slice(7), slice(7, 9)
PROMOTERS = slice(9, 11)

# Pseudo-answers of the Wald family: detractors, passives, promoters.
ADDED = {
    "wald": (0.0, 0.0, 0.0),
    "adjusted_wald": (0.75, 1.5, 0.75),
    "agresti_min": (0.5, 1.0, 0.5),
    "bonett_price": (1.0, 0.0, 1.0),
}


class Groups(NamedTuple):
    """How many detractors, passives and promoters there are, in effective answers where the answers are weighted."""

    detractors: float
    passives: float
    promoters: float

    @property
    def n(self) -> float:
        """The number of (effective) answers."""
        return sum(self)

    @property
    def net(self) -> float:
        """Promoters minus detractors as a share, in -1..1."""
        return (self.promoters - self.detractors) / self.n

    @property
    def variance(self) -> float:
        """The variance of one answer coded +1, 0, -1; at most 1."""
        shares = (self.promoters + self.detractors) / self.n
        return max(0.0, shares - self.net**2)

    def plus(self, added: Sequence[float]) -> "Groups":
        """The same with pseudo-answers added."""
        return Groups(*(count + extra for count, extra in zip(self, added, strict=True)))


def net_groups(h: Histogram) -> Groups:
    """Detractors (0..6), passives (7, 8) and promoters (9, 10) in effective answers."""
    counts = h.effective_counts
    return Groups(sum(counts[DETRACTORS]), sum(counts[PASSIVES]), sum(counts[PROMOTERS]))


def category(given: object) -> int | None:
    """-1 for a detractor's score, 0 for a passive's, 1 for a promoter's; None if missing or invalid."""
    score = valid_score(given)
    return None if score is None else (score >= PROMOTERS.start) - (score < DETRACTORS.stop)


def nps(h: Histogram, confidence: float = 0.95, method: str = "score") -> Estimate:
    """The Net Promoter Score in points of -100..100, unrounded, with its confidence interval.

    Parameters
    ----------
    h
        Scores 0..10. Weights enter the interval as Kish's effective number of answers.
    confidence
        Two-sided, between 0 and 1. A one-sided 95% bound, as a reward's guard uses, is the limit at 0.90.
    method
        'score' (default), 'adjusted_wald', or the published 'agresti_min', 'bonett_price' and 'wald', the last for
        checking other tools only: it collapses when all agree.

    Returns
    -------
    Estimate
        Value and limits are None without answers. The score interval always contains the value; an adjusted Wald
        interval of a single answer may not.

    Raises
    ------
    ValueError
        Unknown method, or confidence outside 0..1.

    Examples
    --------
    15 detractors, 25 passives and 60 promoters, the limits as in R's PropCIs::scoreci.mp(15, 60, 100, 0.95):

    >>> e = nps(Histogram([15, 0, 0, 0, 0, 0, 0, 25, 0, 60]))
    >>> e.value, round(e.low, 2), round(e.high, 2)
    (45.0, 29.26, 58.13)
    """
    check_confidence(confidence)
    if method != "score" and method not in ADDED:
        raise ValueError(f"unknown method {method!r} for NPS")
    if not (total := h.total):
        return Estimate(None, None, None, 0, 0, method)
    value = 100 * (sum(h.counts[PROMOTERS]) - sum(h.counts[DETRACTORS])) / total
    groups, z = net_groups(h), normal_quantile(confidence)
    if method == "score":
        low, high = score_limits(groups.detractors, groups.promoters, groups.n, z)
        # The limits hold the estimate as a share; in points it may differ by the last bit.
        low, high = min(100 * low, value), max(100 * high, value)
    else:
        low, high = _wald_limits(groups.plus(ADDED[method]), z)
    return Estimate(value, low, high, h.n, h.effective_n, method)


def _wald_limits(groups: Groups, z: float) -> tuple[float, float]:
    half = z * math.sqrt(groups.variance / groups.n)
    return max(-100.0, 100 * (groups.net - half)), min(100.0, 100 * (groups.net + half))
