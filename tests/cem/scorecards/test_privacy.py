"""Few answers are hidden, and cannot be found by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from cem.scorecards.privacy import MINIMUM, hidden


def test_nothing_to_hide() -> None:
    """Enough answers everywhere, or none at all, hide nothing."""
    assert hidden({"a": 5, "b": 80, "c": 0}) == frozenset()


def test_the_next_smallest_is_hidden_too() -> None:
    """A single small group would be the total less the others."""
    assert hidden({"a": 3, "b": 80, "c": 9}) == {"a", "c"}


def test_two_small_groups_hide_each_other() -> None:
    """Together they are no longer few."""
    assert hidden({"a": 3, "b": 4, "c": 90}) == {"a", "b"}


@given(st.dictionaries(st.integers(), st.integers(0, 20)))
def test_what_is_hidden_stays_hidden(answers: dict[int, int]) -> None:
    """No small group is shown, and the hidden ones are not few together unless everything is hidden."""
    closed = hidden(answers)
    open_groups = {group for group, n in answers.items() if n and group not in closed}

    assert all(answers[group] >= MINIMUM for group in open_groups)
    if closed and open_groups:
        assert sum(answers[group] for group in closed) >= MINIMUM
