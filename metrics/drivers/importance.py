"""How much of what an outcome varies goes with each driver: shares of R-squared that add up.

Drivers that move together cannot be told apart by their coefficients, which may even turn negative. Shapley's value
(LMG) averages what a driver adds to R-squared over every order in which the drivers could enter, so the shares are
never negative, add up to R-squared, and copies of one driver share equally [1]_. Johnson's relative weights need no
orders, only eigenvalues, and come within one or two hundredths of it [2]_; Genizi's decomposition is the same [3]_.

Both describe how answers go together. Neither says what would happen if a driver were changed: call it statistical
importance.

References
----------
.. [1] Groemping, U. (2006). Relative importance for linear regression in R: the package relaimpo. Journal of
   Statistical Software 17 (1).
.. [2] Johnson, J. W. (2000). A heuristic method for estimating the relative weight of predictor variables in multiple
   regression. Multivariate Behavioral Research 35, 1-19.
.. [3] Genizi, A. (1993). Decomposition of R2 in multiple regression with correlated regressors. Statistica Sinica 3,
   407-420.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# All subsets of as many drivers are 4096 regressions; one more doubles them.
MOST = 12

# What is left of a variance below this part is rounding: the driver is made up of others.
COLLINEAR = 1e-10


def shapley_r2(x: ArrayLike, y: ArrayLike) -> Floats | None:
    """Each driver's share of R-squared, by Shapley's value over all subsets of the drivers (LMG).

    Parameters
    ----------
    x
        Answers in rows, at most twelve drivers in columns; rows with a NaN in x or y are left out.
    y
        The outcome, one per row.

    Returns
    -------
    array or None
        One share for each driver, none negative, together R-squared (0..1). A driver that does not vary has 0. None
        where R-squared is undefined: the outcome does not vary, or fewer than two rows are complete.

    Raises
    ------
    ValueError
        More than twelve drivers (take `relative_weights`), or x and y of different length.

    Examples
    --------
    A driver and its copy share what either alone explains:

    >>> shapley_r2([[1, 1], [2, 2], [3, 3], [4, 4]], [1, 2, 3, 4]).round(6).tolist()
    [0.5, 0.5]
    """
    columns, outcome = complete(x, y)
    if columns.shape[1] > MOST:
        raise ValueError(f"{columns.shape[1]} drivers have too many subsets; above {MOST} take relative weights")
    together = correlations(columns, outcome)
    return None if together is None else shapley(together)


def relative_weights(x: ArrayLike, y: ArrayLike) -> Floats | None:
    """Each driver's share of R-squared, by Johnson's relative weights; arguments and result as of `shapley_r2`.

    Any number of drivers. Divide by their sum for the shares of what is explained.

    >>> relative_weights([[1, 1], [2, 2], [3, 3], [4, 4]], [1, 2, 3, 4]).round(6).tolist()
    [0.5, 0.5]
    """
    together = correlations(*complete(x, y))
    return None if together is None else johnson(together)


def complete(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """The rows without a NaN: leaving out cell by cell would make correlations that contradict each other."""
    columns, outcome = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if columns.ndim == 1:
        columns = columns[:, None]
    if len(columns) != len(outcome):
        raise ValueError(f"{len(columns)} rows of drivers for {len(outcome)} outcomes")
    known = ~(np.isnan(columns).any(axis=1) | np.isnan(outcome))
    return columns[known], outcome[known]


def correlations(x: Floats, y: Floats) -> Floats | None:
    """The correlation matrix of the drivers and, last, the outcome; resamples may be stacked in front.

    A driver that does not vary correlates with nothing. None where the outcome does not vary.
    """
    both = np.concatenate([x, y[..., None]], axis=-1)
    if both.shape[-2] < 2:
        return None
    centred = both - both.mean(axis=-2, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=-2, keepdims=True))
    # A constant leaves rounding behind; compared with its own size that is nothing.
    still = length <= 1e-12 * np.sqrt((both**2).sum(axis=-2, keepdims=True))
    if still[..., -1].any():
        return None
    unit = np.divide(centred, length, out=np.zeros_like(centred), where=~still)
    matrix: Floats = np.swapaxes(unit, -1, -2) @ unit
    return matrix


def explained(together: Floats) -> Floats:
    """R-squared of every subset of the drivers.

    Parameters
    ----------
    together
        Correlation matrices as `correlations` gives them, of p drivers and the outcome, any number stacked in front.

    Returns
    -------
    array
        In place of the matrix p axes of length 2, one for each driver: [..., 1, 0, 1] is the R-squared of the first
        and the third of three.

    Notes
    -----
    Driver by driver, every matrix so far has two successors: the driver is left out, or swept out, and then leaves the
    matrix. After p steps the outcome's unexplained variance under each of the 2^p subsets remains.
    """
    left = together[..., None, :, :]
    drivers = together.shape[-1] - 1
    for _ in range(drivers):
        pivot, row, rest = left[..., :1, :1], left[..., :1, 1:], left[..., 1:, 1:]
        slope = np.divide(row, pivot, out=np.zeros_like(row), where=pivot > COLLINEAR)
        swept = rest - np.swapaxes(row, -1, -2) * slope
        left = np.stack([rest, swept], axis=-3).reshape(*rest.shape[:-3], -1, *rest.shape[-2:])
    unexplained = left[..., 0, 0].reshape(*together.shape[:-2], *[2] * drivers)
    r2: Floats = 1 - np.minimum(1.0, np.maximum(0.0, unexplained))
    return r2


def shapley(together: Floats) -> Floats:
    """Shapley's shares from correlation matrices as `correlations` gives them; drivers are the last axis."""
    drivers = together.shape[-1] - 1
    shares = np.empty((*together.shape[:-2], drivers))
    if not drivers:
        return shares
    r2 = explained(together)
    # How likely a set of this size stands before the driver when all orders are alike.
    chance = [1 / (drivers * math.comb(drivers - 1, size)) for size in range(drivers)]
    weights = np.array([chance[subset.bit_count()] for subset in range(2 ** (drivers - 1))])
    for driver in range(drivers):
        axis = together.ndim - 2 + driver
        gain = np.take(r2, 1, axis=axis) - np.take(r2, 0, axis=axis)
        shares[..., driver] = gain.reshape(*together.shape[:-2], -1) @ weights
    return np.maximum(0.0, shares)


def johnson(together: Floats) -> Floats:
    """Johnson's raw weights from correlation matrices as `correlations` gives them; drivers are the last axis."""
    values, vectors = np.linalg.eigh(together[..., :-1, :-1])
    root = np.sqrt(np.maximum(0.0, values))
    # The drivers' closest uncorrelated stand-ins: how they load on the drivers, and what each explains of the outcome.
    loadings = (vectors * root[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=values > COLLINEAR)
    towards = np.swapaxes(vectors, -1, -2) @ together[..., :-1, -1:]
    slopes = vectors @ (inverse[..., None] * towards)
    weights: Floats = (loadings**2 @ slopes**2)[..., 0]
    return weights
