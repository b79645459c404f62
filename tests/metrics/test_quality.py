import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import duplicates, speeding, straight_lining
from metrics.quality import longest_strings

tables = st.integers(1, 8).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 3.0, np.nan]), min_size=width, max_size=width), min_size=1, max_size=10
    )
)


@given(st.lists(st.floats(1, 1000), min_size=20, max_size=40), st.floats(0.1, 10))
def test_speed_is_measured_against_the_others(seconds: list[float], factor: float) -> None:
    """Whoever is flagged took less than a third of the median, in any unit of time; never more than half."""
    flags = speeding(seconds)

    assert flags.tolist() == [time < np.median(seconds) / 3 for time in seconds]
    assert flags.sum() <= len(seconds) / 2
    scaled = speeding([factor * time for time in seconds], usual=factor * float(np.median(seconds)) * 1.000001)
    assert (flags <= scaled).all()


def test_unknown_times_are_not_flagged() -> None:
    """A missing or impossible time is no speed, and few responses know no usual time."""
    assert speeding([np.nan, -1, 1], usual=60).tolist() == [False, False, True]
    assert not speeding([1, 60, 60]).any()
    assert speeding([]).tolist() == []


@given(tables)
def test_a_straight_line_is_the_longest_string(table: list[list[float]]) -> None:
    """Flagged rows are those whose longest string is all that was answered, and enough."""
    rows = np.array(table)
    known = (~np.isnan(rows)).sum(axis=1)
    strings = longest_strings(table)

    assert (strings <= known).all()
    assert (strings[known > 0] >= 1).all()
    assert straight_lining(table).tolist() == ((strings == known) & (known >= 5)).tolist()


def test_gaps_in_a_grid() -> None:
    """A question without an answer neither breaks a line nor makes one."""
    assert straight_lining([[4, 4, np.nan, 4, 4, 4], [4, 4, np.nan, 4, 4, np.nan]]).tolist() == [True, False]
    assert straight_lining([[4, 4, 4]], fewest=3).tolist() == [True]
    assert longest_strings([[4, np.nan, 4]]).tolist() == [2]
    assert straight_lining([]).tolist() == longest_strings([]).tolist() == []
    with pytest.raises(ValueError, match="table"):
        straight_lining([4, 4, 4, 4, 4])


@given(st.lists(st.sampled_from(["a", "b", ("c", 1), None])))
def test_the_first_of_its_kind_stays(keys: list[object]) -> None:
    """What is left after the flagged are taken away holds every key once, and all that are not known."""
    kept = [key for key, repeated in zip(keys, duplicates(keys), strict=True) if not repeated]

    assert sorted(map(str, set(kept))) == sorted(map(str, set(keys)))
    assert len([key for key in kept if key is not None]) == len({key for key in keys if key is not None})
    assert kept.count(None) == keys.count(None)
