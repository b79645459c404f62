"""What a customer is worth: margins to come, less those who leave before, less the wait for them.

With one retention rate for ever it is a sketch: real customers stay the longer, the longer they have stayed, so it
undervalues those who are there for years.

References
----------
.. [1] Gupta, S. and Lehmann, D. R. (2003). Customers as assets. Journal of Interactive Marketing 17, 9-24.
"""

import math
from dataclasses import dataclass

from scipy.special import gammaincinv

from metrics.estimate import Estimate
from metrics.quantiles import check_confidence


@dataclass(frozen=True, slots=True)
class LifetimeValue:
    """The value with all that went into it; `horizon` None is for ever. All per period, such as a year."""

    value: float
    margin: float
    retention: float
    discount: float
    horizon: int | None
    first_margin_now: bool


def lifetime_value(
    margin: float, retention: float, discount: float, horizon: int | None = None, *, first_margin_now: bool = True
) -> LifetimeValue:
    """The margins of a customer: each period a share `retention` stays, and a later margin is worth less.

    Parameters
    ----------
    margin
        Of one period, in money; a loss is negative.
    retention
        The share, 0..1, that stays from one period to the next.
    discount
        By how much a margin one period later is worth less: 0.1 is ten percent.
    horizon
        The number of margins that count; None for ever.
    first_margin_now
        Whether the first margin comes at once, or after one period and for those who stayed.

    Raises
    ------
    ValueError
        A retention outside 0..1, a discount or horizon below 0, or a sum that does not end.

    Examples
    --------
    >>> round(lifetime_value(10, 0.8, 0.1).value, 2)
    36.67
    """
    if not 0 <= retention <= 1 or discount < 0 or (horizon is not None and horizon < 0) or not math.isfinite(margin):
        raise ValueError("retention lies in 0..1, and a discount and a horizon are not below 0")
    kept = retention / (1 + discount)
    if horizon is None:
        if kept >= 1:
            raise ValueError("who never leaves and is never discounted has no finite value")
        periods = 1 / (1 - kept)
    else:
        periods = float(horizon) if kept == 1 else (1 - kept**horizon) / (1 - kept)
    value = margin * periods * (1 if first_margin_now else kept)
    return LifetimeValue(value, margin, retention, discount, horizon, first_margin_now)


def retention_rate(left: int, exposure: float, confidence: float = 0.95) -> Estimate:
    """The share that stays for one period, in percent, from how many left in all the periods that they were followed.

    The number who left is Poisson's, so its limits are exact; value and limits are None without exposure.

    >>> round(retention_rate(20, 100).value, 1)
    81.9
    """
    check_confidence(confidence)
    if left < 0 or exposure < 0:
        raise ValueError("counts and times are not below 0")
    if not exposure:
        return Estimate(None, None, None, 0, 0, "exact_poisson")
    tail = (1 - confidence) / 2
    fewest = float(gammaincinv(left, tail)) if left else 0.0
    most = float(gammaincinv(left + 1, 1 - tail))
    value, low, high = (100 * math.exp(-count / exposure) for count in (left, most, fewest))
    return Estimate(value, low, high, exposure, exposure, "exact_poisson")
