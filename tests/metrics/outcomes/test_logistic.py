import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.outcomes.firth import firth
from metrics.outcomes.logistic import logistic, profile_interval
from metrics.outcomes.prediction import auc, brier, calibration

counts = st.integers(1, 60)
Rows = tuple[list[list[float]], list[int]]


def two_groups(k0: int, n0: int, k1: int, n1: int) -> Rows:
    """Rows of two groups with so many events."""
    return [[0.0]] * n0 + [[1.0]] * n1, [1] * k0 + [0] * (n0 - k0) + [1] * k1 + [0] * (n1 - k1)


@given(counts, counts, counts, counts)
def test_one_column_is_the_odds_ratio(a: int, b: int, c: int, d: int) -> None:
    """A single yes-or-no column gives the odds ratio of the table, and Woolf's error."""
    model = logistic(*two_groups(a, a + b, c, c + d))
    assert model
    assert not model.separated
    assert model.terms[1].coefficient == pytest.approx(math.log(c * b / (d * a)), abs=1e-7)
    assert model.terms[1].standard_error == pytest.approx(math.sqrt(1 / a + 1 / b + 1 / c + 1 / d), rel=1e-6)
    assert model.chances.sum() == pytest.approx(a + c)


@given(counts, counts, counts, counts)
def test_the_other_outcome_turns_the_signs(a: int, b: int, c: int, d: int) -> None:
    """Staying instead of leaving turns every coefficient around, in both ways to fit."""
    x, y = two_groups(a, a + b, c, c + d)
    for fit in (logistic, firth):
        one, other = fit(x, y), fit(x, [1 - value for value in y])
        assert one
        assert other
        assert [t.coefficient for t in one.terms] == pytest.approx([-t.coefficient for t in other.terms], abs=1e-5)


@given(counts, counts, st.integers(0, 20), st.integers(0, 20))
def test_firth_adds_half_a_customer(a: int, b: int, c: int, d: int) -> None:
    """In a table of two groups Firth's estimate is the odds ratio after half a customer is added to each cell."""
    model = firth(*two_groups(a, a + b, c, c + d + 1))
    assert model
    expected = math.log((c + 0.5) * (b + 0.5) / ((d + 1.5) * (a + 0.5)))
    assert model.terms[1].coefficient == pytest.approx(expected, abs=1e-5)


@given(counts, counts, counts)
def test_separation_is_seen(a: int, b: int, c: int) -> None:
    """A group in which everybody left has no likeliest coefficient: that is said, and Firth has one."""
    rows = two_groups(a, a + b, c, c)
    model, penalised = logistic(*rows), firth(*rows)
    assert model
    assert penalised
    assert model.separated
    assert abs(penalised.terms[1].coefficient) < 20
    assert profile_interval(*rows, 0)[1] is None


def test_profile_bends_where_wald_is_straight() -> None:
    """The profile interval of a skewed likelihood reaches further to its long side; both hold the estimate."""
    x, y = two_groups(1, 30, 5, 30)
    model, (low, high) = logistic(x, y), profile_interval(x, y, 0)
    assert model
    assert low is not None
    assert high is not None
    term = model.terms[1]
    assert low < term.coefficient < high
    assert high - term.coefficient > term.coefficient - low
    assert term.high - term.coefficient == pytest.approx(term.coefficient - term.low)


def test_what_cannot_be_fitted() -> None:
    """Columns that say the same, or an outcome that never varies, give no model; a wrong outcome is a fault."""
    assert logistic([[1, 2], [2, 4], [3, 6]], [0, 1, 0]) is None
    assert logistic([[1], [2]], [1, 1]) is None
    assert firth([[1], [1]], [0, 1]) is None
    with pytest.raises(ValueError, match="0 or 1"):
        logistic([[1], [2]], [1, 2])


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=4, max_size=60))
def test_auc_is_the_share_of_pairs(rows: list[tuple[bool, int]]) -> None:
    """The area is the share of pairs in the right order, lies in its interval, and depends on the order alone."""
    y, chances = [int(event) for event, _ in rows], np.array([value for _, value in rows]) / 20
    found = auc(y, chances)
    pairs = [(p > q) + (p == q) / 2 for e, p in zip(y, chances, strict=True) if e
             for f, q in zip(y, chances, strict=True) if not f]  # fmt: skip
    assert found.value == (pytest.approx(np.mean(pairs)) if pairs else None)
    if found.low is not None and found.high is not None and found.value is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1
    assert auc(y, chances**3).value == (pytest.approx(found.value) if pairs else None)


def test_calibration_and_brier() -> None:
    """Chances that are right are found in each group, and rows with one chance stay together."""
    y, chances = [0] * 8 + [1] * 2 + [0] * 4 + [1] * 6, [0.2] * 10 + [0.6] * 10
    groups = calibration(y, chances)
    assert [(round(group.expected), group.observed.value) for group in groups] == [(20, 20), (60, 60)]
    assert sum(group.observed.n for group in groups) == 20
    assert brier([1, 0], [1, 0]) == 0
    assert brier([], []) is None
    assert calibration([], []) == []
