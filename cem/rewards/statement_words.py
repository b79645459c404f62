"""A statement in words: what counted of each measure and why, what each gate did, what comes next."""

from collections.abc import Iterator
from fractions import Fraction

from cem.rewards.calculation import EXCLUDED, FEW, HELD, NO_DATA, NOT_MEASURABLE, UNRELIABLE, GateLine, Line
from cem.rewards.measure_names import Named
from cem.rewards.terms import Measure, Terms
from metrics.payouts.guards import Reason
from surveys.languages import N_, Language

_OWN_DATA = {
    NO_DATA: N_("There is no data of the unit for this measure."),
    FEW: N_("The unit has fewer than the %(least)s answers that the plan asks for."),
    UNRELIABLE: N_("The unit's answers are too few, or too much alike those of the others, to be told apart reliably."),
    EXCLUDED: N_("After an integrity check the unit's own data does not count for this measure."),
}
_INSTEAD = {
    "parent": N_("So the result of “%(place)s” counts instead."),
    "target": N_("So the target is paid, as the plan says."),
    "zero": N_("So nothing is paid for it, as the plan says."),
    "carried": N_("So what the measure last paid is paid again."),
    "nothing": N_("So it does not count, and its weight goes to the other measures: you lose nothing by it."),
}
_GUARDED = {
    Reason.NOT_PROVEN: N_(
        "The result is better than the target, but its interval reaches back to %(end)s, behind the target of "
        "%(target)s. So it may be chance, and no more than the target is paid."
    ),
    Reason.LESS_FAVOURABLE_END: N_("The less favourable end of the interval counts: %(read)s instead of %(value)s."),
    Reason.WITHIN_INTERVAL: N_(
        "The target of %(target)s lies within the interval, so neither more nor less is proven, and the target is paid."
    ),
    Reason.SHRUNKEN: N_(
        "So many answers swing by chance. The result is therefore drawn towards the mean of all units, the more the "
        "fewer the answers are, and counts as %(read)s."
    ),
    Reason.SHRUNKEN_NOT_PROVEN: N_(
        "Drawn towards the mean of all units, because so many answers swing by chance, the result counts as %(read)s. "
        "That the target is really reached is %(chance)s likely; above the target the plan pays from %(asked)s on. So "
        "the target is paid."
    ),
}
_REACHED = {
    "below": N_("The result has not reached the threshold of %(threshold)s, so nothing is paid for it."),
    "to_target": N_("The result lies between threshold and target."),
    "target": N_("The target is reached."),
    "above": N_("The result is better than the target, and that is proven."),
    "counted": N_("The result is better than the target."),
    "stretch": N_("The stretch target is reached: more is not paid."),
}
_CENSUS = N_("All cases were counted, so there is no margin of error.")
_GATES = {
    "met": N_("met"),
    "unknown": N_("not measured, so it stops nothing"),
    "zero": N_("not met: nothing is paid"),
    "multiply": N_("not met: the score is multiplied by %(factor)s"),
    "hold": N_("not met: somebody looks at it before a decision"),
}
OUTCOMES = {
    NOT_MEASURABLE: N_(
        "There was too little data to measure this period. That is not a score of 0: it says nothing about your work. "
        "Human resources will tell you how the plan goes on; if you think data is missing, appeal."
    ),
    HELD: N_(
        "Something in the data of this period is being looked at, so there is no amount yet. Nothing is said against "
        "anybody. When it is decided, a new statement is issued, and you see it here."
    ),
    "blocked": N_("A condition of the plan was not met, and then it pays nothing. Below you see which one."),
}


def explain(language: Language, line: Line, measure: Measure, known: Named, terms: Terms, place: str) -> Iterator[str]:
    """Why a measure paid what it paid, one sentence after the other."""
    if line.insufficient:
        yield language.fill(_OWN_DATA[line.insufficient], {"least": language.number(measure.least_n)})
        yield language.fill(_INSTEAD[line.used], {"place": place})
    if line.used not in {"own", "parent"} or line.snapshot is None or line.pay is None:
        return
    if line.snapshot.low is None:
        yield language.gettext(_CENSUS)
    if line.reason:
        yield _guarded(language, line, measure, known, terms)
    yield language.fill(_REACHED[_reached(line, measure)], {"threshold": known.write(language, str(measure.threshold))})


def _guarded(language: Language, line: Line, measure: Measure, known: Named, terms: Terms) -> str:
    snapshot = line.snapshot
    assert snapshot is not None  # noqa: S101 - a guard works on data alone
    end = snapshot.high if measure.lower_is_better else snapshot.low
    values = {
        "end": known.write(language, end),
        "target": known.write(language, str(measure.target)),
        "read": known.write(language, line.read_at),
        "value": known.write(language, snapshot.value),
        "chance": language.percent(100 * float(Fraction(snapshot.chance or 0))),
        "asked": language.percent(100 * float(terms.probability)),
    }
    return language.fill(_GUARDED[Reason(line.reason or "")], values)


def _reached(line: Line, measure: Measure) -> str:
    """How far up the curve the pay is."""
    pay, curve = Fraction(line.pay or 0), measure.curve
    if pay == 0:
        return "below"
    if pay < curve.pay_at_target:
        return "to_target"
    if pay == curve.pay_at_target:
        return "target"
    if pay >= curve.cap:
        return "stretch"
    return "above" if line.reason is None and line.snapshot and line.snapshot.low is not None else "counted"


def gate_in_words(language: Language, gate: GateLine) -> str:
    """What a gate did."""
    effect = "unknown" if gate.value is None else "met" if gate.open else gate.effect
    factor = language.number(float(Fraction(gate.factor)), 2) if gate.factor else ""
    return language.fill(_GATES[effect], {"factor": factor})
