"""Cox's regression: by how much a column multiplies the rate of leaving, whatever that rate does over time.

Customers who left on the same day are taken together as Efron has it [1]_; Breslow's way is kept for comparison.

References
----------
.. [1] Efron, B. (1977). The efficiency of Cox's likelihood function for censored data. JASA 72, 557-565.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.quantiles import check_confidence, normal_p, normal_quantile

Array = NDArray[np.float64]
STEPS = 25
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class HazardTerm:
    """One column: the log of the hazard ratio with Wald's interval and test."""

    coefficient: float
    standard_error: float
    low: float
    high: float
    p: float

    @property
    def hazard_ratio(self) -> tuple[float, float, float]:
        """By what a step multiplies the rate of leaving: the ratio and its limits."""
        return math.exp(self.coefficient), math.exp(self.low), math.exp(self.high)


@dataclass(frozen=True, slots=True)
class CoxModel:
    """The columns and the fit; `converged` is False where a column parts leavers from stayers cleanly."""

    terms: tuple[HazardTerm, ...]
    log_likelihood: float
    null_log_likelihood: float
    n: int
    events: int
    ties: str
    converged: bool


def cox(
    time: ArrayLike, event: ArrayLike, x: ArrayLike, ties: str = "efron", confidence: float = 0.95
) -> CoxModel | None:
    """Fit the rates of leaving.

    Parameters
    ----------
    time, event
        As for `kaplan_meier`.
    x
        Rows by columns.
    ties
        'efron' or 'breslow'.

    Returns
    -------
    CoxModel or None
        None where nobody left, or where a column is made up of others.

    Examples
    --------
    >>> model = cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 1, 1], [[1], [1], [0], [1], [0], [0]])
    >>> model.terms[0].coefficient > 0
    True
    """
    check_confidence(confidence)
    if ties not in {"efron", "breslow"}:
        raise ValueError(f"unknown way {ties!r} to take ties")
    durations, left = np.asarray(time, dtype=float), np.asarray(event, dtype=float)
    columns = np.asarray(x, dtype=float).reshape(len(durations), -1)
    columns = columns - columns.mean(axis=0) if len(columns) else columns
    if not left.any() or np.linalg.matrix_rank(columns) < columns.shape[1]:
        return None
    order = np.argsort(-durations, kind="stable")
    risks = _Risks(durations[order], left[order], columns[order], efron=ties == "efron")
    beta, converged = _climb(risks, columns)
    fit, _, curve = risks.at(beta)
    errors = np.sqrt(np.diag(np.linalg.pinv(curve)))
    z = normal_quantile(confidence)
    terms = tuple(
        HazardTerm(b, e, b - z * e, b + z * e, normal_p(b / e) if e else 1.0)
        for b, e in zip(beta.tolist(), errors.tolist(), strict=True)
    )
    null = risks.at(np.zeros_like(beta))[0]
    return CoxModel(terms, fit, null, len(durations), int(left.sum()), ties, converged)


def _climb(risks: "_Risks", columns: Array) -> tuple[Array, bool]:
    beta = np.zeros(columns.shape[1])
    reached, slope, curve = risks.at(beta)
    for _ in range(STEPS):
        try:
            step = np.linalg.solve(curve, slope)
        except np.linalg.LinAlgError:
            return beta, False
        if np.abs(columns @ step).max() < CLOSE:
            return beta + step, True
        while (after := risks.at(beta + step))[0] < reached - CLOSE:
            step /= 2
        beta, (reached, slope, curve) = beta + step, after
    return beta, False


class _Risks:
    """The partial likelihood; rows come with the longest followed first, so that risk sets are running sums."""

    def __init__(self, durations: Array, left: Array, columns: Array, *, efron: bool) -> None:
        self._columns, self._left = columns, left == 1
        self._times, gone = np.unique(durations[self._left], return_counts=True)
        # The row after the last one that was still there at each time.
        self._ends = np.searchsorted(-durations, -self._times, side="right")
        self._group = np.searchsorted(self._times, durations[self._left])
        # One line for each who left, with the part of those who left at once that is gone before it.
        self._line = np.repeat(np.arange(len(self._times)), gone)
        place = np.arange(len(self._line)) - np.repeat(np.cumsum(gone) - gone, gone)
        self._gone = place / np.repeat(gone, gone) if efron else np.zeros(len(self._line))

    def at(self, beta: Array) -> tuple[float, Array, Array]:
        """The log likelihood, its slope and its curvature (turned positive)."""
        eta = self._columns @ beta
        risk = np.exp(eta)
        flat = self._columns[:, :, None] * self._columns[:, None, :]
        leaving = self._left
        sums = []
        for values in (risk, risk[:, None] * self._columns, risk[:, None, None] * flat):
            whole = np.cumsum(values, axis=0)[self._ends - 1]
            tied = np.zeros_like(whole)
            np.add.at(tied, self._group, values[leaving])
            part = self._gone.reshape(-1, *[1] * (values.ndim - 1))
            sums.append(whole[self._line] - part * tied[self._line])
        total, first, second = sums
        mean = first / total[:, None]
        slope = self._columns[leaving].sum(axis=0) - mean.sum(axis=0)
        curve = (second / total[:, None, None] - mean[:, :, None] * mean[:, None, :]).sum(axis=0)
        return float(eta[leaving].sum() - np.log(total).sum()), slope, curve
