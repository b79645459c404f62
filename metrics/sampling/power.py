"""What a number of answers can show: the chance to see a difference, and the smallest one that is seen.

Say it beside every comparison that finds nothing: no difference found among few answers is not no difference.

References
----------
.. [1] Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences. Erlbaum.
"""

import math

from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from metrics.quantiles import check_confidence


def needed_quantiles(significance: float, power: float) -> tuple[float, float]:
    """The normal quantiles of a two-sided test at that significance and of its power; 1.96 and 0.84 as a rule."""
    check_confidence(significance)
    check_confidence(power)
    return -float(ndtri(significance / 2)), float(ndtri(power))


def two_mean_power(n: float, effect: float, significance: float = 0.05) -> float:
    """The chance that a two-sided t test of two groups of n shows a difference of `effect` standard deviations.

    >>> round(two_mean_power(60, 0.3), 4)
    0.3708
    """
    if n <= 1:
        raise ValueError("a variance needs two values in each group")
    df, shift = 2 * (n - 1), abs(effect) * math.sqrt(n / 2)
    t = float(stdtrit(df, 1 - significance / 2))
    return float(1 - nctdtr(df, shift, t) + nctdtr(df, shift, -t))


def detectable_nps(
    n: float,
    other: float,
    variances: tuple[float, float] = (1.0, 1.0),
    significance: float = 0.05,
    power: float = 0.8,
) -> float | None:
    """The smallest difference of NPS in points that groups of `n` and `other` answers show with that chance.

    2.8 standard errors at the usual 0.05 and 0.8; None where a group is empty.

    >>> round(detectable_nps(300, 300, (0.5475, 0.5475)), 1)
    16.9
    """
    if min(n, other) <= 0:
        return None
    return 100 * sum(needed_quantiles(significance, power)) * math.sqrt(variances[0] / n + variances[1] / other)


def detectable_share(
    n: float, other: float, share: float = 0.5, significance: float = 0.05, power: float = 0.8
) -> float | None:
    """The smallest difference of shares, in percentage points, near that share (0..1); as `detectable_nps`."""
    return detectable_nps(n, other, (share * (1 - share),) * 2, significance, power)


def two_nps_power(
    n: float,
    other: float,
    difference: float,
    variances: tuple[float, float] = (1.0, 1.0),
    significance: float = 0.05,
) -> float:
    """The chance that groups of `n` and `other` answers show a difference of NPS in points, two-sided.

    >>> round(two_nps_power(300, 300, 10, (0.5475, 0.5475)), 2)
    0.38
    """
    distance = abs(difference) / (100 * math.sqrt(variances[0] / n + variances[1] / other))
    z = -float(ndtri(significance / 2))
    return float(ndtr(distance - z) + ndtr(-distance - z))
