"""Many tests at once: p-values adjusted so that a list of 'changed units' keeps its promise.

A list on a dashboard uses Benjamini and Hochberg ('bh': of the units named, at most 5% are expected to be false
alarms); where money or names follow, Holm ('holm': at most a 5% chance of even one false alarm). The family is all that
is shown in one list for one period. Results equal R's p.adjust.

References
----------
.. [1] Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. JRSS B 57, 289-300.
.. [2] Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6,
   65-70.
.. [3] Benjamini, Y. and Yekutieli, D. (2001). The control of the false discovery rate under dependency. Annals of
   Statistics 29, 1165-1188.
.. [4] Wright, S. P. (1992). Adjusted p-values for simultaneous inference. Biometrics 48, 1005-1013.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Sorted = NDArray[np.float64]


def adjust_p_values(p: Sequence[float | None], method: str = "bh") -> list[float | None]:
    """Adjust a family of p-values.

    Parameters
    ----------
    p
        Raw p-values in 0..1. None and NaN (no test was possible) drop out of the family and stay None.
    method
        'bonferroni', 'holm', 'hochberg', 'hommel' (family-wise), 'bh', 'by' (false discovery rate).

    Returns
    -------
    list
        The adjusted p-values in the order given, each in 0..1 and none below its raw one.

    Raises
    ------
    ValueError
        Unknown method, or a p outside 0..1.

    Examples
    --------
    >>> [round(q, 4) for q in adjust_p_values([0.01, 0.04, 0.03], "holm")]
    [0.03, 0.06, 0.06]
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r} for adjusting p-values; one of {', '.join(METHODS)}")
    tested = [index for index, value in enumerate(p) if value is not None and not math.isnan(value)]
    family = np.array([p[index] for index in tested], dtype=float)
    if ((family < 0) | (family > 1)).any():
        raise ValueError("a p-value lies in 0..1")
    adjusted: list[float | None] = [None] * len(p)
    order = np.argsort(family, kind="stable")
    if len(family):
        for place, value in zip(order, np.minimum(1.0, METHODS[method](family[order])), strict=True):
            adjusted[tested[place]] = float(value)
    return adjusted


def _bonferroni(p: Sorted) -> Sorted:
    return p * len(p)


def _holm(p: Sorted) -> Sorted:
    return np.maximum.accumulate(p * np.arange(len(p), 0, -1))


def _from_largest(p: Sorted) -> Sorted:
    """The smallest of each value and all after it: what the step-up methods share."""
    smallest: Sorted = np.minimum.accumulate(p[::-1])[::-1]
    return smallest


def _hochberg(p: Sorted) -> Sorted:
    return _from_largest(p * np.arange(len(p), 0, -1))


def _bh(p: Sorted) -> Sorted:
    return _from_largest(p * len(p) / np.arange(1, len(p) + 1))


def _by(p: Sorted) -> Sorted:
    return _from_largest(p * (1 / np.arange(1, len(p) + 1)).sum() * len(p) / np.arange(1, len(p) + 1))


def _hommel(p: Sorted) -> Sorted:
    """Wright's algorithm: Simes' test of every subset, done in n passes."""
    n = len(p)
    adjusted = np.full(n, (n * p / np.arange(1, n + 1)).min())
    candidate = adjusted.copy()
    for size in range(n - 1, 1, -1):
        first, last = slice(0, n - size + 1), slice(n - size + 1, n)
        smallest = (size * p[last] / np.arange(2, size + 1)).min()
        candidate[first] = np.minimum(size * p[first], smallest)
        candidate[last] = candidate[n - size]
        adjusted = np.maximum(adjusted, candidate)
    return np.asarray(np.maximum(adjusted, p))


METHODS: dict[str, Callable[[Sorted], Sorted]] = {
    "bonferroni": _bonferroni,
    "holm": _holm,
    "hochberg": _hochberg,
    "hommel": _hommel,
    "bh": _bh,
    "by": _by,
}
