"""A design whose weights were adjusted to a known population.

Weighting to known margins takes away what varies between their groups: the variance is that of the residuals of the
values on the margins' groups, not of the values [1]_. Kish's design effect knows nothing of it. The residuals are those
of the regression with the weights as they were before, by which results equal R's survey::calibrate; survey::rake
averages its residuals unweighted and differs in the fourth digit when the weights before were unequal.

References
----------
.. [1] Deville, J.-C. and Saerndal, C.-E. (1992). Calibration estimators in survey sampling. JASA 87, 376-382.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.weighting.designs import Design, Labels

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CalibratedDesign(Design):
    """A `Design` after post-stratification or raking; whatever takes a design takes this.

    Attributes
    ----------
    margins
        The groups of each variable that was weighted to, one label for each answer.
    base
        The weights before; all alike when left out. `weights` are those after.
    """

    margins: Sequence[Labels] = ()
    base: Sequence[float] | None = None

    def variance(self, contributions: Floats) -> float | None:
        """The variance of the sum of the contributions, of which the margins' groups explain a part."""
        w = self.w
        used = w > 0
        values = np.divide(contributions, w, out=np.zeros_like(w), where=used)
        base = np.ones(self.n) if self.base is None else np.asarray(self.base, dtype=float)
        dummies = np.concatenate([_dummies(margin) for margin in self.margins], axis=1)
        root = np.sqrt(base * used)
        # The dummies of each margin add up to 1, so there are many solutions; all have the same residuals.
        slopes = np.linalg.lstsq(root[:, None] * dummies, root * values, rcond=None)[0]
        return Design.variance(self, w * (values - dummies @ slopes))


def _dummies(labels: Labels) -> Floats:
    groups = dict.fromkeys(labels)
    return np.array([[label == group for group in groups] for label in labels], dtype=float)
