import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.outcomes.cox import cox
from metrics.outcomes.survival import kaplan_meier, log_rank, restricted_mean

followed = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)
Followed = list[tuple[int, bool]]


def sides(rows: Followed) -> tuple[list[int], list[bool]]:
    return [time for time, _ in rows], [left for _, left in rows]


@given(followed)
def test_the_curve_falls_within_its_band(rows: Followed) -> None:
    """The curve starts at or below 1, never rises, and lies between its limits."""
    curve = kaplan_meier(*sides(rows))
    assert (np.diff([1, *curve.survival]) <= 0).all()
    known = curve.survival > 0
    assert (curve.low[known] <= curve.survival[known]).all()
    assert (curve.survival[known] <= curve.high[known]).all()
    for time in range(13):
        at = curve.at(time)
        if at.value is not None and at.low is not None and at.high is not None:
            assert 0 <= at.low <= at.value <= at.high <= 100


@given(st.lists(st.integers(0, 12), min_size=1, max_size=60))
def test_without_anybody_lost_it_is_a_share(times: list[int]) -> None:
    """Where everybody is followed until they leave, the curve is the share still there."""
    curve = kaplan_meier(times, [1] * len(times))
    for time in range(13):
        value = curve.at(time).value
        assert value == pytest.approx(100 * sum(own > time for own in times) / len(times))


@given(followed, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_nothing(rows: Followed, chance: object) -> None:
    """Shuffled rows give the same curve."""
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random
    assert np.array_equal(kaplan_meier(*sides(rows)).survival, kaplan_meier(*sides(shuffled)).survival)


@given(followed, followed)
def test_the_test_knows_no_first_group(one: Followed, other: Followed) -> None:
    """Groups that change places give the same p, a group against itself gives 1, and one group gives none."""
    test, turned = log_rank([sides(one), sides(other)]), log_rank([sides(other), sides(one)])
    assert test.p == (pytest.approx(turned.p) if turned.p is not None else None)
    same = log_rank([sides(one), sides(one)])
    assert same.p is None or same.p == pytest.approx(1)
    assert log_rank([sides(one)]).p is None


@given(followed)
def test_the_mean_time_is_the_area(rows: Followed) -> None:
    """The mean within a horizon is the area under the curve, and no more than the horizon."""
    mean, curve = restricted_mean(*sides(rows), 12), kaplan_meier(*sides(rows))
    if mean.value is None:
        assert curve.at(12).value is None
        return
    steps = np.arange(0, 12, 0.5)
    shares = [(curve.survival[curve.times <= step] if len(curve.times) else np.empty(0)) for step in steps]
    area = sum(0.5 * (share[-1] if len(share) else 1) for share in shares)
    assert mean.value == pytest.approx(area)
    assert mean.low is not None
    assert mean.high is not None
    assert 0 <= mean.low <= mean.value <= mean.high <= 12


def test_nothing_and_nobody() -> None:
    """Nobody has no curve; where nobody has left, the lower limit is Wilson's; wrong times are a fault."""
    assert kaplan_meier([], []).at(1).value is None
    stayed = kaplan_meier([5] * 20, [0] * 20).at(5)
    assert (stayed.value, stayed.high) == (100, 100)
    assert stayed.low == pytest.approx(83.9, abs=0.05)
    assert kaplan_meier([5], [0]).at(6).value is None
    with pytest.raises(ValueError, match="0 or more"):
        kaplan_meier([-1], [1])
    with pytest.raises(ValueError, match="still there"):
        kaplan_meier([1], [2])
    with pytest.raises(ValueError, match="horizon"):
        restricted_mean([1], [1], 0)


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans(), st.booleans()), min_size=12, max_size=50))
def test_a_turned_column_turns_its_hazard(rows: list[tuple[int, bool, bool]]) -> None:
    """The ratio of one group to the other is the inverse of the other way round."""
    time, left, group = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    one, other = cox(time, left, group), cox(time, left, 1 - group)
    if one is None or other is None:
        assert not left.any() or len(set(group)) == 1
        return
    if one.converged:
        assert one.terms[0].coefficient == pytest.approx(-other.terms[0].coefficient, abs=1e-6)
        assert one.log_likelihood >= one.null_log_likelihood - 1e-9


def test_ties_are_named() -> None:
    """Another way to take ties is a fault."""
    with pytest.raises(ValueError, match="ties"):
        cox([1, 2], [1, 1], [[0], [1]], ties="exact")


def test_quantiles_against_a_published_example() -> None:
    """Freireich's leukaemia patients on 6-MP, as R's survfit with log-log limits prints them: median 23, from 13 on."""
    times = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = kaplan_meier(times, [1] * 9 + [0] * 12)
    median = curve.quantile(0.5)

    assert (median.value, median.low, median.high, median.n) == (23, 13, None, 21)
    assert (curve.quantile(0.25).value, curve.quantile(0.9).value) == (13, None)
    with pytest.raises(ValueError, match="no share"):
        curve.quantile(1)
