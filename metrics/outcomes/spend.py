"""What will they spend when they buy? Gamma-gamma: a customer's own mean, drawn towards that of all.

It holds where what is spent does not depend on how often is bought; the correlation of both should be near 0. It needs
scipy.optimize for `fit_spend` and is imported by name [1]_.

References
----------
.. [1] Fader, P. S. and Hardie, B. G. S. (2013). The gamma-gamma model of monetary value.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SpendModel:
    """Purchases are gamma (p, a rate of the customer's own), rates gamma (q, v)."""

    p: float
    q: float
    v: float
    log_likelihood: float | None = None

    @property
    def of_all(self) -> float | None:
        """The mean spend of all customers; None where q is not above 1 and it is not finite."""
        return self.v * self.p / (self.q - 1) if self.q > 1 else None

    def expected(self, x: ArrayLike, mean: ArrayLike) -> Array:
        """What each is expected to spend at a purchase, from x purchases of this mean; of none, the mean of all.

        >>> SpendModel(6.25, 3.74, 15.44).expected([1], [25]).round(2).tolist()
        [28.11]
        """
        purchases, own = np.asarray(x, dtype=float), np.asarray(mean, dtype=float)
        spend: Array = self.p * (self.v + purchases * own) / (self.p * purchases + self.q - 1)
        return spend


def fit_spend(x: ArrayLike, mean: ArrayLike) -> SpendModel:
    """The likeliest model; customers who bought nothing are left out, and `ValueError` where none bought."""
    purchases, own = np.asarray(x, dtype=float), np.asarray(mean, dtype=float)
    bought = (purchases > 0) & (own > 0)
    if not bought.any():
        raise ValueError("a model of spend needs customers who bought")
    purchases, own = purchases[bought], own[bought]

    def loss(logs: Array) -> float:
        p, q, v = np.exp(logs).tolist()
        px = p * purchases
        each = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v) + (px - 1) * np.log(own)
        return -float((each + px * np.log(purchases) - (px + q) * np.log(v + own * purchases)).sum())

    start = np.log([1.0, 2.0, float(own.mean())])
    best = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8, "maxiter": 4000})
    p, q, v = np.exp(best.x).tolist()
    return SpendModel(p, q, v, -float(best.fun))
