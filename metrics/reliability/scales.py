"""How well several questions measure one thing: Cronbach's alpha and what each question does to it.

Alpha is a lower bound of the reliability when the questions are equally good measures; where they are not, omega of a
one-factor model says more (`metrics.reliability.factor_model`). Reverse the questions that are worded the other way
round first: nothing here guesses.

References
----------
.. [1] Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika 16, 297-334.
.. [2] Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty.
   Psychometrika 30, 357-370.
.. [3] Guttman, L. (1945). A basis for analyzing test-retest reliability. Psychometrika 10, 255-282.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtri

from metrics.estimate import Estimate
from metrics.quantiles import check_confidence

Floats = NDArray[np.float64]


def cronbach_alpha(items: ArrayLike, confidence: float = 0.95) -> Estimate:
    """Cronbach's alpha with Feldt's interval [2]_.

    Parameters
    ----------
    items
        Answers in rows, at least two questions in columns, all worded in one direction; rows with a NaN are left out.
    confidence
        Two-sided, between 0 and 1.

    Returns
    -------
    Estimate
        At most 1, and negative where the questions contradict each other. Value and limits None with fewer than two
        complete rows, or where the sum of the answers does not vary; limits None where alpha is 1. Of two questions
        alpha is the Spearman-Brown reliability if they vary equally; otherwise give `spearman_brown`.

    Examples
    --------
    Of right and wrong answers it is Kuder and Richardson's formula 20:

    >>> right = ["1110", "1101", "1100", "1111", "0000", "1111", "1010", "1111"]
    >>> round(cronbach_alpha([[int(answer) for answer in row] for row in right]).value, 3)
    0.716
    """
    check_confidence(confidence)
    x = complete_rows(items)
    n, k = x.shape
    alpha = _alpha(np.cov(x, rowvar=False)) if n > 1 else None
    if alpha is None:
        return Estimate(None, None, None, n, n, "feldt")
    if alpha >= 1:
        return Estimate(1.0, None, None, n, n, "feldt")
    tail, df = (1 - confidence) / 2, ((n - 1), (n - 1) * (k - 1))
    low, high = (1 - (1 - alpha) * float(fdtri(*df, p)) for p in (1 - tail, tail))
    return Estimate(alpha, min(low, alpha), max(high, alpha), n, n, "feldt")


def complete_rows(items: ArrayLike) -> Floats:
    """The rows without a NaN of a table of at least two columns."""
    x = np.asarray(items, dtype=float)
    if x.size and (x.ndim != 2 or x.shape[1] < 2):
        raise ValueError("a scale is a table of at least two questions")
    return x[~np.isnan(x).any(axis=1)] if x.size else np.empty((0, 2))


def _alpha(covariance: Floats) -> float | None:
    k, total = len(covariance), float(covariance.sum())
    own = float(np.trace(covariance))
    # Answers whose sum never varies leave only rounding.
    if total <= 1e-12 * own or not own:
        return None
    return min(1.0, k / (k - 1) * (1 - own / total))


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a scale.

    Attributes
    ----------
    correlation
        With the sum of the other questions; near or below 0 the question measures something else, or was not reversed.
        None where either does not vary.
    alpha_without
        Alpha of the other questions; None for fewer than two.
    """

    correlation: float | None
    alpha_without: float | None


@dataclass(frozen=True, slots=True)
class ScaleAnalysis:
    """A scale and its questions; what the answers do not allow to say is None.

    Attributes
    ----------
    n
        Complete answers.
    alpha
        Cronbach's.
    standardised_alpha
        Of questions brought to equal variance.
    lambda6
        Guttman's sixth bound of the reliability, from what each question shares with all others [3]_.
    mean_correlation
        Of the pairs of questions.
    items
        In the order of the columns.
    """

    n: int
    alpha: float | None
    standardised_alpha: float | None
    lambda6: float | None
    mean_correlation: float | None
    items: tuple[Item, ...]


def analyse_scale(items: ArrayLike) -> ScaleAnalysis | None:
    """The questions of a scale one by one; rows with a NaN are left out, and None is for fewer than two left."""
    x = complete_rows(items)
    n, k = x.shape
    if n < 2:
        return None
    covariance = np.cov(x, rowvar=False)
    deviations = np.sqrt(np.diag(covariance))
    lines = tuple(_item(covariance, j) for j in range(k))
    if not (deviations > 0).all():
        return ScaleAnalysis(n, _alpha(covariance), None, None, None, lines)
    correlation = covariance / np.outer(deviations, deviations)
    total = float(correlation.sum())
    mean = (total - k) / (k * (k - 1))
    # What no other question knows of a question; the inverse does not exist where one is made up of others.
    unshared = 1 / np.diag(np.linalg.inv(correlation)) if np.linalg.cond(correlation) < 1e10 else None
    lambda6 = None if unshared is None or total <= 0 else 1 - float(unshared.sum()) / total
    return ScaleAnalysis(n, _alpha(covariance), _alpha(correlation), lambda6, mean, lines)


def _item(covariance: Floats, j: int) -> Item:
    others = np.delete(np.delete(covariance, j, axis=0), j, axis=1)
    shared = float(covariance[j].sum() - covariance[j, j])
    spread = float(covariance[j, j] * others.sum())
    correlation = shared / spread**0.5 if spread > 1e-12 * float(np.trace(covariance)) ** 2 else None
    return Item(correlation, _alpha(others) if len(others) > 1 else None)


def spearman_brown(correlation: float, times: float = 2.0) -> float | None:
    """The reliability of a scale made `times` as long; with 2, of two questions that correlate so. None at a pole.

    >>> round(spearman_brown(0.5), 4)
    0.6667
    """
    below = 1 + (times - 1) * correlation
    return times * correlation / below if below > 0 else None
