"""How many gave each score: the sufficient statistic of every KPI.

NPS, CSAT, CES and means, with their intervals, are functions of eleven counts, so the cost of a KPI does not grow with
the number of responses. Three rows of eleven are kept, because a weighted answer needs three facts: that it exists
(`answers`), what it weighs (`counts`) and the square of that (`squares`, for Kish's effective number of answers).
Without weights the three rows are one and the same.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Self

SCORES = 11

# What a subtraction of weights may leave behind by rounding; anything more negative is a mistake of the caller.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, init=False)
class Histogram:
    """Counts of the scores 0..10, whole or fractional; frozen, hashable, adds and subtracts.

    Parameters
    ----------
    counts
        Up to eleven numbers, the index being the score; what is not given is 0. Fractional counts stand for themselves:
        a count of 2.5 is two and a half answers. For weights use `Histogram.of(scores, weights)` or `weighted`.

    Raises
    ------
    ValueError
        More than eleven counts, or one that is negative or not finite.

    Examples
    --------
    >>> h = Histogram.of([9, 10, 3, None, 8.5, 11])
    >>> h.n, h.missing, h.invalid
    (3, 1, 2)
    >>> (h + h).counts
    (0, 0, 0, 2, 0, 0, 0, 0, 0, 2, 2)
    """

    counts: tuple[float, ...]
    answers: tuple[float, ...] = field(repr=False)
    squares: tuple[float, ...] = field(repr=False)
    # What was not counted is told, but two histograms of the same scores are equal without it.
    missing: float = field(compare=False)
    invalid: float = field(compare=False)

    def __init__(
        self,
        counts: Iterable[float] = (),
        *,
        answers: Iterable[float] | None = None,
        squares: Iterable[float] | None = None,
        missing: float = 0,
        invalid: float = 0,
    ) -> None:
        weights = _row(counts)
        object.__setattr__(self, "counts", weights)
        object.__setattr__(self, "answers", weights if answers is None else _row(answers))
        object.__setattr__(self, "squares", weights if squares is None else _row(squares))
        object.__setattr__(self, "missing", missing)
        object.__setattr__(self, "invalid", invalid)

    @classmethod
    def of(cls, scores: Iterable[object], weights: Iterable[float] | None = None) -> Self:
        """Count scores one by one.

        `None` and NaN are missing. A score off the scale, between two steps (8.5) or not a number is invalid: counted
        as such, never clipped; 9.0 is valid. An answer of weight 0 is left out. Scores and weights of different length,
        or a weight that is negative or not finite, are a `ValueError`.
        """
        answers, counts, squares = [0] * SCORES, [0.0] * SCORES, [0.0] * SCORES
        missing = invalid = 0
        listed = list(scores)
        for given, weight in zip(listed, [1] * len(listed) if weights is None else weights, strict=True):
            if not 0 <= weight < math.inf:
                raise ValueError(f"a weight must be finite and not negative, not {weight!r}")
            if given is None or given != given:  # noqa: PLR0124 - NaN alone differs from itself
                missing += 1
            elif (score := valid_score(given)) is None:
                invalid += 1
            elif weight:
                answers[score] += 1
                counts[score] += weight
                squares[score] += weight * weight
        if weights is None:
            return cls(answers, missing=missing, invalid=invalid)
        return cls(counts, answers=answers, squares=squares, missing=missing, invalid=invalid)

    @property
    def n(self) -> float:
        """The number of answers; under weights the answers are counted, not their weights."""
        return sum(self.answers)

    @property
    def total(self) -> float:
        """The sum of the weights; without weights this is `n`."""
        return sum(self.counts)

    @property
    def effective_n(self) -> float:
        """Kish's effective number of answers, (sum of w)^2 / (sum of w^2); without weights this is `n` [1]_.

        It knows nothing of clusters or calibration: see `metrics.weighting.designs` for these.

        References
        ----------
        .. [1] Kish, L. (1965). Survey Sampling. Wiley.
        """
        if self.squares is self.counts or not (squares := sum(self.squares)):
            return self.n
        return self.total**2 / squares

    @property
    def effective_counts(self) -> tuple[float, ...]:
        """The counts rescaled so that they sum to `effective_n`: what an interval may take for whole answers."""
        total, effective = self.total, self.effective_n
        if not total or effective == total:
            return self.counts
        return tuple(count * effective / total for count in self.counts)

    @property
    def mean(self) -> float | None:
        """The (weighted) mean score; None without answers."""
        if not (total := self.total):
            return None
        return sum(score * count for score, count in enumerate(self.counts)) / total

    @property
    def variance(self) -> float | None:
        """The sample variance of the scores, with n - 1 (effective n - 1 under weights); None below two answers."""
        mean, n = self.mean, self.effective_n
        if mean is None or n <= 1:
            return None
        spread = sum(count * (score - mean) ** 2 for score, count in enumerate(self.counts)) / self.total
        return spread * n / (n - 1)

    def on_scale(self, low: int, high: int) -> Self:
        """The scores from low to high; answers outside are moved to `invalid`, for they cannot be of this scale."""
        if not any(self.counts[:low]) and not any(self.counts[high + 1 :]):
            return self
        outside = sum(self.answers[:low]) + sum(self.answers[high + 1 :])

        def keep(row: Sequence[float]) -> list[float]:
            return [value if low <= score <= high else 0 for score, value in enumerate(row)]

        return self._rows(keep, missing=self.missing, invalid=self.invalid + outside)

    def weighted(self, weight: float) -> Self:
        """The same answers, each weighing `weight` times what it did: for adding strata by their population.

        >>> shops = Histogram.of([10, 9]).weighted(3) + Histogram.of([2, 3])
        >>> shops.n, shops.total, shops.effective_n
        (4, 8, 3.2)
        """
        if not 0 < weight < math.inf:
            raise ValueError(f"a weight must be finite and positive, not {weight!r}")
        return type(self)(
            [weight * count for count in self.counts],
            answers=self.answers,
            squares=[weight * weight * square for square in self.squares],
            missing=self.missing,
            invalid=self.invalid,
        )

    def __add__(self, other: Self) -> Self:
        if not isinstance(other, Histogram):
            return NotImplemented
        return self._combined(other, 1)

    def __sub__(self, other: Self) -> Self:
        """Take answers away again, as erasure does; taking away more than there are is a `ValueError`."""
        if not isinstance(other, Histogram):
            return NotImplemented
        return self._combined(other, -1)

    def _combined(self, other: Self, sign: int) -> Self:
        missing = self.missing + sign * other.missing
        invalid = self.invalid + sign * other.invalid
        if self._is_plain() and other._is_plain():
            return type(self)(_sum(self.counts, other.counts, sign), missing=missing, invalid=invalid)
        return type(self)(
            _sum(self.counts, other.counts, sign),
            answers=_sum(self.answers, other.answers, sign),
            squares=_sum(self.squares, other.squares, sign),
            missing=missing,
            invalid=invalid,
        )

    def _rows(self, change: Callable[[Sequence[float]], list[float]], *, missing: float, invalid: float) -> Self:
        if self._is_plain():
            return type(self)(change(self.counts), missing=missing, invalid=invalid)
        return type(self)(
            change(self.counts),
            answers=change(self.answers),
            squares=change(self.squares),
            missing=missing,
            invalid=invalid,
        )

    def _is_plain(self) -> bool:
        return self.squares is self.counts and self.answers is self.counts


def _row(values: Iterable[float]) -> tuple[float, ...]:
    """Eleven finite numbers, whole ones as int so that '120 answers' is not shown as 120.0."""
    row = tuple(map(_number, values))
    if len(row) > SCORES:
        raise ValueError(f"a histogram has at most {SCORES} counts, not {len(row)}")
    return row + (0,) * (SCORES - len(row))


def _number(value: float) -> float:
    if type(value) is int and value >= 0:
        return value
    number = value if type(value) is int else float(value)
    if not 0 <= number < math.inf:
        raise ValueError(f"a count must be finite and not negative, not {value!r}")
    return int(number) if number == int(number) else number


def valid_score(given: object) -> int | None:
    """The score 0..10 that was given, or None if it is missing or invalid (off the scale, between two steps)."""
    # Real, because a score may come from numpy; a boolean is no score although Python counts with it.
    if isinstance(given, bool) or not isinstance(given, Real):
        return None
    score = float(given)
    return int(score) if 0 <= score < SCORES and score.is_integer() else None


def _sum(left: Sequence[float], right: Sequence[float], sign: int) -> list[float]:
    sums = [a + sign * b for a, b in zip(left, right, strict=True)]
    if sign > 0:
        return sums
    return [0 if -ROUNDING * max(1, a) <= s < 0 else s for a, s in zip(left, sums, strict=True)]
