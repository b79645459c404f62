"""A plan in words: what each field is called, what a guard or a fall-back means for people, what a gate does."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from cem.rewards.sources import Sourced, Sources, places_of
from cem.rewards.terms import (
    CLASS_NAMES,
    GUARD_NAMES,
    INSUFFICIENT_NAMES,
    SCOPE_NAMES,
    SHAPE_NAMES,
    GateTerms,
    InvitationCoverage,
    Measure,
    ResponseRate,
    Terms,
)
from metrics.payouts.amounts import Rounding
from metrics.payouts.guards import Guard
from surveys.languages import N_, Language

STATUS_NAMES = {"draft": N_("Draft"), "agreed": N_("Agreed"), "retired": N_("Retired")}
# Currencies that are not written by their code.
CURRENCY_NAMES = {"IRR": N_("IRR")}
CAPACITY_NAMES = {"hr": N_("Human resources"), "business": N_("The business"), "participant": N_("Participant")}
FIELD_NAMES = {
    "names": N_("Name"),
    "purpose": N_("Purpose"),
    "plan_class": N_("For whom"),
    "measures": N_("Measures"),
    "gates": N_("Gates"),
    "currency": N_("Currency"),
    "rounding_unit": N_("Amounts are rounded to"),
    "rounding": N_("Way of rounding"),
    "cap": N_("Cap of the whole score, percent"),
    "floor": N_("Floor of the whole score, percent"),
    "customer_minimum": N_("Least share of what customers say, percent"),
    "least_weight": N_("Least weight with data, percent"),
    "probability": N_("Probability that the target is reached"),
    "appeal_days": N_("Days to appeal"),
    "baseline": N_("What the targets were set against"),
    "margin_of_error": N_("Margin of error"),
    "source": N_("Measured by"),
    "weight": N_("Weight, percent"),
    "scope": N_("Where it is measured"),
    "threshold": N_("Threshold"),
    "target": N_("Target"),
    "stretch": N_("Stretch"),
    "pay_at_threshold": N_("Pays at the threshold, percent"),
    "pay_at_target": N_("Pays at the target, percent"),
    "pay_at_stretch": N_("Pays at the stretch, percent"),
    "shape": N_("Shape of the curve"),
    "flat": N_("Half-width of the flat zone"),
    "least_n": N_("Fewest answers"),
    "least_reliability": N_("Least reliability, 0 to 1"),
    "guard": N_("Guard against chance"),
    "insufficient": N_("With too few answers"),
    "comparison": N_("Condition"),
    "limit": N_("Limit"),
    "effect": N_("Otherwise"),
    "factor": N_("Multiplied by"),
    "code": N_("Code"),
}
GUARD_WORDS = {
    Guard.NONE: N_("The number counts as it is. That is right where every case is counted, and never for a sample."),
    Guard.CAP_AT_TARGET: N_(
        "More than the target is paid only where the whole interval lies beyond it. A unit with few answers must be "
        "far better before it gets more; below the target luck still counts."
    ),
    Guard.LOWER_BOUND: N_(
        "The worse end of the interval counts. Hardly anybody is paid for luck, and about a third of the good units "
        "with few answers get almost nothing."
    ),
    Guard.NEUTRAL_BAND: N_(
        "Where the target lies within the interval, the target is paid. Differences that chance explains cost nobody "
        "anything, and small units nearly always get the target."
    ),
    Guard.SHRUNKEN: N_(
        "The score is drawn towards the mean of the units, the more the fewer its answers are, and more than the "
        "target is paid only where it is likely reached. By simulation this errs least and does not reward few answers."
    ),
}
INSUFFICIENT_WORDS = {
    "redistribute": N_("The other measures weigh more. Nobody loses or gains by having few answers."),
    "parent_unit": N_("The people are paid on what the unit above stood at: a larger sample of nearly the same."),
    "pay_target": N_("Everybody gets the target for this measure. A unit that is asked little has it easy."),
    "zero": N_("Nothing is paid for this measure. A small unit loses money without having done anything wrong."),
    "carry_forward": N_("What was last paid is paid again, as long as there is no new number."),
}
EFFECT_NAMES = {
    "zero": N_("nothing is paid"),
    "multiply": N_("the score is multiplied by %(factor)s"),
    "hold": N_("a person decides before anything is paid"),
}
ROUNDING_NAMES = {
    Rounding.HALF_EVEN: N_("To the nearest; halves to the even one"),
    Rounding.HALF_UP: N_("To the nearest; halves up"),
}
EFFECTS = {"zero": N_("Pays nothing"), "multiply": N_("Multiplies"), "hold": N_("Waits for a person")}
COMPARISONS = {"at_least": N_("at least"), "at_most": N_("at most")}
_ENUMS: Mapping[str, Mapping[Any, str]] = {
    "plan_class": CLASS_NAMES,
    "scope": SCOPE_NAMES,
    "guard": GUARD_NAMES,
    "shape": SHAPE_NAMES,
    "insufficient": INSUFFICIENT_NAMES,
    "rounding": ROUNDING_NAMES,
    "comparison": COMPARISONS,
    "effect": EFFECTS,
}


def curve_in_words(spoken: Language, sourced: Sourced | None, measure: Measure) -> str:
    """What a measure pays, as a sentence."""
    text = (
        N_("Below %(threshold)s nothing is paid; %(target)s pays %(at_target)s, and from %(stretch)s on %(cap)s.")
        if not measure.lower_is_better
        else N_("Above %(threshold)s nothing is paid; %(target)s pays %(at_target)s, and up to %(stretch)s %(cap)s.")
    )

    def write(value: Decimal) -> str:
        return sourced.write(spoken, value) if sourced else written(spoken, value)

    values = {name: write(getattr(measure, name)) for name in ("threshold", "target", "stretch")}
    pays = {"at_target": measure.pay_at_target, "cap": measure.pay_at_stretch}
    return spoken.gettext(text) % {**values, **{name: spoken.percent(float(pay)) for name, pay in pays.items()}}


def gate_in_words(spoken: Language, sources: Sources, gate: GateTerms) -> str:
    """A gate as a sentence."""
    texts = {
        "at_least": N_("%(what)s is at least %(limit)s; otherwise %(effect)s."),
        "at_most": N_("%(what)s is at most %(limit)s; otherwise %(effect)s."),
    }
    effect = spoken.gettext(EFFECT_NAMES[gate.effect])
    if gate.effect == "multiply":
        effect %= {"factor": spoken.number(float(gate.factor), 2)}
    what, found = sources.name(gate.source, spoken), sources.find(gate.source)
    if isinstance(gate.source, ResponseRate | InvitationCoverage):
        limit = spoken.percent(float(gate.limit), places_of(gate.limit))
    else:
        limit = found.write(spoken, gate.limit) if found else written(spoken, gate.limit)
    return spoken.gettext(texts[gate.comparison]) % {"what": what, "limit": limit, "effect": effect}


def written(spoken: Language, value: object) -> str:
    """A number as it was set."""
    text = f"{value}"
    return spoken.digits(text.replace(".", "٫") if spoken.persian else text)


def place_in_words(spoken: Language, path: str) -> str:
    """A path such as `measures[0].target` as people call the place."""
    told = []
    for part in path.split("."):
        name, _, number = part.rstrip("]").partition("[")
        text = spoken.gettext(FIELD_NAMES[name]) if name in FIELD_NAMES else name
        told.append(f"{text} {spoken.digits(int(number) + 1)}" if number.isdigit() else text)
    return " · ".join(part for part in told if part)


def changes_between(before: Terms, after: Terms, spoken: Language) -> Iterator[tuple[str, str, str]]:
    """What one version says otherwise than another: the place, before and after."""
    old, new = _flat(before, spoken), _flat(after, spoken)
    for place in dict.fromkeys((*old, *new)):
        was, becomes = old.get(place) or "–", new.get(place) or "–"
        if was != becomes:
            yield place, was, becomes


def _flat(terms: Terms, spoken: Language) -> dict[str, str]:
    plain: dict[str, Any] = msgspec.to_builtins(terms)
    found: dict[str, str] = {}
    for name, value in plain.items():
        label = spoken.gettext(FIELD_NAMES[name])
        if name in {"measures", "gates"}:
            for part in value:
                for field, inner in part.items():
                    if field != "code":
                        inner_label = spoken.gettext(FIELD_NAMES[field])
                        found[f"{label} · {part['code']} · {inner_label}"] = _told(spoken, field, inner)
        elif name != "code":
            found[label] = _told(spoken, name, value)
    return found


def _told(spoken: Language, name: str, value: Any) -> str:
    if isinstance(value, dict):
        return spoken.own(value) if name != "source" else ", ".join(str(v) for k, v in value.items() if k != "from")
    if name in _ENUMS and value in _ENUMS[name]:
        return spoken.gettext(_ENUMS[name][value])
    return written(spoken, value)
