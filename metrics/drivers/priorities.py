"""Importance against performance: where to work, and where the data cannot say.

References
----------
.. [1] Martilla, J. A. and James, J. C. (1977). Importance-performance analysis. Journal of Marketing 41, 77-79.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.estimate import Estimate

QUADRANTS = {
    (True, True): "keep_up",
    (True, False): "concentrate_here",
    (False, False): "low_priority",
    (False, True): "possible_overkill",
}


@dataclass(frozen=True, slots=True)
class Priorities:
    """Each driver's quadrant, with the crosshairs that divide them.

    Quadrants: 'concentrate_here' (important, performs below), 'keep_up' (important, above), 'low_priority',
    'possible_overkill' (unimportant, above), and 'undetermined' where an interval holds a crosshair or is not known.
    """

    importance: float | None
    performance: float | None
    quadrants: dict[str, str]


def importance_performance(importance: Mapping[str, Estimate], performance: Mapping[str, Estimate]) -> Priorities:
    """Place drivers in Martilla and James' quadrants, the crosshairs at the mean importance and mean performance.

    Parameters
    ----------
    importance
        By driver, such as `Driver.importance` of `key_drivers`.
    performance
        By driver, such as a mean or CSAT, all on one scale on which higher is better.

    Returns
    -------
    Priorities
        For the drivers of `importance`; one without a value in both is undetermined and moves no crosshair. Both
        crosshairs are None where there is none with both.

    Examples
    --------
    >>> share = {"speed": Estimate(70, 60, 80, 200, 200, ""), "price": Estimate(30, 20, 40, 200, 200, "")}
    >>> mean = {"speed": Estimate(5.1, 4.8, 5.4, 200, 200, ""), "price": Estimate(6.0, 5.5, 6.3, 200, 200, "")}
    >>> importance_performance(share, mean).quadrants
    {'speed': 'concentrate_here', 'price': 'undetermined'}
    """
    known = {
        name: (share.value, performance[name].value)
        for name, share in importance.items()
        if share.value is not None and name in performance and performance[name].value is not None
    }
    if not known:
        return Priorities(None, None, dict.fromkeys(importance, "undetermined"))
    across, up = (sum(values) / len(known) for values in zip(*known.values(), strict=True))
    quadrants = {}
    for name, share in importance.items():
        important = _side(share, across)
        performs = _side(performance[name], up) if name in known else None
        unclear = important is None or performs is None
        quadrants[name] = "undetermined" if unclear else QUADRANTS[bool(important), bool(performs)]
    return Priorities(across, up, quadrants)


def _side(estimate: Estimate, line: float) -> bool | None:
    """Whether the whole interval lies above the line, or below it; None where it holds it or is not known."""
    if estimate.low is None or estimate.high is None or estimate.low <= line <= estimate.high:
        return None
    return estimate.low > line
