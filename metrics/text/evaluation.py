"""What a model of opinions is worth: accuracy, macro-F1, calibration, and whether it may be shown at all."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

GAIN = 0.10  # of macro-F1 above the baseline, from which a model is published
# The baseline: a guess's macro-F1, which is never below that of always saying the larger class (s / (1 + s) at most,
# where s is its share). Against the latter alone a coin would pass for a model where the classes are even.
GUESSING = 0.5
RIGHT = 0.90  # of the comments that it decides, where so many can be
BANDS = tuple(place / 100 for place in range(50, 91, 5))
TENTHS = 10


class Bin(msgspec.Struct, frozen=True):
    """Comments of about one probability: the mean that was said, the share that was positive, and how many."""

    said: float
    seen: float
    n: int


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Measured on comments that the model had not seen.

    `confusion` has a row for negative and positive comments, and columns for what was said of them. `baseline` is the
    macro-F1 of guessing, and `majority` the accuracy of always saying the larger class. `sure` is the probability from
    which the model decides, `decided` the share of comments beyond it, and `decided_right` how many of those are right.
    """

    n: int
    accuracy: float
    macro_f1: float
    majority: float
    baseline: float
    brier: float
    sure: float
    decided: float
    decided_right: float
    confusion: tuple[tuple[int, int], tuple[int, int]]
    calibration: tuple[Bin, ...]

    @property
    def gain(self) -> float:
        """Macro-F1 above the baseline."""
        return self.macro_f1 - self.baseline

    @property
    def worth_publishing(self) -> bool:
        """Whether it beats saying always the same by enough."""
        return self.gain >= GAIN


def assess(chances: Sequence[float], positive: Sequence[bool]) -> Quality:
    """Compare probabilities with what was the case.

    Examples
    --------
    >>> round(assess([0.9, 0.8, 0.2, 0.6], [True, True, False, False]).accuracy, 2)
    0.75
    """
    p, truth = np.asarray(chances, float), np.asarray(positive, bool)
    said = p >= 0.5
    counts = [[int(np.sum((truth == row) & (said == column))) for column in (False, True)] for row in (False, True)]
    sure, decided, right = _band(p, truth)
    larger = max(float(truth.mean()), 1 - float(truth.mean()))
    return Quality(
        n=len(p),
        accuracy=float(np.mean(said == truth)),
        macro_f1=macro_f1(counts),
        majority=larger,
        baseline=GUESSING,
        brier=float(np.mean(np.square(p - truth))),
        sure=sure,
        decided=decided,
        decided_right=right,
        confusion=((counts[0][0], counts[0][1]), (counts[1][0], counts[1][1])),
        calibration=_calibration(p, truth),
    )


def macro_f1(confusion: Sequence[Sequence[int]]) -> float:
    """The mean over both classes of the harmonic mean of precision and recall."""
    table = np.asarray(confusion, float)
    sums = table.sum(axis=0) + table.sum(axis=1)
    return float(np.mean(np.where(sums > 0, 2 * np.diag(table) / np.where(sums > 0, sums, 1), 0)))


def _band(p: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float, float]:
    """The narrowest band of doubt outside which enough are right; the widest where none is."""
    sure, decided, right = BANDS[0], 1.0, 0.0
    for sure in BANDS:
        beyond = (p >= sure) | (p <= 1 - sure)
        decided = float(beyond.mean())
        right = float(np.mean((p >= 0.5)[beyond] == truth[beyond])) if beyond.any() else 1.0
        if right >= RIGHT:
            break
    return sure, decided, right


def _calibration(p: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[Bin, ...]:
    tenth = np.minimum((p * TENTHS).astype(int), TENTHS - 1)
    return tuple(
        Bin(float(p[inside].mean()), float(truth[inside].mean()), int(inside.sum()))
        for inside in (tenth == place for place in range(TENTHS))
        if inside.any()
    )
