"""A KPI as an average: what each score is worth in it.

NPS is the mean of -100, 0 and 100, CSAT the mean of 0 and 100, and a mean of ratings is the mean of the scores. Charts,
funnels, shrinkage and the split of a change need no more than this mean and the variance of one answer.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from metrics.estimate import Estimate
from metrics.histogram import SCORES, Histogram
from metrics.kpis import Mean, NetPromoter, TopBox, find_kpi
from metrics.net_promoter import category


class Average(NamedTuple):
    """The mean of a group's answers in the KPI's units.

    Attributes
    ----------
    total
        The sum of the weights; without weights the number of answers.
    n
        The effective number of answers.
    mean
        In the KPI's units.
    variance
        Of one answer, with n as divisor.
    """

    total: float
    n: float
    mean: float
    variance: float


class Worth(NamedTuple):
    """What a score is worth: `points[score]` in the KPI's units, for the scores low..high of its scale."""

    low: int
    high: int
    points: tuple[float, ...]

    def average(self, h: Histogram) -> Average | None:
        """The average of a histogram; None without answers on the scale."""
        h = h.on_scale(self.low, self.high)
        if not (total := h.total):
            return None
        mean = sum(worth * count for worth, count in zip(self.points, h.counts, strict=True)) / total
        squares = sum(count * (worth - mean) ** 2 for worth, count in zip(self.points, h.counts, strict=True))
        return Average(total, h.effective_n, mean, squares / total)


NET = Worth(0, 10, tuple(100 * (category(score) or 0) for score in range(SCORES)))


def worth_of(
    kpi: str | Callable[..., Estimate], groups: Iterable[Histogram] = (), scale: dict[str, int] | None = None
) -> Worth:
    """What each score is worth in a KPI.

    Parameters
    ----------
    kpi
        'nps', 'csat', 'ces' or 'mean', or the function of that name.
    groups
        Where a mean is given no scale, all that is to be measured: the scale is one that holds it.
    scale
        What the KPI takes: `top` and `points` of 'csat', `points` of 'ces', `low` and `high` of 'mean'.

    Raises
    ------
    ValueError
        An unknown KPI, or one's own function, of which nobody knows whether it is an average.

    Examples
    --------
    >>> worth_of("csat").points[:6]
    (0, 0, 0, 0, 100, 100)
    """
    match find_kpi(kpi, groups, scale or {}):
        case NetPromoter():
            return NET
        case TopBox(top, points):
            if not 0 < top < points <= 10:
                raise ValueError(f"the top {top!r} of {points!r} points is no share of a scale within 1..10")
            return Worth(1, points, tuple(100 if score > points - top else 0 for score in range(SCORES)))
        case Mean(low, high):
            return Worth(low, high, tuple(range(SCORES)))
    raise ValueError(f"{kpi!r} is not known to be an average of answers")


def pooled(groups: Iterable[Average]) -> Average | None:
    """All the groups' answers together, with the variance of one answer around their common mean; None without any."""
    listed = list(groups)
    if not (total := sum(group.total for group in listed)):
        return None
    mean = sum(group.total * group.mean for group in listed) / total
    spread = sum(group.total * (group.variance + (group.mean - mean) ** 2) for group in listed) / total
    return Average(total, sum(group.n for group in listed), mean, spread)
