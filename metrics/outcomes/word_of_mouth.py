"""Net word of mouth: what customers tell others in a company's favour, less what they tell against it.

A bad word outweighs a good one, and by how much nobody knows for a given company: the multiplier is an assumption, and
whoever shows the result shows it too.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from metrics.estimate import Estimate
from metrics.quantiles import check_confidence, t_quantile


@dataclass(frozen=True, slots=True)
class WordOfMouth:
    """Words for each 100 customers: good, bad, and good less bad times the assumed multiplier."""

    good: float | None
    bad: float | None
    net: Estimate
    multiplier: float


def word_of_mouth(good: ArrayLike, bad: ArrayLike, multiplier: float = 2, confidence: float = 0.95) -> WordOfMouth:
    """Net word of mouth for each 100 customers, with its t interval.

    Parameters
    ----------
    good, bad
        How many people each customer told something good and something bad; where only the kind of talk is known, 1
        for who speaks well and 1 for who speaks ill.
    multiplier
        Assumed: how many good words one bad word undoes; 0 or more.

    Examples
    --------
    >>> word_of_mouth([3, 0, 1, 0], [0, 1, 0, 0], multiplier=2).net.value
    50.0
    """
    check_confidence(confidence)
    praise, blame = np.asarray(good, dtype=float), np.asarray(bad, dtype=float)
    if praise.shape != blame.shape or (praise < 0).any() or (blame < 0).any() or not 0 <= multiplier < math.inf:
        raise ValueError("numbers of people told, and the multiplier, are 0 or more")
    n = len(praise)
    if not n:
        return WordOfMouth(None, None, Estimate(None, None, None, 0, 0, "t"), multiplier)
    each = 100 * (praise - multiplier * blame)
    value = float(each.mean())
    half = t_quantile(confidence, n - 1) * float(each.std(ddof=1)) / math.sqrt(n) if n > 1 else None
    low, high = (None, None) if half is None else (value - half, value + half)
    net = Estimate(value, low, high, n, n, "t")
    return WordOfMouth(100 * float(praise.mean()), 100 * float(blame.mean()), net, multiplier)
