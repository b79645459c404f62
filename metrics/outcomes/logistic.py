"""Logistic regression by maximum likelihood: the odds of an outcome, such as leaving, with intervals.

Where a column divides the outcomes cleanly ('separation') the likelihood has no maximum: other programs stop somewhere
and print a large number with a huge error. Here such a model says `separated`; `metrics.outcomes.firth` then has
finite estimates [2]_, and so it has where there are fewer than ten events for each column.

References
----------
.. [1] Hosmer, D. W., Lemeshow, S. and Sturdivant, R. X. (2013). Applied Logistic Regression, 3rd ed. Wiley.
.. [2] Heinze, G. and Schemper, M. (2002). A solution to the problem of separation in logistic regression. Statistics in
   Medicine 21, 2409-2419.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, expit

from metrics.quantiles import check_confidence, normal_p, normal_quantile

Array = NDArray[np.float64]

# Newton's steps shrink at once where there is a maximum; where there is none, each adds about one to the log odds.
STEPS = 25
CLOSE = 1e-9
_DEPENDENT = 1e-10


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the table: what a step of one column does to the log odds, with Wald's interval and test."""

    coefficient: float
    standard_error: float
    low: float
    high: float
    p: float

    @property
    def odds_ratio(self) -> tuple[float, float, float]:
        """By what a step multiplies the odds: the ratio and its limits."""
        return _exp(self.coefficient), _exp(self.low), _exp(self.high)


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """The intercept (first) and the columns, the fit, and each row's chance.

    Where `separated`, the terms are where the search was stopped and mean nothing.
    """

    terms: tuple[Term, ...]
    log_likelihood: float
    null_log_likelihood: float
    chances: Array
    n: int
    events: int
    separated: bool
    method: str

    @property
    def mcfadden(self) -> float | None:
        """One less the ratio of the log likelihoods, 0..1; None where nothing was to be explained."""
        return 1 - self.log_likelihood / self.null_log_likelihood if self.null_log_likelihood else None

    @property
    def enough_events(self) -> bool:
        """Whether there are ten events, and ten that are none, for each column: the rule of thumb for Wald."""
        return min(self.events, self.n - self.events) >= 10 * max(1, len(self.terms) - 1)


def logistic(x: ArrayLike, y: ArrayLike, confidence: float = 0.95) -> LogisticModel | None:
    """Fit the chance of an outcome.

    Parameters
    ----------
    x
        Rows by columns, without a column of ones.
    y
        The outcome of each row, 0 or 1; anything else is a `ValueError`.
    confidence
        Of Wald's intervals.

    Returns
    -------
    LogisticModel or None
        None where a column is made up of others, or where the outcome does not vary.

    Examples
    --------
    Four of ten left in one group and eight of ten in the other, so the odds are six times as high:

    >>> model = logistic([[0]] * 10 + [[1]] * 10, [1] * 4 + [0] * 6 + [1] * 8 + [0] * 2)
    >>> round(model.terms[1].odds_ratio[0], 6)
    6.0
    """
    check_confidence(confidence)
    columns, outcome = design(x, y)
    if not independent(columns) or outcome.min() == outcome.max():
        return None
    beta, converged = _climb(columns, outcome, np.zeros(columns.shape[1]), fixed=None)
    return summarise(columns, outcome, beta, confidence, separated=not converged, method="maximum_likelihood")


