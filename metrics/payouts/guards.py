"""Guards: nobody is paid, or not paid, for a difference that noise explains."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from metrics.payouts.curves import PayoutCurve


class Guard(StrEnum):
    """What stands between a sample and money.

    `NONE`: the value as it is, which is right for a census only. `CAP_AT_TARGET`: above the target's pay only where the
    whole interval lies beyond the target. `LOWER_BOUND`: the less favourable end of the interval counts.
    `NEUTRAL_BAND`: a target within the interval pays the target. `SHRUNKEN`: the value drawn towards what was known
    beforehand counts, and above the target's pay only where the target is reached with enough probability; by
    simulation this errs least, costs least, and does not reward small samples.
    """

    NONE = "none"
    CAP_AT_TARGET = "cap_at_target"
    LOWER_BOUND = "lower_bound"
    NEUTRAL_BAND = "neutral_band"
    SHRUNKEN = "shrunken"


class Reason(StrEnum):
    """Why a guard pays another share than the value alone would."""

    NOT_PROVEN = "not_proven"
    LESS_FAVOURABLE_END = "less_favourable_end"
    WITHIN_INTERVAL = "within_interval"
    SHRUNKEN = "shrunken"
    SHRUNKEN_NOT_PROVEN = "shrunken_not_proven"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured: a value, the ends of its interval, and what shrinkage makes of it.

    `low` and `high` are None for a census; `shrunken`, and `chance` (0..1, that the true value reaches the target), are
    None where no prior was fixed beforehand.
    """

    value: Fraction
    low: Fraction | None = None
    high: Fraction | None = None
    shrunken: Fraction | None = None
    chance: Fraction | None = None


@dataclass(frozen=True, slots=True)
class GuardedPay:
    """`used` is the value that the curve was read at, `raw` the pay without the guard, `reason` None where equal."""

    used: Fraction
    raw: Fraction
    pay: Fraction
    reason: Reason | None = None


def guarded_pay(
    curve: PayoutCurve, measured: Measured, guard: Guard, probability: Fraction = Fraction(4, 5)
) -> GuardedPay:
    """The share that a measure pays under a guard.

    A census takes no guard. The shrunken guard without a prior is the cap at the target. `probability` is what the
    shrunken guard asks before it pays more than the target.

    Examples
    --------
    >>> curve = PayoutCurve.of(20, 35, 50, "0.5", 1, "1.5")
    >>> nps = Measured(Fraction(260, 7), low=Fraction(26), high=Fraction(47))
    >>> guarded_pay(curve, nps, Guard.CAP_AT_TARGET).pay, guarded_pay(curve, nps, Guard.NONE).pay
    (Fraction(1, 1), Fraction(15, 14))
    """
    value = measured.value
    raw = curve.pay(value)
    if measured.low is None or measured.high is None or guard is Guard.NONE:
        return GuardedPay(value, raw, raw)
    end = curve.worse(measured.low, measured.high)
    match guard:
        case Guard.LOWER_BOUND:
            return _told(end, raw, curve.pay(end), Reason.LESS_FAVOURABLE_END)
        case Guard.NEUTRAL_BAND:
            within = measured.low <= curve.target <= measured.high
            return _told(value, raw, curve.pay_at_target if within else raw, Reason.WITHIN_INTERVAL)
        case Guard.SHRUNKEN if measured.shrunken is not None and measured.chance is not None:
            return _shrunken(curve, raw, measured.shrunken, proven=measured.chance >= probability)
        case _:
            pay = raw if curve.beyond_target(end) else min(raw, curve.pay_at_target)
            return _told(value, raw, pay, Reason.NOT_PROVEN)


def _shrunken(curve: PayoutCurve, raw: Fraction, value: Fraction, *, proven: bool) -> GuardedPay:
    pay = curve.pay(value)
    if pay > curve.pay_at_target and not proven:
        return _told(value, raw, curve.pay_at_target, Reason.SHRUNKEN_NOT_PROVEN)
    return _told(value, raw, pay, Reason.SHRUNKEN)


def _told(used: Fraction, raw: Fraction, pay: Fraction, reason: Reason) -> GuardedPay:
    return GuardedPay(used, raw, pay, None if pay == raw else reason)
