"""Counts of two answers against each other: are they related, how closely, and which cells make it so.

References
----------
.. [1] Pearson, K. (1900). On the criterion that a given system of deviations is such that it can be reasonably supposed
   to have arisen from random sampling. Philosophical Magazine 50, 157-175.
.. [2] Haberman, S. J. (1973). The analysis of residuals in cross-classified tables. Biometrics 29, 205-220.
.. [3] Bergsma, W. (2013). A bias-correction for Cramer's V and Tschuprow's T. Journal of the Korean Statistical Society
   42, 323-328.
.. [4] Cochran, W. G. (1954). Some methods for strengthening the common chi-square tests. Biometrics 10, 417-451.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.comparisons.heterogeneity import Heterogeneity
from metrics.comparisons.multiplicity import adjust_p_values
from metrics.quantiles import chi_square_p, normal_p

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crosstab:
    """A table of counts with its tests.

    `association` is Cramér's V without its bias, 0 (none) to 1 (one answer tells the other); None where nothing can be
    tested. `residuals` are standard normal where rows and columns are unrelated; `adjusted_p` holds their p-values,
    adjusted for the number of cells by Benjamini and Hochberg. Cells of an empty row or column are None in it and NaN
    in `residuals`. `sparse` says that more than a fifth of the expected counts are below 5, so that p is a guess.
    """

    counts: Table
    test: Heterogeneity
    association: float | None
    residuals: Table
    adjusted_p: tuple[tuple[float | None, ...], ...]
    sparse: bool


def crosstab(counts: ArrayLike) -> Crosstab:
    """Test a table of counts for association, whole [1]_ and cell by cell [2]_.

    Parameters
    ----------
    counts
        Whole or weighted counts, shape (rows, columns), not negative.

    Returns
    -------
    Crosstab
        Empty rows and columns are kept in the table and left out of the tests.

    Raises
    ------
    ValueError
        Not two-dimensional, or a negative or unknown count.

    Examples
    --------
    >>> table = crosstab([[30, 10], [20, 40]])
    >>> round(table.test.statistic, 4), table.test.df, round(table.association, 3)
    (16.6667, 1, 0.398)
    >>> [[round(float(r), 2) for r in row] for row in table.residuals]
    [[4.08, -4.08], [-4.08, 4.08]]
    """
    table: Table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError("a crosstab has rows and columns")
    if not (np.isfinite(table) & (table >= 0)).all():
        raise ValueError("a count is a number from 0")
    rows, columns, n = table.sum(axis=1), table.sum(axis=0), float(table.sum())
    used = np.ix_(rows > 0, columns > 0)
    inner = table[used]
    residuals = np.full(table.shape, np.nan)
    if min(inner.shape, default=0) < 2:
        nothing = Heterogeneity(None, 0, None, "none")
        return Crosstab(table, nothing, None, residuals, _adjusted(residuals), sparse=False)
    expected = np.outer(rows[rows > 0], columns[columns > 0]) / n
    spread = expected * np.outer(1 - rows[rows > 0] / n, 1 - columns[columns > 0] / n)
    residuals[used] = (inner - expected) / np.sqrt(spread)
    statistic = float(((inner - expected) ** 2 / expected).sum())
    df = (inner.shape[0] - 1) * (inner.shape[1] - 1)
    test = Heterogeneity(statistic, df, chi_square_p(statistic, df), "chi_square")
    sparse = bool((expected < 5).mean() > 0.2)
    return Crosstab(table, test, _cramers_v(statistic, n, *inner.shape), residuals, _adjusted(residuals), sparse)


def _cramers_v(statistic: float, n: float, rows: int, columns: int) -> float | None:
    """Cramér's V, corrected for its bias [3]_."""
    if n <= 1:
        return None
    phi = max(0.0, statistic / n - (rows - 1) * (columns - 1) / (n - 1))
    smaller = min(k - (k - 1) ** 2 / (n - 1) for k in (rows, columns)) - 1
    return math.sqrt(phi / smaller) if smaller > 0 else None


def _adjusted(residuals: Table) -> tuple[tuple[float | None, ...], ...]:
    raw = [None if math.isnan(z) else normal_p(z) for z in residuals.ravel().tolist()]
    found = iter(adjust_p_values(raw, "bh"))
    return tuple(tuple(next(found) for _ in range(residuals.shape[1])) for _ in range(residuals.shape[0]))
