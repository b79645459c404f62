"""The score of a unit: weighted pays of the measures that count, then gates, then cap and floor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from metrics.payouts.curves import PayoutCurve
from metrics.payouts.exact import Amount, exact

# A decision on less than this share of the weights would be about something else than the plan.
LEAST_WEIGHT = Fraction(1, 2)


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
    pays = {one.name: one.curve.pay(one.value) if one.counts and one.value is not None else None for one in components}
    value = weigh({one.name: one.weight for one in components}, pays)
    counted = {name: pay for name, pay in pays.items() if pay is not None}
    return Score(counted, tuple(name for name, pay in pays.items() if pay is None), value)


def weigh(
    weights: Mapping[str, Fraction], pays: Mapping[str, Fraction | None], least_weight: Fraction = LEAST_WEIGHT
) -> Fraction | None:
    """The weighted mean of the pays that there are; the weights of the others go to them in proportion.

    None where what remains weighs less than `least_weight` (0..1) of all; `ValueError` where weights are negative or
    all 0.

    >>> weigh({"nps": Fraction(60), "ces": Fraction(40)}, {"nps": Fraction(1, 2), "ces": None})
    Fraction(1, 2)
    """
    total = sum(weights.values(), Fraction(0))
    if total <= 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("weights are not below 0, and not all 0")
    valid = {name: pay for name, pay in pays.items() if pay is not None}
    weight = sum((weights[name] for name in valid), Fraction(0))
    if weight <= 0 or weight < least_weight * total:
        return None
    return sum((weights[name] * pay for name, pay in valid.items()), Fraction(0)) / weight


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on the whole score, such as a response rate of at least a tenth.

    Where it is shut the score is multiplied by `factor`: 0 pays nothing. None holds the decision back until a person
    has looked. A value that nobody has measured shuts no gate.
    """

    name: str
    value: Fraction | None
    limit: Fraction
    at_most: bool = False
    factor: Fraction | None = Fraction(0)

    @property
    def open(self) -> bool:
        """Whether the condition holds."""
        if self.value is None:
            return True
        return self.value <= self.limit if self.at_most else self.value >= self.limit


@dataclass(frozen=True, slots=True)
class Gated:
    """The score after the gates, which gates paid nothing, and which hold the decision back."""

    value: Fraction
    blocked_by: tuple[str, ...]
    held_by: tuple[str, ...]


def pass_gates(
    value: Fraction, gates: Sequence[Gate], cap: Fraction | None = None, floor: Fraction = Fraction(0)
) -> Gated:
    """The score times the factor of each shut gate, then within cap and floor; a gate that pays nothing has no floor.

    >>> pass_gates(Fraction(1), [Gate("repeats", Fraction(9), Fraction(8), at_most=True, factor=Fraction(9, 10))]).value
    Fraction(9, 10)
    """
    shut = [gate for gate in gates if not gate.open]
    for gate in shut:
        value *= 1 if gate.factor is None else gate.factor
    blocked = tuple(gate.name for gate in shut if gate.factor == 0)
    if not blocked:
        value = max(floor, value if cap is None else min(cap, value))
    return Gated(value, blocked, tuple(gate.name for gate in shut if gate.factor is None))


@dataclass(frozen=True, slots=True)
class Payout:
    """The amount, unrounded, and the gates that kept it at nothing."""

    amount: Fraction
    blocked_by: tuple[str, ...]


def payout(base: Amount, score: Amount, gates: Sequence[Gate] = (), part_of_period: Amount = 1) -> Payout:
    """The base amount times the score, through the gates, times the part of the period that counts.

    >>> payout(1000, "1.2125", part_of_period=Fraction(45, 90)).amount
    Fraction(2425, 4)
    """
    part = exact(part_of_period)
    if not 0 <= part <= 1:
        raise ValueError("a part of a period lies in 0..1")
    gated = pass_gates(exact(score), gates)
    return Payout(exact(base) * gated.value * part, gated.blocked_by)
