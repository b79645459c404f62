"""RFM: how lately, how often and for how much customers buy, each as a score from 1 to 5.

Equal values share a score, so the groups are of equal size only where few values are equal; cutting ties apart would
call the same customer good or bad by the order of a file.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scores = NDArray[np.int64]


class RecencyFrequency(NamedTuple):
    """Each customer's scores, 1 (worst) to the number of groups; empty without customers."""

    recency: Scores
    frequency: Scores
    monetary: Scores


def rfm_scores(recency_days: ArrayLike, frequency: ArrayLike, monetary: ArrayLike, groups: int = 5) -> RecencyFrequency:
    """Score customers by the days since they last bought (fewer is better), their purchases and what they spent.

    >>> rfm_scores([5, 40, 3], [10, 2, 2], [500, 80, 900], groups=3).frequency.tolist()
    [3, 2, 2]
    """
    if groups < 1:
        raise ValueError("scores need a group")
    columns = [np.asarray(values, dtype=float) for values in (recency_days, frequency, monetary)]
    if len({len(column) for column in columns}) > 1 or not all(np.isfinite(column).all() for column in columns):
        raise ValueError("each customer has three finite numbers")
    columns[0] = -columns[0]
    return RecencyFrequency(*(_scored(column, groups) for column in columns))


def _scored(values: NDArray[np.float64], groups: int) -> Scores:
    # The rank of the best among equals, and its part of all, rounded up in whole numbers.
    rank = np.searchsorted(np.sort(values), values, side="right")
    return np.asarray(-(-groups * rank // max(1, len(values))), dtype=np.int64)
