from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Histogram, change_points, find_break, mann_kendall, nps, pettitt, sup_f
from metrics.trends.break_tests import ols_cusum

rows = st.lists(st.integers(0, 9), min_size=4, max_size=12).filter(lambda row: len(set(row)) > 1)


def cost(row: list[int], cuts: tuple[int, ...], sigma: float) -> float:
    """The penalised cost of cutting a row there."""
    x = (np.array(row) - np.mean(row)) / sigma
    parts = np.split(x, cuts)
    return sum(float(((part - part.mean()) ** 2).sum()) for part in parts) + 2 * np.log(len(row)) * len(cuts)


@given(rows)
def test_the_cheapest_of_all_segmentations(row: list[int]) -> None:
    """No way to cut the row, of all there are, costs less than the one that is found."""
    sigma, found = float(np.std(row)), change_points(row)
    ways = [cuts for many in range(4) for cuts in combinations(range(2, len(row) - 1), many)]
    allowed = [cuts for cuts in ways if all(b - a >= 2 for a, b in pairwise(cuts))]

    assert cost(row, found, sigma) <= min(cost(row, cuts, sigma) for cuts in allowed) + 1e-9


@given(rows, st.integers(-100, 100), st.sampled_from([-3, 0.5, 7]))
def test_breaks_follow_the_unit_of_measurement(row: list[int], shift: int, factor: float) -> None:
    """Where a row breaks, and how surely, does not depend on its unit."""
    moved = [shift + factor * value for value in row]

    assert change_points(moved) == change_points(row)
    for test in (pettitt, ols_cusum):
        assert test(moved).p == pytest.approx(test(row).p)
    first, second = sup_f(row), sup_f(moved)
    assert (first and first.p) == pytest.approx(second and second.p, abs=1e-9)


@given(rows)
def test_equal_weights_are_no_weights(row: list[int]) -> None:
    """Only differences between the periods' answers matter."""
    plain, weighted = sup_f(row), sup_f(row, [7] * len(row))

    assert (plain and plain.statistic) == pytest.approx(weighted and weighted.statistic)
    assert (plain and plain.p) == pytest.approx(weighted and weighted.p, abs=1e-9)


def test_andrews_critical_value() -> None:
    """The largest F of the middle 70 percent passes 8.85 with a chance of 5 percent (Andrews 1993, table 1)."""
    row = np.concatenate([np.zeros(500), np.ones(500)]) + np.tile([-1.0, 1.0], 500) * 5.415
    found = sup_f(row)

    assert found.statistic == pytest.approx(8.85, abs=0.06)
    assert found.p == pytest.approx(0.05, abs=0.002)


def test_short_rows_without_a_break_are_left_alone() -> None:
    """Of 400 rows of 24 periods of noise, at most one in twenty is called broken."""
    noise = np.random.default_rng(7).normal(size=(400, 24))

    assert np.mean([sup_f(row).p_small < 0.05 for row in noise]) <= 0.05
    assert np.mean([pettitt(row).p < 0.05 for row in noise]) <= 0.05


def shares(*periods: float) -> list[Histogram]:
    """Periods of 200 answers with these shares of promoters, the rest detractors."""
    return [Histogram([200 - round(200 * share), *[0] * 9, round(200 * share)]) for share in periods]


def test_one_call_tells_whether_when_and_how_much() -> None:
    """A lasting rise is found at its period, with the KPI on both sides and their difference."""
    low, high = [0.5, 0.52, 0.49, 0.51, 0.48, 0.5, 0.51, 0.5], [0.6, 0.62, 0.61, 0.59, 0.6, 0.63]
    periods = shares(*low, *high)
    found = find_break(periods)

    assert (found.state, found.period, found.changes) == ("break", 8, (8,))
    assert found.earliest <= 8 <= found.latest
    assert found.p < 1e-4
    assert found.p_by_ranks < 0.05
    assert found.before == nps(sum(periods[:8], Histogram()))
    assert found.change.difference == pytest.approx(found.after.value - found.before.value)
    assert found.change.difference > 15


def test_gaps_keep_their_place() -> None:
    """A period without answers is skipped, and the break is told by the place in the row given."""
    low, high = shares(*[0.5, 0.52, 0.49, 0.51, 0.48, 0.5, 0.51]), shares(*[0.6, 0.62, 0.61, 0.59, 0.6, 0.63])
    found = find_break([*low[:2], Histogram(), *low[2:], Histogram(), *high])

    assert (found.state, found.period) == ("break", 9)


def test_two_changes() -> None:
    """A KPI that rises and falls back has both changes listed, though no single break explains it."""
    row = [0.5, 0.51, 0.49, 0.5, 0.51, 0.49, 0.5, 0.49]
    found = find_break(shares(*row, 0.7, 0.71, 0.69, 0.7, 0.71, 0.7, *row))

    assert (found.state, found.changes) == ("several_breaks", (8, 14))


def test_no_break_and_nothing_to_say() -> None:
    """Noise is no break; few periods and constant ones have a state and nothing else."""
    steady = find_break(shares(*[0.5, 0.52, 0.49, 0.51] * 4))
    assert (steady.state, steady.changes) == ("no_break", ())
    assert steady.p > 0.3
    few = find_break(shares(*[0.5, 0.6] * 5, *[0.5]))
    assert (few.state, few.p, few.period, few.before, few.changes) == ("too_few_periods", None, None, None, ())
    assert find_break(shares(*[0.5] * 20)).state == "no_variation"
    assert find_break(shares(*[0.5] * 10, *[0.6] * 10)).state == "no_variation"
    assert find_break([]).state == "too_few_periods"


def test_undefined_tests_are_none() -> None:
    """Fewer than two values, and equal ones, have no break test; a gap is an error, not a number."""
    for test in (pettitt, ols_cusum, sup_f):
        assert test([]) is test([3]) is test([3] * 20) is None
        with pytest.raises(ValueError, match="gaps"):
            test([1, 2, float("nan"), 3, 5])
    assert change_points([]) == change_points([4]) == change_points([4] * 9) == ()
    with pytest.raises(ValueError, match="gaps"):
        change_points([1, float("nan")])


@given(rows)
def test_a_trend_turns_with_the_row(row: list[int]) -> None:
    """Read backwards, a row falls as it rose; its slope lies within its interval."""
    forth, back = mann_kendall(row), mann_kendall(row[::-1])

    assert (back.s, back.slope, back.z) == (-forth.s, pytest.approx(-forth.slope), pytest.approx(-forth.z))
    if forth.low is not None:
        assert forth.low <= forth.slope <= forth.high


def test_trends_without_a_direction() -> None:
    """Equal values have a slope of 0 and no test; a gap counts as a step; one value has no trend."""
    flat = mann_kendall([5, 5, 5, 5])
    assert (flat.s, flat.slope, flat.p, flat.tau) == (0, 0, None, None)
    assert mann_kendall([1, 2, None, 4]).slope == 1
    assert mann_kendall([1, None]) is None
    assert mann_kendall([]) is None
    assert mann_kendall([1, 2]).low is None


def test_sens_interval_covers() -> None:
    """Of 300 rows with a slope of one half, about 95 percent have an interval that holds it."""
    noise = np.random.default_rng(11).normal(size=(300, 15)) * 2 + 0.5 * np.arange(15)
    trends = [mann_kendall(row.tolist()) for row in noise]

    assert 0.92 <= np.mean([trend.low <= 0.5 <= trend.high for trend in trends]) <= 0.99
