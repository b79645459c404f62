"""How many answers a question needs.

Plan before asking: about 800 answers a period show a change of 10 NPS points with a chance of 80 percent, and 300 show
it four times in ten. What the answers at hand can show is told by `metrics.sampling.power`.

References
----------
.. [1] Cochran, W. G. (1977). Sampling Techniques. Wiley.
.. [2] Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences. Erlbaum.
.. [3] Fleiss, J. L., Levin, B. and Paik, M. C. (2003). Statistical Methods for Rates and Proportions. Wiley.
.. [4] Rocks, B. (2016). Interval estimation for the Net Promoter Score. The American Statistician 70, 365-372.
"""

import math
from dataclasses import dataclass

from metrics.quantiles import normal_quantile
from metrics.sampling.power import needed_quantiles, two_mean_power

LARGEST = 1e12


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many answers are needed, each group by itself where two are compared.

    `exact` is the formula's number, `n` the next whole one, `invitations` how many to ask at the response rate given,
    None without one.
    """

    exact: float
    n: int
    invitations: int | None = None


def share_sample(
    margin: float,
    share: float = 0.5,
    confidence: float = 0.95,
    population: float | None = None,
    deff: float = 1.0,
    response_rate: float | None = None,
    method: str = "normal",
) -> SampleSize:
    """Answers for a share with a given margin of error.

    Parameters
    ----------
    margin, share
        Half the width of the interval, and the share that is expected, both in 0..1; a share of a half needs most.
    population
        How many customers there are, if that is not much more than the sample.
    deff
        The design effect that the metric is known to have.
    response_rate
        In 0..1, for the number of invitations.
    method
        'normal' (Cochran) or 'wilson', whose interval is the one that will be shown: it needs more than Cochran says
        where the share is near 0 or 1 and the margin small beside it.

    Examples
    --------
    >>> share_sample(0.05).n, share_sample(0.05, deff=1.6, response_rate=0.25).invitations
    (385, 2460)
    """
    if not 0 < margin < 1 or not 0 <= share <= 1:
        raise ValueError(f"a margin of {margin!r} around a share of {share!r} cannot be planned")
    z, spread = normal_quantile(confidence), share * (1 - share)
    if method == "normal":
        n = z**2 * spread / margin**2
    elif method == "wilson":
        # Half of Wilson's width is the margin where e^2 n^2 + z^2 (2 e^2 - p q) n + z^4 (e^2 - 1/4) = 0.
        half = z**2 * (spread - 2 * margin**2) / 2
        n = (half + math.sqrt(max(0.0, half**2 + margin**2 * z**4 * (0.25 - margin**2)))) / margin**2
    else:
        raise ValueError(f"unknown method {method!r} for the sample of a share")
    return _planned(n, population, deff, response_rate)


def nps_sample(
    margin: float,
    detractors: float | None = None,
    promoters: float | None = None,
    confidence: float = 0.95,
    population: float | None = None,
    deff: float = 1.0,
    response_rate: float | None = None,
) -> SampleSize:
    """Answers for an NPS with a given margin of error in points.

    `detractors` and `promoters` are the shares (0..1) that are expected; without them the worst is planned for, half of
    each. The other arguments are those of `share_sample`.

    >>> nps_sample(5).n, nps_sample(5, detractors=0.15, promoters=0.60).n
    (1537, 842)
    """
    if not 0 < margin < 200:
        raise ValueError(f"a margin of {margin!r} points cannot be planned")
    n = normal_quantile(confidence) ** 2 * nps_variance(detractors, promoters) / (margin / 100) ** 2
    return _planned(n, population, deff, response_rate)


def nps_variance(detractors: float | None = None, promoters: float | None = None) -> float:
    """The variance of one answer coded +1, 0, -1 for these shares [4]_; 1, the largest, without them."""
    if detractors is None or promoters is None:
        return 1.0
    if min(detractors, promoters) < 0 or detractors + promoters > 1 + 1e-9:
        raise ValueError(f"{detractors!r} detractors and {promoters!r} promoters are no shares of one group")
    return detractors + promoters - (promoters - detractors) ** 2


def mean_sample(
    margin: float,
    deviation: float,
    confidence: float = 0.95,
    population: float | None = None,
    deff: float = 1.0,
    response_rate: float | None = None,
) -> SampleSize:
    """Answers for a mean with a given margin of error, both on the scale that was asked.

    `deviation` is that of one answer. The other arguments are those of `share_sample`.

    >>> mean_sample(0.1, deviation=1.5).n
    865
    """
    if not margin > 0 or not deviation > 0:
        raise ValueError(f"a margin of {margin!r} at a deviation of {deviation!r} cannot be planned")
    return _planned((normal_quantile(confidence) * deviation / margin) ** 2, population, deff, response_rate)


def two_share_sample(
    first: float, second: float, significance: float = 0.05, power: float = 0.8, method: str = "normal"
) -> SampleSize:
    """Answers in each of two groups to tell two shares (0..1) apart, two-sided.

    `method` is 'normal' (pooled under no difference, as R's power.prop.test) or 'arcsine' (Cohen's h, as pwr.2p.test).

    >>> two_share_sample(0.5, 0.75, power=0.9).n
    77
    """
    z_a, z_b = needed_quantiles(significance, power)
    if first == second or not (0 <= first <= 1 and 0 <= second <= 1):
        raise ValueError(f"{first!r} and {second!r} are no two different shares")
    if method == "arcsine":
        return _planned(2 * ((z_a + z_b) / cohens_h(first, second)) ** 2)
    if method != "normal":
        raise ValueError(f"unknown method {method!r} for two shares")
    mean = (first + second) / 2
    pooled = math.sqrt(2 * mean * (1 - mean))
    apart = math.sqrt(first * (1 - first) + second * (1 - second))
    return _planned(((z_a * pooled + z_b * apart) / (first - second)) ** 2)


def cohens_h(first: float, second: float) -> float:
    """The distance of two shares on the arcsine scale, on which their variance is the same everywhere [2]_."""
    return 2 * (math.asin(math.sqrt(first)) - math.asin(math.sqrt(second)))


def two_nps_sample(
    difference: float,
    variances: tuple[float, float] = (1.0, 1.0),
    significance: float = 0.05,
    power: float = 0.8,
) -> SampleSize:
    """Answers in each of two groups to see a difference of NPS in points, two-sided.

    `variances` are those of one answer as `nps_variance` gives them.

    >>> two_nps_sample(10, (nps_variance(0.15, 0.60), nps_variance(0.10, 0.65))).n
    781
    """
    if not 0 < abs(difference) <= 200:
        raise ValueError(f"a difference of {difference!r} points cannot be planned")
    return _planned((sum(needed_quantiles(significance, power)) / (difference / 100)) ** 2 * sum(variances))


def two_mean_sample(effect: float, significance: float = 0.05, power: float = 0.8) -> SampleSize:
    """Values in each of two groups to see a difference of means of `effect` standard deviations by a t test.

    >>> two_mean_sample(0.3).n
    176
    """
    needed_quantiles(significance, power)
    if not effect:
        raise ValueError("no sample shows that there is no difference")
    low, high = 2.0, 4.0
    while two_mean_power(high, effect, significance) < power:
        low, high = high, 2 * high
        if high > LARGEST:
            raise ValueError(f"an effect of {effect!r} is too small to plan for")
    for _ in range(60):
        n = (low + high) / 2
        low, high = (n, high) if two_mean_power(n, effect, significance) < power else (low, n)
    return _planned((low + high) / 2)


def _planned(
    n: float, population: float | None = None, deff: float = 1.0, response_rate: float | None = None
) -> SampleSize:
    if population is not None:
        n /= 1 + (n - 1) / population
    exact = n * deff
    # The margin keeps a formula's whole number whole.
    whole = math.ceil(exact - 1e-9)
    if response_rate is None:
        return SampleSize(exact, whole)
    if not 0 < response_rate <= 1:
        raise ValueError(f"a response rate lies in 0..1, not {response_rate!r}")
    return SampleSize(exact, whole, math.ceil(whole / response_rate - 1e-9))
