"""Counts of several kinds of one whole, such as cases by cause: which are more frequent for real.

References
----------
.. [1] Przyborowski, J. and Wilenski, H. (1940). Homogeneity of results in testing samples from Poisson series.
   Biometrika 31, 313-323.
"""

from collections.abc import Mapping
from itertools import combinations

from scipy.special import bdtr

from metrics.comparisons.multiplicity import adjust_p_values
from metrics.quantiles import check_confidence


def rank_counts(counts: Mapping[str, int], adjust: str = "bh", confidence: float = 0.95) -> dict[str, tuple[int, int]]:
    """Rank bands of counts, 1 being the largest; those that cannot be told apart share a band.

    Parameters
    ----------
    counts
        Name to how many there are; each single thing is counted once.
    adjust
        See `adjust_p_values`; the family is all pairs.
    confidence
        A pair is told apart where its adjusted p is below 1 - confidence.

    Returns
    -------
    dict
        (best rank, worst rank) of each name.

    Raises
    ------
    ValueError
        A negative count, an unknown method, or confidence outside 0..1.

    Examples
    --------
    >>> rank_counts({"waiting": 60, "fees": 25, "staff": 20})
    {'waiting': (1, 1), 'fees': (2, 3), 'staff': (2, 3)}

    Notes
    -----
    Given the sum of two counts, the first is binomial with one half where both are equally frequent [1]_; p is that
    exact test's, two-sided.
    """
    check_confidence(confidence)
    if any(n < 0 for n in counts.values()):
        raise ValueError("a count is not negative")
    pairs = list(combinations(counts, 2))
    adjusted = adjust_p_values([_sign_p(counts[a], counts[b]) for a, b in pairs], adjust)
    told = [pair for pair, p in zip(pairs, adjusted, strict=True) if p is not None and p < 1 - confidence]
    more = dict.fromkeys(counts, 0)
    fewer = dict.fromkeys(counts, 0)
    for a, b in told:
        large, small = (a, b) if counts[a] > counts[b] else (b, a)
        more[small] += 1
        fewer[large] += 1
    return {name: (1 + more[name], len(counts) - fewer[name]) for name in counts}


def _sign_p(a: int, b: int) -> float | None:
    n = a + b
    return min(1.0, 2 * float(bdtr(min(a, b), n, 0.5))) if n else None
