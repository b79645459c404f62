"""The rules in bulk pay what the exact rules pay, and noise does to them what is known of it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Histogram, Prior, nps
from metrics.payouts.curves import PayoutCurve, Shape
from metrics.payouts.guards import Guard, Measured, guarded_pay
from metrics.payouts.simulation import (
    Draws,
    NpsWorld,
    draw_share,
    guarded_pays,
    nps_world_odds,
    pays_of,
    redraw,
)

CURVES = [
    PayoutCurve.of(20, 35, 50, "0.5", 1, "1.5"),
    PayoutCurve.of(24, 8, 4, "0.5", 1, "1.5"),
    *(
        PayoutCurve(*map(Fraction, (20, 35, 50, "1/2", 1, "3/2")), shape, Fraction(2 if shape is Shape.FLAT else 0))
        for shape in Shape
    ),
]
values = st.fractions(-10, 80, max_denominator=8)


@pytest.mark.parametrize("curve", CURVES)
@given(value=values)
def test_pay_in_bulk_is_pay(curve: PayoutCurve, value: Fraction) -> None:
    """Every shape, either direction."""
    assert pays_of(curve, np.array([float(value)]))[0] == pytest.approx(float(curve.pay(value)), abs=1e-9)


@pytest.mark.parametrize("curve", CURVES[:2])
@pytest.mark.parametrize("guard", [Guard.NONE, Guard.CAP_AT_TARGET, Guard.LOWER_BOUND, Guard.NEUTRAL_BAND])
@given(ends=st.lists(values, min_size=3, max_size=3).map(sorted))
def test_guards_in_bulk_are_guards(curve: PayoutCurve, guard: Guard, ends: list[Fraction]) -> None:
    """A draw is paid as a snapshot with this value and interval is."""
    low, value, high = ends
    draw = Draws(*(np.array([float(part)]) for part in (value, 1, low, high)))
    expected = guarded_pay(curve, Measured(value, low, high), guard).pay
    assert guarded_pays(curve, draw, guard)[0] == pytest.approx(float(expected), abs=1e-9)


def test_the_shrunken_guard_in_bulk() -> None:
    """Half-way to the prior where both are equally sure; more than the target only where it is likely."""
    curve = PayoutCurve.of(20, 35, 50)
    draw = Draws(np.array([50.0, 30.0]), np.array([100.0, 100.0]), np.array([30.0, 10.0]), np.array([70.0, 50.0]))
    paid = guarded_pays(curve, draw, Guard.SHRUNKEN, Prior(30, 100))
    # 40 with a standard error of 7 reaches 35 with probability 0.76: no more than the target.
    assert paid == pytest.approx([1, 2 / 3])
    assert guarded_pays(curve, draw, Guard.SHRUNKEN, Prior(30, 100), probability=0.7)[0] == pytest.approx(7 / 6)


def test_what_noise_does_to_each_rule() -> None:
    """The known world of 60 units: raw pay rewards few answers, and the shrunken guard errs and costs least."""
    curve = PayoutCurve.of(40, 50, 60)
    odds = nps_world_odds(curve, NpsWorld(45, 8, 60, runs=300), np.random.default_rng(7))
    raw, shrunken = odds[Guard.NONE], odds[Guard.SHRUNKEN]
    assert raw.error == pytest.approx(0.358, abs=0.01)
    assert raw.unreached == pytest.approx(0.187, abs=0.015)
    assert raw.starved == pytest.approx(0.111, abs=0.015)
    assert raw.cost == pytest.approx(1.12, abs=0.03)
    assert raw.small - raw.large > 0.05
    assert abs(shrunken.small - shrunken.large) < 0.03
    assert shrunken.error == min(one.error for one in odds.values())
    assert shrunken.above < 0.02 < raw.above
    assert odds[Guard.LOWER_BOUND].unreached < 0.01
    assert odds[Guard.LOWER_BOUND].starved > 0.5


def test_a_redrawn_sample_scatters_as_its_interval_says() -> None:
    """95 of 100 redraws lie within about the interval of the answers themselves."""
    h = Histogram([15, 0, 0, 0, 0, 0, 0, 25, 0, 60])
    draws = redraw(h, "nps", 4000, np.random.default_rng(3))
    assert draws is not None
    estimate = nps(h)
    assert estimate.low is not None
    assert estimate.high is not None
    inside = np.mean((draws.value >= estimate.low) & (draws.value <= estimate.high))
    assert 0.92 <= inside <= 0.98


@pytest.mark.parametrize("kpi", ["nps", "csat", "mean"])
def test_without_answers_nothing_is_drawn(kpi: str) -> None:
    """Nobody answered: no draw, and no 0."""
    assert redraw(Histogram(), kpi, 10, np.random.default_rng(1)) is None


def test_a_share_that_is_certain_still_scatters() -> None:
    """Redraws of a unit where all are satisfied are not all 100%."""
    draws = redraw(Histogram([0, 0, 0, 0, 0, 20]), "csat", 500, np.random.default_rng(5))
    assert draws is not None
    assert 80 < draws.value.mean() < 99
    assert draw_share(np.array([0.5]), np.array([100.0]), np.random.default_rng(1)).low[0] > 30
