import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.outcomes.lifetime_value import lifetime_value, retention_rate
from metrics.outcomes.purchases import PurchaseModel, fit_purchases
from metrics.outcomes.spend import SpendModel, fit_spend

rates = st.floats(0, 0.99)


@given(st.floats(-1e6, 1e6), rates, st.floats(0.01, 1), st.integers(0, 40))
def test_the_value_is_its_sum(margin: float, retention: float, discount: float, horizon: int) -> None:
    """The closed form is the sum of the margins, one after another; for ever is where it goes."""
    value = lifetime_value(margin, retention, discount, horizon).value
    assert value == pytest.approx(sum(margin * (retention / (1 + discount)) ** t for t in range(horizon)), abs=1e-4)
    later = lifetime_value(margin, retention, discount, horizon, first_margin_now=False).value
    assert later == pytest.approx(value * retention / (1 + discount), abs=1e-4)
    assert lifetime_value(margin, retention, discount).value == pytest.approx(
        lifetime_value(margin, retention, discount, 4000).value, rel=1e-6, abs=1e-4
    )


@given(rates, rates)
def test_who_stays_longer_is_worth_more(one: float, other: float) -> None:
    """A higher retention never lowers the value of a margin."""
    low, high = sorted((one, other))
    assert lifetime_value(1, low, 0.1).value <= lifetime_value(1, high, 0.1).value


def test_no_end_has_no_value() -> None:
    """Who never leaves and is never discounted has no finite value; a horizon gives one."""
    with pytest.raises(ValueError, match="finite"):
        lifetime_value(1, 1, 0)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        lifetime_value(1, 1.2, 0)
    assert lifetime_value(2, 1, 0, 5).value == 10


@given(st.integers(0, 500), st.floats(1, 5000))
def test_retention_lies_in_its_interval(left: int, exposure: float) -> None:
    """The rate and its limits are in order, and more who left is less retention."""
    rate, worse = retention_rate(left, exposure), retention_rate(left + 1, exposure)
    assert 0 <= rate.low <= rate.value <= rate.high <= 100
    assert worse.value < rate.value or rate.value == 0
    assert retention_rate(0, 0).value is None


def test_wrong_times() -> None:
    """A negative count is a fault."""
    with pytest.raises(ValueError, match="below 0"):
        retention_rate(-1, 1)


MODEL = PurchaseModel(0.243, 4.414, 0.793, 2.426)


@given(st.integers(0, 30), st.floats(0, 1), st.floats(1, 100), st.floats(0, 50))
def test_alive_and_expected(x: int, part: float, age: float, ahead: float) -> None:
    """Who is surely gone buys nothing: expectations are not negative, grow with the time ahead, and the chance of
    being alive falls with the time since the last purchase.
    """
    last = part * age if x else 0.0
    alive, later = MODEL.alive(x, last, age), MODEL.alive(x, last, age + 10)
    assert 0 <= later <= alive <= 1
    one, more = (float(MODEL.expected(x, last, age, span)) for span in (ahead, ahead + 5))
    assert -1e-9 <= one <= more + 1e-9


def test_models_need_purchases() -> None:
    """Without a repeat purchase, or with one after its customer's age, there is no model."""
    with pytest.raises(ValueError, match="repeat"):
        fit_purchases([0, 0], [0, 0], [1, 2])
    with pytest.raises(ValueError, match="repeat"):
        fit_purchases([1], [3], [2])
    with pytest.raises(ValueError, match="bought"):
        fit_spend([0], [0])


def test_spend_is_found_again() -> None:
    """Spend that is drawn from the model is fitted near it, and each expectation lies between own and common mean."""
    chance = np.random.default_rng(7)
    p, q, v, n = 6.0, 4.0, 15.0, 4000
    rates_of = chance.gamma(q, 1 / v, n)
    x = chance.integers(1, 8, n)
    mean = chance.gamma(p * x, 1 / rates_of) / x
    model = fit_spend(x, mean)
    assert model.of_all == pytest.approx(v * p / (q - 1), rel=0.05)
    expected, of_all = model.expected(x, mean), model.of_all
    assert of_all is not None
    assert ((np.minimum(mean, of_all) - 1e-9 <= expected) & (expected <= np.maximum(mean, of_all) + 1e-9)).all()
    assert SpendModel(1, 0.5, 1).of_all is None
    assert math.isclose(float(model.expected(0, 0)), of_all)
