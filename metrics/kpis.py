"""The KPIs as `compare` and `compare_many` know them: how to estimate one, tell two groups apart, and test many."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from metrics.comparisons.differences import (
    Comparison,
    Group,
    compare_estimates,
    compare_means,
    compare_nps,
    compare_shares,
)
from metrics.comparisons.heterogeneity import Heterogeneity, chi_square, pool, welch_anova
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.means import Moments, ces, mean_score, scale_of
from metrics.net_promoter import ADDED, net_groups, nps
from metrics.proportions import csat, satisfied
from metrics.quantiles import normal_quantile


class Kpi(Protocol):
    """What a KPI must be able to do to be compared. Higher is better for all of them."""

    def estimate(self, h: Histogram, confidence: float) -> Estimate:
        """The KPI of one group."""

    def difference(self, a: Group, b: Group, confidence: float) -> Comparison:
        """The KPI of b minus that of a."""

    def heterogeneity(self, groups: Sequence[Histogram]) -> Heterogeneity:
        """The test that at least two groups, all with answers, are alike."""


@dataclass(frozen=True)
class NetPromoter:
    """NPS."""

    def estimate(self, h: Histogram, confidence: float) -> Estimate:
        """NPS with its score interval."""
        return nps(h, confidence)

    def difference(self, a: Group, b: Group, confidence: float) -> Comparison:
        """Adjusted-Wald z and MOVER of the score intervals."""
        return compare_nps(a, b, confidence)

    def heterogeneity(self, groups: Sequence[Histogram]) -> Heterogeneity:
        """Cochran's Q; where all of a group agree its variance is 0 and its weight infinite, so all are adjusted."""
        plain = [net_groups(h) for h in groups]
        agree = any(not group.variance for group in plain)
        used = [group.plus(ADDED["adjusted_wald"]) for group in plain] if agree else plain
        pooled = pool([100 * group.net for group in used], [1e4 * group.variance / group.n for group in used])
        method = "cochran_q_adjusted" if agree else "cochran_q"
        return Heterogeneity(pooled.statistic, pooled.df, pooled.p, method)


@dataclass(frozen=True)
class TopBox:
    """CSAT: the share of the `top` best of `points`."""

    top: int = 2
    points: int = 5

    def estimate(self, h: Histogram, confidence: float) -> Estimate:
        """CSAT with Wilson's interval."""
        return csat(h, self.top, self.points, confidence)

    def difference(self, a: Group, b: Group, confidence: float) -> Comparison:
        """Newcombe's interval; pooled z, or Fisher's test for small counts."""
        return compare_shares(self._counts(a.answers), self._counts(b.answers), a.estimate, b.estimate, confidence)

    def heterogeneity(self, groups: Sequence[Histogram]) -> Heterogeneity:
        """Pearson's chi-square."""
        return chi_square(*zip(*map(self._counts, groups), strict=True))

    def _counts(self, h: Histogram) -> tuple[float, float]:
        """Satisfied and all, in effective answers."""
        h, k = satisfied(h, self.top, self.points)
        n = h.effective_n
        return (k * n / h.total if n else 0), n


@dataclass(frozen=True)
class Mean:
    """CES and other means of ratings on low..high."""

    low: int
    high: int

    def estimate(self, h: Histogram, confidence: float) -> Estimate:
        """The mean with its bounded interval."""
        return mean_score(h, self.low, self.high, confidence)

    def difference(self, a: Group, b: Group, confidence: float) -> Comparison:
        """Welch's t."""
        first, second = (group.answers.on_scale(self.low, self.high) for group in (a, b))
        return compare_means(first, second, confidence)

    def heterogeneity(self, groups: Sequence[Histogram]) -> Heterogeneity:
        """Welch's analysis of variance."""
        scaled = [h.on_scale(self.low, self.high) for h in groups]
        if any(h.variance is None for h in scaled):
            return Heterogeneity(None, len(groups) - 1, None, "welch")
        return welch_anova([Moments.of(h) for h in scaled])


@dataclass(frozen=True)
class OwnKpi:
    """Any function of a histogram and `confidence` that gives an `Estimate` with an interval."""

    function: Callable[..., Estimate]

    def estimate(self, h: Histogram, confidence: float) -> Estimate:
        """The function's estimate."""
        return self.function(h, confidence=confidence)

    def difference(self, a: Group, b: Group, confidence: float) -> Comparison:
        """Limits and p recovered from the two intervals."""
        return compare_estimates(a.estimate, b.estimate, confidence)

    def heterogeneity(self, groups: Sequence[Histogram]) -> Heterogeneity:
        """Cochran's Q, with the variances that normal intervals of the same width would have."""
        estimates = [self.estimate(h, 0.95) for h in groups]
        widths = [e.high - e.low for e in estimates if e.high is not None and e.low is not None and e.high > e.low]
        if len(widths) < len(groups):
            return Heterogeneity(None, len(groups) - 1, None, "cochran_q")
        values = [e.value for e in estimates if e.value is not None]
        pooled = pool(values, [(width / (2 * normal_quantile(0.95))) ** 2 for width in widths])
        return Heterogeneity(pooled.statistic, pooled.df, pooled.p, "cochran_q")


def effort(points: int = 7) -> Mean:
    """CES on 1..`points`."""
    return Mean(1, points)


NAMES: dict[Any, str] = {nps: "nps", csat: "csat", ces: "ces", mean_score: "mean"}


def find_kpi(kpi: str | Callable[..., Estimate], groups: Iterable[Histogram], scale: dict[str, int]) -> Kpi:
    """The KPI of that name (or known function) on that scale; any other function is made comparable.

    A mean without a scale gets one that holds all groups, so that they are all measured on the same.
    """
    match NAMES.get(kpi, kpi):
        case "nps":
            return NetPromoter(**scale)
        case "csat":
            return TopBox(**scale)
        case "ces":
            return effort(**scale)
        case "mean":
            known = scale.keys() >= {"low", "high"}
            return Mean(*scale_of(Histogram() if known else sum(groups, Histogram()), **scale))
        case function if callable(function):
            return OwnKpi(partial(function, **scale))
    raise ValueError(f"unknown KPI {kpi!r}; one of {', '.join(NAMES.values())}, or a function of a histogram")
