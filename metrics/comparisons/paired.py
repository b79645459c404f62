"""The same customers twice: what changed within them.

References
----------
.. [1] Tango, T. (1998). Equivalence test and confidence interval for the difference in proportions for the
   paired-sample design. Statistics in Medicine 17, 891-908.
.. [2] Fagerland, M. W., Lydersen, S. and Laake, P. (2013). The McNemar test for binary matched-pairs data: mid-p and
   asymptotic are better than exact conditional. BMC Medical Research Methodology 13, 91.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import bdtr

from metrics.net_promoter import category
from metrics.quantiles import check_confidence, chi_square_p, normal_quantile, t_p, t_quantile
from metrics.score_interval import score_limits


@dataclass(frozen=True, slots=True)
class PairedChange:
    """NPS, or the mean score, before and after of the same n customers, and the change with its t test.

    What is undefined is None.
    """

    n: int
    before: float | None
    after: float | None
    change: float | None
    standard_error: float | None
    t: float | None
    p: float | None
    low: float | None
    high: float | None


def paired_nps(before: Sequence[float | None], after: Sequence[float | None], confidence: float = 0.95) -> PairedChange:
    """How NPS changed, after minus before in points, among customers who answered both times.

    Parameters
    ----------
    before, after
        Scores 0..10 of one customer at one place in both; a pair with a missing or invalid score is left out. Different
        lengths are a `ValueError`.

    Returns
    -------
    PairedChange
        One-sample t on the change of category, -200..200 a customer. Without pairs all is None; with one pair, or when
        all changed alike, there is no interval and no p.
    """
    check_confidence(confidence)
    signs = [(category(a), category(b)) for a, b in zip(before, after, strict=True)]
    pairs = [(a, b) for a, b in signs if a is not None and b is not None]
    return _paired([100.0 * a for a, _ in pairs], [100.0 * b for _, b in pairs], confidence)


def paired_scores(before: Sequence[float], after: Sequence[float], confidence: float = 0.95) -> PairedChange:
    """How the mean score changed, after minus before, among customers who gave one both times.

    One-sample t on each customer's difference. Without pairs all is None; with one pair, or when all changed alike,
    there is no interval and no p. Different lengths are a `ValueError`.

    >>> found = paired_scores([2, 3, 4], [7, 6, 9])
    >>> found.change, round(found.low, 2), round(found.high, 2)
    (4.333333333333333, 1.46, 7.2)
    """
    check_confidence(confidence)
    if len(before) != len(after):
        raise ValueError("each customer has a score before and one after")
    return _paired(before, after, confidence)


def _paired(before: Sequence[float], after: Sequence[float], confidence: float) -> PairedChange:
    pairs = list(zip(before, after, strict=True))
    n = len(pairs)
    if not n:
        return PairedChange(0, None, None, None, None, None, None, None, None)
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    change = sum(b - a for a, b in pairs) / n
    squares = sum((b - a - change) ** 2 for a, b in pairs)
    if squares <= 0:
        return PairedChange(n, first, second, change, None, None, None, None, None)
    error = math.sqrt(squares / (n - 1) / n)
    half, t = t_quantile(confidence, n - 1) * error, change / error
    return PairedChange(n, first, second, change, error, t, t_p(t, n - 1), change - half, change + half)


@dataclass(frozen=True, slots=True)
class PairedShares:
    """The share of the second occasion minus that of the first, in percentage points, and McNemar's tests.

    `p` is that of the mid-p test, the recommended one [2]_; `p_exact` and `p_asymptotic` are for comparison.
    """

    n: float
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_exact: float | None
    p_asymptotic: float | None
    chi_square: float | None


def paired_shares(both: int, first_only: int, second_only: int, neither: int, confidence: float = 0.95) -> PairedShares:
    """Satisfied on the second occasion minus satisfied on the first, of the same customers.

    Parameters
    ----------
    both, first_only, second_only, neither
        How many customers were satisfied when.

    Returns
    -------
    PairedShares
        With Tango's score interval [1]_. Without customers all is None; when nobody changed p is 1 and chi_square None.
    """
    check_confidence(confidence)
    if min(both, first_only, second_only, neither) < 0:
        raise ValueError("a count of customers cannot be negative")
    n, changed = both + first_only + second_only + neither, first_only + second_only
    if not n:
        return PairedShares(0, None, None, None, None, None, None, None)
    low, high = score_limits(first_only, second_only, n, normal_quantile(confidence))
    difference = 100 * (second_only - first_only) / n
    if not changed:
        return PairedShares(n, difference, 100 * low, 100 * high, 1.0, 1.0, 1.0, None)
    fewer = min(first_only, second_only)
    tail = float(bdtr(fewer, changed, 0.5))
    likely = math.comb(changed, fewer) / 2**changed
    statistic = (second_only - first_only) ** 2 / changed
    return PairedShares(
        n,
        difference,
        100 * low,
        100 * high,
        min(1.0, 2 * tail - likely),
        min(1.0, 2 * tail),
        chi_square_p(statistic, 1),
        statistic,
    )
