"""The median with its exact interval."""

import pytest

from metrics.medians import median


def test_ranks_of_the_tables() -> None:
    """The ranks that tables of the sign test's interval print at 95 percent: 2 of 10, 6 of 20, 10 of 30, 40 of 100."""
    for n, rank in ((10, 2), (20, 6), (30, 10), (100, 40)):
        e = median(list(range(1, n + 1)))
        assert (e.value, e.low, e.high, e.n) == ((n + 1) / 2, rank, n + 1 - rank, n)


def test_few_values_have_no_interval() -> None:
    """With five values even the whole range holds in 15 of 16 cases only."""
    e = median([5, 1, 4, 2, 3])
    assert (e.value, e.low, e.high) == (3, None, None)
    assert median([6, 5, 1, 4, 2, 3]).low == 1
    assert median([]).value is None


def test_confidence_is_checked() -> None:
    """A confidence of one cannot be had."""
    with pytest.raises(ValueError, match="confidence"):
        median([1.0], confidence=1)
