"""Numbers as they are written."""

import math
from decimal import Decimal
from fractions import Fraction

from metrics.histogram import Histogram
from metrics.net_promoter import net_groups
from metrics.proportions import satisfied

Amount = int | float | str | Decimal | Fraction


def exact(value: Amount) -> Fraction:
    """The number as it is written; `ValueError` for what is none.

    >>> exact(0.88)
    Fraction(22, 25)
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value!r} is no amount")
        return Fraction(repr(value))
    return Fraction(value)


def exact_kpi(h: Histogram, kpi: str, top: int = 2, points: int = 5, low: int = 1, high: int = 7) -> Fraction | None:
    """The KPI of whole answers as a fraction; None without answers.

    `kpi` is 'nps' (-100..100), 'csat' (percent of the `top` best of `points`) or 'mean' on low..high, as `compare`
    calls them. Weighted answers have no exact KPI: what is paid on is counted.

    >>> exact_kpi(Histogram([40, 0, 0, 0, 0, 0, 0, 52, 0, 118]), "nps")
    Fraction(260, 7)
    """
    if any(not isinstance(count, int) for count in h.counts):
        raise ValueError("only whole answers have an exact KPI")
    if kpi == "nps":
        groups = net_groups(h)
        return Fraction(100 * (int(groups.promoters) - int(groups.detractors)), int(h.n)) if h.n else None
    if kpi == "csat":
        scaled, k = satisfied(h, top, points)
        return Fraction(100 * int(k), int(scaled.n)) if scaled.n else None
    scaled = h.on_scale(low, high)
    total = sum(score * int(count) for score, count in enumerate(scaled.counts))
    return Fraction(total, int(scaled.n)) if scaled.n else None
