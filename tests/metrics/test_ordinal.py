from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics import Histogram
from metrics.bootstrap import bootstrap, correlation
from metrics.ordinal import kruskal_wallis, mann_whitney, tukey

ratings = st.lists(st.integers(1, 5), min_size=1, max_size=6)


@given(ratings, ratings)
def test_mann_whitney_is_that_of_the_samples(a: list[int], b: list[int]) -> None:
    """Counts give the U and p that scipy finds from the listed answers."""
    result = mann_whitney(Histogram.of(a), Histogram.of(b))

    assert result.u == stats.mannwhitneyu(b, a).statistic
    if len({*a, *b}) > 1:
        expected = stats.mannwhitneyu(b, a, method="asymptotic", use_continuity=True)
        assert result.p_asymptotic == pytest.approx(expected.pvalue)


@given(ratings, ratings)
def test_the_exact_p_goes_through_all_draws(a: list[int], b: list[int]) -> None:
    """The quick count of draws is the slow one."""
    pooled = a + b
    ranks = stats.rankdata(pooled)
    sums = [sum(ranks[list(drawn)]) for drawn in combinations(range(len(pooled)), len(b))]
    centre = len(b) * (len(pooled) + 1) / 2
    far = abs(ranks[len(a) :].sum() - centre)

    expected = np.mean([abs(total - centre) >= far - 1e-9 for total in sums])
    assert mann_whitney(Histogram.of(a), Histogram.of(b)).p_exact == pytest.approx(expected)


def test_ranks_of_many_answers_are_not_exact() -> None:
    """Above twelve answers p is the asymptotic one; without answers, or with weights, there is none."""
    result = mann_whitney(Histogram([13]), Histogram([0, 12]))

    assert result.p_exact is None
    assert result.p == result.p_asymptotic
    assert mann_whitney(Histogram(), Histogram([1])) is None
    assert mann_whitney(Histogram([20]), Histogram([20])).p == 1
    with pytest.raises(ValueError, match="whole"):
        mann_whitney(Histogram.of([5], [2]), Histogram([1]))


def test_kruskal_of_equal_values_is_undefined() -> None:
    """Where nothing differs, or one group is left, there is no test."""
    assert kruskal_wallis([[3, 3], [3], []]).p is None
    assert kruskal_wallis([[1, 2, 3], []]).p is None


def test_tukey_names_its_pairs() -> None:
    """Three groups are three pairs, second minus first."""
    pairs = tukey({"a": [1, 2, 3], "b": [2, 3, 4], "c": [7, 8, 9]})

    assert [(pair.first, pair.second, pair.difference) for pair in pairs] == [
        ("a", "b", pytest.approx(1)),
        ("a", "c", pytest.approx(6)),
        ("b", "c", pytest.approx(5)),
    ]


def test_bootstrap_is_reproducible() -> None:
    """The same data give the same interval, and too few give none."""
    x, y = [1.0, 2, 3, 4, 5, 6, 9], [2.0, 1, 4, 3, 7, 6, 8]

    assert bootstrap([x, y], correlation, resamples=500) == bootstrap([x, y], correlation, resamples=500)
    assert bootstrap([[], []], correlation).value is None
    assert bootstrap([[3.0]], np.mean).low is None
