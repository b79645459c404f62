"""Shares of small units: each unit's share is drawn towards that of all by as many answers as the units are alike.

Unit shares follow a beta distribution with mean a/(a + b); a unit with k of n has the posterior Beta(a + k, b + n - k),
so a + b answers of an average unit stand beside its own.

References
----------
.. [1] Skellam, J. G. (1948). A probability distribution derived from the binomial distribution by regarding the
   probability of success as variable between the sets of trials. JRSS B 10, 257-261.
.. [2] Gelman, A. et al. (2013). Bayesian Data Analysis. CRC Press.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, gammaln, polygamma

from metrics.comparisons.targets import SharePrior, chance_of_share
from metrics.quantiles import check_confidence

Floats = NDArray[np.float64]
STEPS = 100


@dataclass(frozen=True, slots=True)
class ShrunkShare:
    """A unit's share in percent after shrinkage; k of n are its own answers. The rest reads as in `Shrunk`."""

    k: float
    n: float
    prior: SharePrior
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
        """The probability, 0..1, that the unit's true share is at least the target (in percent)."""
        return chance_of_share(self.k, self.n, target / 100, self.prior).probability


def shrink_shares(
    successes: Sequence[float], totals: Sequence[float], prior: SharePrior, confidence: float = 0.95
) -> tuple[ShrunkShare | None, ...]:
    """Shrink the shares k of n towards a prior, of earlier periods or `fit_shares` of these; None where n is 0.

    >>> (unit,) = shrink_shares([9], [10], SharePrior(30, 10))
    >>> unit.raw, unit.value, unit.pull
    (90.0, 78.0, 0.8)
    """
    check_confidence(confidence)
    return tuple(_shrunk(k, n, prior, confidence) if n > 0 else None for k, n in zip(successes, totals, strict=True))


def _shrunk(k: float, n: float, prior: SharePrior, confidence: float) -> ShrunkShare:
    posterior, strength = chance_of_share(k, n, 0.0, prior, confidence), sum(prior)
    value, error, low, high = (100 * x for x in posterior[:4])
    return ShrunkShare(k, n, prior, 100 * k / n, value, low, high, error, strength / (strength + n))


def fit_shares(successes: Sequence[float], totals: Sequence[float]) -> SharePrior | None:
    """The beta distribution of the units' shares, by maximum likelihood.

    Parameters
    ----------
    successes, totals
        k of n for each unit, whole or effective answers; units without answers say nothing.

    Returns
    -------
    SharePrior or None
        None without answers. Never worth more answers than all units have together, for their mean is not known better
        than that: units that differ by chance alone are all drawn to it, with its error as theirs. Never worth less
        than one, or a unit where all agree would be sure of it. Where everybody, or nobody, is a success, half an
        answer of either kind is added.

    Examples
    --------
    >>> prior = fit_shares([18, 12, 19, 9, 16], [20, 20, 20, 20, 20])
    >>> round(prior.alpha, 2), round(prior.beta, 2)
    (4.85, 1.7)
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    if not ((k >= 0) & (k <= n)).all():
        raise ValueError("successes lie between 0 and their totals")
    k, n = k[n > 0], n[n > 0]
    answers, successful = float(n.sum()), float(k.sum())
    if not answers:
        return None
    if not 0 < successful < answers:
        mean, strength = (successful + 0.5) / (answers + 1), answers
    else:
        alpha, beta = _likeliest(k, n)
        mean, strength = alpha / (alpha + beta), min(max(1.0, alpha + beta), answers)
    return SharePrior(mean * strength, (1 - mean) * strength)


def log_likelihood(successes: Sequence[float], totals: Sequence[float], prior: SharePrior) -> float:
    """The log of the probability of all units' successes under the beta-binomial distribution."""
    return _likelihood(np.asarray(successes, dtype=float), np.asarray(totals, dtype=float), *prior)


def _likelihood(k: Floats, n: Floats, alpha: float, beta: float) -> float:
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return float((ways + betaln(k + alpha, n - k + beta) - betaln(alpha, beta)).sum())


def _likeliest(k: Floats, n: Floats) -> tuple[float, float]:
    """Newton's method on the logs of alpha and beta, damped until each step climbs.

    Without any difference between units it climbs forever, so it ends where the prior is worth far more than all
    answers.
    """
    share = float(k.sum() / n.sum())
    logs, damping = np.log([10 * share, 10 * (1 - share)]), 1.0
    height = _likelihood(k, n, *np.exp(logs))
    for _ in range(STEPS):
        slope, bend = _derivatives(k, n, *np.exp(logs))
        if np.abs(slope).max() < 1e-9 * len(k) or np.exp(logs).sum() > 100 * n.sum():
            break
        while True:
            # Bent downwards everywhere, and the more damped, the shorter the step.
            steepest = max(0.0, float(np.linalg.eigvalsh(bend)[-1]))
            step = np.linalg.solve((steepest + damping) * np.eye(2) - bend, slope)
            step *= min(1.0, 2 / np.abs(step).max())
            reached = _likelihood(k, n, *np.exp(logs + step))
            if reached >= height or damping > 1e12:
                break
            damping = max(1e-6, 10 * damping)
        logs, height, damping = logs + step, reached, damping / 10
    alpha, beta = np.exp(logs).tolist()
    return alpha, beta


def _derivatives(k: Floats, n: Floats, alpha: float, beta: float) -> tuple[Floats, Floats]:
    """Gradient and second derivatives of the log likelihood in the logs of alpha and beta."""
    whole = alpha + beta
    common = digamma(whole) - digamma(n + whole)
    slope = np.array(
        [
            alpha * (digamma(k + alpha) - digamma(alpha) + common).sum(),
            beta * (digamma(n - k + beta) - digamma(beta) + common).sum(),
        ]
    )
    common = (polygamma(1, whole) - polygamma(1, n + whole)).sum()
    first = (polygamma(1, k + alpha) - polygamma(1, alpha)).sum()
    second = (polygamma(1, n - k + beta) - polygamma(1, beta)).sum()
    bend = np.array(
        [
            [alpha**2 * (first + common) + slope[0], alpha * beta * common],
            [alpha * beta * common, beta**2 * (second + common) + slope[1]],
        ]
    )
    return slope, bend
