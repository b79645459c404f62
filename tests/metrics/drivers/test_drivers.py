from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Estimate, importance_performance, key_drivers, least_squares, relative_weights, shapley_r2
from metrics.drivers.importance import correlations, explained


def answers(seed: int, n: int = 60, p: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Correlated ratings and an outcome that some of them move."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, p)) + generator.normal(size=(n, 1))
    return x, x @ generator.normal(size=p) + 2 * generator.normal(size=n)


seeds = st.integers(0, 10_000)


@given(seeds)
def test_shares_add_up_to_what_is_explained(seed: int) -> None:
    """Both decompositions are of R-squared, and no share is negative."""
    x, y = answers(seed)
    r2 = least_squares(x, y).r2

    for shares in (shapley_r2(x, y), relative_weights(x, y)):
        assert shares.sum() == pytest.approx(r2)
        assert (shares >= 0).all()


@given(seeds, st.permutations(range(4)))
def test_the_order_of_drivers_does_not_matter(seed: int, order: list[int]) -> None:
    """Drivers in another order have their shares in that order."""
    x, y = answers(seed)

    assert shapley_r2(x[:, order], y) == pytest.approx(shapley_r2(x, y)[order])
    assert relative_weights(x[:, order], y) == pytest.approx(relative_weights(x, y)[order])


@given(seeds, st.floats(-10, 10), st.sampled_from([-3, 0.01, 100]))
def test_units_do_not_matter(seed: int, shift: float, factor: float) -> None:
    """Shifting, scaling or turning round a rating or the outcome leaves all shares."""
    x, y = answers(seed)
    moved = x.copy()
    moved[:, 1] = shift + factor * x[:, 1]

    assert shapley_r2(moved, shift + factor * y) == pytest.approx(shapley_r2(x, y))
    assert relative_weights(moved, shift + factor * y) == pytest.approx(relative_weights(x, y))


@given(seeds)
def test_shapley_is_the_mean_over_all_orders(seed: int) -> None:
    """A share is what a driver adds to R-squared, averaged over every order of entering."""
    x, y = answers(seed, p=3)
    expected = np.zeros(3)
    for order in permutations(range(3)):
        for place, driver in enumerate(order):
            with_it, without = (least_squares(x[:, order[:size]], y) for size in (place + 1, place))
            expected[driver] += with_it.r2 - (without.r2 if without else 0)

    assert shapley_r2(x, y) == pytest.approx(expected / factorial(3))


@given(seeds)
def test_copies_share_equally(seed: int) -> None:
    """A driver that is another's copy takes half of the share, and a sum of others breaks nothing."""
    x, y = answers(seed, p=2)
    copied = np.column_stack([x, x[:, 0]])
    summed = np.column_stack([x, x.sum(axis=1)])

    for decompose in (shapley_r2, relative_weights):
        alone, shares = decompose(x, y), decompose(copied, y)
        assert shares[0] == pytest.approx(shares[2])
        assert decompose(summed, y).sum() == pytest.approx(alone.sum())


@given(seeds)
def test_uncorrelated_drivers_keep_what_they_explain(seed: int) -> None:
    """Of drivers that do not move together, each share is its squared correlation."""
    x, y = answers(seed, n=30, p=3)
    apart = np.linalg.qr(x - x.mean(axis=0))[0]
    squared = correlations(apart, y)[:-1, -1] ** 2

    assert shapley_r2(apart, y) == pytest.approx(squared)
    assert relative_weights(apart, y) == pytest.approx(squared)


def test_stacked_matrices_are_decomposed_one_by_one() -> None:
    """Many resamples at once give what each gives alone."""
    both = [correlations(*answers(seed)) for seed in (1, 2)]

    assert explained(np.stack(both)) == pytest.approx(np.stack([explained(one) for one in both]))


def test_undefined_shares() -> None:
    """A constant outcome or too few answers give None, a constant driver 0; rows with a gap are left out."""
    x, y = answers(3)
    for decompose in (shapley_r2, relative_weights, least_squares):
        assert decompose([], []) is None
        assert decompose([[1.0, 2.0]], [3.0]) is None
        assert decompose(x, [0.1] * len(y)) is None
        with pytest.raises(ValueError, match="60 rows"):
            decompose(x, y[:-1])
    with_constant = np.column_stack([x, [0.1] * len(y)])
    assert shapley_r2(with_constant, y)[-1] == relative_weights(with_constant, y)[-1] == 0
    gapped = np.vstack([x, [np.nan, 1, 1, 1]])
    assert shapley_r2(gapped, [*y, 5]) == pytest.approx(shapley_r2(x, y))
    assert shapley_r2([1, 2, 3, 4], [1, 2, 2, 4]) == pytest.approx(4.5**2 / (5 * 4.75))
    assert shapley_r2(np.empty((4, 0)), [1, 2, 3, 5]).size == relative_weights(np.empty((4, 0)), [1, 2, 3, 5]).size == 0
    with pytest.raises(ValueError, match="13 drivers"):
        shapley_r2(np.zeros((20, 13)), range(20))


@given(seeds)
def test_the_table_is_that_of_least_squares(seed: int) -> None:
    """Intercept and slopes solve the normal equations, and residuals average to 0."""
    x, y = answers(seed)
    table = least_squares(x, y)
    expected = np.linalg.lstsq(np.column_stack([np.ones(len(y)), x]), y, rcond=None)[0]

    assert [table.intercept, *(line.slope for line in table.coefficients)] == pytest.approx(expected)
    assert all(line.low < line.slope < line.high and line.inflation >= 1 for line in table.coefficients)


def test_a_driver_made_of_others_has_no_slope() -> None:
    """Its line and those of its makers are None, but their correlations and the other driver's slope stay."""
    x, y = answers(5, p=3)
    table = least_squares(np.column_stack([x, x[:, 0] - x[:, 1]]), y)
    entangled, free = [table.coefficients[j] for j in (0, 1, 3)], table.coefficients[2]

    assert all(line.slope is line.p is line.inflation is None for line in entangled)
    assert all(line.correlation is not None for line in entangled)
    assert free.slope == pytest.approx(least_squares(x, y).coefficients[2].slope)
    assert table.intercept is table.intercept_error is None
    assert table.r2 == pytest.approx(least_squares(x, y).r2)
    assert least_squares([[1.0], [2.0]], [1.0, 2.0]) is None


def named(x: np.ndarray) -> dict[str, np.ndarray]:
    """Columns by name."""
    return {f"driver {place}": row for place, row in enumerate(x.T)}


def test_key_drivers() -> None:
    """Shares of what is explained add up to 100 percent, each within its interval, and a seed repeats them."""
    x, y = answers(8, n=300)
    result = key_drivers(named(x), y, np.random.default_rng(1), resamples=300)
    again = key_drivers(named(x), y, np.random.default_rng(1), resamples=300)

    assert (result.reason, result.n, result.left_out, result.method) == (None, 300, 0, "shapley")
    shares = [driver.importance for driver in result.drivers]
    assert [share.value for share in shares] == pytest.approx(100 * shapley_r2(x, y) / result.r2)
    assert all(share.low <= share.value <= share.high for share in shares)
    assert all(share.high - share.low > 1 for share in shares)
    assert again == result


def test_intervals_are_those_of_drawn_rows() -> None:
    """The bootstrap by counts is the bootstrap by rows: limits agree with a plain resampling."""
    x, y = answers(9, n=200, p=2)
    generator = np.random.default_rng(4)
    drawn = []
    for _ in range(1500):
        rows = generator.integers(0, 200, 200)
        shares = shapley_r2(x[rows], y[rows])
        drawn.append(100 * shares / shares.sum())
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    result = key_drivers(named(x), y, np.random.default_rng(5), resamples=1500)

    for driver, expected_low, expected_high in zip(result.drivers, low, high, strict=True):
        assert driver.importance.low == pytest.approx(expected_low, abs=3)
        assert driver.importance.high == pytest.approx(expected_high, abs=3)


def test_a_list_is_withheld_with_its_reason() -> None:
    """Too few answers, drivers that explain next to nothing, a constant outcome and no drivers give no list."""
    x, y = answers(8, n=300)
    generator = np.random.default_rng(0)

    assert key_drivers(named(x[:49]), y[:49], generator).reason == "too_few_answers"
    assert key_drivers(named(x[:50]), y[:50], generator, resamples=50).reason is None
    six = np.column_stack([x, x[:, :2]])
    assert key_drivers(named(six[:59]), y[:59], generator).reason == "too_few_answers"
    weak = key_drivers(named(x), np.random.default_rng(2).normal(size=300), generator)
    assert (weak.reason, weak.drivers) == ("weak_model", ())
    assert weak.r2 < 0.05
    assert key_drivers(named(x), np.full(300, 4.0), generator).reason == "no_variation"
    assert key_drivers({}, y, generator).reason == "no_drivers"
    assert key_drivers(named(x), np.full(300, np.nan), generator).left_out == 300


def test_many_drivers_take_relative_weights() -> None:
    """Above twelve drivers the closed form replaces all subsets."""
    x, y = answers(12, n=200, p=13)
    result = key_drivers(named(x), y, np.random.default_rng(1), resamples=50)

    assert result.method == "relative_weights"
    assert sum(driver.importance.value for driver in result.drivers) == pytest.approx(100)


def estimate(value: float | None, half: float = 0.0) -> Estimate:
    """An estimate with this half-width."""
    if value is None:
        return Estimate(None, None, None, 0, 0, "")
    return Estimate(value, value - half, value + half, 100, 100, "")


def test_quadrants_need_clear_sides() -> None:
    """An interval that reaches the crosshair leaves a driver undetermined; so does what is not known."""
    importance = {
        "a": estimate(60, 5),
        "b": estimate(20, 5),
        "c": estimate(20, 15),
        "d": estimate(33),
        "e": estimate(33),
    }
    performance = {"a": estimate(3, 0.5), "b": estimate(7, 0.5), "c": estimate(5), "d": estimate(None)}
    result = importance_performance(importance, performance)

    assert result.importance == pytest.approx(100 / 3)
    assert result.performance == 5
    assert result.quadrants == {
        "a": "concentrate_here",
        "b": "possible_overkill",
        "c": "undetermined",
        "d": "undetermined",
        "e": "undetermined",
    }
    assert importance_performance({"d": estimate(5)}, {}).quadrants == {"d": "undetermined"}
