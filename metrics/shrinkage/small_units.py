"""All units of a league at once: raw and shrunken KPI, reliability, and the chance that a target is reached.

NPS and means are shrunk on the normal scale, CSAT and other shares by the beta-binomial distribution.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from metrics.averages import Worth, pooled, worth_of
from metrics.comparisons.targets import SharePrior
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.kpis import NetPromoter, TopBox, find_kpi
from metrics.net_promoter import ADDED, net_groups
from metrics.proportions import satisfied
from metrics.shrinkage.beta_binomial import ShrunkShare, fit_shares, shrink_shares
from metrics.shrinkage.normal import Prior, Shrunk, fit_prior, shrink

# Of fewer units nobody can tell how far units lie apart.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class ShrunkUnits:
    """The units of a league after shrinkage.

    Attributes
    ----------
    reason
        None where the units are shrunk; otherwise 'too_few_units' (give a prior of earlier periods or of the parent)
        or 'no_variation' (all answers agree).
    prior
        What the units were drawn towards, to be kept for the next period: a `Prior` in the KPI's units, or for CSAT a
        `SharePrior`. None where they are not shrunk.
    units
        By name, `Shrunk` in the KPI's units, or for CSAT `ShrunkShare` in 0..1. None without answers: a unit that
        nobody answered for is not of average quality but unknown.
    """

    reason: str | None
    prior: Prior | SharePrior | None
    units: dict[str, Shrunk | ShrunkShare | None]


class _Sample(NamedTuple):
    """A unit's own value and the variance of it."""

    value: float
    variance: float


def shrink_units(
    groups: Mapping[str, Histogram],
    kpi: str | Callable[..., Estimate] = "nps",
    prior: Prior | SharePrior | None = None,
    confidence: float = 0.95,
    **scale: int,
) -> ShrunkUnits:
    """Shrink the KPI of many units.

    Parameters
    ----------
    groups
        Name to answers; weights enter as effective answers.
    kpi, scale
        As for `compare`; 'nps', 'csat', 'ces' or 'mean'.
    prior
        What the units are drawn towards: for CSAT a `SharePrior`, otherwise a `Prior`. Left out, it is fitted to these
        units, by restricted maximum likelihood and by maximum likelihood.
    confidence
        Of the posterior intervals.

    Returns
    -------
    ShrunkUnits
        The variance of a unit's NPS is that after three answers are added to it, and never 0; that of a mean rests on
        the variance within all units together.

    Raises
    ------
    ValueError
        A prior of the wrong kind, or a KPI that is no average of answers.

    Examples
    --------
    >>> shops = {name: Histogram([k] + [0] * 9 + [n - k]) for name, k, n in [("A", 0, 3), ("B", 40, 200)]}
    >>> shrunk = shrink_units(shops, prior=Prior(mean=50, between=100)).units
    >>> [(unit.raw, round(unit.value)) for unit in shrunk.values()]
    [(100.0, 55), (60.0, 58)]
    """
    found, worth = find_kpi(kpi, groups.values(), scale), worth_of(kpi, groups.values(), scale)
    if prior is not None and isinstance(prior, SharePrior) != isinstance(found, TopBox):
        raise ValueError(f"{prior!r} is no prior of this KPI")
    unknown: dict[str, Shrunk | ShrunkShare | None] = dict.fromkeys(groups)
    answered = {name: h for name, h in groups.items() if worth.average(h) is not None}
    too_few = prior is None and len(answered) < FEWEST
    if isinstance(found, TopBox):
        counts = [_satisfied(h, found) for h in answered.values()]
        k, n = [k for k, _ in counts], [n for _, n in counts]
        of_shares = prior if isinstance(prior, SharePrior) else fit_shares(k, n)
        if too_few or of_shares is None:
            return ShrunkUnits("too_few_units", None, unknown)
        shares = dict(zip(answered, shrink_shares(k, n, of_shares, confidence), strict=True))
        return ShrunkUnits(None, of_shares, {**unknown, **shares})
    if too_few:
        return ShrunkUnits("too_few_units", None, unknown)
    nps = isinstance(found, NetPromoter)
    samples = {name: _nps_sample(h) for name, h in answered.items()} if nps else _mean_samples(answered, worth)
    if samples is None:
        return ShrunkUnits("no_variation", None, unknown)
    values, variances = [s.value for s in samples.values()], [s.variance for s in samples.values()]
    of_values = prior if isinstance(prior, Prior) else fit_prior(values, variances)
    shrunk = dict(zip(samples, shrink(values, variances, of_values, confidence), strict=True))
    return ShrunkUnits(None, of_values, {**unknown, **shrunk})


def _satisfied(h: Histogram, kpi: TopBox) -> tuple[float, float]:
    h, k = satisfied(h, kpi.top, kpi.points)
    return k * h.effective_n / h.total, h.effective_n


def _nps_sample(h: Histogram) -> _Sample:
    groups = net_groups(h)
    adjusted = groups.plus(ADDED["adjusted_wald"])
    return _Sample(100 * groups.net, 1e4 * adjusted.variance / adjusted.n)


def _mean_samples(groups: Mapping[str, Histogram], worth: Worth) -> dict[str, _Sample] | None:
    """None where no unit's answers vary."""
    averages = {name: average for name, h in groups.items() if (average := worth.average(h)) is not None}
    within = pooled(average._replace(mean=0.0) for average in averages.values())
    if within is None or not within.variance or within.n <= len(averages):
        return None
    variance = within.variance * within.n / (within.n - len(averages))
    return {name: _Sample(average.mean, variance / average.n) for name, average in averages.items()}
