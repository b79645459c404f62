"""The calculation: from snapshots and terms to the score of each unit and the amount of each person.

Pure: no database, no clock. The same inputs give the same documents, to the last digit of their digests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from cem.rewards.digests import ENGINE, digest_of
from cem.rewards.snapshots import Snapshot
from cem.rewards.terms import GateTerms, Measure, Terms
from metrics.payouts.guards import Guard, guarded_pay
from metrics.payouts.scores import Gate, pass_gates, weigh

# What became of a unit.
PAID, BLOCKED, HELD, NOT_MEASURABLE = "paid", "blocked", "held", "not_measurable"
# Why a measure's own data does not count.
NO_DATA, FEW, UNRELIABLE, EXCLUDED = "no_data", "few", "unreliable", "excluded"


@dataclass(frozen=True)
class UnitInput:
    """What is known of a unit: its own snapshots, those of its parent, what measures last paid, what is excluded.

    Keys are the codes of measures and gates. `excluded` are measures that an integrity decision has taken out.
    """

    unit: str
    own: Mapping[str, Snapshot]
    parent: Mapping[str, Snapshot] = field(default_factory=dict)
    carried: Mapping[str, Fraction] = field(default_factory=dict)
    gates: Mapping[str, Snapshot] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    # Gates that hold, and that a person has opened.
    released: frozenset[str] = frozenset()


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one measure came to its pay. `used` is what stood in: own, parent, target, zero, carried or nothing."""

    measure: str
    weight: str
    used: str
    snapshot: Snapshot | None = None
    insufficient: str | None = None
    read_at: str | None = None
    raw: str | None = None
    pay: str | None = None
    reason: str | None = None
    # Its part of the score after the weights of those without data went to the others.
    counted_weight: str | None = None
    points: str | None = None


class GateLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a gate found; `value` is None where nothing was measured, which shuts no gate."""

    gate: str
    limit: str
    comparison: str
    effect: str
    open: bool
    value: str | None = None
    n: int = 0
    factor: str | None = None


class UnitTrace(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every step from the snapshots to the score of a unit. Shares are fractions of the base, 1 being 100%."""

    engine: str
    unit: str
    outcome: str
    lines: tuple[Line, ...]
    gates: tuple[GateLine, ...] = ()
    weighted: str | None = None
    gated: str | None = None
    cap: str | None = None
    floor: str | None = None
    score: str | None = None
    held_by: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return digest_of(self)


class Part(Struct, frozen=True, kw_only=True):
    """What a person worked in one unit."""

    unit: str
    target_amount: int
    eligible_days: int
    share: str
    score: str | None = None
    amount: str | None = None


