"""Two groups compared, and many: who differs from whom, and how sure that is.

Many groups are never ranked by their estimates alone. Each gets a band of ranks it may hold: best is one more than the
number of groups that are significantly better, worst is all but those that are significantly worse, after adjusting for
the number of pairs looked at. Groups that cannot be told apart share a band.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

from metrics.comparisons.differences import Comparison, Group
from metrics.comparisons.heterogeneity import Heterogeneity
from metrics.comparisons.multiplicity import adjust_p_values
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.kpis import find_kpi
from metrics.quantiles import check_confidence


def compare(
    a: Histogram,
    b: Histogram,
    kpi: str | Callable[..., Estimate] = "nps",
    confidence: float = 0.95,
    **scale: int,
) -> Comparison:
    """A KPI of a minus the same KPI of b, so `compare(this_year, last_year)` is positive when it rose.

    Parameters
    ----------
    a, b
        Answers of two independent groups; for the same customers asked twice see `metrics.comparisons.paired`.
    kpi
        'nps': z after three answers are added to each group, interval by MOVER from the two score intervals.
        'csat': pooled z, Fisher's test where a count is below five; Newcombe's interval.
        'ces', 'mean': Welch's t.
        Or a function `f(histogram, confidence=...) -> Estimate`: both recovered from its intervals by MOVER.
    confidence
        Of the interval; `significant` is p < 1 - confidence.
    scale
        What the KPI takes: `top` and `points` of 'csat', `points` of 'ces', `low` and `high` of 'mean'.

    Returns
    -------
    Comparison
        In the KPI's units (points, percentage points, scale points). What the answers do not allow to say is None:
        everything without answers in either group, interval and p where a mean has fewer than two.

    Raises
    ------
    ValueError
        Unknown KPI, or confidence outside 0..1.

    Examples
    --------
    >>> before = Histogram([60, 0, 0, 0, 0, 0, 0, 40, 0, 100])
    >>> after = Histogram([40, 0, 0, 0, 0, 0, 0, 30, 0, 130])
    >>> c = compare(after, before)
    >>> c.difference, round(c.low, 2), round(c.high, 2), round(c.p, 4), c.significant
    (25.0, 8.36, 41.1, 0.0031, True)

    References
    ----------
    Lewis and Sauro (2021); Zou and Donner (2008); Newcombe (1998); Welch (1947): see the modules that compute them.
    """
    check_confidence(confidence)
    found = find_kpi(kpi, (a, b), scale)
    first, second = (Group(h, found.estimate(h, confidence)) for h in (a, b))
    return found.difference(second, first, confidence)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two of many groups; the comparison is `first` minus `second`, as `compare(first, second)`.

    `significant` is decided by `adjusted_p`, that of the whole family; `comparison` knows of these two groups alone.
    """

    first: str
    second: str
    comparison: Comparison
    adjusted_p: float | None
    significant: bool


@dataclass(frozen=True, slots=True)
class ManyGroups:
    """Several groups, each estimated, all tested at once and pair by pair.

    Attributes
    ----------
    estimates
        Of every group, in the order given; those without answers have no value.
    heterogeneity
        The one test that all groups are alike.
    pairs
        All pairs of groups with answers.
    family
        How many p-values were adjusted together.
    adjust
        The method of adjustment.
    bands
        (best rank, worst rank), 1 being the highest; None for a group without answers.
    """

    estimates: dict[str, Estimate]
    heterogeneity: Heterogeneity
    pairs: tuple[Pair, ...]
    family: int
    adjust: str
    bands: dict[str, tuple[int, int] | None]


def compare_many(
    groups: Mapping[str, Histogram],
    kpi: str | Callable[..., Estimate] = "nps",
    adjust: str = "bh",
    confidence: float = 0.95,
    **scale: int,
) -> ManyGroups:
    """Compare several groups in a KPI of which higher is better, and give rank bands instead of ranks.

    Parameters
    ----------
    groups
        Name to answers. Groups without answers are left out of the family of tests.
    kpi, scale
        As for `compare`.
    adjust
        'bh' for a dashboard, 'holm' where money or names follow; see `adjust_p_values` for the others.
    confidence
        Of the intervals; a pair is significant when its adjusted p is below 1 - confidence.

    Returns
    -------
    ManyGroups
        The intervals of single pairs are not widened for their number; adjusted p-values and bands are.

    Raises
    ------
    ValueError
        Unknown KPI or adjustment, or confidence outside 0..1.

    Examples
    --------
    >>> shops = {"A": Histogram([90] + [0] * 9 + [10]), "B": Histogram([10] + [0] * 9 + [90]), "C": Histogram()}
    >>> compare_many(shops).bands
    {'A': (2, 2), 'B': (1, 1), 'C': None}
    """
    check_confidence(confidence)
    found = find_kpi(kpi, groups.values(), scale)
    estimates = {name: found.estimate(h, confidence) for name, h in groups.items()}
    known = [name for name, estimate in estimates.items() if estimate.value is not None]
    answered = {name: Group(groups[name], estimates[name]) for name in known}
    comparisons = [(a, b, found.difference(answered[b], answered[a], confidence)) for a, b in combinations(known, 2)]
    adjusted = adjust_p_values([c.p for _, _, c in comparisons], adjust)
    pairs = tuple(
        Pair(a, b, c, q, q is not None and q < 1 - confidence)
        for (a, b, c), q in zip(comparisons, adjusted, strict=True)
    )
    heterogeneity = (
        found.heterogeneity([groups[name] for name in known])
        if len(known) > 1
        else Heterogeneity(None, 0, None, "none")
    )
    bands = {**dict.fromkeys(groups), **rank_bands(known, pairs)}
    return ManyGroups(estimates, heterogeneity, pairs, sum(q is not None for q in adjusted), adjust, bands)


def rank_bands(names: list[str], pairs: tuple[Pair, ...]) -> dict[str, tuple[int, int]]:
    """(best rank, worst rank) of each: 1 + how many are significantly better, all minus how many are worse."""
    better, worse = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for pair in pairs:
        if not pair.significant or not pair.comparison.difference:
            continue
        up = pair.comparison.difference > 0
        winner, loser = (pair.first, pair.second) if up else (pair.second, pair.first)
        better[loser] += 1
        worse[winner] += 1
    return {name: (1 + better[name], len(names) - worse[name]) for name in names}
