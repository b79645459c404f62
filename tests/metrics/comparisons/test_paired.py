"""The same customers twice, on a scale of scores."""

import pytest

from metrics.comparisons.paired import paired_scores


def test_students_own_example() -> None:
    """Student (1908), two sleeping drugs of ten patients: 1.58 hours more, t 4.0621, 0.70 to 2.46, p 0.00283."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = paired_scores(first, second)

    assert (found.n, found.change, found.t) == pytest.approx((10, 1.58, 4.0621), abs=1e-4)
    assert (found.low, found.high, found.p) == pytest.approx((0.7001142, 2.4598858, 0.00283289), abs=1e-6)


def test_what_has_no_interval() -> None:
    """Nobody, one, or all alike."""
    assert paired_scores([], []).change is None
    assert paired_scores([3], [5]).low is None
    assert (paired_scores([3, 4], [5, 6]).change, paired_scores([3, 4], [5, 6]).p) == (2, None)
    with pytest.raises(ValueError, match="before and one after"):
        paired_scores([1], [])
