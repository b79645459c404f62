"""How long a chart waits for an alarm on average: after a shift (short is good) and without one (long is good).

The average run length L(u) of a chart that stands at u satisfies L(u) = 1 + integral of L(x) over the ways on; the
integral is replaced by Gauss and Legendre's sum, which leaves a small linear system [1]_, [2]_.

References
----------
.. [1] Lucas, J. M. and Crosier, R. B. (1982). Fast initial response for CUSUM quality-control schemes. Technometrics
   24, 199-205.
.. [2] Crowder, S. V. (1987). A simple method for studying run length distributions of exponentially weighted moving
   average charts. Technometrics 29, 401-407.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from metrics.quadrature import points_between

NODES = 60


def cusum_run_length(shift: float, k: float = 0.5, h: float = 5.0) -> float:
    """The average run length of a two-sided CUSUM that starts at 0, for a shift in standard deviations.

    >>> round(cusum_run_length(0)), round(cusum_run_length(1), 1)
    (465, 10.4)
    """
    alarms = 1 / _upper_cusum(shift, k, h) + 1 / _upper_cusum(-shift, k, h)
    return 1 / alarms if alarms else math.inf


def _upper_cusum(shift: float, k: float, h: float) -> float:
    x, weights = points_between(0, h, NODES)
    # The first state is the sum at 0, where all that falls below is collected.
    start = np.concatenate([[0.0], x])
    ways = np.empty((NODES + 1, NODES + 1))
    ways[:, 0] = ndtr(k - shift - start)
    ways[:, 1:] = weights * _normal(x + k - shift - start[:, None])
    return _solved(ways)


def ewma_run_length(shift: float, weight: float = 0.1, width: float = 2.814) -> float:
    """The average run length of an EWMA chart between its settled limits, for a shift in standard deviations.

    The exact limits of `ewma_chart` are narrower at first, so it alarms a little sooner.

    >>> round(ewma_run_length(0)), round(ewma_run_length(0.5), 1)
    (500, 31.3)
    """
    limit = width * math.sqrt(weight / (2 - weight))
    x, weights = points_between(-limit, limit, NODES + 1)
    ways = weights * _normal((x - (1 - weight) * x[:, None]) / weight - shift) / weight
    # Of an odd number of nodes the middle one is the centre, where the chart starts.
    return _solved(ways, NODES // 2)


def shewhart_run_length(shift: float, width: float = 3.0) -> float:
    """The average run length of a Shewhart chart with the rule of one point beyond `width` standard deviations.

    >>> round(shewhart_run_length(0)), round(shewhart_run_length(0.5))
    (370, 155)
    """
    alarms = float(ndtr(-width - shift) + ndtr(shift - width))
    return 1 / alarms if alarms else math.inf


def _normal(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


def _solved(ways: NDArray[np.float64], start: int = 0) -> float:
    length = float(np.linalg.solve(np.eye(len(ways)) - ways, np.ones(len(ways)))[start])
    # A chart that practically never alarms leaves the system singular.
    return length if length >= 1 else math.inf
