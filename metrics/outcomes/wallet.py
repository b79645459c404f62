"""Share of wallet: of all that customers spend on such things, how much they spend here.

The ratio of the sums, not the mean of the shares: a customer who spends ten times as much counts ten times [1]_.

References
----------
.. [1] Cochran, W. G. (1977). Sampling Techniques, 3rd ed. Wiley. (Ratio estimates.)
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from metrics.estimate import Estimate
from metrics.quantiles import check_confidence, t_quantile


def share_of_wallet(ours: ArrayLike, total: ArrayLike, confidence: float = 0.95) -> Estimate:
    """The share, in percent, with the linearised interval of a ratio, cut at 0 and 100.

    `ours` and `total` are each customer's spend here and in all; `ValueError` where they spend less in all than here,
    or less than nothing. Value None where nobody spends; limits None for one customer.

    >>> share_of_wallet([6], [15]).value
    40.0
    """
    check_confidence(confidence)
    here, in_all = np.asarray(ours, dtype=float), np.asarray(total, dtype=float)
    if here.shape != in_all.shape or (here < 0).any() or (here > in_all).any():
        raise ValueError("what is spent here is between nothing and all that is spent")
    n, whole = len(here), float(in_all.sum())
    if not whole:
        return Estimate(None, None, None, n, n, "ratio")
    share = float(here.sum()) / whole
    if n < 2:
        return Estimate(100 * share, None, None, n, n, "ratio")
    apart = here - share * in_all
    half = t_quantile(confidence, n - 1) * math.sqrt(n / (n - 1) * float((apart**2).sum())) / whole
    return Estimate(100 * share, 100 * max(0.0, share - half), 100 * min(1.0, share + half), n, n, "ratio")
