"""What moves an outcome: a driver list with intervals, or the reason why there is none.

A list from forty answers is noise with names on it. So it takes ten answers for each driver and fifty at least, and
drivers that explain a twentieth of what the outcome varies; otherwise the list is withheld and says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.drivers.importance import MOST, complete, correlations, johnson, shapley
from metrics.drivers.regression import Coefficient, least_squares
from metrics.estimate import Estimate
from metrics.quantiles import check_confidence

FEWEST, FEWEST_EACH = 50, 10
WEAKEST = 0.05
BATCH = 100


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver of the list.

    Attributes
    ----------
    name
        As given.
    importance
        Its share of what is explained, in percent, all drivers together 100, with its bootstrap interval.
    line
        Its line of the regression: correlation, slope, beta, variance inflation.
    """

    name: str
    importance: Estimate
    line: Coefficient


@dataclass(frozen=True, slots=True)
class KeyDrivers:
    """The drivers of an outcome.

    Attributes
    ----------
    reason
        None where there is a list; otherwise 'no_drivers', 'too_few_answers', 'no_variation' or 'weak_model'.
    n, left_out
        Complete answers, and those with something missing.
    r2
        What all drivers together explain, 0..1; None where undefined.
    method
        'shapley', or 'relative_weights' for more than twelve drivers.
    drivers
        In the order given; empty where the list is withheld.
    """

    reason: str | None
    n: int
    left_out: int
    r2: float | None
    method: str
    drivers: tuple[Driver, ...]


def key_drivers(
    answers: Mapping[str, ArrayLike],
    outcome: ArrayLike,
    generator: np.random.Generator,
    confidence: float = 0.95,
    resamples: int = 1000,
) -> KeyDrivers:
    """List the drivers of an outcome with their statistical importance, which is no proof of cause.

    Parameters
    ----------
    answers
        Name to ratings, all of the same length; NaN where a customer was not asked.
    outcome
        One per customer, such as a 0..10 score. Customers with a NaN anywhere are left out.
    generator
        Draws the resamples; a seeded one gives the same intervals again.
    confidence
        Of the percentile intervals, which are widened to hold the estimate.
    resamples
        How many times the customers are drawn anew.

    Returns
    -------
    KeyDrivers
        Small shares are a little too large in any sample, for a share is never negative: look at the intervals.
    """
    check_confidence(confidence)
    names, p = list(answers), len(answers)
    method = "shapley" if p <= MOST else "relative_weights"
    given = np.asarray(outcome, dtype=float)
    x, y = complete(np.column_stack(list(answers.values())) if p else np.empty((len(given), 0)), given)
    n, left_out = len(y), len(given) - len(y)

    def withheld(reason: str, r2: float | None = None) -> KeyDrivers:
        return KeyDrivers(reason, n, left_out, r2, method, ())

    if not p:
        return withheld("no_drivers")
    if n < max(FEWEST, FEWEST_EACH * p):
        return withheld("too_few_answers")
    table, together = least_squares(x, y, confidence), correlations(x, y)
    if table is None or together is None:
        return withheld("no_variation")
    if table.r2 < WEAKEST:
        return withheld("weak_model", table.r2)
    decompose = shapley if method == "shapley" else johnson
    value = _percent(decompose(together))
    drawn = np.concatenate(
        [_percent(decompose(resampled)) for resampled in _resampled(x, y, generator, resamples) if len(resampled)]
    )
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    importance = [
        Estimate(float(v), float(min(v, a)), float(max(v, b)), n, n, "bootstrap")
        for v, a, b in zip(value, low, high, strict=True)
    ]
    drivers = tuple(Driver(*row) for row in zip(names, importance, table.coefficients, strict=True))
    return KeyDrivers(None, n, left_out, table.r2, method, drivers)


def _percent(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    percent: NDArray[np.float64] = 100 * shares / shares.sum(axis=-1, keepdims=True)
    return percent


def _resampled(
    x: NDArray[np.float64], y: NDArray[np.float64], generator: np.random.Generator, resamples: int
) -> list[NDArray[np.float64]]:
    """Correlation matrices of resamples in batches; the few in which the outcome does not vary are left out.

    How often each row was drawn is all that counts, so a batch is one product with the rows' products of two columns.
    """
    both = np.column_stack([x, y])
    both -= both.mean(axis=0)
    n, width = both.shape
    products = (both[:, :, None] * both[:, None, :]).reshape(n, -1)
    batches = []
    for start in range(0, resamples, BATCH):
        size = min(BATCH, resamples - start)
        counts = generator.multinomial(n, np.full(n, 1 / n), size=size).astype(float)
        mean = counts @ both / n
        covariance = (counts @ products / n).reshape(size, width, width) - mean[:, :, None] * mean[:, None, :]
        variance = np.diagonal(covariance, axis1=1, axis2=2)
        # What does not vary leaves rounding behind.
        varies = variance > 1e-12 * both.var(axis=0)
        length = np.sqrt(np.where(varies, variance, 1.0))
        matrix = covariance / (length[:, :, None] * length[:, None, :])
        matrix *= varies[:, :, None] & varies[:, None, :]
        batches.append(matrix[varies[:, -1] & (np.abs(matrix[:, :-1, -1]) > 0).any(axis=1)])
    return batches
