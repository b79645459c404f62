"""One factor behind several questions, by maximum likelihood, and omega: how much of their sum it makes.

Every question is loading times factor plus an error of its own. Omega is the factor's part of the variance of the sum,
(sum of loadings)^2 / ((sum of loadings)^2 + sum of error variances), without alpha's claim that all questions measure
equally well. This module needs scipy.optimize and is imported by name.

References
----------
.. [1] Joereskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika 32, 443-482.
.. [2] McDonald, R. P. (1999). Test Theory: A Unified Treatment. Erlbaum.
.. [3] Bentler, P. M. (1990). Comparative fit indexes in structural models. Psychological Bulletin 107, 238-246.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from metrics.quantiles import chi_square_p
from metrics.reliability.scales import complete_rows

Floats = NDArray[np.float64]

# The least part of a question's variance that may be its own error; at this bound the model is improper (Heywood).
LEAST_ERROR = 1e-4


@dataclass(frozen=True, slots=True)
class OneFactor:
    """A one-factor model.

    Attributes
    ----------
    n
        Complete answers.
    omega
        The reliability of the sum of the questions, 0..1.
    loadings, errors
        By question: what one standard deviation of the factor does to it, and the variance of the rest, both in the
        question's units (variances with n as divisor). The sum of the loadings is positive.
    chi_square, df, p
        That one factor is enough; p None without degrees of freedom, as for three questions.
    cfi, rmsea
        Fit: CFI from about .95 and RMSEA up to about .06 are usually called good. None without degrees of freedom.
    proper
        False where a question seems to have no error of its own: do not trust the model.
    """

    n: int
    omega: float
    loadings: tuple[float, ...]
    errors: tuple[float, ...]
    chi_square: float
    df: int
    p: float | None
    cfi: float | None
    rmsea: float | None
    proper: bool


def one_factor(items: ArrayLike) -> OneFactor | None:
    """Fit one factor to at least three questions.

    Parameters
    ----------
    items
        Answers in rows, questions in columns, all worded in one direction; rows with a NaN are left out.

    Returns
    -------
    OneFactor or None
        None for two questions (take `spearman_brown`), for not more answers than questions, and where a question does
        not vary or is made up of others.

    Notes
    -----
    Given the errors, the likeliest loadings come from the largest eigenvalue of the correlations scaled by them, so
    only the errors are searched for, one for each question [1]_.
    """
    x = complete_rows(items)
    n, k = x.shape
    if k < 3 or n <= k:
        return None
    deviations = x.std(axis=0)
    if not (deviations > 0).all():
        return None
    correlation: Floats = np.asarray(np.corrcoef(x, rowvar=False))
    values = np.linalg.eigvalsh(correlation)
    if values[0] < 1e-10:
        return None
    start = 0.5 / np.diag(np.linalg.inv(correlation))
    found = minimize(
        _misfit, np.log(start), (correlation,), "L-BFGS-B", jac=True, bounds=[(math.log(LEAST_ERROR), 0.0)] * k,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000},
    )  # fmt: skip
    errors = np.exp(found.x)
    loadings = _factored(errors, correlation)[1]
    chi_square, df = n * float(found.fun), k * (k - 3) // 2
    alone, alone_df = -n * float(np.log(values).sum()), k * (k - 1) // 2
    excess, alone_excess = max(0.0, chi_square - df), max(0.0, alone - alone_df, chi_square - df)
    loadings, errors = loadings * deviations, errors * deviations**2
    common = float(loadings.sum()) ** 2
    return OneFactor(
        n=n,
        omega=common / (common + float(errors.sum())),
        loadings=tuple(loadings.tolist()),
        errors=tuple(errors.tolist()),
        chi_square=chi_square,
        df=df,
        p=chi_square_p(chi_square, df) if df else None,
        cfi=(1 - excess / alone_excess if alone_excess else 1.0) if df else None,
        rmsea=math.sqrt(excess / (df * n)) if df else None,
        proper=bool((np.exp(found.x) > LEAST_ERROR * 1.01).all()),
    )


def _misfit(logs: Floats, correlation: Floats) -> tuple[float, Floats]:
    """The discrepancy of maximum likelihood at these log errors with the best loadings, and its gradient."""
    errors = np.exp(logs)
    rest, loadings = _factored(errors, correlation)
    left = loadings**2 + errors - 1
    return float((rest - 1 - np.log(rest)).sum()), left / errors


def _factored(errors: Floats, correlation: Floats) -> tuple[Floats, Floats]:
    """The eigenvalues but the largest of the correlations scaled by the errors, and the loadings from the largest."""
    root = np.sqrt(errors)
    values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
    loadings: Floats = root * vectors[:, -1] * math.sqrt(max(0.0, values[-1] - 1))
    return values[:-1], loadings if loadings.sum() >= 0 else -loadings
