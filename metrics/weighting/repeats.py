"""Customers who answer more than once, from counts: most answer once, so only the others are given one by one.

With y the worth of an answer, ybar the mean, n answers and m customers, the linearised variance of the mean is

    V = m/(m - 1) sum_c (sum_{i in c} (y_i - ybar) / n)^2,

the design effect V over that of n independent answers, never below 1, and n divided by it the effective answers. The
interval is the KPI's own on the effective answers, with t of m - 1 degrees of freedom for the normal quantile: what
`clustered_nps` does, for any KPI that is an average and at the cost of the repeated answers alone.

References
----------
.. [1] Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys. International
   Statistical Review 51, 279-292.
.. [2] Kish, L. (1965). Survey Sampling. Wiley.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from metrics.averages import Average, Worth, worth_of
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.kpis import find_kpi
from metrics.quantiles import normal_p, t_p, t_quantile


@dataclass(frozen=True, slots=True)
class Clustered:
    """A KPI whose answers come from fewer customers.

    Attributes
    ----------
    estimate
        With the interval that the customers allow; `effective_n` is n divided by the design effect.
    customers
        How many clusters there are: customers, and answers that nobody is known for.
    deff
        The design effect, never below 1; None where all answers agree or there is one customer alone.
    """

    estimate: Estimate
    customers: int
    deff: float | None


def clustered_estimate(
    once: Histogram,
    repeated: Sequence[Sequence[int]],
    kpi: str | Callable[..., Estimate] = "nps",
    confidence: float = 0.95,
    **scale: int,
) -> Clustered:
    """A KPI where some customers answered more than once.

    Parameters
    ----------
    once
        The answers of those who answered once, unweighted, and those of whom nobody knows who gave them.
    repeated
        The scores of each customer who answered more than once; scores off the KPI's scale are left out.
    kpi, scale
        As for `compare`; 'nps', 'csat', 'ces' or 'mean'.
    confidence
        Two-sided, between 0 and 1.

    Returns
    -------
    Clustered
        With fewer than two customers there is a value and no interval; below ten say so, and give no p.

    Examples
    --------
    Five customers who always say the same twice are five answers:

    >>> twice = [[10, 10], [9, 9], [3, 3], [8, 8], [10, 10]]
    >>> found = clustered_estimate(Histogram(), twice)
    >>> found.estimate.value, found.customers, round(found.deff, 2), round(found.estimate.effective_n, 2)
    (40.0, 5, 2.5, 4.0)
    """
    every = once + Histogram.of([score for scores in repeated for score in scores])
    worth, known = worth_of(kpi, [every], scale), find_kpi(kpi, [every], scale)
    plain, average = known.estimate(every.on_scale(worth.low, worth.high), confidence), worth.average(every)
    groups = [listed for scores in repeated if (listed := _on_scale(scores, worth))]
    customers = int(once.on_scale(worth.low, worth.high).n) + len(groups)
    if average is None or customers < 2:
        method = f"clustered_{plain.method}"
        return Clustered(Estimate(plain.value, None, None, plain.n, customers, method), customers, None)
    variance = _variance(once, groups, worth, average, customers)
    deff = max(1.0, variance * average.total / average.variance) if average.variance else None
    # Where all agree the variance is silent; the customers, not their answers, are what is independent.
    effective = customers if deff is None else average.total / deff
    counts = [count * effective / average.total for count in every.on_scale(worth.low, worth.high).counts]
    estimate = known.estimate(Histogram(counts), _widened(confidence, customers - 1, plain.method, effective))
    low, high, value = estimate.low, estimate.high, plain.value
    if low is not None and high is not None and value is not None:
        low, high = min(low, value), max(high, value)
    kept = Estimate(value, low, high, plain.n, effective, f"clustered_{estimate.method}")
    return Clustered(kept, customers, deff)


def _on_scale(scores: Sequence[int], worth: Worth) -> list[int]:
    return [score for score in scores if worth.low <= score <= worth.high]


def _variance(
    once: Histogram, groups: Sequence[Sequence[int]], worth: Worth, average: Average, customers: int
) -> float:
    """The linearised variance of the mean; the contributions of all customers add up to 0, so their mean is 0."""
    apart = [points - average.mean for points in worth.points]
    singles = sum(
        count * apart[score] ** 2 for score, count in enumerate(once.counts) if worth.low <= score <= worth.high
    )
    several = sum(sum(apart[score] for score in scores) ** 2 for scores in groups)
    return customers / (customers - 1) * (singles + several) / average.total**2


def _widened(confidence: float, df: int, method: str, effective: float) -> float:
    """The confidence at which a KPI's own quantile is that of t with df degrees of freedom."""
    t = t_quantile(confidence, df)
    if method in {"t", "logit_t"} and effective > 2:
        return 1 - t_p(t, effective - 1)
    return min(1 - normal_p(t), math.nextafter(1.0, 0.0))
