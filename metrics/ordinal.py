"""Ratings as ranks: whether one group's answers tend to be higher, whatever the steps of the scale are worth.

References
----------
.. [1] Mann, H. B. and Whitney, D. R. (1947). On a test of whether one of two random variables is stochastically larger
   than the other. Annals of Mathematical Statistics 18, 50-60.
.. [2] Kruskal, W. H. and Wallis, W. A. (1952). Use of ranks in one-criterion variance analysis. JASA 47, 583-621.
.. [3] Tukey, J. W. (1953). The problem of multiple comparisons. Princeton University.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy import stats

from metrics.comparisons.heterogeneity import Heterogeneity
from metrics.histogram import Histogram
from metrics.quantiles import normal_p

# Up to this many answers a group the exact distribution is used.
FEW = 12


@dataclass(frozen=True, slots=True)
class RankComparison:
    """Mann and Whitney's test of two groups.

    `superiority` is the chance, 0..1, that an answer of the second group is higher than one of the first, ties counting
    half. `p_exact` (permutation, given the ties) is None for groups of more than twelve; `p` is `p_exact` where there
    is one, else `p_asymptotic` (with ties and continuity corrected).
    """

    u: float
    superiority: float
    p: float
    p_asymptotic: float
    p_exact: float | None


def mann_whitney(a: Histogram, b: Histogram) -> RankComparison | None:
    """Whether b's answers tend to be higher than a's, from counts alone; None when a group is empty.

    Weighted histograms are a `ValueError`: ranks count answers.
    """
    if a.counts != a.answers or b.counts != b.answers or any(count != int(count) for count in a.counts + b.counts):
        raise ValueError("ranks need whole answers")
    n_a, n_b = int(a.total), int(b.total)
    if not n_a or not n_b:
        return None
    # u counts the pairs in which b's answer is higher.
    u = sum(count * (sum(a.counts[:score]) + a.counts[score] / 2) for score, count in enumerate(b.counts))
    n, ties = n_a + n_b, [int(x + y) for x, y in zip(a.counts, b.counts, strict=True)]
    centre = n_a * n_b / 2
    variance = n_a * n_b / 12 * (n + 1 - sum(t**3 - t for t in ties) / (n * (n - 1)))
    distance = max(0.0, abs(u - centre) - 0.5)
    asymptotic = normal_p(distance / math.sqrt(variance)) if variance > 0 else 1.0
    exact = _exact_p(u, n_b, ties, centre) if max(n_a, n_b) <= FEW else None
    return RankComparison(u, u / (n_a * n_b), asymptotic if exact is None else exact, asymptotic, exact)


def _exact_p(u: float, drawn: int, ties: Sequence[int], centre: float) -> float:
    """The chance, over all ways to draw the second group, of a u at least as far from its centre.

    Ways are counted score by score, by (drawn so far, twice the u so far): a handful of states instead of every draw.
    """
    ways = Counter({(0, 0): 1})
    seen = 0
    for tied in ties:
        after: Counter[tuple[int, int]] = Counter()
        for (taken, double_u), count in ways.items():
            for more in range(min(tied, drawn - taken) + 1):
                # `more` answers of the second group beat what the first group has below, and tie with its part here.
                beaten = 2 * (seen - taken) + (tied - more)
                after[taken + more, double_u + more * beaten] += count * math.comb(tied, more)
        ways, seen = after, seen + tied
    total = math.comb(seen, drawn)
    far = abs(u - centre)
    extreme = sum(
        count for (taken, double_u), count in ways.items() if taken == drawn and abs(double_u / 2 - centre) >= far
    )
    return extreme / total


def kruskal_wallis(groups: Sequence[Sequence[float]]) -> Heterogeneity:
    """Kruskal and Wallis' test that k samples (of any numbers) are alike in rank; None where all values are equal."""
    filled = [np.asarray(group, dtype=float) for group in groups if len(group)]
    if len(filled) < 2 or np.ptp(np.concatenate(filled)) == 0:
        return Heterogeneity(None, max(0, len(filled) - 1), None, "kruskal_wallis")
    result = stats.kruskal(*filled)
    return Heterogeneity(float(result.statistic), len(filled) - 1, float(result.pvalue), "kruskal_wallis")


class HonestDifference(NamedTuple):
    """One pair of Tukey's comparison, second minus first."""

    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float


def tukey(groups: Mapping[str, Sequence[float]], confidence: float = 0.95) -> list[HonestDifference]:
    """Tukey's honest significant differences of means: all pairs, intervals and p adjusted together.

    Each group needs two values, and variances are taken as equal; where they are not, prefer `compare_many`.
    """
    result = stats.tukey_hsd(*(np.asarray(values, dtype=float) for values in groups.values()))
    limits = result.confidence_interval(confidence)
    return [
        HonestDifference(
            first,
            second,
            float(result.statistic[j, i]),
            float(limits.low[j, i]),
            float(limits.high[j, i]),
            float(result.pvalue[j, i]),
        )
        for (i, first), (j, second) in combinations(enumerate(groups), 2)
    ]