def design(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """The columns with their column of ones, and the outcomes, checked."""
    outcome = np.asarray(y, dtype=float)
    rows = np.asarray(x, dtype=float).reshape(len(outcome), -1)
    if not len(outcome) or not np.isin(outcome, (0, 1)).all() or not np.isfinite(rows).all():
        raise ValueError("a logistic regression needs rows of finite numbers and outcomes of 0 or 1")
    return np.column_stack([np.ones(len(outcome)), rows]), outcome


def independent(columns: Array) -> bool:
    """Whether no column is made up of the others."""
    length = np.sqrt((columns**2).sum(axis=0))
    if not length.all() or len(columns) < columns.shape[1]:
        return False
    values = np.linalg.svd(columns / length, compute_uv=False)
    return bool(values[-1] > _DEPENDENT * values[0])


def log_likelihood(columns: Array, outcome: Array, beta: Array) -> float:
    """The log likelihood of coefficients; exact for large ones too."""
    eta = columns @ beta
    return float((outcome * eta - np.logaddexp(0, eta)).sum())


def information(columns: Array, beta: Array) -> Array:
    """Fisher's information at these coefficients."""
    chances = expit(columns @ beta)
    weighted: Array = columns.T @ (columns * (chances * (1 - chances))[:, None])
    return weighted


def _climb(columns: Array, outcome: Array, start: Array, fixed: int | None) -> tuple[Array, bool]:
    """Newton's steps, halved where they would go down; whether they came to rest. `fixed` is a column held as it is."""
    free = [place for place in range(columns.shape[1]) if place != fixed]
    beta, reached = start, log_likelihood(columns, outcome, start)
    for _ in range(STEPS):
        slope = columns[:, free].T @ (outcome - expit(columns @ beta))
        curve = information(columns, beta)[np.ix_(free, free)]
        step = np.zeros_like(beta)
        try:
            step[free] = np.linalg.solve(curve, slope)
        except np.linalg.LinAlgError:
            return beta, False
        if np.abs(columns @ step).max() < CLOSE:
            return beta + step, True
        while (after := log_likelihood(columns, outcome, beta + step)) < reached - CLOSE:
            step /= 2
        beta, reached = beta + step, after
    return beta, False


def summarise(
    columns: Array, outcome: Array, beta: Array, confidence: float, *, separated: bool, method: str
) -> LogisticModel:
    """The table of a fit."""
    errors = np.sqrt(np.diag(np.linalg.pinv(information(columns, beta))))
    z = normal_quantile(confidence)
    share = float(outcome.mean())
    null = float(len(outcome) * (share * math.log(share) + (1 - share) * math.log(1 - share)))
    terms = tuple(
        Term(b, e, b - z * e, b + z * e, normal_p(b / e) if e else 1.0)
        for b, e in zip(beta.tolist(), errors.tolist(), strict=True)
    )
    fit = log_likelihood(columns, outcome, beta)
    chances = np.asarray(expit(columns @ beta))
    return LogisticModel(terms, fit, null, chances, len(outcome), int(outcome.sum()), separated, method)


def profile_interval(
    x: ArrayLike, y: ArrayLike, column: int, confidence: float = 0.95
) -> tuple[float | None, float | None]:
    """The limits of a column's coefficient by the profile likelihood, which bends where Wald's is straight.

    `column` counts from 0 and leaves out the intercept. A limit is None where the likelihood never comes down to it, as
    on the open side of a separated column.
    """
    check_confidence(confidence)
    columns, outcome = design(x, y)
    model = logistic(x, y, confidence)
    if model is None:
        return None, None
    beta = np.array([term.coefficient for term in model.terms])
    floor = model.log_likelihood - float(chdtri(1, 1 - confidence)) / 2
    reach = max(1.0, min(model.terms[column + 1].standard_error, 10.0))

    def height(value: float) -> float:
        start = beta.copy()
        start[column + 1] = value
        best, _ = _climb(columns, outcome, start, fixed=column + 1)
        return log_likelihood(columns, outcome, best) - floor

    low, high = (_cross(height, float(beta[column + 1]), sign * reach) for sign in (-1, 1))
    return low, high


def _cross(height: Callable[[float], float], start: float, reach: float) -> float | None:
    """Where a falling function comes down to zero, by doubling and halving."""
    near, far = start, start + reach
    for _ in range(8):
        if height(far) < 0:
            break
        near, far = far, far + 2 * (far - near)
    else:
        return None
    for _ in range(50):
        middle = (near + far) / 2
        near, far = (middle, far) if height(middle) >= 0 else (near, middle)
    return (near + far) / 2


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf
