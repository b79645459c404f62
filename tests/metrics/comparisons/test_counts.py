"""Counts in rank bands."""

import pytest

from metrics.comparisons.counts import rank_counts


def test_equal_counts_share_a_band() -> None:
    """What chance alone may have made is not ranked."""
    assert rank_counts({"a": 12, "b": 10, "c": 11}) == {"a": (1, 3), "b": (1, 3), "c": (1, 3)}


def test_a_clear_order_is_told() -> None:
    """Counts that differ far beyond chance have a rank each."""
    assert rank_counts({"few": 5, "most": 200, "some": 60}) == {"few": (3, 3), "most": (1, 1), "some": (2, 2)}


def test_two_counts_by_hand() -> None:
    """Of 8 and 1, p = 2 (1 + 9) / 512 = 0.039; of 7 and 1, p = 2 (1 + 8) / 256 = 0.07."""
    assert rank_counts({"a": 8, "b": 1}) == {"a": (1, 1), "b": (2, 2)}
    assert rank_counts({"a": 7, "b": 1}) == {"a": (1, 2), "b": (1, 2)}


def test_nothing_to_rank() -> None:
    """No counts have no bands, and a negative count is refused."""
    assert rank_counts({}) == {}
    assert rank_counts({"a": 0, "b": 0}) == {"a": (1, 2), "b": (1, 2)}
    with pytest.raises(ValueError, match="not negative"):
        rank_counts({"a": -1})
