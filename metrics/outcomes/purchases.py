"""Will they buy again? BG/NBD: customers who come and go without a contract, from how often and how lately they bought.

Each customer buys at a rate of their own and, after each purchase, leaves with a chance of their own [1]_. It needs
scipy.optimize for `fit_purchases` and is imported by name. Who never bought again counts as alive for certain: the
model lets nobody leave without a purchase.

References
----------
.. [1] Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). 'Counting your customers' the easy way. Marketing Science
   24, 275-284.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PurchaseModel:
    """Rates of purchase are gamma (r, alpha), chances of leaving beta (a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float | None = None

    def alive(self, x: ArrayLike, last: ArrayLike, age: ArrayLike) -> Array:
        """The chance, 0..1, that each is still a customer.

        `x` is how many purchases followed the first, `last` how long after the first the latest was (0 where x is 0),
        `age` how long ago the first was; all in one unit of time.
        """
        repeats, latest, span = (np.asarray(values, dtype=float) for values in (x, last, age))
        with np.errstate(invalid="ignore"):
            log_odds = (
                np.log(self.a)
                - np.log(np.maximum(self.b + repeats - 1, 1e-300))
                + (self.r + repeats) * (np.log(self.alpha + span) - np.log(self.alpha + latest))
            )
        return np.where(repeats > 0, 1 / (1 + np.exp(log_odds)), 1.0)

    def expected(self, x: ArrayLike, last: ArrayLike, age: ArrayLike, ahead: float) -> Array:
        """How many purchases each is expected to make within the time ahead."""
        repeats, span = np.asarray(x, dtype=float), np.asarray(age, dtype=float)
        scale, top = self.alpha + span, self.a + self.b + repeats - 1
        shrunk = (scale / (scale + ahead)) ** (self.r + repeats)
        series = hyp2f1(self.r + repeats, self.b + repeats, top, ahead / (scale + ahead))
        purchases: Array = top / (self.a - 1) * (1 - shrunk * series) * self.alive(x, last, age)
        return purchases

    def expected_of_new(self, ahead: float) -> float:
        """How many further purchases a new customer is expected to make within the time ahead."""
        return float(self.expected(0, 0, 0, ahead))


def fit_purchases(x: ArrayLike, last: ArrayLike, age: ArrayLike) -> PurchaseModel:
    """The likeliest model of these customers; arguments as for `PurchaseModel.alive`.

    `ValueError` without a repeat purchase, or where a latest purchase lies beyond the age.
    """
    repeats, latest, span = (np.asarray(values, dtype=float) for values in (x, last, age))
    if not (repeats > 0).any() or (latest > span).any() or (repeats < 0).any():
        raise ValueError("a model of purchases needs repeat purchases, each within its customer's age")
    # Alike customers once, with their number.
    rows, counts = np.unique(np.column_stack([repeats, latest, span]), axis=0, return_counts=True)

    def loss(logs: Array) -> float:
        model = PurchaseModel(*np.exp(logs).tolist())
        return -float((counts * _log_likelihood(model, *rows.T)).sum())

    best = minimize(loss, np.zeros(4), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-7, "maxiter": 4000})
    r, alpha, a, b = np.exp(best.x).tolist()
    return PurchaseModel(r, alpha, a, b, -float(best.fun))


def _log_likelihood(model: PurchaseModel, x: Array, last: Array, age: Array) -> Array:
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    shared += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    there = -(r + x) * np.log(alpha + age)
    with np.errstate(invalid="ignore", divide="ignore"):
        gone = np.log(a) - np.log(np.maximum(b + x - 1, 1e-300)) - (r + x) * np.log(alpha + last)
    likelihood: Array = shared + np.where(x > 0, np.logaddexp(there, gone), there)
    return likelihood