class AmountTrace(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every step from the scores of a person's units to what is paid."""

    engine: str
    employee_no: str
    period_days: int
    parts: tuple[Part, ...]
    units: Mapping[str, str]
    exact: str | None = None
    factor: str = "1"
    rounding_unit: int = 1
    rounding: str = ""
    paid: int | None = None

    @property
    def digest(self) -> str:
        return digest_of(self)


@dataclass(frozen=True)
class PersonInput:
    """Who takes part, and in which units."""

    employee_no: str
    parts: tuple[Part, ...]


Scores = Mapping[str, Fraction | None]


@dataclass(frozen=True)
class PaidPeriod:
    """What is alike for all: the terms, the days of the period, how far the pool went, the digests of the units."""

    terms: Terms
    days: int
    factor: str
    digests: Mapping[str, str]


def score_unit(terms: Terms, given: UnitInput) -> UnitTrace:
    """The score of a unit, each step told."""
    lines = [_line(measure, given, terms) for measure in terms.measures]
    pays = {line.measure: None if line.pay is None else Fraction(line.pay) for line in lines}
    weights = {measure.code: Fraction(measure.weight) for measure in terms.measures}
    weighted = weigh(weights, pays, Fraction(terms.least_weight) / 100)
    gates = [_gate(gate, given.gates.get(gate.code)) for gate in terms.gates]
    told = tuple(_gate_line(terms, gate, given.gates.get(gate.name)) for gate in gates)
    cap, floor = Fraction(terms.cap) / 100, Fraction(terms.floor) / 100
    empty = UnitTrace(
        engine=ENGINE,
        unit=given.unit,
        outcome=NOT_MEASURABLE,
        lines=tuple(lines),
        gates=told,
        cap=str(cap),
        floor=str(floor),
        held_by=tuple(sorted(given.held)),
    )
    if weighted is None:
        return empty
    within = pass_gates(weighted, gates, cap, floor)
    held = tuple(sorted({*given.held, *within.held_by} - given.released))
    return replace(
        empty,
        outcome=HELD if held else BLOCKED if within.blocked_by else PAID,
        lines=tuple(_counted(line, weights, pays) for line in lines),
        weighted=str(weighted),
        gated=str(pass_gates(weighted, gates).value),
        score=None if held else str(within.value),
        held_by=held,
        blocked_by=within.blocked_by,
    )


def _line(measure: Measure, given: UnitInput, terms: Terms) -> Line:
    """What a measure pays: by its own data, or by what the plan puts in its place."""
    snapshot = given.own.get(measure.code)
    fault = EXCLUDED if measure.code in given.excluded else _insufficient(measure, snapshot)
    line = Line(
        measure=measure.code,
        weight=str(Fraction(measure.weight)),
        used="nothing",
        snapshot=snapshot,
        insufficient=fault,
    )
    if fault is None:
        return _paid_line(line, measure, terms, "own")
    match measure.insufficient:
        case "parent_unit":
            parent = given.parent.get(measure.code)
            if _insufficient(measure, parent) is None:
                return _paid_line(replace(line, snapshot=parent), measure, terms, "parent")
        case "pay_target":
            return replace(line, used="target", pay=str(measure.curve.pay_at_target))
        case "zero":
            return replace(line, used="zero", pay="0")
        case "carry_forward" if measure.code in given.carried:
            return replace(line, used="carried", pay=str(given.carried[measure.code]))
    return line


def _insufficient(measure: Measure, snapshot: Snapshot | None) -> str | None:
    """Why data does not carry a decision; None where it does. A census has no sample, so no n that is too small."""
    if snapshot is None or snapshot.value is None:
        return NO_DATA
    if snapshot.low is None:
        return None
    if snapshot.n < measure.least_n:
        return FEW
    shrinks = measure.guard is Guard.SHRUNKEN and snapshot.reliability is not None
    if shrinks and Fraction(snapshot.reliability or "1") < Fraction(measure.least_reliability):
        return UNRELIABLE
    return None


def _paid_line(line: Line, measure: Measure, terms: Terms, used: str) -> Line:
    measured = None if line.snapshot is None else line.snapshot.measured
    if measured is None:
        raise ValueError("a snapshot without a value pays nothing")
    found = guarded_pay(measure.curve, measured, measure.guard, Fraction(terms.probability))
    return replace(
        line, used=used, read_at=str(found.used), raw=str(found.raw), pay=str(found.pay), reason=found.reason
    )


def _counted(line: Line, weights: Mapping[str, Fraction], pays: Mapping[str, Fraction | None]) -> Line:
    """A line with its part of the score."""
    total = sum((weights[name] for name, pay in pays.items() if pay is not None), Fraction(0))
    pay = pays[line.measure]
    if pay is None:
        return line
    part = weights[line.measure] / total
    return replace(line, counted_weight=str(part), points=str(part * pay))


def _gate(gate: GateTerms, snapshot: Snapshot | None) -> Gate:
    value = None if snapshot is None or snapshot.value is None else Fraction(snapshot.value)
    return Gate(gate.code, value, Fraction(gate.limit), gate.comparison == "at_most", gate.multiplier)


def _gate_line(terms: Terms, gate: Gate, snapshot: Snapshot | None) -> GateLine:
    asked = next(one for one in terms.gates if one.code == gate.name)
    return GateLine(
        gate=gate.name,
        limit=str(gate.limit),
        comparison=asked.comparison,
        effect=asked.effect,
        open=gate.open,
        value=None if gate.value is None else str(gate.value),
        n=snapshot.n if snapshot else 0,
        factor=None if gate.factor is None else str(gate.factor),
    )


def amount_of(person: PersonInput, scores: Scores, period_days: int) -> Fraction | None:
    """What a person earned, unrounded; None where one of their units has no score, which is not an amount of 0."""
    amounts = [_earned(part, scores.get(part.unit), period_days) for part in person.parts]
    return _sum(amounts)


def trace_amount(person: PersonInput, scores: Scores, period: PaidPeriod, paid: int | None) -> AmountTrace:
    """Every step of what a person is paid."""
    earned = [_earned(part, scores.get(part.unit), period.days) for part in person.parts]
    parts = tuple(
        replace(part, score=_text(scores.get(part.unit)), amount=_text(amount))
        for part, amount in zip(person.parts, earned, strict=True)
    )
    amount = _sum(earned)
    return AmountTrace(
        engine=ENGINE,
        employee_no=person.employee_no,
        period_days=period.days,
        parts=parts,
        units={part.unit: period.digests[part.unit] for part in parts if part.unit in period.digests},
        exact=_text(amount),
        factor=period.factor,
        rounding_unit=period.terms.rounding_unit,
        rounding=period.terms.rounding.value,
        paid=paid,
    )


def _earned(part: Part, score: Fraction | None, period_days: int) -> Fraction | None:
    """The part's amount, as one fraction: bringing each factor to its lowest terms by itself takes ten times longer."""
    if score is None:
        return None
    above, below = score.numerator * part.target_amount * part.eligible_days, score.denominator * period_days
    if part.share == "1":
        return Fraction(above, below)
    share = Fraction(part.share)
    return Fraction(above * share.numerator, below * share.denominator)


def _sum(amounts: Sequence[Fraction | None]) -> Fraction | None:
    if len(amounts) == 1:
        return amounts[0]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Fraction(0)) if len(known) == len(amounts) else None


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def short_factor(factor: Fraction) -> str:
    """The factor as a fraction, or to 30 decimals where that is shorter."""
    text = str(factor)
    return text if len(text) <= 64 else f"{factor.numerator * 10**30 // factor.denominator}e-30"
