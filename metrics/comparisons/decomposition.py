"""Why a KPI changed: because other customers answered (mix), or because the same kinds answered otherwise (within).

With w the share of a segment among the answers and k its KPI, in the period before (0) and after (1),

    K1 - K0 = sum (w1 - w0) (k0 + k1)/2 + sum (w0 + w1)/2 (k1 - k0),

the first sum being the mix and the second what happened within [1]_. The weights are symmetric, so turning the periods
round turns every sign and nothing else, and the parts add up exactly. NPS may fall although it rose in every segment
(Simpson's paradox); the mix says so.

References
----------
.. [1] Kitagawa, E. M. (1955). Components of a difference between two rates. JASA 50, 1168-1194.
.. [2] Oehlert, G. W. (1992). A note on the delta method. The American Statistician 46, 27-29.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.averages import Worth, worth_of
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.quantiles import normal_quantile

Floats = NDArray[np.float64]


class Part(NamedTuple):
    """A part of a change in the KPI's units, with its normal interval; the limits are None where nothing varies."""

    value: float
    low: float | None
    high: float | None


class SegmentPart(NamedTuple):
    """What one segment adds to a change.

    `mix` counts the segment's share against the KPI of all: a segment above it adds when it grows. `within` is its own
    change, at its mean share. `before` and `after` are its shares of the answers in percent.
    """

    mix: float
    within: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The change of a KPI, after minus before, in its two parts: `mix.value + within.value` is `change`.

    `before` and `after` are the KPI of all answers; `segments` add up to the parts.
    """

    before: float
    after: float
    change: float
    mix: Part
    within: Part
    segments: dict[str, SegmentPart]


def decompose_change(
    before: Mapping[str, Histogram],
    after: Mapping[str, Histogram],
    kpi: str | Callable[..., Estimate] = "nps",
    confidence: float = 0.95,
    **scale: int,
) -> Decomposition | None:
    """Split the change of a KPI into mix and within.

    Parameters
    ----------
    before, after
        Segment to answers, such as branches, channels or customer groups that do not overlap. A segment that has
        answers in one period alone has no change of its own: all it does is mix.
    kpi, scale
        As for `compare`; 'nps', 'csat', 'ces' or 'mean', for only an average splits exactly.
    confidence
        Of the intervals, by the delta method for independent samples whose mix is chance too [2]_.

    Returns
    -------
    Decomposition or None
        None without answers in either period.

    Examples
    --------
    NPS rises by 10 points among new and old customers alike, and falls by 50, because the new are now three in four:

    >>> before = {"new": Histogram([75] + [0] * 9 + [25]), "old": Histogram([45] + [0] * 9 + [255])}
    >>> after = {"new": Histogram([210] + [0] * 9 + [90]), "old": Histogram([10] + [0] * 9 + [90])}
    >>> split = decompose_change(before, after)
    >>> round(split.change), round(split.mix.value), round(split.within.value)
    (-50, -60, 10)
    """
    names = list(dict.fromkeys([*before, *after]))
    worth = worth_of(kpi, [*before.values(), *after.values()], scale)
    first, second = (_Period.of([period.get(name, Histogram()) for name in names], worth) for period in (before, after))
    if first is None or second is None:
        return None
    # A segment that was not there had no KPI; that of its other period makes all that it does mix.
    k0, k1 = np.where(first.there, first.k, second.k), np.where(second.there, second.k, first.k)
    level, grown = (k0 + k1) / 2 - (first.mean + second.mean) / 2, second.w - first.w
    share, risen = (first.w + second.w) / 2, k1 - k0
    mix, within = grown * level, share * risen
    both = first.there & second.there
    by_mean = np.where(both, grown / 2, grown)
    mix_variance = first.variance(-level, by_mean) + second.variance(level, by_mean)
    within_variance = first.variance(risen / 2, -share * both) + second.variance(risen / 2, share * both)
    z = normal_quantile(confidence)
    rows = zip(mix.tolist(), within.tolist(), (100 * first.w).tolist(), (100 * second.w).tolist(), strict=True)
    return Decomposition(
        first.mean,
        second.mean,
        second.mean - first.mean,
        _part(float(mix.sum()), mix_variance, z),
        _part(float(within.sum()), within_variance, z),
        {name: SegmentPart(*row) for name, row in zip(names, rows, strict=True)},
    )


def _part(value: float, variance: float, z: float) -> Part:
    if not variance:
        return Part(value, None, None)
    half = z * math.sqrt(variance)
    return Part(value, value - half, value + half)


@dataclass(frozen=True, slots=True)
class _Period:
    """One period: its KPI, its effective answers, and by segment the share, the KPI, its variance, whether there."""

    mean: float
    n: float
    w: Floats
    k: Floats
    v: Floats
    there: NDArray[np.bool_]

    @classmethod
    def of(cls, segments: Sequence[Histogram], worth: Worth) -> "_Period | None":
        averages = [worth.average(h) for h in segments]
        if (together := worth.average(sum(segments, Histogram()))) is None:
            return None
        rows = [(0.0, 0.0, 0.0) if a is None else (a.total / together.total, a.mean, a.variance) for a in averages]
        w, k, v = np.array(rows, dtype=float).T
        return cls(together.mean, together.n, w, k, v, w > 0)

    def variance(self, by_share: Floats, by_mean: Floats) -> float:
        """The variance, from this period's sample, of a sum with these derivatives by the shares and the KPIs."""
        spread = (self.w * by_share**2).sum() - (self.w * by_share).sum() ** 2
        own = np.divide(by_mean**2 * self.v, self.w, out=np.zeros_like(self.w), where=self.there).sum()
        return max(0.0, float(spread + own)) / self.n
