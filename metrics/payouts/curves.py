"""Payout curves: which share of the base a value of the KPI pays."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from metrics.payouts.exact import Amount, exact


class Shape(StrEnum):
    """How the pay goes from point to point.

    `LINEAR` in straight lines; `FLAT` the same, with a zone around the target that pays what the target pays; `STEPS`
    keeps the pay of the last point that was reached; `CLIFF` pays nothing below the target and only that of the target
    from there on. Jumps tempt people to reach a point by any means [1]_.

    References
    ----------
    .. [1] Jensen, M. C. (2003). Paying people to lie. European Financial Management 9, 379-406.
    """

    LINEAR = "linear"
    FLAT = "flat"
    STEPS = "steps"
    CLIFF = "cliff"


@dataclass(frozen=True, slots=True)
class PayoutCurve:
    """Pay as a share of the base: nothing below the threshold, then to target and stretch, then level.

    Where lower is better, threshold > target > stretch. `flat` is the half-width of the zone around the target, in the
    KPI's units. `ValueError` where the points are not in order, more of the KPI would pay less, or the zone reaches the
    threshold or the stretch. A pay above 0 at the threshold is a jump.
    """

    threshold: Fraction
    target: Fraction
    stretch: Fraction
    pay_at_threshold: Fraction = Fraction(0)
    pay_at_target: Fraction = Fraction(1)
    cap: Fraction = Fraction(3, 2)
    shape: Shape = Shape.LINEAR
    flat: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        low, middle, high = self._points
        if not low < middle < high:
            raise ValueError("threshold, target and stretch go one way, and no two are alike")
        if not 0 <= self.pay_at_threshold <= self.pay_at_target <= self.cap:
            raise ValueError("more of the KPI never pays less")
        if self.flat < 0 or not low < middle - self.flat <= middle + self.flat < high:
            raise ValueError("the flat zone lies between threshold and stretch")

    @classmethod
    def of(cls, threshold: Amount, target: Amount, stretch: Amount, *pay: Amount) -> "PayoutCurve":
        """A curve of numbers as they are written: the three points, then the pay at each where it is not the usual."""
        usual = (Fraction(0), Fraction(1), Fraction(3, 2))
        at_threshold, at_target, cap = (*map(exact, pay), *usual[len(pay) :])
        return cls(exact(threshold), exact(target), exact(stretch), at_threshold, at_target, cap)

    @property
    def lower_is_better(self) -> bool:
        """Whether the stretch lies below the threshold."""
        return self.stretch < self.threshold

    @property
    def _sign(self) -> int:
        return -1 if self.lower_is_better else 1

    @property
    def _points(self) -> tuple[Fraction, Fraction, Fraction]:
        """The three points so that more is better."""
        return self._sign * self.threshold, self._sign * self.target, self._sign * self.stretch

    def beyond_target(self, value: Amount) -> bool:
        """Whether a value is better than the target."""
        return self._sign * exact(value) > self._points[1]

    def worse(self, one: Fraction, other: Fraction) -> Fraction:
        """Which of two values is the less favourable."""
        return max(one, other) if self.lower_is_better else min(one, other)

    def pay(self, value: Amount) -> Fraction:
        """The share of the base that this value pays.

        >>> PayoutCurve.of(30, 40, 50, "0.5", 1, "1.5").pay(35)
        Fraction(3, 4)
        >>> PayoutCurve.of(24, 8, 4, "0.5", 1, "1.5").pay(10)
        Fraction(15, 16)
        """
        at = self._sign * exact(value)
        low, middle, high = self._points
        match self.shape:
            case Shape.CLIFF:
                return self.pay_at_target if at >= middle else Fraction(0)
            case Shape.STEPS:
                reached = [(low, self.pay_at_threshold), (middle, self.pay_at_target), (high, self.cap)]
                return max((pay for point, pay in reached if at >= point), default=Fraction(0))
            case _:
                return self._between(at, low, middle, high)

    def _between(self, at: Fraction, low: Fraction, middle: Fraction, high: Fraction) -> Fraction:
        if at < low:
            return Fraction(0)
        if abs(at - middle) <= self.flat:
            return self.pay_at_target
        if at < middle:
            part = (at - low) / (middle - self.flat - low)
            return self.pay_at_threshold + part * (self.pay_at_target - self.pay_at_threshold)
        part = min(Fraction(1), (at - middle - self.flat) / (high - middle - self.flat))
        return self.pay_at_target + part * (self.cap - self.pay_at_target)
