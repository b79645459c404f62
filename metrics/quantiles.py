"""Quantiles and tail probabilities, from scipy.special: it is imported three times faster than scipy.stats."""

import math
from functools import lru_cache

from scipy.special import chdtrc, fdtrc, ndtr, ndtri, stdtr, stdtrit


def check_confidence(confidence: float) -> None:
    """Raise `ValueError` unless the confidence lies strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence!r}")


@lru_cache(maxsize=64)
def normal_quantile(confidence: float) -> float:
    """The z of a two-sided normal interval: 1.96 for 0.95."""
    check_confidence(confidence)
    return float(ndtri((1 + confidence) / 2))


@lru_cache(maxsize=1024)
def t_quantile(confidence: float, df: float) -> float:
    """The t of a two-sided interval of Student's distribution with df degrees of freedom (fractional allowed)."""
    check_confidence(confidence)
    return float(stdtrit(df, (1 + confidence) / 2))


def normal_p(z: float) -> float:
    """The two-sided p-value of a standard normal statistic."""
    return float(2 * ndtr(-abs(z)))


def t_p(t: float, df: float) -> float:
    """The two-sided p-value of a t statistic."""
    return float(2 * stdtr(df, -abs(t)))


def chi_square_p(statistic: float, df: float) -> float:
    """The upper tail of the chi-square distribution."""
    return float(chdtrc(df, max(0.0, statistic)))


def f_p(statistic: float, df: float, df_denominator: float) -> float:
    """The upper tail of the F distribution."""
    return float(fdtrc(df, df_denominator, statistic)) if math.isfinite(df_denominator) else math.nan
