"""When a row of points on a chart says that something has changed.

Two rules are on by default: a point beyond three standard deviations, and eight in a row on one side. Each further rule
of Western Electric finds small shifts sooner and raises false alarms oftener: all four alarm once in about 92 points of
a process that has not changed. A row of points without limits has Anhoej's two rules.

References
----------
.. [1] Western Electric Company (1956). Statistical Quality Control Handbook.
.. [2] Anhoej, J. and Olesen, A. V. (2014). Run charts revisited: a simulation study of run chart rules for detection of
   non-random variation in health care processes. PLoS ONE 9, e113825.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr

# Western Electric's rules: (how many, of how many points in a row, beyond how many standard deviations on one side).
RULES = {1: (1, 1, 3.0), 2: (2, 3, 2.0), 3: (4, 5, 1.0), 4: (8, 8, 0.0)}
DEFAULT_RULES = (1, 4)


class Signal(NamedTuple):
    """A rule that is met at a point (from 0), the last of the points that meet it."""

    point: int
    rule: int


def western_electric(z: ArrayLike, rules: Sequence[int] = DEFAULT_RULES, width: float = 3.0) -> tuple[Signal, ...]:
    """The signals of a row of points, in the order of the points.

    Parameters
    ----------
    z
        How many standard deviations each point lies above the centre. NaN is a gap: the points around it are
        neighbours.
    rules
        1: beyond `width`; 2: two of three beyond 2 on one side; 3: four of five beyond 1; 4: eight in a row on one
        side.
    width
        Of rule 1, in standard deviations.

    Examples
    --------
    >>> western_electric([0.1, -0.4, 3.2])
    (Signal(point=2, rule=1),)
    """
    if unknown := set(rules) - set(RULES):
        raise ValueError(f"unknown rules {sorted(unknown)}; Western Electric's are 1 to 4")
    given = np.asarray(z, dtype=float)
    places = np.flatnonzero(~np.isnan(given))
    signals = [
        Signal(int(places[last]), rule)
        for rule in sorted(set(rules))
        for last in _ends(given[places], *RULES[rule][:2], width if rule == 1 else RULES[rule][2])
    ]
    return tuple(sorted(signals))


def _ends(z: NDArray[np.float64], hits: int, window: int, beyond: float) -> NDArray[np.intp]:
    """The last points of the windows in which enough points lie beyond the line on one side."""
    if len(z) < window:
        return np.zeros(0, dtype=np.intp)
    found = np.zeros(len(z) - window + 1, dtype=bool)
    for side in (z > beyond, z < -beyond):
        found |= np.lib.stride_tricks.sliding_window_view(side, window).sum(axis=1) >= hits
    return np.flatnonzero(found) + window - 1


class RunTest(NamedTuple):
    """Anhoej's rules: a run longer than `longest_allowed`, or fewer crossings of the median than `fewest_allowed`.

    `n` counts the points that do not lie on the median. `shifted` says that either rule is broken.
    """

    n: int
    longest: int
    longest_allowed: int
    crossings: int
    fewest_allowed: int
    shifted: bool


def anhoej(points: ArrayLike) -> RunTest:
    """Whether a row of points wanders about its median by more than chance; NaN is left out.

    >>> anhoej([1, 2, 1, 2, 1, 2, 5, 6, 5, 6, 5, 6]).shifted
    True
    """
    given = np.asarray(points, dtype=float)
    known = given[~np.isnan(given)]
    distance = known - (np.median(known) if len(known) else 0)
    above = distance[distance != 0] > 0
    n = len(above)
    if not n:
        return RunTest(0, 0, 0, 0, 0, shifted=False)
    turns = np.flatnonzero(np.diff(above.astype(int)))
    longest = int(np.diff(np.concatenate([[-1], turns, [n - 1]])).max())
    longest_allowed, fewest_allowed = round(math.log2(n) + 3), _fewest(n - 1)
    shifted = longest > longest_allowed or len(turns) < fewest_allowed
    return RunTest(n, longest, longest_allowed, len(turns), fewest_allowed, shifted)


def _fewest(chances: int) -> int:
    """The 5% quantile of the crossings of as many chances, each as likely as not."""
    return next(k for k in range(chances + 1) if bdtr(k, chances, 0.5) >= 0.05)
