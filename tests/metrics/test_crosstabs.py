"""Crosstabs against scipy's own test and against properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from metrics.crosstabs import crosstab

TABLES = st.integers(2, 4).flatmap(
    lambda columns: st.lists(st.lists(st.integers(1, 60), min_size=columns, max_size=columns), min_size=2, max_size=5)
)


@given(TABLES)
def test_the_whole_test_is_pearsons(counts: list[list[int]]) -> None:
    """Statistic, degrees of freedom and p are scipy's without a continuity correction."""
    found = crosstab(counts).test
    expected = chi2_contingency(counts, correction=False)

    assert found.statistic == pytest.approx(expected.statistic, abs=1e-9)
    assert (found.df, found.p) == (expected.dof, pytest.approx(expected.pvalue, abs=1e-12))


@given(TABLES)
def test_rows_and_columns_change_places(counts: list[list[int]]) -> None:
    """A table and its transpose say the same; order of rows does not matter."""
    table, turned = crosstab(counts), crosstab(np.transpose(counts))
    upside_down = crosstab(counts[::-1])

    assert table.association == pytest.approx(turned.association)
    assert np.allclose(table.residuals, turned.residuals.T)
    assert np.allclose(table.residuals, upside_down.residuals[::-1])
    assert 0 <= (table.association or 0) <= 1


def test_a_published_table() -> None:
    """Agresti (2007), table 2.5 with the standardised residuals of its table 2.8: party identification by gender."""
    table = crosstab([[762, 327, 468], [484, 239, 477]])

    assert table.test.statistic == pytest.approx(30.07, abs=0.005)
    assert np.round(table.residuals[0], 2).tolist() == [4.50, 0.70, -5.32]
    assert not table.sparse
    adjusted = table.adjusted_p[0]
    assert [p is not None and p < 0.05 for p in adjusted] == [True, False, True]


def test_in_two_by_two_the_residual_is_the_test() -> None:
    """The square of each residual is the statistic."""
    table = crosstab([[30, 10], [20, 40]])

    assert np.allclose(table.residuals**2, table.test.statistic)


def test_empty_rows_and_columns_are_kept_and_not_tested() -> None:
    """An option that nobody chose changes nothing."""
    table = crosstab([[30, 0, 10], [0, 0, 0], [20, 0, 40]])

    assert table.test == crosstab([[30, 10], [20, 40]]).test
    assert np.isnan(table.residuals[1]).all()
    assert table.adjusted_p[0][1] is None


@pytest.mark.parametrize("counts", [[[5, 6]], [[0, 0], [0, 0]], [[3, 0], [4, 0]]])
def test_nothing_to_compare_is_no_result(counts: list[list[int]]) -> None:
    """One row or one column of answers has no association, not one of 0."""
    table = crosstab(counts)

    assert (table.test.p, table.association, table.sparse) == (None, None, False)


def test_a_sparse_table_says_so() -> None:
    """Cochran's rule: more than a fifth of the expected counts below 5."""
    assert crosstab([[3, 1], [2, 4]]).sparse
    assert not crosstab([[30, 10], [20, 40]]).sparse


@pytest.mark.parametrize("counts", [[1, 2], [[1, -1], [2, 3]], [[1, float("nan")], [2, 3]]])
def test_what_is_no_table_is_refused(counts: list[list[float]]) -> None:
    """Counts are numbers from 0 in rows and columns."""
    with pytest.raises(ValueError, match=r"crosstab|count"):
        crosstab(counts)
