"""A KPI's groups against what customers did next: rates and means of each, and how far each is from the reference.

The groups are the KPI's own (promoters, passives, detractors): a factor, because nothing says that the outcome moves
evenly along the scale. A customer counts once (`first_answers`), and all differences in one table are tested together.

References
----------
.. [1] Woolf, B. (1955). On estimating the relation between blood group and disease. Annals of Human Genetics 19.
.. [2] Fisher, R. A. (1921). On the "probable error" of a coefficient of correlation deduced from a small sample.
       Metron 1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.comparisons.multiplicity import adjust_p_values
from metrics.comparisons.share_differences import newcombe, share_p
from metrics.estimate import Estimate
from metrics.proportions import proportion
from metrics.quantiles import check_confidence, normal_quantile, t_p, t_quantile


@dataclass(frozen=True, slots=True)
class LinkedRate:
    """One group: the share with the outcome (percent), and against the reference group the difference and odds ratio.

    The reference itself, and a group without customers, has no comparison. `p` is adjusted for the groups beside it.
    """

    rate: Estimate
    difference: Estimate | None = None
    odds_ratio: Estimate | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class LinkedMean:
    """One group: the mean of the outcome, and its difference from the reference group by Welch."""

    mean: Estimate
    difference: Estimate | None = None
    p: float | None = None


def first_answers(customers: ArrayLike, days: ArrayLike) -> NDArray[np.int64]:
    """The rows of each customer's first answer, in the order of the rows: a link is per customer, not per answer.

    >>> first_answers(["a", "b", "a"], [3, 1, 2]).tolist()
    [1, 2]
    """
    order = np.lexsort((np.arange(len(np.asarray(days))), np.asarray(days)))
    _, first = np.unique(np.asarray(customers)[order], return_index=True)
    return np.sort(order[first])


def linked_rates(
    groups: Mapping[str, tuple[int, int]], reference: str, confidence: float = 0.95
) -> dict[str, LinkedRate]:
    """The rate of each group, given as (with the outcome, in all), against that of the reference.

    >>> table = linked_rates({"promoter": (8, 100), "detractor": (20, 100)}, "promoter")
    >>> round(table["detractor"].difference.value), round(table["detractor"].odds_ratio.value, 2)
    (12, 2.88)
    """
    check_confidence(confidence)
    k0, n0 = groups[reference]
    raw = {
        name: share_p(k0, n0, k, n)[0] if name != reference and n and n0 else None for name, (k, n) in groups.items()
    }
    p = dict(zip(raw, adjust_p_values(list(raw.values()), "holm"), strict=True))
    table = {}
    for name, (k, n) in groups.items():
        rate = proportion(k, n, confidence)
        if name == reference or not n or not n0:
            table[name] = LinkedRate(rate)
            continue
        low, high = newcombe(k0, n0, k, n, confidence)
        difference = Estimate(100 * (k / n - k0 / n0), 100 * low, 100 * high, n + n0, n + n0, "newcombe")
        table[name] = LinkedRate(rate, difference, odds_ratio(k0, n0, k, n, confidence), p[name])
    return table


def odds_ratio(k0: float, n0: float, k1: float, n1: float, confidence: float = 0.95) -> Estimate:
    """The odds of k1 of n1 over those of k0 of n0, with Woolf's interval.

    Where a count is 0 half a customer is added to each, so that there is an interval [1]_.
    """
    cells = np.array([k1, n1 - k1, k0, n0 - k0], dtype=float)
    if (cells < 0).any():
        raise ValueError("more have the outcome than there are")
    if not cells.all():
        cells += 0.5
    log = float(np.log(cells[0] * cells[3] / (cells[1] * cells[2])))
    half = normal_quantile(confidence) * math.sqrt(float((1 / cells).sum()))
    return Estimate(math.exp(log), math.exp(log - half), math.exp(log + half), n0 + n1, n0 + n1, "woolf")


def linked_means(groups: Mapping[str, ArrayLike], reference: str, confidence: float = 0.95) -> dict[str, LinkedMean]:
    """The mean of each group, with t intervals, and its difference from the reference, with Welch's."""
    check_confidence(confidence)
    values = {name: np.asarray(group, dtype=float) for name, group in groups.items()}
    compared = {
        name: _welch(values[reference], group, confidence) if name != reference else None
        for name, group in values.items()
    }
    p = adjust_p_values([found[1] if found else None for found in compared.values()], "holm")
    return {
        name: LinkedMean(mean_of(values[name], confidence), found[0] if found else None, adjusted)
        for (name, found), adjusted in zip(compared.items(), p, strict=True)
    }


def mean_of(values: ArrayLike, confidence: float = 0.95) -> Estimate:
    """The mean of amounts with its t interval; limits None for fewer than two."""
    amounts = np.asarray(values, dtype=float)
    n = len(amounts)
    if n < 2:
        return Estimate(float(amounts.mean()) if n else None, None, None, n, n, "t")
    mean = float(amounts.mean())
    half = t_quantile(confidence, n - 1) * float(amounts.std(ddof=1)) / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, n, n, "t")


def linked_correlation(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Estimate:
    """Pearson's correlation of pairs, with Fisher's interval [2]_.

    The interval takes the pairs as independent and as normal. Without a value where one side never varies, and without
    limits for fewer than four pairs.

    >>> found = linked_correlation([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5])
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.83, 0.05, 0.98)
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    n = len(x)
    if n != len(y):
        raise ValueError("a correlation is of pairs")
    if n < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return Estimate(None, None, None, n, n, "fisher")
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    if n < 4:
        return Estimate(r, None, None, n, n, "fisher")
    if abs(r) == 1:
        return Estimate(r, r, r, n, n, "fisher")
    half = normal_quantile(confidence) / math.sqrt(n - 3)
    low, high = (math.tanh(math.atanh(r) + side * half) for side in (-1, 1))
    return Estimate(r, low, high, n, n, "fisher")


def _welch(
    first: NDArray[np.float64], second: NDArray[np.float64], confidence: float
) -> tuple[Estimate, float | None] | None:
    """Second less first, and p; None where a group has fewer than two."""
    if min(len(first), len(second)) < 2:
        return None
    parts = [float(group.var(ddof=1)) / len(group) for group in (first, second)]
    error, n = math.sqrt(sum(parts)), len(first) + len(second)
    difference = float(second.mean() - first.mean())
    if not error:
        return Estimate(difference, difference, difference, n, n, "welch"), 0.0 if difference else 1.0
    df = sum(parts) ** 2 / sum(part**2 / (len(group) - 1) for part, group in zip(parts, (first, second), strict=True))
    half = t_quantile(confidence, df) * error
    return Estimate(difference, difference - half, difference + half, n, n, "welch"), t_p(difference / error, df)
