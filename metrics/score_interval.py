"""Tango's score interval for the difference of two shares of the same answers.

Promoters minus detractors among n answers is McNemar's paired difference (b - c)/n in other words, so one interval
serves both. Rocks' 'iterative score' interval for NPS is the same [2]_.

References
----------
.. [1] Tango, T. (1998). Equivalence test and confidence interval for the difference in proportions for the
   paired-sample design. Statistics in Medicine 17, 891-908.
.. [2] Rocks, B. (2016). Interval estimation for the Net Promoter Score. The American Statistician 70, 365-372.
"""

import math

# Of the floats from 1 on; no limit can be told more exactly.
SPACING = 2.0**-52


def score_limits(minus: float, plus: float, n: float, z: float) -> tuple[float, float]:
    """The limits, in -1..1, of (plus - minus)/n at the normal (or t) quantile z.

    The counts may be fractional (effective answers). The interval always contains the estimate, and exchanging minus
    and plus mirrors it exactly. n must be positive.

    >>> low, high = score_limits(15, 60, 100, 1.959963984540054)
    >>> round(low, 4), round(high, 4)
    (0.2926, 0.5813)
    """
    return _lower(minus, plus, n, z), -_lower(plus, minus, n, z)


def _lower(minus: float, plus: float, n: float, z: float) -> float:
    """The D in [-1, estimate] at which the score statistic, falling in D, comes down to z.

    By Ridders' method: it halves the bracket at each step as bisection does, and needs a fifth of its steps.
    """
    low, high = -1.0, min(1.0, max(-1.0, (plus - minus) / n))
    above, below = (_beyond(end, minus, plus, n, z) for end in (low, high))
    if above <= 0:
        return low
    if below >= 0:  # where all are promoters, both sides of the equation vanish at the estimate
        below = -above
    found = high
    while high - low > SPACING:
        middle = (low + high) / 2
        at = _beyond(middle, minus, plus, n, z)
        if at == 0:
            return middle
        before, found = found, min(high, middle + (middle - low) * at / math.sqrt(at * at - above * below))
        if abs(found - before) <= SPACING:
            return found
        for place, value in ((middle, at), (found, _beyond(found, minus, plus, n, z))):
            if value > 0 and place > low:
                low, above = place, value
            elif value <= 0 and place < high:
                high, below = place, value
    return (low + high) / 2


def _beyond(difference: float, minus: float, plus: float, n: float, z: float) -> float:
    """How far (plus - minus - n D) is above z sqrt(n (2 q + D (1 - D))).

    q is the share of 'minus' that is likeliest if the true difference is D.
    """
    linear = -plus - minus + (2 * n - plus + minus) * difference
    constant = -minus * difference * (1 - difference)
    root = math.sqrt(max(0.0, linear * linear - 8 * n * constant))
    # Two forms of one root of the quadratic, each where it does not subtract near-equal numbers.
    share = -2 * constant / (root + linear) if linear > 0 else (root - linear) / (4 * n)
    variance = max(0.0, n * (2 * share + difference * (1 - difference)))
    return plus - minus - n * difference - z * math.sqrt(variance)
