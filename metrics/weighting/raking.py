"""Weights that make those who answered look like those who could have.

Post-stratification weights one variable to its known counts; raking weights several, each margin in turn until all fit
[1]_, [2]_. Weights correct for the variables used and for nothing else, and they cost precision: few effective answers
and single large weights say that the sample is too far from the population to be mended.

References
----------
.. [1] Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when the
   expected marginal totals are known. Annals of Mathematical Statistics 11, 427-444.
.. [2] Kalton, G. and Flores-Cervantes, I. (2003). Weighting methods. Journal of Official Statistics 19, 81-97.
.. [3] Kish, L. (1965). Survey Sampling. Wiley.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from metrics.weighting.calibration import CalibratedDesign
from metrics.weighting.designs import Labels

Floats = NDArray[np.float64]
Margins = Mapping[str, Mapping[Hashable, float]]

TOLERANCE, ROUNDS = 1e-9, 1000
TRIM_TOLERANCE, TRIMMINGS = 1e-3, 50
SMALL_GROUP, LARGE_WEIGHT, LEAST_EFFECTIVE = 20, 5.0, 0.5


class CannotWeight(ValueError):
    """The answers cannot be weighted to this population; the message names the variable and the group."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights that meet the population's margins.

    Attributes
    ----------
    weights
        One for each answer.
    rounds
        How many times the margins were gone through.
    small_groups
        (variable, group) of fewer than twenty answers: better joined with a neighbour.
    trimmed
        Whether the weights are as close to the median as was asked, to a thousandth; True where nothing was.
    margins, base
        What the weights were made from, for the variance.
    """

    weights: tuple[float, ...]
    rounds: int
    small_groups: tuple[tuple[str, Hashable], ...]
    trimmed: bool
    margins: tuple[Labels, ...] = field(repr=False)
    base: tuple[float, ...] = field(repr=False)

    @property
    def deff(self) -> float:
        """Kish's design effect of unequal weights: a warning light, not a variance [3]_."""
        w = np.array(self.weights)
        return float(len(w) * (w**2).sum() / w.sum() ** 2)

    @property
    def effective_n(self) -> float:
        """The number of equally weighted answers that are worth as much."""
        return len(self.weights) / self.deff

    @property
    def extremes(self) -> tuple[float, float]:
        """The smallest and the largest weight, in means."""
        w = np.array(self.weights)
        return float(w.min() / w.mean()), float(w.max() / w.mean())

    @property
    def concerns(self) -> tuple[str, ...]:
        """What to say beside the numbers: 'large_weight', 'few_effective_answers', 'small_groups', 'not_trimmed'."""
        seen = {
            "large_weight": self.extremes[1] > LARGE_WEIGHT,
            "few_effective_answers": self.deff > 1 / LEAST_EFFECTIVE,
            "small_groups": bool(self.small_groups),
            "not_trimmed": not self.trimmed,
        }
        return tuple(name for name, there in seen.items() if there)

    def design(
        self, clusters: Labels | None = None, strata: Labels | None = None, population: Sequence[float] | None = None
    ) -> CalibratedDesign:
        """The design for `design_mean`, `design_share` and `design_total`, with the gain of the weighting counted."""
        return CalibratedDesign(
            len(self.weights),
            weights=self.weights,
            clusters=clusters,
            strata=strata,
            population=population,
            margins=self.margins,
            base=self.base,
        )


def poststratify(groups: Labels, population: Mapping[Hashable, float], base: Sequence[float] | None = None) -> Weights:
    """Weight one variable to its population: within each group the weights before are scaled to its count.

    Parameters and errors as for `rake`, with the one variable's labels and counts.

    >>> poststratify("aab", {"a": 60, "b": 40}).weights
    (30.0, 30.0, 40.0)
    """
    return rake({"groups": groups}, {"groups": population}, base)


