from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.payouts.curves import PayoutCurve
from metrics.payouts.guards import Guard, Measured, Reason, guarded_pay

CURVE = PayoutCurve.of(20, 35, 50, "0.5", 1, "1.5")
DOWN = PayoutCurve.of(24, 8, 4, "0.5", 1, "1.5")


def measured(value: int, low: int, high: int, shrunken: int | None = None, chance: str = "0.5") -> Measured:
    drawn = None if shrunken is None else Fraction(shrunken)
    return Measured(Fraction(value), Fraction(low), Fraction(high), drawn, None if drawn is None else Fraction(chance))


@pytest.mark.parametrize(
    ("guard", "seen", "pay", "reason"),
    [
        (Guard.NONE, measured(44, 30, 58), "13/10", None),
        (Guard.CAP_AT_TARGET, measured(44, 30, 58), "1", Reason.NOT_PROVEN),
        (Guard.CAP_AT_TARGET, measured(44, 35, 58), "1", Reason.NOT_PROVEN),
        (Guard.CAP_AT_TARGET, measured(44, 36, 58), "13/10", None),
        (Guard.CAP_AT_TARGET, measured(26, 10, 40), "7/10", None),
        (Guard.LOWER_BOUND, measured(44, 26, 58), "7/10", Reason.LESS_FAVOURABLE_END),
        (Guard.NEUTRAL_BAND, measured(26, 10, 40), "1", Reason.WITHIN_INTERVAL),
        (Guard.NEUTRAL_BAND, measured(44, 38, 58), "13/10", None),
        (Guard.SHRUNKEN, measured(44, 30, 58, 41, "0.81"), "6/5", Reason.SHRUNKEN),
        (Guard.SHRUNKEN, measured(44, 30, 58, 41, "0.79"), "1", Reason.SHRUNKEN_NOT_PROVEN),
        (Guard.SHRUNKEN, measured(44, 30, 58, 32, "0.3"), "9/10", Reason.SHRUNKEN),
        # Without a prior nothing can be shrunk: the cap stands in.
        (Guard.SHRUNKEN, measured(44, 30, 58), "1", Reason.NOT_PROVEN),
    ],
)
def test_each_guard(guard: Guard, seen: Measured, pay: str, reason: Reason | None) -> None:
    """What each guard pays on the curve 20/35/50 that pays 50/100/150, and what it says of it."""
    found = guarded_pay(CURVE, seen, guard)
    assert (found.pay, found.reason) == (Fraction(pay), reason)


def test_lower_is_better() -> None:
    """Of hours the upper end is the unfavourable one."""
    assert guarded_pay(DOWN, measured(6, 4, 9), Guard.CAP_AT_TARGET).pay == 1
    assert guarded_pay(DOWN, measured(6, 5, 7), Guard.CAP_AT_TARGET).pay == Fraction(5, 4)
    assert guarded_pay(DOWN, measured(6, 4, 16), Guard.LOWER_BOUND).pay == Fraction(3, 4)


@pytest.mark.parametrize("guard", [*Guard])
def test_a_census_takes_no_guard(guard: Guard) -> None:
    """Where all cases were counted there is no noise to guard against."""
    assert guarded_pay(CURVE, Measured(Fraction(44)), guard).pay == Fraction(13, 10)


bounds = st.lists(st.fractions(-100, 100, max_denominator=50), min_size=3, max_size=3).map(sorted)


@given(bounds, st.sampled_from([Guard.CAP_AT_TARGET, Guard.LOWER_BOUND]))
def test_a_guard_against_luck_never_pays_more(at: list[Fraction], guard: Guard) -> None:
    """Cap and lower bound pay at most what the value itself pays."""
    low, value, high = at
    found = guarded_pay(CURVE, Measured(value, low, high), guard)
    assert found.pay <= found.raw
    assert (found.reason is None) == (found.pay == found.raw)
