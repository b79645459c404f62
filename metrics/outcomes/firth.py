"""Firth's logistic regression: finite and less biased where events are few or a column divides them cleanly.

The likelihood is multiplied by the root of the information (Jeffreys' prior), which pulls each chance a little towards
one half [1]_.

References
----------
.. [1] Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from metrics.outcomes.logistic import (
    CLOSE,
    Array,
    LogisticModel,
    design,
    independent,
    information,
    log_likelihood,
    summarise,
)
from metrics.quantiles import check_confidence

_STEPS = 200
# In log odds: a longer step would leave the region where the information says anything.
_LONGEST = 5.0


def firth(x: ArrayLike, y: ArrayLike, confidence: float = 0.95) -> LogisticModel | None:
    """Fit as `logistic` does, with the penalty; None where a column is made up of others or has no rows.

    The log likelihood of the result is without the penalty. An outcome that does not vary has estimates too.

    >>> model = firth([[0]] * 10 + [[1]] * 10, [0] * 10 + [1] * 10)
    >>> model.separated, round(model.terms[1].coefficient, 2)
    (False, 6.09)
    """
    check_confidence(confidence)
    columns, outcome = design(x, y)
    if not independent(columns) or outcome.min() == outcome.max():
        return None
    beta = np.zeros(columns.shape[1])
    before, scale = np.zeros_like(beta), 1.0
    reached = _penalised(columns, outcome, beta)
    for _ in range(_STEPS):
        step = _step(columns, outcome, beta)
        change = float(np.abs(columns @ step).max())
        if change < CLOSE:
            break
        # The information is not the penalised curvature: steps that swing from side to side are too long.
        scale /= 2 if step @ before < 0 else 1
        before = step
        step = step * min(scale, _LONGEST / change)
        while (after := _penalised(columns, outcome, beta + step)) < reached - CLOSE:
            step /= 2
        beta, reached = beta + step, after
    return summarise(columns, outcome, beta, confidence, separated=False, method="firth")


def _step(columns: Array, outcome: Array, beta: Array) -> Array:
    chances = expit(columns @ beta)
    weights = chances * (1 - chances)
    inverse = np.linalg.inv(information(columns, beta))
    # How much each row pulls its own chance: the diagonal of the hat matrix.
    pull = weights * ((columns @ inverse) * columns).sum(axis=1)
    step: Array = inverse @ (columns.T @ (outcome - chances + pull * (0.5 - chances)))
    return step


def _penalised(columns: Array, outcome: Array, beta: Array) -> float:
    _, log_determinant = np.linalg.slogdet(information(columns, beta))
    return log_likelihood(columns, outcome, beta) + float(log_determinant) / 2
