"""From a KPI to money, exactly: a payout curve, a scorecard of weighted components, gates, and the score to expect.

All numbers are fractions, so the same inputs give the same rial on every machine; a decimal such as 0.88 is taken as it
is written, not as the nearest binary number. Nothing is rounded here: whoever pays rounds once, at the end.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Amount = int | float | str | Decimal | Fraction
# A decision on less than this share of the weights would be about something else than the plan.
LEAST_WEIGHT = Fraction(1, 2)


def exact(value: Amount) -> Fraction:
    """The number as it is written; `ValueError` for what is none.

    >>> exact(0.88)
    Fraction(22, 25)
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value!r} is no amount")
        return Fraction(repr(value))
    return Fraction(value)


@dataclass(frozen=True, slots=True)
class PayoutCurve:
    """Pay as a share of the base: nothing below the threshold, then straight lines to target and stretch, then level.

    Where lower is better, threshold > target > stretch. `ValueError` where the points are not in order, or more of the
    KPI would pay less. A pay above 0 at the threshold is a jump, which tempts people to reach it by any means.
    """

    threshold: Fraction
    target: Fraction
    stretch: Fraction
    pay_at_threshold: Fraction = Fraction(0)
    pay_at_target: Fraction = Fraction(1)
    cap: Fraction = Fraction(3, 2)

    def __post_init__(self) -> None:
        sign = -1 if self.lower_is_better else 1
        if not sign * self.threshold < sign * self.target < sign * self.stretch:
            raise ValueError("threshold, target and stretch go one way, and no two are alike")
        if not 0 <= self.pay_at_threshold <= self.pay_at_target <= self.cap:
            raise ValueError("more of the KPI never pays less")

    @classmethod
    def of(cls, threshold: Amount, target: Amount, stretch: Amount, *pay: Amount) -> "PayoutCurve":
        """A curve of numbers as they are written: the three points, then the pay at each where it is not the usual."""
        return cls(*map(exact, (threshold, target, stretch, *pay)))

    @property
    def lower_is_better(self) -> bool:
        """Whether the stretch lies below the threshold."""
        return self.stretch < self.threshold

    def pay(self, value: Amount) -> Fraction:
        """The share of the base that this value pays.

        >>> PayoutCurve.of(30, 40, 50, "0.5", 1, "1.5").pay(35)
        Fraction(3, 4)
        """
        sign = -1 if self.lower_is_better else 1
        at = sign * exact(value)
        low, middle, high = (sign * point for point in (self.threshold, self.target, self.stretch))
        if at < low:
            return Fraction(0)
        if at < middle:
            part = (at - low) / (middle - low)
            return self.pay_at_threshold + part * (self.pay_at_target - self.pay_at_threshold)
        part = min(Fraction(1), (at - middle) / (high - middle))
        return self.pay_at_target + part * (self.cap - self.pay_at_target)


@dataclass(frozen=True, slots=True)
class Component:
    """One KPI of a scorecard: its weight, what was reached, and how many answers stand behind it."""

    name: str
    weight: Fraction
    value: Fraction | None
    curve: PayoutCurve
    n: int
    least_n: int = 30

    @property
    def counts(self) -> bool:
        """Whether there are answers enough; few answers drop a component, and never pay zero for it."""
        return self.value is not None and self.n >= self.least_n


@dataclass(frozen=True, slots=True)
class Score:
    """The pay of each component that counts, the names of those that do not, and the weighted score.

    `value` is None where the dropped weigh more than half: then there is nothing to decide on.
    """

    pays: dict[str, Fraction]
    dropped: tuple[str, ...]
    value: Fraction | None


def score(components: Sequence[Component]) -> Score:
    """The weighted mean of the components that count; `ValueError` where weights are negative or all 0."""
    total = sum((component.weight for component in components), Fraction(0))
    if total <= 0 or any(component.weight < 0 for component in components):
        raise ValueError("weights are not below 0, and not all 0")
    valid = [component for component in components if component.counts]
    pays = {one.name: one.curve.pay(one.value) for one in valid if one.value is not None}
    weight = sum((component.weight for component in valid), Fraction(0))
    dropped = tuple(component.name for component in components if not component.counts)
    if weight <= 0 or weight < LEAST_WEIGHT * total:
        return Score(pays, dropped, None)
    return Score(pays, dropped, sum(one.weight * pays[one.name] for one in valid) / weight)


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that pays nothing where it fails, such as a response rate of at least a tenth."""

    name: str
    value: Fraction
    minimum: Fraction

    @property
    def open(self) -> bool:
        """Whether the condition holds."""
        return self.value >= self.minimum


@dataclass(frozen=True, slots=True)
class Payout:
    """The amount, unrounded, and the gates that kept it at nothing."""

    amount: Fraction
    blocked_by: tuple[str, ...]


def payout(base: Amount, score: Amount, gates: Sequence[Gate] = (), part_of_period: Amount = 1) -> Payout:
    """The base amount times the score times the part of the period that counts; nothing where a gate is shut.

    >>> payout(1000, "1.2125", part_of_period=Fraction(45, 90)).amount
    Fraction(2425, 4)
    """
    part = exact(part_of_period)
    if not 0 <= part <= 1:
        raise ValueError("a part of a period lies in 0..1")
    blocked = tuple(gate.name for gate in gates if not gate.open)
    return Payout(Fraction(0) if blocked else exact(base) * exact(score) * part, blocked)


@dataclass(frozen=True, slots=True)
class Expected:
    """The score to expect next time, and its standard deviation."""

    value: Fraction
    deviation: float


def expected_next(score: Amount, mean: Amount, reliability: Amount, deviation: Amount) -> Expected:
    """What a unit's next score will be if nothing changes: extremes come back towards the mean of all.

    `reliability` (0..1) is the correlation of two such scores, `deviation` their standard deviation between units. Who
    pays for 'improvement' pays for this return unless improvement is measured against it.

    >>> expected_next(70, 45, "0.4", 12).value
    Fraction(55, 1)
    """
    share = exact(reliability)
    if not 0 <= share <= 1:
        raise ValueError("a reliability lies in 0..1")
    value = exact(mean) + share * (exact(score) - exact(mean))
    return Expected(value, float(exact(deviation)) * math.sqrt(float(1 - share**2)))
