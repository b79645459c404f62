import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Histogram, control_chart, csat, kpi_chart
from metrics.trends.chart_constants import c4, range_moments
from metrics.trends.chart_models import KINDS
from metrics.trends.run_rules import Signal, anhoej, western_electric

rows = st.lists(st.integers(0, 100), min_size=12, max_size=40).filter(lambda row: len(set(row[:25])) > 1)
shops = st.lists(st.lists(st.integers(0, 30), min_size=11, max_size=11).map(Histogram), min_size=12, max_size=30)


@given(rows, st.integers(-50, 50), st.sampled_from([-2, 0.5, 3]))
def test_a_chart_follows_the_unit_of_measurement(row: list[int], shift: int, factor: float) -> None:
    """Shifting and scaling the values shifts and scales centre and limits, and the signals stay."""
    plain, moved = control_chart(row), control_chart([shift + factor * value for value in row])

    assert moved.centre == pytest.approx(shift + factor * plain.centre)
    ends = (moved.lower[0], moved.upper[0]) if factor > 0 else (moved.upper[0], moved.lower[0])
    assert ends == pytest.approx((shift + factor * plain.lower[0], shift + factor * plain.upper[0]))


@given(rows, st.lists(st.integers(-1000, 1000), max_size=10))
def test_the_baseline_is_frozen(row: list[int], later: list[int]) -> None:
    """What comes after 25 points changes no limit."""
    row = (row * 3)[:25]

    assert control_chart(row + later).upper[:25] == control_chart(row).upper


@given(rows)
def test_a_gap_is_no_value(row: list[int]) -> None:
    """None and NaN are skipped: the neighbours of a gap are neighbours, and points keep their places."""
    row = row[:20]
    with_gaps = [*row[:3], None, *row[3:6], math.nan, *row[6:]]
    plain, gapped = control_chart(row, rules=(1, 2, 3, 4)), control_chart(with_gaps, rules=(1, 2, 3, 4))
    places = [place for place in range(len(with_gaps)) if place not in {3, 7}]

    assert (gapped.centre, gapped.sigma) == pytest.approx((plain.centre, plain.sigma))
    assert [(places[signal.point], signal.rule) for signal in plain.signals] == [tuple(s) for s in gapped.signals]
    assert gapped.points[3] is gapped.points[7] is None


@given(shops)
def test_the_limits_of_a_kpi_hold_its_scale(periods: list[Histogram]) -> None:
    """Limits lie around the centre and within what the KPI can be."""
    chart = kpi_chart(periods)

    for low, high in zip(chart.lower, chart.upper, strict=True):
        if low is not None:
            assert -100 <= low <= chart.centre <= high <= 100


@given(shops)
def test_a_chart_of_csat_is_laneys(periods: list[Histogram]) -> None:
    """CSAT's chart is p' in percent, where the points vary beyond chance; otherwise the plain p chart."""
    scaled = [h.on_scale(1, 5) for h in periods]
    satisfied, totals = [sum(h.counts[4:6]) for h in scaled], [h.n for h in scaled]
    chart, laney = kpi_chart(periods, "csat"), control_chart(satisfied, "laney_p", totals)
    expected = laney if laney.dispersion > 1 else control_chart(satisfied, "p", totals)

    assert chart.reason == expected.reason
    if chart.reason is None:
        assert chart.dispersion == pytest.approx(max(1, laney.dispersion))
        known = [(a, 100 * b) for a, b in zip(chart.upper, expected.upper, strict=True) if b is not None]
        assert [a for a, _ in known] == pytest.approx([b for _, b in known])
        assert chart.points[0] == pytest.approx(csat(periods[0]).value)


def test_a_shift_is_signalled() -> None:
    """A period far out breaks rule 1, and a lasting shift rule 4, in every row that is long enough."""
    row = [50, 52, 49, 51, 50, 48, 52, 51, 49, 50, 51, 49]
    chart = control_chart([*row, 70, *[52] * 8])

    assert 12 in chart.outside()
    assert Signal(20, 4) in chart.signals


