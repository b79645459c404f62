import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import cusum_chart, ewma_chart
from metrics.trends.run_lengths import cusum_run_length, ewma_run_length, shewhart_run_length

rows = st.lists(st.floats(-5, 5), min_size=1, max_size=30)


@given(rows, st.floats(-100, 100), st.floats(0.1, 10))
def test_charts_follow_the_unit_of_measurement(row: list[float], centre: float, sigma: float) -> None:
    """Values, centre and sigma in another unit give the same alarms."""
    moved = [centre + sigma * value for value in row]
    plain, other = ewma_chart(row, 0, 1), ewma_chart(moved, centre, sigma)
    sums, others = cusum_chart(row, 0, 1), cusum_chart(moved, centre, sigma)

    assert other.points == pytest.approx([centre + sigma * point for point in plain.points])
    assert others.above == pytest.approx(sums.above, abs=1e-9)
    assert others.below == pytest.approx(sums.below, abs=1e-9)


@given(rows)
def test_sums_are_mirrored(row: list[float]) -> None:
    """What lies above in a row lies below in its mirror image."""
    sums, mirrored = cusum_chart(row, 0, 1), cusum_chart([-value for value in row], 0, 1)

    assert sums.above == pytest.approx([-value for value in mirrored.below])
    assert sums.outside == mirrored.outside


def test_limits_settle() -> None:
    """EWMA's limits widen from weight times sigma to their settled width."""
    chart = ewma_chart([0.0] * 200, 0, 2, weight=0.1, width=3)

    assert chart.upper[0] == pytest.approx(3 * 0.1 * 2)
    assert list(chart.upper) == sorted(chart.upper)
    assert chart.upper[-1] == pytest.approx(3 * 2 * math.sqrt(0.1 / 1.9))
    assert chart.lower == tuple(-high for high in chart.upper)


def test_a_weight_of_one_is_shewharts_chart() -> None:
    """Without memory the limits are those of the single value, of each by its own sigma."""
    chart = ewma_chart([1.0, 5.0, 1.0], 0, [1, 1, 2], weight=1, width=3)

    assert chart.upper == (3, 3, 6)
    assert chart.outside == (1,)


def test_gaps_and_no_variation() -> None:
    """Over a gap both charts stand still, and without a sigma there is none."""
    assert ewma_chart([1.0, None, 1.0], 0, 1).points[::2] == ewma_chart([1.0, 1.0], 0, 1).points
    assert cusum_chart([3.0, math.nan, 3.0], 0, 1).above == (2.5, None, 5.0)
    assert ewma_chart([1.0], 0, 0) is None
    assert cusum_chart([1.0], 0, 0) is None
    assert ewma_chart([], 0, 1).points == cusum_chart([], 0, 1).above == ()
    with pytest.raises(ValueError, match="weight"):
        ewma_chart([1.0], 0, 1, weight=0)


def test_run_lengths_by_simulation() -> None:
    """A thousand rows wait as long for their alarm as the integral equation says."""
    z = np.random.default_rng(3).normal(1, 1, size=(1000, 150))
    waits = [cusum_chart(row, 0, 1, 0.5, 4).outside[0] + 1 for row in z.tolist()]

    assert np.mean(waits) == pytest.approx(cusum_run_length(1, 0.5, 4), rel=0.05)


def test_published_run_lengths() -> None:
    """Lucas and Saccucci's EWMA designs for 500, and Shewhart's 370."""
    assert ewma_run_length(0, 0.1, 2.814) == pytest.approx(500, rel=2e-3)
    assert ewma_run_length(0, 0.25, 2.998) == pytest.approx(500, rel=2e-3)
    assert ewma_run_length(1, 0.1, 2.814) == pytest.approx(10.3, abs=0.1)
    assert shewhart_run_length(0) == pytest.approx(370.4, abs=0.1)


@given(st.floats(0, 3), st.floats(0.1, 1))
def test_larger_shifts_are_found_sooner(shift: float, more: float) -> None:
    """Run lengths fall with the shift and do not know its sign."""
    for run_length in (cusum_run_length, ewma_run_length, shewhart_run_length):
        assert run_length(shift + more) < run_length(shift)
        assert run_length(-shift) == pytest.approx(run_length(shift))


def test_a_chart_that_never_alarms() -> None:
    """Limits beyond reach have no finite run length."""
    assert cusum_run_length(0, 3, 20) > 1e9
    assert shewhart_run_length(0, 50) == math.inf
