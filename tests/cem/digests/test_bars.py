"""Bars of table cells."""

from hypothesis import given
from hypothesis import strategies as st

from cem.digests.bars import DOT, Axis

places = st.floats(-100, 100).map(lambda value: round(value, 3))


@given(st.lists(places, min_size=3, max_size=3).map(sorted), places, places)
def test_cells_fill_the_bar(limits: list[float], one: float, other: float) -> None:
    """Whole widths that add up to a hundred, with one mark for the value, wherever the interval lies on the axis."""
    low, value, high = limits
    axis = Axis(min(one, other, low), max(one, other, high))
    cells = axis.cells(low, value, high)

    assert sum(width for width, _ in cells) == 100
    assert all(width > 0 for width, _ in cells)
    assert [width for width, what in cells if what == "dot"] == [DOT]


def test_where_things_stand() -> None:
    """From 0 to 100: the interval from 20 to 60 around 40."""
    assert Axis(0, 100).cells(20, 40, 60) == [(20, "empty"), (19, "reach"), (2, "dot"), (19, "reach"), (40, "empty")]