def test_few_points_have_no_limits() -> None:
    """Below twelve points there is the median, the run test and a reason."""
    chart = control_chart([1, 2, 3, 2, 1, 2, 3, 2, 1, 2, None])

    assert (chart.reason, chart.centre, chart.sigma) == ("too_few_points", 2, None)
    assert set(chart.lower) == set(chart.upper) == {None}
    assert chart.signals == ()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_and_no_variation(kind: str) -> None:
    """An empty row, a row of gaps and a constant row have a reason instead of limits, for every kind of chart."""
    empty = control_chart([], kind, sizes=[])
    gaps = control_chart([None] * 20, kind, sizes=[5] * 20)
    value = [0, 0, 0] if kind in {"xbar", "range", "xbar_s", "s"} else 0
    constant = control_chart([value] * 20, kind, sizes=[5] * 20)

    assert (empty.centre, empty.reason) == (gaps.centre, gaps.reason) == (None, "too_few_points")
    assert (constant.centre, constant.reason) == (0, "no_variation")


def test_periods_without_answers() -> None:
    """A KPI's period without answers is a gap; nothing but such periods is a chart without a centre."""
    answers = Histogram([3, 0, 0, 0, 0, 0, 0, 2, 0, 5])
    chart = kpi_chart([*[answers] * 11, Histogram(), answers, answers + Histogram([2])])

    assert chart.points[11] is chart.lower[11] is None
    assert chart.reason is None
    assert kpi_chart([Histogram()] * 15).centre is None
    assert kpi_chart([Histogram([0] * 9 + [4])] * 15).reason == "no_variation"
    assert kpi_chart([]).run.n == 0


def test_subgroups_of_any_size() -> None:
    """Limits of a mean narrow with its subgroup; a subgroup of one value is a gap."""
    groups = [[1, 3, 2], [2, 4, 3, 3], [1, 2, 2]] * 5 + [[2]]
    for kind in ("xbar", "xbar_s"):
        chart = control_chart(groups, kind)
        assert chart.upper[1] < chart.upper[0]
        assert chart.points[-1] is None
    assert control_chart(groups, "s").centre == pytest.approx(control_chart(groups, "s").sigma * c4(3))


def test_laney_widens_what_chance_does_not_explain() -> None:
    """Large samples that differ a little are all out on a p chart, and none on Laney's."""
    counts, sizes = [5000, 5300, 4800, 5200, 4900, 5100] * 3, [10_000] * 18

    assert len(control_chart(counts, "p", sizes).outside()) > 9
    assert control_chart(counts, "laney_p", sizes).outside() == ()
    assert control_chart(counts, "laney_u", sizes).dispersion > 1


def test_impossible_charts_are_refused() -> None:
    """Unknown kinds and rules, counts beyond their size, sizes missing, and a baseline outside are errors."""
    with pytest.raises(ValueError, match="kind"):
        control_chart([1, 2], "pie")
    with pytest.raises(ValueError, match="rules"):
        control_chart([1, 2, 3, 2] * 5, rules=[5])
    with pytest.raises(ValueError, match="size"):
        control_chart([1, 2], "p")
    with pytest.raises(ValueError, match="between 0"):
        control_chart([3], "p", [2])
    with pytest.raises(ValueError, match="baseline"):
        control_chart([1, 2], baseline=[2])


@given(st.lists(st.floats(-4, 4), max_size=30), st.sets(st.sampled_from([1, 2, 3, 4])))
def test_rules_know_no_up_and_down(z: list[float], rules: set[int]) -> None:
    """Turning a chart upside down leaves its signals, and each rule alone finds what it finds with others."""
    found = western_electric(z, sorted(rules))

    assert western_electric([-value for value in z], sorted(rules)) == found
    assert sorted(s for rule in rules for s in western_electric(z, [rule])) == list(found)


@given(st.lists(st.integers(0, 5), max_size=30))
def test_runs_and_crossings_fill_a_row(row: list[int]) -> None:
    """There is one run more than there are crossings, and no run is longer than the row."""
    test = anhoej(row)

    assert test.n <= len(row)
    assert test.longest + test.crossings <= max(test.n, test.longest)
    assert not (test.n < 5 and test.shifted)


def test_constants_by_simulation() -> None:
    """The mean range and standard deviation of normal values are what the constants say."""
    samples = np.random.default_rng(5).normal(size=(200_000, 4))

    assert np.ptp(samples, axis=1).mean() == pytest.approx(range_moments(4).d2, abs=0.01)
    assert np.ptp(samples, axis=1).std() == pytest.approx(range_moments(4).d3, abs=0.01)
    assert samples.std(axis=1, ddof=1).mean() == pytest.approx(c4(4), abs=0.01)
    for constant in (range_moments, c4):
        with pytest.raises(ValueError, match="1 values"):
            constant(1)
