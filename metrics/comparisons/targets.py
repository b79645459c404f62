"""A unit against a fixed target: a test for a share, and the chance that a share or an NPS has reached it.

The test asks how surprising the answers would be at the target; the chance is what a reward's guard asks, and takes
what was known before as a prior.

References
----------
.. [1] Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits. Biometrika 26, 404-413.
.. [2] Lancaster, H. O. (1961). Significance tests in discrete distributions. JASA 56, 223-234. (Mid-p.)
.. [3] Takahasi, H. and Mori, M. (1974). Double exponential formulas for numerical integration. Publications of the
   Research Institute for Mathematical Sciences 9, 721-741.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import (
    bdtr,
    bdtrc,
    betainc,
    betaincc,
    betainccinv,
    betaincinv,
    betaln,
    expit,
    gammaln,
    xlog1py,
    xlogy,
)

from metrics.histogram import Histogram
from metrics.net_promoter import net_groups
from metrics.quantiles import check_confidence


@dataclass(frozen=True, slots=True)
class AgainstTarget:
    """p-values that the true share is the target.

    `p` is two-sided mid-p (half the chance of what was seen, doubled), `p_exact` two-sided over all results no
    likelier, `p_above` one-sided exact: small when the share is above the target.
    """

    p: float
    p_exact: float
    p_above: float


def compare_to_target(k: int, n: int, target: float) -> AgainstTarget | None:
    """Test k successes of n against a target share strictly between 0 and 1; None for n = 0.

    >>> round(compare_to_target(45, 50, 0.8).p_above, 4)
    0.048
    """
    if not 0 < target < 1 or not 0 <= k <= n:
        raise ValueError(f"{k!r} of {n!r} cannot be tested against a share of {target!r}")
    if n == 0:
        return None
    results = np.arange(n + 1)
    choices = gammaln(n + 1.0) - gammaln(results + 1.0) - gammaln(n - results + 1.0)
    chance = np.exp(choices + xlogy(results, target) + xlog1py(n - results, -target))
    seen = float(chance[k])
    below = float(bdtr(k, n, target))
    above = float(bdtrc(k - 1, n, target)) if k else 1.0
    return AgainstTarget(
        p=min(1.0, 2 * (min(below, above) - seen / 2)),
        # Results of the same chance differ by rounding alone; the margin is R's.
        p_exact=min(1.0, math.fsum(chance[chance <= seen * (1 + 1e-7)])),
        p_above=min(1.0, above),
    )


class SharePrior(NamedTuple):
    """What is known of a share before its answers, in answers: so many successes and failures; both positive."""

    alpha: float
    beta: float


class NpsPrior(NamedTuple):
    """What is known of an NPS before its answers, in answers of each group; all positive. The default knows nothing."""

    detractors: float = 0.5
    passives: float = 0.5
    promoters: float = 0.5


JEFFREYS, UNKNOWN = SharePrior(0.5, 0.5), NpsPrior()


class ShareChance(NamedTuple):
    """The posterior of a share in 0..1: mean, standard deviation, equal-tailed interval, and how probable (0..1) it is
    that the true share is at least the target.
    """

    value: float
    standard_error: float
    low: float
    high: float
    probability: float


class NpsChance(NamedTuple):
    """The posterior of an NPS in points: mean, standard deviation, and how probable (0..1) it is that the true NPS is
    at least the target.
    """

    value: float
    standard_error: float
    probability: float


def chance_of_share(
    k: float, n: float, target: float, prior: SharePrior = JEFFREYS, confidence: float = 0.9
) -> ShareChance:
    """The chance that a share has reached a target, from the posterior Beta(alpha + k, beta + n - k).

    Parameters
    ----------
    k, n
        Successes and answers; under a design divided by the design effect. n may be 0: then the prior speaks.
    target
        A share in 0..1, as is the result.
    prior
        Half an answer of either kind (Jeffreys) when left out; of many units that of `fit_shares`.

    Examples
    --------
    >>> round(chance_of_share(45, 50, 0.85, SharePrior(8, 2)).probability, 4)
    0.8012
    """
    check_confidence(confidence)
    if not 0 <= k <= n < math.inf or min(prior) <= 0:
        raise ValueError(f"{k!r} of {n!r} after {prior!r} is no share")
    a, b = prior.alpha + k, prior.beta + n - k
    mean, tail = a / (a + b), (1 - confidence) / 2
    return ShareChance(
        mean,
        math.sqrt(mean * (1 - mean) / (a + b + 1)),
        float(betaincinv(a, b, tail)),
        float(betaincinv(a, b, 1 - tail)),
        float(betaincc(a, b, min(1.0, max(0.0, target)))),
    )


def chance_of_nps(h: Histogram, target: float, prior: NpsPrior = UNKNOWN) -> NpsChance:
    """The chance that an NPS has reached a target, from the Dirichlet posterior of the three groups.

    Parameters
    ----------
    h
        Scores 0..10; weights enter as effective answers. Without answers the prior speaks.
    target
        In points of -100..100, as is the result.

    Notes
    -----
    With S the share of those who take a side and V the promoters among them, both beta distributed and independent,
    NPS is S (2V - 1), so the chance is the integral of P(V >= (1 + t/S)/2) over S >= |t|, and all of S < |t| where t is
    negative. It is computed by double exponential quadrature [3]_, which minds no pole of the density at 0 or 1.

    Examples
    --------
    >>> h = Histogram([15, 0, 0, 0, 0, 0, 0, 25, 0, 60])
    >>> round(chance_of_nps(h, 40).probability, 4)
    0.7287
    """
    if min(prior) <= 0:
        raise ValueError(f"{prior!r} is no prior: all three must be positive")
    against, aside, for_it = net_groups(h).plus(prior)
    n, sided = against + aside + for_it, against + for_it
    mean = (for_it - against) / n
    error = math.sqrt((sided / n - mean**2) / (n + 1))
    t = target / 100
    if abs(t) >= 1:
        return NpsChance(100 * mean, 100 * error, float(t < 0))
    # Nothing of S lies outside, as far as a float can tell; a narrow range keeps the points where the density is.
    low = max(abs(t), float(betaincinv(sided, aside, 1e-17)))
    high = float(betainccinv(sided, aside, 1e-17))
    chance = float(betainc(sided, aside, -t)) if t < 0 else 0.0
    if low < high:
        step = np.linspace(-3.5, 3.5, 601)
        part, rest = expit(math.pi * np.sinh(step)), expit(-math.pi * np.sinh(step))
        s, aloof = low + (high - low) * part, (1 - high) + (high - low) * rest
        density = np.exp(xlogy(sided - 1, s) + xlogy(aside - 1, aloof) - betaln(sided, aside))
        weight = (high - low) * part * rest * math.pi * np.cosh(step) * (step[1] - step[0])
        # P(V >= v) as P(1 - V <= 1 - v), which loses nothing where v is near 1.
        wins = betainc(against, for_it, np.clip((1 - t / s) / 2, 0.0, 1.0))
        chance += float((weight * density * wins).sum())
    return NpsChance(100 * mean, 100 * error, min(1.0, max(0.0, chance)))
