"""The forms of a plan, step by step: each gives the terms with what was typed, or tells where it cannot be read.

A field of a measure is called `measures[0].weight`, as faults call its place, so both find each other on the page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from msgspec.structs import replace

from cem.errors import CemError
from cem.rewards.sources import Sources
from cem.rewards.terms import GateTerms, Measure, Terms
from surveys.languages import CODES, N_, ascii_digits, normal_text
from surveys.questionnaire import Fault, Text

WHO, MEASURES, GUARD, REVIEW = "who", "measures", "guard", "review"
STEPS = {WHO: N_("Who and how much"), MEASURES: N_("Measures and targets"), GUARD: N_("Guard"), REVIEW: N_("Review")}
Form = Mapping[str, str]
Document = dict[str, Any]

NOT_A_NUMBER = N_("Write a number, such as 12.5.")
# The fields of each step that are plain numbers and choices.
_WHO = ("plan_class", "currency", "rounding_unit", "rounding", "cap", "floor", "appeal_days")
_POINTS = ("weight", "threshold", "target", "stretch", "pay_at_threshold", "pay_at_target", "pay_at_stretch")
_SHAPE = ("scope", "shape", "flat")
_GUARD = ("guard", "insufficient", "least_n", "least_reliability")
_WHOLE = ("probability", "least_weight", "customer_minimum")
_CHOICES = frozenset({"plan_class", "currency", "rounding", "scope", "shape", "guard", "insufficient"})
_INTEGERS = frozenset({"rounding_unit", "appeal_days", "least_n"})


@dataclass(frozen=True)
class Filled:
    """What a form makes of the terms; with faults the terms are as they were."""

    terms: Terms
    faults: tuple[Fault, ...] = ()


def read_form(step: str, terms: Terms, form: Form, sources: Sources) -> Filled:
    """The terms with one step's form filled in."""
    document: Document = msgspec.to_builtins(terms)
    faults = list[Fault]()
    _READERS[step](document, form, sources, faults)
    if faults:
        return Filled(terms, tuple(faults))
    try:
        return Filled(msgspec.convert(document, Terms, strict=False))
    except msgspec.ValidationError as error:
        path = str(error).partition(" - at `$")[2].strip("`").lstrip(".")
        return Filled(terms, (Fault(path, N_("This cannot be taken as it is: correct it.")),))


def step_of(path: str) -> str:
    """In which step the place of a fault is filled in."""
    field = path.rpartition(".")[2]
    if path.startswith("gates") or field in {*_GUARD, *_WHOLE}:
        return GUARD
    return MEASURES if path.startswith(("measures", "baseline", "margin_of_error")) else WHO


def add_measure(terms: Terms, sources: Sources) -> Terms:
    """With one more measure, of the first source that is not in it yet; the weights are for the person to set."""
    taken = {measure.source for measure in terms.measures}
    free = next((one for one in sources if one.source not in taken), None)
    if free is None or len(terms.measures) == 12:
        return terms
    codes = {*(one.code for one in terms.measures), *(one.code for one in terms.gates)}
    code = next(name for number in range(1, 99) if (name := f"measure-{number}") not in codes)
    points = (
        (Decimal(100), Decimal(50), Decimal(0)) if free.lower_is_better else (Decimal(0), Decimal(50), Decimal(100))
    )
    added = Measure(
        code=code,
        source=free.source,
        weight=Decimal(0),
        threshold=points[0],
        target=points[1],
        stretch=points[2],
        scope=terms.measures[0].scope,
    )
    return replace(terms, measures=(*terms.measures, added))


def exchanged_measures(before: Terms, after: Terms) -> set[str]:
    """The measures that are paid on something else now, with points that were meant for what was there before."""

    def points(measure: Measure) -> tuple[Decimal, ...]:
        return measure.threshold, measure.target, measure.stretch

    old = before.measure
    return {
        one.code
        for one in after.measures
        if one.code in old and one.source != old[one.code].source and points(one) == points(old[one.code])
    }


def remove_measure(terms: Terms, code: str) -> Terms:
    """Without a measure; the last one stays."""
    left = tuple(measure for measure in terms.measures if measure.code != code)
    return replace(terms, measures=left) if left else terms


