"""Least squares, as a table: what one step of a driver goes with when the other drivers stand still.

References
----------
.. [1] Belsley, D. A., Kuh, E. and Welsch, R. E. (1980). Regression Diagnostics. Wiley. (Variance inflation.)
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from metrics.drivers.importance import COLLINEAR, complete, correlations
from metrics.quantiles import check_confidence, t_p, t_quantile


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One driver's line of the table; all None but `correlation` where it is made up of other drivers.

    Attributes
    ----------
    correlation
        Pearson's r with the outcome, alone; None for a driver that does not vary.
    slope, standard_error, low, high, p
        The change of the outcome for a step of 1, with t interval and test.
    beta
        The same in standard deviations of both.
    inflation
        VIF: how many times larger the variance of the slope is than if the driver stood alone.
    """

    correlation: float | None
    slope: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    p: float | None
    beta: float | None
    inflation: float | None


@dataclass(frozen=True, slots=True)
class Regression:
    """The table: n complete rows, R-squared (0..1), plain and adjusted, the intercept, a line for each driver.

    `intercept` and its error are None where the drivers' slopes are not all known.
    """

    n: int
    r2: float
    adjusted_r2: float
    intercept: float | None
    intercept_error: float | None
    coefficients: tuple[Coefficient, ...]


def least_squares(x: ArrayLike, y: ArrayLike, confidence: float = 0.95) -> Regression | None:
    """Regress an outcome on drivers.

    Parameters
    ----------
    x, y
        As for `shapley_r2`.
    confidence
        Of the intervals of the slopes.

    Returns
    -------
    Regression or None
        None where the outcome does not vary, or where there are not more rows than slopes to find.

    Examples
    --------
    >>> table = least_squares([[1], [2], [3], [4]], [2, 4, 5, 8])
    >>> round(table.coefficients[0].slope, 3), round(table.r2, 3)
    (1.9, 0.963)
    """
    check_confidence(confidence)
    columns, outcome = complete(x, y)
    together = correlations(columns, outcome)
    if together is None:
        return None
    values, vectors = np.linalg.eigh(together[:-1, :-1])
    lost = values <= COLLINEAR
    n, df = len(outcome), len(outcome) - 1 - int((~lost).sum())
    if df < 1:
        return None
    # Which drivers have a part in what the drivers say twice.
    entangled = (vectors[:, lost] ** 2).sum(axis=1) > math.sqrt(COLLINEAR)
    inverse = (vectors[:, ~lost] / values[~lost]) @ vectors[:, ~lost].T
    beta = inverse @ together[:-1, -1]
    r2 = min(1.0, float(beta @ together[:-1, -1]))
    length = np.sqrt(((columns - columns.mean(axis=0)) ** 2).sum(axis=0))
    height = float(np.sqrt(((outcome - outcome.mean()) ** 2).sum()))
    unit = np.divide(height, length, out=np.zeros_like(length), where=length > 0)
    inflation = np.diag(inverse)
    error = np.sqrt((1 - r2) / df * inflation) * unit
    t = t_quantile(confidence, df)

    def line(j: int) -> Coefficient:
        r = float(together[j, -1]) if together[j, j] else None
        if entangled[j]:
            return Coefficient(r, None, None, None, None, None, None, None)
        slope, own = float(beta[j] * unit[j]), float(error[j])
        p = t_p(slope / own, df) if own else 0.0
        return Coefficient(r, slope, own, slope - t * own, slope + t * own, p, float(beta[j]), float(inflation[j]))

    intercept = intercept_error = None
    if not lost.any():
        centre = columns.mean(axis=0) / length
        intercept = float(outcome.mean() - beta @ (centre * height))
        intercept_error = height * math.sqrt((1 - r2) / df * (1 / n + float(centre @ inverse @ centre)))
    return Regression(
        n,
        r2,
        1 - (1 - r2) * (n - 1) / df,
        intercept,
        intercept_error,
        tuple(line(j) for j in range(len(entangled))),
    )
