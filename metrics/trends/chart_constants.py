"""What the range and the standard deviation of a few normal values are on average: d2, d3 and c4.

References
----------
.. [1] Tippett, L. H. C. (1925). On the extreme individuals and the range of samples taken from a normal population.
   Biometrika 17, 364-387.
.. [2] Montgomery, D. C. (2013). Introduction to Statistical Quality Control, appendix VI. Wiley.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, ndtr

from metrics.quadrature import points_between

# The mean of |x - y| for two standard normal values, by which a moving range becomes a standard deviation.
D2_OF_TWO = 2 / math.sqrt(math.pi)


class RangeMoments(NamedTuple):
    """The mean (d2) and the standard deviation (d3) of the range of n standard normal values."""

    d2: float
    d3: float


@lru_cache(maxsize=64)
def range_moments(n: int) -> RangeMoments:
    """d2 and d3 for subgroups of n values, n at least 2, by integrating the distribution of the range.

    >>> [round(constant, 4) for constant in range_moments(5)]
    [2.3259, 0.8641]
    """
    if n < 2:
        raise ValueError(f"{n!r} values have no range")
    # A range of more than 16 and a value beyond 9 standard deviations do not happen.
    width, steps = points_between(0, 16, 80)
    x = np.linspace(-9 - 16, 9, 1361)
    inside = ndtr(x + width[:, None]) - ndtr(x)
    density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    narrower = n * (density * inside ** (n - 1)).sum(axis=1) * (x[1] - x[0])
    mean = float((steps * (1 - narrower)).sum())
    square = float((steps * 2 * width * (1 - narrower)).sum())
    return RangeMoments(mean, math.sqrt(square - mean**2))


def c4(n: int) -> float:
    """The mean of the standard deviation (with n - 1) of n standard normal values; n at least 2."""
    if n < 2:
        raise ValueError(f"{n!r} values have no standard deviation")
    return math.sqrt(2 / (n - 1)) * math.exp(float(gammaln(n / 2) - gammaln((n - 1) / 2)))