def add_gate(terms: Terms, sources: Sources, key: str) -> Terms:
    """With a gate on an operational metric, or on the response rate or invitation coverage of a survey."""
    kind, _, what = key.partition(":")
    known = {one.code for one in sources.metrics} if kind == "operation" else set(sources.offers.surveys)
    if kind not in {"operation", "response_rate", "invitation_coverage"} or what not in known:
        return terms
    codes = {*(one.code for one in terms.measures), *(one.code for one in terms.gates)}
    code = next(name for number in range(1, 99) if (name := f"gate-{number}") not in codes)
    source = {"from": kind, "metric" if kind == "operation" else "survey": what}
    gate = {"code": code, "source": source, "comparison": "at_least", "limit": "90", "effect": "hold"}
    return replace(terms, gates=(*terms.gates, msgspec.convert(gate, GateTerms, strict=False)))


def remove_gate(terms: Terms, code: str) -> Terms:
    return replace(terms, gates=tuple(gate for gate in terms.gates if gate.code != code))


def _read_who(document: Document, form: Form, sources: Sources, faults: list[Fault]) -> None:  # noqa: ARG001
    document["names"] = read_text(form, "names")
    if not document["names"]:
        faults.append(Fault("names", N_("Give the plan a name, in one language at least.")))
    document["purpose"] = read_text(form, "purpose")
    _take(document, form, "", _WHO, faults)


def _read_measures(document: Document, form: Form, sources: Sources, faults: list[Fault]) -> None:
    for number, measure in enumerate(document["measures"]):
        path = f"measures[{number}]."
        chosen = sources.by_key.get(form.get(f"{path}source", ""))
        if chosen is not None:
            measure["source"] = msgspec.to_builtins(chosen.source)
        _take(measure, form, path, (*_POINTS, *_SHAPE), faults)
    document["baseline"] = read_text(form, "baseline")
    document["margin_of_error"] = read_text(form, "margin_of_error")


def _read_guard(document: Document, form: Form, sources: Sources, faults: list[Fault]) -> None:  # noqa: ARG001
    for number, measure in enumerate(document["measures"]):
        _take(measure, form, f"measures[{number}].", _GUARD, faults)
    for number, gate in enumerate(document["gates"]):
        _take(gate, form, f"gates[{number}].", ("comparison", "limit", "effect", "factor"), faults)
    _take(document, form, "", _WHOLE, faults)


def _read_nothing(document: Document, form: Form, sources: Sources, faults: list[Fault]) -> None:
    """The review changes nothing."""


_READERS: Mapping[str, Callable[[Document, Form, Sources, list[Fault]], None]] = {
    WHO: _read_who,
    MEASURES: _read_measures,
    GUARD: _read_guard,
    REVIEW: _read_nothing,
}


def read_text(form: Form, name: str) -> Text:
    """A text in both languages; what is empty is not there."""
    return {code: text for code in CODES if (text := normal_text(form.get(f"{name}.{code}", "")))}


def _take(document: Document, form: Form, path: str, names: Sequence[str], faults: list[Fault]) -> None:
    """Fields of the form into a document; a field that the form does not have stays as it is."""
    for name in names:
        typed = form.get(f"{path}{name}")
        if typed is None:
            continue
        if name in _CHOICES or name in {"comparison", "effect"}:
            document[name] = typed.strip()
        elif (number := read_number(typed)) is None or (name in _INTEGERS and number != int(number)):
            faults.append(Fault(f"{path}{name}", NOT_A_NUMBER))
        else:
            document[name] = int(number) if name in _INTEGERS else str(number)


def read_number(text: str) -> Decimal | None:
    """A decimal as people write it, in either kind of digits; None for what is none."""
    plain = ascii_digits(text).replace("−", "-").replace("٬", ",").replace(" ", "").strip("\u2066\u2068\u2069%٪")
    if "," in plain and "." not in plain and plain.count(",") == 1 and len(plain.rpartition(",")[2]) != 3:
        plain = plain.replace(",", ".")
    try:
        number = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


class PoolFault(CemError):
    title = N_("This is no amount")
    advice = N_("Write how much there is to pay as a whole number, or leave the field empty. Nothing was changed.")


def read_amount(text: str) -> int:
    """A whole amount as a person types it; PoolFault where it is none."""
    number = read_number(text)
    if number is None or number != int(number) or number < 0:
        raise PoolFault
    return int(number)


def read_pool(text: str) -> int | None:
    """An amount of the pool; None for an empty field."""
    return read_amount(text) if text.strip() else None