def rake(
    answers: Mapping[str, Labels],
    population: Margins,
    base: Sequence[float] | None = None,
    trim: float | None = None,
) -> Weights:
    """Weight several variables to their populations at once, by iterative proportional fitting.

    Parameters
    ----------
    answers
        By variable, the group of each answer.
    population
        By variable, how many there are in each group; all variables add up to the same total, which the weights then
        have. Shares will do.
    base
        The weights before, positive, such as the inverse of the chance to be asked; all alike when left out.
    trim
        If given, weights are held within 1/trim to trim times the median of the untrimmed ones, as far as the margins
        allow: they are trimmed and raked in turn, and the margins have the last word. 5 is usual.

    Returns
    -------
    Weights
        Every margin is met to 1e-9 of the total.

    Raises
    ------
    CannotWeight
        A group of the population without answers, an answer whose group the population does not have, totals that
        disagree, margins that contradict each other, no answers.

    Examples
    --------
    >>> sample = {"sex": "mmmf", "age": "yyoo"}
    >>> weights = rake(sample, {"sex": {"m": 50, "f": 50}, "age": {"y": 40, "o": 60}})
    >>> [round(weight, 6) for weight in weights.weights]
    [20.0, 20.0, 10.0, 50.0]
    """
    if set(answers) != set(population):
        raise CannotWeight(f"answers know {sorted(answers)} and the population {sorted(population)}")
    margins = [_Margin.of(name, labels, population[name]) for name, labels in answers.items()]
    n = len(margins[0].codes) if margins else 0
    before = np.ones(n) if base is None else np.asarray(base, dtype=float)
    if not n or any(len(margin.codes) != n for margin in margins) or len(before) != n:
        raise CannotWeight("every answer needs a group in each variable and a weight before")
    if not ((before > 0) & np.isfinite(before)).all():
        raise CannotWeight("weights before must be positive and finite")
    totals = {margin.name: margin.targets.sum() for margin in margins}
    if np.ptp(list(totals.values())) > 1e-6 * max(totals.values()):
        raise CannotWeight(f"the population's totals disagree: {totals}")
    weights, rounds = _fit(before, margins)
    trimmed = not trim
    # The median stays that of the first weights: one that moves would run away where the margins leave no room.
    middle = float(np.median(weights[weights > 0]))
    for _ in range(TRIMMINGS if trim else 0):
        cut = _within(weights, middle, trim or math.inf)
        if trimmed := np.allclose(cut, weights, rtol=TRIM_TOLERANCE, atol=0):
            break
        weights, more = _fit(cut, margins)
        rounds += more
    small = tuple((margin.name, group) for margin in margins for group in margin.small)
    return Weights(tuple(weights.tolist()), rounds, small, trimmed, tuple(answers.values()), tuple(before.tolist()))


@dataclass(frozen=True, slots=True)
class _Margin:
    """One variable: the group of each answer as a number, and how many of each group there should be."""

    name: str
    codes: NDArray[np.intp]
    targets: Floats
    small: tuple[Hashable, ...]

    @classmethod
    def of(cls, name: str, labels: Labels, population: Mapping[Hashable, float]) -> "_Margin":
        groups = list(dict.fromkeys(labels))
        if unknown := [group for group in groups if group not in population]:
            raise CannotWeight(f"the population does not say how many of {name} are {unknown[0]!r}")
        if empty := [group for group, count in population.items() if count and group not in set(groups)]:
            raise CannotWeight(f"nobody of {name} {empty[0]!r} answered, so no weight can stand for them")
        targets = np.array([population[group] for group in groups], dtype=float)
        if not ((targets >= 0) & np.isfinite(targets)).all() or not targets.sum() > 0:
            raise CannotWeight(f"the population of {name} must be counts or shares")
        place = {group: number for number, group in enumerate(groups)}
        codes = np.array([place[label] for label in labels], dtype=np.intp)
        sizes = np.bincount(codes)
        return cls(name, codes, targets, tuple(g for g, size in zip(groups, sizes, strict=True) if size < SMALL_GROUP))

    def sums(self, weights: Floats) -> Floats:
        sums: Floats = np.bincount(self.codes, weights, minlength=len(self.targets)).astype(float)
        return sums


def _fit(weights: Floats, margins: Sequence[_Margin]) -> tuple[Floats, int]:
    """Iterative proportional fitting; CannotWeight where the margins are not met in the end."""
    total = margins[0].targets.sum()
    for done in range(1, ROUNDS + 1):
        for margin in margins:
            sums = margin.sums(weights)
            weights = weights * np.divide(margin.targets, sums, out=np.zeros_like(sums), where=sums > 0)[margin.codes]
        if all(np.abs(margin.sums(weights) - margin.targets).max() <= TOLERANCE * total for margin in margins):
            return weights, done
    raise CannotWeight(f"no weights meet all margins after {ROUNDS} rounds: some groups never occur together")


def _within(weights: Floats, middle: float, trim: float) -> Floats:
    """The weights within 1/trim to trim times the middle; those of nobody stay 0."""
    cut: Floats = np.where(weights > 0, np.clip(weights, middle / trim, middle * trim), 0.0)
    return cut


def trim_weights(weights: Sequence[float], low: float = 0.0, high: float = math.inf) -> tuple[float, ...]:
    """The weights within low..high, their sum kept: what is cut off is spread evenly over those that have room.

    With an upper bound alone this is R's survey::trimWeights(strict=TRUE). `CannotWeight` where the sum does not fit
    between the bounds.

    >>> trim_weights([1, 1, 1, 7], high=4)
    (2.0, 2.0, 2.0, 4.0)
    """
    w = np.asarray(weights, dtype=float)
    n, total = len(w), float(w.sum())
    slack = 1e-12 * total
    if not low * n <= total + slack or not (math.isinf(high) or total - slack <= high * n):
        raise CannotWeight(f"{n} weights of together {total:g} do not fit into {low:g}..{high:g}")
    # As more is added to all, the sum rises, in a straight line between the places where one of them meets a bound.
    turns = np.unique(np.concatenate([low - w, high - w, [0.0]]))
    turns = turns[np.isfinite(turns)]
    sums = np.array([np.clip(w + added, low, high).sum() for added in turns])
    return tuple(np.clip(w + np.interp(total, sums, turns), low, high).tolist())
