"""Has a KPI changed for good at some period? One call: whether, when, by how much, and how sure.

A control chart asks whether the newest point fits; this asks, looking back, whether the row has two levels. Where two
periods are chosen because they differ most, an ordinary comparison of them is too sure of itself; here the p-value is
that of the largest of all breaks. A season that ends the row high or low looks like a break: compare whole years.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.averages import worth_of
from metrics.comparisons.differences import Comparison, Group
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.kpis import find_kpi
from metrics.quantiles import check_confidence
from metrics.trends.break_tests import TRIMMED, pettitt, sup_f
from metrics.trends.change_points import change_points

FEWEST = 12
# Of a level added to a straight line at the best of its places, the F that a line alone exceeds in 5 of 100 rows.
LARGEST_BY_CHANCE = 9.0


@dataclass(frozen=True, slots=True)
class Break:
    """Whether a KPI has broken with its past.

    Attributes
    ----------
    state
        'break' for one that lasts, 'several_breaks' where `changes` has more than one (a level that came and went),
        'no_break', or why nothing can be said: 'too_few_periods', 'no_variation'.
    p
        That the largest of all breaks would be as large if nothing had changed: sup-F on the periods' values, weighted
        by their answers. None where nothing can be said.
    p_by_ranks
        Pettitt's, for periods with outliers.
    period
        The first period (from 0) after the likeliest break, though it may not be significant; None without p.
    earliest, latest
        The first periods after a break that the data do not rule out at 95 percent.
    before, after
        The KPI of all answers on either side.
    change
        After minus before. Its own p knows nothing of the search, so decide by `state`.
    changes
        Every period at which a new level begins, by `change_points`; none without a break.
    gradual
        Whether a straight line tells the periods as well: then the KPI drifted, and the period is only where its two
        halves part best.
    """

    state: str
    p: float | None
    p_by_ranks: float | None
    period: int | None
    earliest: int | None
    latest: int | None
    before: Estimate | None
    after: Estimate | None
    change: Comparison | None
    changes: tuple[int, ...]
    gradual: bool = False


def find_break(
    periods: Sequence[Histogram],
    kpi: str | Callable[..., Estimate] = "nps",
    confidence: float = 0.95,
    **scale: int,
) -> Break:
    """Look for the one break that explains a KPI's periods best.

    Parameters
    ----------
    periods
        The answers of each period, in order; those without answers are gaps. Twelve with answers are needed.
    kpi, scale
        As for `compare`; 'nps', 'csat', 'ces' or 'mean'.
    confidence
        A single break is declared when p < 1 - confidence.

    Returns
    -------
    Break
        Simulated without a break, 2 to 5 percent of rows of 12 to 60 periods are declared broken at 0.95, in one place
        or several.

    Examples
    --------
    >>> low, high = Histogram([40] + [0] * 9 + [60]), Histogram([25] + [0] * 9 + [75])
    >>> rows = [low + Histogram([i % 5]) for i in range(8)] + [high + Histogram([i % 3]) for i in range(8)]
    >>> found = find_break(rows)
    >>> found.state, found.period, round(found.change.difference)
    ('break', 8, 31)
    """
    check_confidence(confidence)
    worth = worth_of(kpi, periods, scale)
    averages = [worth.average(h) for h in periods]
    places = [place for place, average in enumerate(averages) if average is not None]
    known = [average for average in averages if average is not None]
    if len(known) < FEWEST:
        return _nothing("too_few_periods")
    values, answers = np.array([a.mean for a in known]), np.array([a.n for a in known])
    largest, ranked = sup_f(values, answers), pettitt(values)
    if largest is None or ranked is None:
        return _nothing("no_variation")
    first = places[largest.before]
    before, after = (sum(part, Histogram()) for part in (periods[:first], periods[first:]))
    found, cuts = find_kpi(kpi, periods, scale), change_points(values)
    earlier, later = (Group(h, found.estimate(h, confidence)) for h in (before, after))
    state = "several_breaks" if len(cuts) > 1 else "break" if largest.p_small < 1 - confidence else "no_break"
    changes = {"several_breaks": cuts, "break": (largest.before,), "no_break": ()}[state]
    return Break(
        state=state,
        p=largest.p_small,
        p_by_ranks=ranked.p,
        period=first,
        earliest=places[largest.earliest],
        latest=places[largest.latest],
        before=earlier.estimate,
        after=later.estimate,
        change=found.difference(earlier, later, confidence),
        changes=tuple(places[start] for start in changes),
        gradual=_drifts(np.array(places, float), values, answers, largest.before),
    )


def _drifts(places: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64], first: int) -> bool:
    """Whether a straight line tells the row as well as two levels, and a level added to the line tells no more.

    The place of a break is searched for, which the line is credited with as one more parameter of Schwarz's criterion.
    """
    n, total = len(y), w.sum()
    x = places - (w * places).sum() / total
    squares = (w * x**2).sum()

    def rest_of_line(row: NDArray[np.float64]) -> NDArray[np.float64]:
        level = row - ((w * row).sum(axis=-1) / total)[..., None]
        slope = (w * x * level).sum(axis=-1) / squares
        rest: NDArray[np.float64] = level - slope[..., None] * x
        return rest

    line = rest_of_line(y)
    splits = np.arange(max(2, int(TRIMMED * n)), n - max(2, int(TRIMMED * n)) + 1)
    steps = rest_of_line((np.arange(n) >= splits[:, None]).astype(float))
    unexplained = float((w * line**2).sum())
    gain = float(((w * steps * line).sum(axis=1) ** 2 / (w * steps**2).sum(axis=1)).max())
    if gain * (n - 3) > LARGEST_BY_CHANCE * max(unexplained - gain, 1e-12):
        return False
    levels = [(y[part], w[part]) for part in (slice(first), slice(first, n))]
    stepped = sum(float((v * (row - (v * row).sum() / v.sum()) ** 2).sum()) for row, v in levels)
    return bool(unexplained < stepped * n ** (1 / n))


def _nothing(state: str) -> Break:
    return Break(state, None, None, None, None, None, None, None, None, ())
