"""The worked example of the reward rules, in exact arithmetic, from score counts to the last rial."""

from fractions import Fraction

from metrics import Histogram, nps, proportion
from metrics.payouts.amounts import Rounding, share_pool
from metrics.payouts.curves import PayoutCurve
from metrics.payouts.exact import exact, exact_kpi
from metrics.payouts.guards import Guard, Measured, guarded_pay
from metrics.payouts.scores import Gate, pass_gates, payout, weigh

USUAL = ("0.5", 1, "1.5")
NPS = Histogram([40, 0, 0, 0, 0, 0, 0, 52, 0, 118, 0])
CSAT = Histogram([0, 5, 8, 12, 100, 80])
WEIGHTS = {"nps": Fraction(40), "csat": Fraction(25), "answered": Fraction(20), "ces": Fraction(15)}
GATES = (
    Gate("acknowledged", exact("96.4"), exact(95)),
    Gate("repeat complaints", exact(9), exact(8), at_most=True, factor=exact("0.9")),
)
TARGETS = (90_000_000, 40_000_000, 40_000_000)
PARTS = (Fraction(1), Fraction(46, 92), Fraction(1))


def pays(guard: Guard) -> dict[str, Fraction | None]:
    """The pay of each measure; CES has 62 answers where 100 are asked for."""
    score, share = nps(NPS), proportion(180, 205)
    seen = {
        "nps": (exact_kpi(NPS, "nps"), score, PayoutCurve.of(20, 35, 50, *USUAL)),
        "csat": (exact_kpi(CSAT, "csat"), share, PayoutCurve.of(75, 82, 90, *USUAL)),
    }
    found: dict[str, Fraction | None] = {"ces": None}
    for name, (value, estimate, curve) in seen.items():
        assert value is not None
        assert estimate.low is not None
        assert estimate.high is not None
        found[name] = guarded_pay(curve, Measured(value, exact(estimate.low), exact(estimate.high)), guard).pay
    answered = PayoutCurve.of(80, 92, 98, *USUAL)
    found["answered"] = guarded_pay(answered, Measured(Fraction(3300, 38)), guard).pay
    return found


def test_every_step() -> None:
    """NPS is held at its target, CSAT is proven, the census takes no guard, and CES is redistributed."""
    assert exact_kpi(NPS, "nps") == Fraction(260, 7)
    assert exact_kpi(CSAT, "csat") == Fraction(3600, 41)
    assert pays(Guard.NONE)["nps"] == Fraction(15, 14)
    assert pays(Guard.CAP_AT_TARGET) == {
        "nps": 1,
        "csat": Fraction(11175, 8200),
        "answered": Fraction(4475, 5700),
        "ces": None,
    }


def test_the_score() -> None:
    """105.61% with the guard and 108.98% without; the repeat complaints take a tenth of it."""
    guarded, free = weigh(WEIGHTS, pays(Guard.CAP_AT_TARGET)), weigh(WEIGHTS, pays(Guard.NONE))
    assert guarded == Fraction(8391875, 7945800)
    assert free == Fraction(60612725, 55620600)
    assert guarded is not None
    assert pass_gates(guarded, GATES, cap=exact("1.3")).value == Fraction(5035125, 5297200)


def amounts() -> list[Fraction]:
    guarded = weigh(WEIGHTS, pays(Guard.CAP_AT_TARGET))
    assert guarded is not None
    reached = pass_gates(guarded, GATES, cap=exact("1.3")).value
    return [payout(base, reached, part_of_period=part).amount for base, part in zip(TARGETS, PARTS, strict=True)]


def test_the_last_rial() -> None:
    """Under a pool of 140,000,000 the whole pool is paid and the left thousand goes to the largest remainder."""
    asked = amounts()
    assert [round(float(amount), 2) for amount in asked] == [85_547_317.45, 19_010_514.99, 38_021_029.98]
    shared = share_pool(asked, 1000, Fraction(140_000_000))
    assert shared.factor == Fraction(2966432, 3021075)
    assert shared.paid == (84_000_000, 18_667_000, 37_333_000)
    assert sum(shared.paid) == 140_000_000


def test_without_a_limit() -> None:
    """Each is rounded once, at the end; rounding the percentage first would be wrong by 43,000."""
    assert share_pool(amounts(), 1000, rounding=Rounding.HALF_UP).paid == (85_547_000, 19_011_000, 38_021_000)
    early = payout(TARGETS[0], Fraction(951, 1000)).amount
    assert early - 85_547_000 == 43_000


def test_a_hard_gate_pays_nothing() -> None:
    """Below the share of acknowledgements nothing is paid, and the reason is told."""
    gated = pass_gates(Fraction(1), [Gate("acknowledged", exact(94), exact(95))])
    assert gated.value == 0
    assert gated.blocked_by == ("acknowledged",)


def test_nothing_measured_is_not_zero() -> None:
    """Where no measure is valid there is no score at all."""
    assert weigh(WEIGHTS, dict.fromkeys(WEIGHTS)) is None
