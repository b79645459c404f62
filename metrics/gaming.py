"""Is a unit's number moved by something other than its customers: shares that stick out, floods at the end, mixes.

None of it proves intent. Each function says that something is neither chance nor how such units usually differ, and a
person finds out why. Who sticks out must pass three tests at once: Fisher's against all others together [1]_, so that
chance is no explanation; Student's against how the others differ among themselves [2]_, so that being an honest good
unit is none; and a margin, so that thousands of answers do not make a trifle into an accusation. The p-values of all
units looked at are adjusted together by Holm's rule.

References
----------
.. [1] Fisher, R. A. (1935). The logic of inductive inference. JRSS 98, 39-82.
.. [2] Higgins, J. P. T., Thompson, S. G. and Spiegelhalter, D. J. (2009). A re-evaluation of random-effects
   meta-analysis. JRSS A 172, 137-159: the prediction interval of a new unit.
.. [3] Gini, C. (1912). Variabilità e mutabilità: half the sum of absolute differences, as an index of dissimilarity.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, stdtr

from metrics.comparisons.multiplicity import adjust_p_values
from metrics.crosstabs import crosstab
from metrics.shrinkage.normal import fit_prior

# With fewer others nobody can say how units usually differ.
FEWEST_PEERS = 4


class Part(NamedTuple):
    """So many of so many."""

    k: int
    n: int

    @property
    def percent(self) -> float:
        """The share in percent, 0 of none."""
        return 100 * self.k / self.n if self.n else 0.0

    def plus(self, other: "Part") -> "Part":
        return Part(self.k + other.k, self.n + other.n)


@dataclass(frozen=True, slots=True)
class Odd:
    """A unit that sticks out: its own share, that of what it is compared with, and the adjusted p of its tests."""

    own: Part
    others: Part
    p: float


@dataclass(frozen=True, slots=True)
class MixShift:
    """The category that was chosen most beyond its share, and the distance of the whole mix.

    `chosen` and `possible` are its share among the chosen and among all, in percent; `distance` is how many of a
    hundred chosen would have to be others for the mixes to be alike [3]_.
    """

    category: str
    chosen: float
    possible: float
    distance: float
    p: float


def fisher_greater(k: int, n: int, others_k: int, others_n: int) -> float:
    """The one-sided p of Fisher's exact test: that k of n is so many, or more, by chance.

    Parameters
    ----------
    k, n
        Successes and trials of the unit, 0 <= k <= n.
    others_k, others_n
        Those of all others.

    Returns
    -------
    float
        The upper tail of the hypergeometric distribution; 1 where either side has no trials.

    Raises
    ------
    ValueError
        Where a count is no part of its total.

    Examples
    --------
    A branch where 78% give the highest score, among others where 52% do:

    >>> f"{fisher_greater(117, 150, 780, 1500):.1e}"
    '2.8e-10'
    """
    if not (0 <= k <= n and 0 <= others_k <= others_n):
        raise ValueError(f"{k} of {n} and {others_k} of {others_n} are no shares")
    successes = k + others_k
    tail = np.arange(k, min(n, successes) + 1)
    log_chance = _log_choose(n, tail) + _log_choose(others_n, successes - tail)
    return float(min(1.0, np.exp(log_chance - _log_choose(n + others_n, successes)).sum()))


def _log_choose(n: int, k: "np.ndarray | int") -> "np.ndarray":
    return np.asarray(gammaln(n + 1.0) - gammaln(np.asarray(k) + 1.0) - gammaln(n - np.asarray(k) + 1.0))


def beyond_usual(own: Part, peers: Sequence[Part]) -> float | None:
    """The one-sided p that a unit as its peers are has so high a share: their spread counts, not only chance [2]_.

    None where there are too few peers with answers to know how they differ.

    >>> alike, apart = [Part(50, 100)] * 6, [Part(30, 100), Part(70, 100)] * 3
    >>> round(beyond_usual(Part(70, 100), alike), 4), round(beyond_usual(Part(70, 100), apart), 2)
    (0.007, 0.22)
    """
    known = [peer for peer in peers if peer.n]
    if len(known) < FEWEST_PEERS or not own.n:
        return None
    k, n = sum(peer.k for peer in known), sum(peer.n for peer in known)
    # One success and one failure more, so that no variance is 0.
    pooled = (k + 1) / (n + 2)
    variance = pooled * (1 - pooled)
    prior = fit_prior([peer.k / peer.n for peer in known], [variance / peer.n for peer in known], "dl")
    error = math.sqrt(prior.between + prior.error**2 + variance / own.n)
    return float(stdtr(len(known) - 1, -(own.k / own.n - prior.mean) / error))


def stick_out(groups: Mapping[str, Part], *, level: float, margin: float, least: int) -> dict[str, Odd]:
    """Which groups have a higher share than the others, beyond chance, beyond how the others differ, by a margin.

    Parameters
    ----------
    groups
        Name to part; all are compared with all others together.
    level
        The chance, 0..1, that anything at all is found where nothing is there.
    margin
        Percentage points above the others at least.
    least
        Groups of fewer trials are not accused; they count among the others.

    Examples
    --------
    >>> groups = {"a": Part(52, 100), "b": Part(49, 100), "c": Part(51, 100), "d": Part(50, 100)}
    >>> found = stick_out(groups | {"odd": Part(127, 150)}, level=0.05, margin=10, least=30)
    >>> list(found), found["odd"].others
    (['odd'], Part(k=202, n=400))
    """
    whole = Part(sum(part.k for part in groups.values()), sum(part.n for part in groups.values()))
    tested = [name for name, part in groups.items() if part.n >= least and whole.n > part.n]
    chances = []
    for name in tested:
        own, peers = groups[name], [part for other, part in groups.items() if other != name]
        chance = fisher_greater(own.k, own.n, whole.k - own.k, whole.n - own.n)
        chances.append(max(chance, beyond_usual(own, peers) or 0.0))
    found = {}
    for name, p in zip(tested, adjust_p_values(chances, "holm"), strict=True):
        own = groups[name]
        others = Part(whole.k - own.k, whole.n - own.n)
        if p is not None and p < level and own.percent - others.percent >= margin:
            found[name] = Odd(own, others, p)
    return found


def rose(
    before: Mapping[str, Part], now: Mapping[str, Part], *, level: float, margin: float, least: int
) -> dict[str, Odd]:
    """Whose share rose against its own past, beyond chance, and by a margin more than everybody's did.

    What rises everywhere is the company's doing and nobody's guilt: it is taken off before the margin is asked for.

    >>> before, now = {"a": Part(10, 100), "b": Part(10, 100)}, {"a": Part(40, 100), "b": Part(12, 100)}
    >>> list(rose(before, now, level=0.01, margin=10, least=30))
    ['a']
    """
    tested = [name for name, part in now.items() if part.n >= least and before.get(name, Part(0, 0)).n >= least]
    chances = [fisher_greater(*now[name], *before[name]) for name in tested]
    found = {}
    for name, p in zip(tested, adjust_p_values(chances, "holm"), strict=True):
        elsewhere = [now[other].percent - before[other].percent for other in tested if other != name]
        usual = max(0.0, float(np.median(elsewhere))) if elsewhere else 0.0
        if p is not None and p < level and now[name].percent - before[name].percent - usual >= margin:
            found[name] = Odd(now[name], before[name], p)
    return found


def mix_shift(chosen: Mapping[str, int], possible: Mapping[str, int]) -> MixShift | None:
    """Whether those who were chosen are like those who could have been; None where that cannot be tested.

    Parameters
    ----------
    chosen
        How many of each category were chosen.
    possible
        How many of each there were, the chosen among them.

    Raises
    ------
    ValueError
        Where more were chosen of a category than there were.

    Examples
    --------
    >>> shift = mix_shift({"loyal": 80, "new": 20}, {"loyal": 100, "new": 100})
    >>> shift.category, shift.chosen, shift.possible, shift.distance
    ('loyal', 80.0, 50.0, 30.0)
    """
    names = sorted(possible)
    taken = [chosen.get(name, 0) for name in names]
    left = [possible[name] - k for name, k in zip(names, taken, strict=True)]
    if min(left, default=0) < 0 or chosen.keys() - possible.keys():
        raise ValueError("more were chosen than there were")
    table = crosstab([taken, left]) if names else None
    if table is None or table.test.p is None or table.sparse:
        return None
    n, whole = sum(taken), sum(possible.values())
    gaps = {name: 100 * (k / n - possible[name] / whole) for name, k in zip(names, taken, strict=True)}
    most = max(gaps, key=lambda name: gaps[name])
    return MixShift(
        category=most,
        chosen=100 * chosen.get(most, 0) / n,
        possible=100 * possible[most] / whole,
        distance=sum(abs(gap) for gap in gaps.values()) / 2,
        p=table.test.p,
    )
