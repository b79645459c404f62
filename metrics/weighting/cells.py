"""A raked KPI from counts: answers that agree in all margins weigh the same, so the cost is that of their groups.

The variance is that of `CalibratedDesign`: of the residuals of the answers on the margins' groups, with the weights
before. It equals the one by one computation.

References
----------
.. [1] Deville, J.-C. and Saerndal, C.-E. (1992). Calibration estimators in survey sampling. JASA 87, 376-382.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.averages import Worth, worth_of
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.kpis import find_kpi
from metrics.weighting.raking import (
    LARGE_WEIGHT,
    LEAST_EFFECTIVE,
    SMALL_GROUP,
    TRIM_TOLERANCE,
    TRIMMINGS,
    CannotWeight,
    Margins,
    rake,
)

Floats = NDArray[np.float64]
Shares = dict[str, dict[Hashable, float]]


@dataclass(frozen=True, slots=True)
class RakedKpi:
    """A KPI weighted to a population.

    Attributes
    ----------
    estimate
        `effective_n` is that of the linearised variance; it may exceed n where the margins explain much.
    unweighted
        The same answers without weights.
    deff, effective_n
        Kish's design effect of the weights and his effective answers: a warning light, not the variance.
    extremes
        The smallest and the largest weight of an answer, in means.
    trimmed
        Whether weights had to be held back, and could be.
    before, after
        By variable and group, its share of the answers and of the weights, 0..1.
    concerns
        What to say beside the numbers: 'large_weight', 'few_effective_answers', 'small_groups', 'not_trimmed'.
    """

    estimate: Estimate
    unweighted: Estimate
    deff: float
    effective_n: float
    extremes: tuple[float, float]
    trimmed: bool
    before: Shares
    after: Shares
    concerns: tuple[str, ...]


def raked_kpi(
    cells: Mapping[tuple[Hashable, ...], Histogram],
    population: Margins,
    kpi: str | Callable[..., Estimate] = "nps",
    confidence: float = 0.95,
    trim: float = 5.0,
    **scale: int,
) -> RakedKpi:
    """Rake a KPI to known margins.

    Parameters
    ----------
    cells
        The answers of each combination of groups, in the order of the population's variables, unweighted.
    population
        By variable, how many there are in each group; counts or shares, each variable by itself.
    kpi, scale, confidence
        As for `compare`.
    trim
        Weights are held within 1/trim to trim times their median, as far as the margins allow.

    Raises
    ------
    CannotWeight
        As `rake`: a group without answers, margins that contradict each other, no answers.

    Examples
    --------
    The app's answers are a quarter, its customers half of all:

    >>> cells = {("app",): Histogram([10] + [0] * 9 + [10]), ("branch",): Histogram([0] * 10 + [60])}
    >>> raked = raked_kpi(cells, {"channel": {"app": 0.5, "branch": 0.5}})
    >>> raked.unweighted.value, raked.estimate.value, round(raked.deff, 2)
    (75.0, 50.0, 1.33)
    """
    worth, known = worth_of(kpi, cells.values(), scale), find_kpi(kpi, cells.values(), scale)
    rows = {groups: scored for groups, h in cells.items() if (scored := h.on_scale(worth.low, worth.high)).n}
    if not rows:
        raise CannotWeight("nobody answered")
    labels = {name: [groups[place] for groups in rows] for place, name in enumerate(population)}
    shares = {name: _shares(amounts) for name, amounts in population.items()}
    counts = np.array([h.n for h in rows.values()], dtype=float)
    weights, held, trimmed = _weights(labels, shares, counts, trim)
    weighted = sum((h.weighted(float(w)) for h, w in zip(rows.values(), weights, strict=True) if w), Histogram())
    every = sum(rows.values(), Histogram())
    if not weighted.total:
        raise CannotWeight("nobody of the population answered")
    effective = _effective(list(rows.values()), weights, labels, worth, weighted)
    counted = [count * effective / weighted.total for count in weighted.counts]
    estimate = known.estimate(Histogram(counted), confidence)
    kish = weighted.effective_n
    mean = weighted.total / every.n
    used = weights[weights > 0]
    extremes = float(used.min() / mean), float(used.max() / mean)
    seen = {
        "large_weight": extremes[1] > LARGE_WEIGHT,
        "few_effective_answers": kish < LEAST_EFFECTIVE * every.n,
        "small_groups": any(
            n * every.n < SMALL_GROUP for groups in _sums(labels, counts).values() for n in groups.values()
        ),
        "not_trimmed": held and not trimmed,
    }
    return RakedKpi(
        estimate=Estimate(estimate.value, estimate.low, estimate.high, every.n, effective, f"raked_{estimate.method}"),
        unweighted=known.estimate(every, confidence),
        deff=every.n / kish,
        effective_n=kish,
        extremes=extremes,
        trimmed=held and trimmed,
        before=_sums(labels, counts),
        after=_sums(labels, counts * weights),
        concerns=tuple(name for name, there in seen.items() if there),
    )


def _shares(amounts: Mapping[Hashable, float]) -> dict[Hashable, float]:
    total = sum(amounts.values())
    if not 0 < total < math.inf:
        raise CannotWeight("a population must be counts or shares")
    return {group: amount / total for group, amount in amounts.items()}


def _weights(
    labels: Mapping[str, Sequence[Hashable]], population: Margins, counts: Floats, trim: float
) -> tuple[Floats, bool, bool]:
    """The weight of one answer of each cell, whether weights were held back, and whether they are within bounds."""

    def raked(base: Floats) -> Floats:
        return np.array(rake(labels, population, base.tolist()).weights) / counts

    weights = raked(counts)
    # The median answer's weight; it stays that of the first weights, as in `rake`.
    order = np.argsort(weights)
    place = np.searchsorted(np.cumsum(counts[order]), counts.sum() / 2)
    middle, held = float(weights[order][place]), False
    for _ in range(TRIMMINGS):
        cut = np.where(weights > 0, np.clip(weights, middle / trim, middle * trim), 0.0)
        if np.allclose(cut, weights, rtol=TRIM_TOLERANCE, atol=0):
            return weights, held, True
        held = True
        weights = raked(np.where(cut > 0, cut, middle / trim) * counts)
    return weights, held, False


def _effective(
    rows: Sequence[Histogram],
    weights: Floats,
    labels: Mapping[str, Sequence[Hashable]],
    worth: Worth,
    weighted: Histogram,
) -> float:
    """The number of independent answers whose mean would vary as much; Kish's where all answers agree."""
    average = worth.average(weighted)
    if average is None or not average.variance:
        return weighted.effective_n
    scores = range(worth.low, worth.high + 1)
    times = np.array([[h.counts[score] for score in scores] for h in rows], dtype=float)
    apart = np.array([worth.points[score] - average.mean for score in scores])
    dummies = np.concatenate([_dummies(groups) for groups in labels.values()], axis=1)
    # The regression of the answers on their groups needs each cell's mean alone.
    n = times.sum(axis=1)
    root = np.sqrt(n)
    slopes = np.linalg.lstsq(root[:, None] * dummies, root * (times @ apart / n), rcond=None)[0]
    residuals = apart[None, :] - (dummies @ slopes)[:, None]
    z = weights[:, None] * residuals / weighted.total
    total = float(n.sum())
    mean = float((times * z).sum()) / total
    variance = total / (total - 1) * float((times * (z - mean) ** 2).sum()) if total > 1 else 0.0
    return average.variance / variance if variance else weighted.effective_n


def _dummies(labels: Sequence[Hashable]) -> Floats:
    groups = dict.fromkeys(labels)
    return np.array([[label == group for group in groups] for label in labels], dtype=float)


def _sums(labels: Mapping[str, Sequence[Hashable]], amounts: Floats) -> Shares:
    """The share of each group, by variable."""
    sums: Shares = {}
    for name, groups in labels.items():
        of = sums[name] = {}
        for group, amount in zip(groups, (amounts / amounts.sum()).tolist(), strict=True):
            of[group] = of.get(group, 0.0) + amount
    return sums
