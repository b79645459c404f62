from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.payouts.amounts import Rounding, exact_sum, round_to, share_pool

amounts = st.lists(st.fractions(0, 10**9, max_denominator=10**6), max_size=20)
units = st.sampled_from([1, 10, 1000])


@given(amounts, units, st.integers(0, 10**9))
def test_a_pool_is_paid_whole_and_never_exceeded(asked: list[Fraction], unit: int, pool: int) -> None:
    """Where they ask for more than the pool, every whole unit of it is paid; nobody is off by a unit or more."""
    shared = share_pool(asked, unit, Fraction(pool))
    assert sum(shared.paid) <= pool
    assert all(paid % unit == 0 for paid in shared.paid)
    assert all(abs(paid - amount * shared.factor) < unit for paid, amount in zip(shared.paid, asked, strict=True))
    if shared.factor < 1:
        assert sum(shared.paid) == pool // unit * unit


@given(amounts, units)
def test_without_a_pool_each_is_rounded_alone(asked: list[Fraction], unit: int) -> None:
    """No limit, no cut: each amount is within half a unit."""
    shared = share_pool(asked, unit)
    assert shared.factor == 1
    assert all(abs(paid - amount) <= Fraction(unit, 2) for paid, amount in zip(shared.paid, asked, strict=True))


@given(amounts)
def test_the_sum_is_exact(asked: list[Fraction]) -> None:
    """Adding in another order adds the same."""
    assert exact_sum(asked) == sum(asked, Fraction(0))


def test_rounding_up_does_not_break_the_pool() -> None:
    """Three amounts of 1.6 round to 6 in all; a pool of 5 pays 5."""
    shared = share_pool([Fraction(8, 5)] * 3, 1, Fraction(5))
    assert shared.factor == 1
    assert shared.paid == (2, 2, 1)


@pytest.mark.parametrize(("rounding", "paid"), [(Rounding.HALF_EVEN, 2000), (Rounding.HALF_UP, 3000)])
def test_half_way(rounding: Rounding, paid: int) -> None:
    """Two and a half thousand."""
    assert round_to(Fraction(2500), 1000, rounding) == paid
