"""Do several groups differ at all? One test before the pairwise ones.

References
----------
.. [1] Cochran, W. G. (1954). The combination of estimates from different experiments. Biometrics 10, 101-129.
.. [2] DerSimonian, R. and Laird, N. (1986). Meta-analysis in clinical trials. Controlled Clinical Trials 7, 177-188.
.. [3] Welch, B. L. (1951). On the comparison of several mean values. Biometrika 38, 330-336.
.. [4] Armitage, P. (1955). Tests for linear trends in proportions and frequencies. Biometrics 11, 375-386.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from metrics.means import Moments
from metrics.quantiles import chi_square_p, f_p


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """The test that all groups are alike; statistic and p are None where it cannot be made.

    `df_denominator` is that of an F statistic, otherwise None. Methods: 'cochran_q', 'cochran_q_adjusted' (three
    answers added to each group, where one's own variance is 0), 'chi_square', 'trend', 'welch', 'kruskal_wallis', and
    'none' for fewer than two groups.
    """

    statistic: float | None
    df: float
    p: float | None
    method: str
    df_denominator: float | None = None


class Pooled(NamedTuple):
    """Estimates pooled by their precision, and how far apart they are beyond chance.

    `between` is the DerSimonian-Laird variance between the groups, `inconsistency` is I-squared in percent.
    """

    mean: float
    statistic: float
    df: int
    p: float
    between: float
    inconsistency: float


def pool(values: Sequence[float], variances: Sequence[float]) -> Pooled:
    """Cochran's Q of at least two estimates with their (positive) squared standard errors [1]_, [2]_."""
    y, w = np.asarray(values, dtype=float), 1 / np.asarray(variances, dtype=float)
    mean = float((w * y).sum() / w.sum())
    q, df = float((w * (y - mean) ** 2).sum()), len(y) - 1
    between = (q - df) / float(w.sum() - (w**2).sum() / w.sum())
    # I-squared on the scale of the variances, as metafor has it: between / (between + typical sampling variance).
    typical = df * float(w.sum() / (w.sum() ** 2 - (w**2).sum()))
    between = max(0.0, between)
    return Pooled(mean, q, df, chi_square_p(q, df), between, 100 * between / (between + typical))


def chi_square(successes: Sequence[float], totals: Sequence[float]) -> Heterogeneity:
    """Pearson's chi-square that k groups have one share; None where nobody, or everybody, is a success."""
    k, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    pooled, df = k.sum() / n.sum(), len(k) - 1
    if not 0 < pooled < 1:
        return Heterogeneity(None, df, None, "chi_square")
    statistic = float((n * (k / n - pooled) ** 2).sum() / (pooled * (1 - pooled)))
    return Heterogeneity(statistic, df, chi_square_p(statistic, df), "chi_square")


def linear_trend(successes: Sequence[float], totals: Sequence[float]) -> Heterogeneity:
    """Armitage's chi-square for a trend of shares over equally spaced groups, such as months [4]_."""
    k, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    pooled = k.sum() / n.sum()
    step = np.arange(len(k)) - (n * np.arange(len(k))).sum() / n.sum()
    spread = float(pooled * (1 - pooled) * (n * step**2).sum())
    if spread <= 0:
        return Heterogeneity(None, 1, None, "trend")
    statistic = float((k * step).sum() ** 2 / spread)
    return Heterogeneity(statistic, 1, chi_square_p(statistic, 1), "trend")


def welch_anova(groups: Sequence[Moments]) -> Heterogeneity:
    """Welch's one-way analysis of variance, which does not assume equal variances [3]_.

    Undefined (None) when a group has fewer than two answers or no variance: it would outweigh all others.
    """
    k = len(groups)
    if k < 2 or min(g.n for g in groups) < 2 or min(g.variance for g in groups) <= 0:
        return Heterogeneity(None, k - 1, None, "welch")
    n, mean, variance = np.array(groups, dtype=float).T
    w = n / variance
    centre = (w * mean).sum() / w.sum()
    penalty = float(((1 - w / w.sum()) ** 2 / (n - 1)).sum())
    between = float((w * (mean - centre) ** 2).sum()) / (k - 1)
    statistic = between / (1 + 2 * (k - 2) * penalty / (k * k - 1))
    denominator = (k * k - 1) / (3 * penalty)
    return Heterogeneity(statistic, k - 1, f_p(statistic, k - 1, denominator), "welch", denominator)
