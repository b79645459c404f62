from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metrics.payouts.curves import PayoutCurve, Shape
from metrics.payouts.exact import exact
from metrics.payouts.expectations import expected_next
from metrics.payouts.scores import Component, Gate, pass_gates, payout, score, weigh

points = st.lists(st.integers(-100, 100), min_size=3, max_size=3, unique=True).map(sorted)
pays = st.lists(st.fractions(0, 2, max_denominator=100), min_size=3, max_size=3).map(sorted)
values = st.fractions(-150, 150, max_denominator=1000)


@given(points, pays, values, values)
def test_more_never_pays_less(at: list[int], pay: list[Fraction], one: Fraction, other: Fraction) -> None:
    """The curve rises or stands still, never leaves 0..cap, and meets its points exactly."""
    curve = PayoutCurve.of(*at, *pay)
    low, high = sorted((one, other))
    assert 0 <= curve.pay(low) <= curve.pay(high) <= curve.cap
    assert [curve.pay(point) for point in at] == pay


@given(points, pays, values)
def test_lower_may_be_better(at: list[int], pay: list[Fraction], value: Fraction) -> None:
    """A curve whose points fall pays what its mirror image pays."""
    mirrored = PayoutCurve.of(*(-point for point in at), *pay)
    assert mirrored.lower_is_better
    assert mirrored.pay(-value) == PayoutCurve.of(*at, *pay).pay(value)


@given(points, st.fractions(1, 2, max_denominator=50), values)
def test_no_jump_by_default(at: list[int], cap: Fraction, value: Fraction) -> None:
    """Without pay at the threshold a small step of the KPI is a small step of the pay."""
    curve = PayoutCurve.of(*at, 0, 1, cap)
    step = Fraction(1, 10**6)
    assert curve.pay(value + step) - curve.pay(value) <= 2 * step


def test_curves_out_of_order() -> None:
    """Points that go two ways, equal points, and pay that falls are faults."""
    for wrong in ((30, 20, 50), (30, 30, 50), (1, 2, 3, 1, "0.5", 2)):
        with pytest.raises(ValueError, match=r"way|less"):
            PayoutCurve.of(*wrong)


@pytest.mark.parametrize(
    ("shape", "pays"),
    [
        (Shape.LINEAR, ["0", "1/2", "3/4", "29/30", "1", "31/30", "3/2"]),
        (Shape.FLAT, ["0", "1/2", "41/52", "1", "1", "1", "3/2"]),
        (Shape.STEPS, ["0", "1/2", "1/2", "1/2", "1", "1", "3/2"]),
        (Shape.CLIFF, ["0", "0", "0", "0", "1", "1", "1"]),
    ],
)
def test_shapes(shape: Shape, pays: list[str]) -> None:
    """Each shape at and between its points; the flat zone pays the target two points around it."""
    flat = Fraction(2 if shape is Shape.FLAT else 0)
    curve = PayoutCurve(*map(Fraction, (20, 35, 50, "1/2", 1, "3/2")), shape=shape, flat=flat)
    found = [curve.pay(value) for value in ("19.99", 20, "27.5", 34, 35, 36, 50)]
    assert found == [Fraction(pay) for pay in pays]


def test_a_flat_zone_has_room() -> None:
    """A zone that reaches the threshold would make a jump, and is refused."""
    with pytest.raises(ValueError, match="flat"):
        PayoutCurve(*map(Fraction, (20, 35, 50)), shape=Shape.FLAT, flat=Fraction(15))


def component(name: str, weight: int, value: int, n: int = 30) -> Component:
    return Component(name, Fraction(weight), Fraction(value), PayoutCurve.of(0, 50, 100), n)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(-20, 120), st.integers(0, 60)), min_size=1, max_size=6))
def test_few_answers_cost_nobody_money(parts: list[tuple[int, int, int]]) -> None:
    """What has too few answers is left out, and the score lies between the lowest and the highest pay of the rest."""
    components = [component(str(place), *part) for place, part in enumerate(parts)]
    found = score(components)
    assert {*found.pays, *found.dropped} == {one.name for one in components}
    kept = sum(weight for weight, _, n in parts if n >= 30)
    if 2 * kept < sum(weight for weight, _, _ in parts) or not kept:
        assert found.value is None
        return
    assert found.value is not None
    assert min(found.pays.values()) <= found.value <= max(found.pays.values())


def test_weights_must_weigh() -> None:
    """No weight at all is a fault, not a score of 0; nor is a score without components."""
    with pytest.raises(ValueError, match="weights"):
        score([component("a", 0, 50)])
    with pytest.raises(ValueError, match="weights"):
        score([])


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=12), st.fractions(0, 2, max_denominator=1000))
def test_pay_adds_up_exactly(bases: list[int], reached: Fraction) -> None:
    """The amounts of many bases are the amount of their sum, to the last rial."""
    assert sum(payout(base, reached).amount for base in bases) == payout(sum(bases), reached).amount


def test_a_shut_gate_is_named() -> None:
    """Every gate that fails is named and nothing is paid; a part of the period pays its part."""
    gates = [Gate("rate", exact(0.08), exact(0.1)), Gate("compliance", exact(1), exact(1))]
    assert payout(1000, 1, gates).blocked_by == ("rate",)
    assert payout(1000, 1, gates).amount == 0
    assert payout(1000, 1, gates[1:], Fraction(1, 3)).amount == Fraction(1000, 3)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        payout(1, 1, part_of_period=2)
    with pytest.raises(ValueError, match="amount"):
        exact(float("nan"))


def test_gates_act_in_their_own_way() -> None:
    """One multiplies, one holds, one pays nothing whatever the floor is; cap and floor come after them."""
    rate = Gate("rate", Fraction(9), Fraction(8), at_most=True, factor=Fraction(9, 10))
    hold = Gate("integrity", Fraction(0), Fraction(1), factor=None)
    hard = Gate("compliance", Fraction(0), Fraction(1))
    assert pass_gates(Fraction(1), [rate]).value == Fraction(9, 10)
    assert pass_gates(Fraction(1), [hold]).held_by == ("integrity",)
    assert pass_gates(Fraction(1), [rate, hard], floor=Fraction(1, 2)) == pass_gates(Fraction(0), [hard])
    assert pass_gates(Fraction(2), [], cap=Fraction(13, 10)).value == Fraction(13, 10)
    assert pass_gates(Fraction(0), [], floor=Fraction(1, 5)).value == Fraction(1, 5)
    assert Gate("unknown", None, Fraction(1)).open


def test_how_much_must_remain_is_a_choice() -> None:
    """Half of the weights unless the plan says otherwise."""
    weights = {"nps": Fraction(40), "ces": Fraction(60)}
    pays = {"nps": Fraction(1), "ces": None}
    assert weigh(weights, pays) is None
    assert weigh(weights, pays, Fraction(1, 4)) == 1


@given(values, values, st.fractions(0, 1, max_denominator=100))
def test_the_next_score_comes_back(reached: Fraction, mean: Fraction, reliability: Fraction) -> None:
    """What is expected next lies between the score and the mean of all, at neither end for noise alone."""
    assume(reached != mean)
    expected = expected_next(reached, mean, reliability, 10)
    assert min(reached, mean) <= expected.value <= max(reached, mean)
    assert 0 <= expected.deviation <= 10
    with pytest.raises(ValueError, match="reliability"):
        expected_next(1, 1, 2, 1)
