"""What to expect of a score next time, so that nobody is paid for coming back to the mean."""

import math
from dataclasses import dataclass
from fractions import Fraction

from metrics.payouts.exact import Amount, exact


@dataclass(frozen=True, slots=True)
class Expected:
    """The score to expect next time, and its standard deviation."""

    value: Fraction
    deviation: float


def expected_next(score: Amount, mean: Amount, reliability: Amount, deviation: Amount) -> Expected:
    """What a unit's next score will be if nothing changes: extremes come back towards the mean of all.

    `reliability` (0..1) is the correlation of two such scores, `deviation` their standard deviation between units. Who
    pays for 'improvement' pays for this return unless improvement is measured against it.

    >>> expected_next(70, 45, "0.4", 12).value
    Fraction(55, 1)
    """
    share = exact(reliability)
    if not 0 <= share <= 1:
        raise ValueError("a reliability lies in 0..1")
    value = exact(mean) + share * (exact(score) - exact(mean))
    return Expected(value, float(exact(deviation)) * math.sqrt(float(1 - share**2)))
