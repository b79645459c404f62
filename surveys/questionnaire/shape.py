"""Every fault in the shape of a document, in words that say what to write instead."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from surveys.languages import N_
from surveys.questionnaire.document import (
    CODE,
    LANGUAGE,
    NAME,
    SLUG,
    Block,
    Calendar,
    Condition,
    Kind,
    Option,
    Question,
    Questionnaire,
)
from surveys.questionnaire.faults import Fault

QUESTION_TYPES: dict[str, Any] = {str(kind.__struct_config__.tag): kind for kind in get_args(Question)}

_POSSIBLE = {
    "kind": get_args(Kind),
    "languages": ("fa", "en"),
    "layout": ("single", "paged"),
    "scale": ("row", "list"),
    "calendar": get_args(Calendar),
}
_PATTERNS = {
    SLUG: N_("Use small Latin letters, digits and single hyphens, such as branch-visit."),
    NAME: N_("Begin with a small Latin letter; then small Latin letters, digits and underscores."),
    CODE: N_("Begin with a Latin letter or digit; then Latin letters, digits, hyphens and underscores."),
    LANGUAGE: N_("Name the language of each text: fa or en."),
}
_EXPECTED = (
    (r"got `null`", N_("This is empty: fill it in or remove it.")),
    (r"Expected `str( \| null)?`, got `(int|float|bool)`", N_("Put this in quotes, so that it is read as text.")),
    (r"Expected `str( \| null)?`, got", N_("A single text is expected here.")),
    (
        r"Expected `object( \| null)?`, got",
        N_("Fields are expected here, each with a name and a colon; a text has one a language: {fa: …, en: …}."),
    ),
    (r"Expected `array( \| null)?`, got", N_("A list is expected here, each entry after “- ” or within [ ].")),
    (r"Expected `bool`, got", N_("Write true or false.")),
    (r"Expected `int( \| null)?`, got", N_("A whole number is expected here.")),
    (r"Expected `int \| float \| null`, got", N_("A number is expected here.")),
    (r"Expected `int \| float \| str( \| null)?`, got", N_("A number, a code or a date is expected here.")),
    (r"Expected `(?:int|float)` >= (?P<limit>\S+)", N_("The number must be %(limit)s or more.")),
    (r"Expected `(?:int|float)` <= (?P<limit>\S+)", N_("The number must be %(limit)s or less.")),
    (r"of length >= (?P<limit>\d+)", N_("At least %(limit)s are needed here.")),
    (r"Expected `str` of length <= (?P<limit>\d+)", N_("The text may have %(limit)s characters at most.")),
    (r"of length <= (?P<limit>\d+)", N_("There may be %(limit)s here at most.")),
    (r"Invalid RFC3339 encoded date", N_("Write the day in the Gregorian calendar, as 2025-10-07.")),
)


def shape_faults(data: object) -> list[Fault]:
    """What keeps plain data from being a Questionnaire; msgspec itself stops at the first fault."""
    return [fault for path, piece, kind in _pieces(data) for fault in _piece_faults(path, piece, kind)]


def _pieces(data: object) -> Iterator[tuple[str, object, Any]]:
    """The document, its blocks and its questions apart, so that each can report a fault of its own."""
    shell, blocks = _emptied(data, "blocks")
    yield "", shell, Questionnaire
    for b, block in enumerate(blocks):
        shell, questions = _emptied(block, "questions")
        yield f"blocks[{b}]", shell, Block
        for q, question in enumerate(questions):
            yield f"blocks[{b}].questions[{q}]", question, Question


def _emptied(part: object, name: str) -> tuple[object, list[object]]:
    if isinstance(part, dict) and isinstance(inner := part.get(name), list):
        return {**part, name: []}, inner
    return part, []


def _piece_faults(path: str, piece: object, kind: Any) -> Iterator[Fault]:
    """The faults of one piece: what is wrong is taken away until the rest is right or something is missing."""
    taken: set[str] = set()
    while True:
        try:
            msgspec.convert(piece, kind)
        except msgspec.ValidationError as error:
            problem, place = _parted(str(error))
        else:
            return
        struct = _struct_of(piece) if kind is Question else kind
        if isinstance(piece, dict) and problem.startswith("Object missing") and not place:
            absent = [name for name in _required(struct) if name not in piece and name not in taken]
            yield from (_missing(path, name) for name in absent)
            return
        fault = _explained(problem, _joined(path, place), _struct_at(struct, place))
        yield fault
        culprit = re.split(r"[.\[]", fault.path[len(path) :].lstrip("."))[0]
        if not isinstance(piece, dict) or culprit not in piece:
            return
        taken.add(culprit)
        piece = {name: value for name, value in piece.items() if name != culprit}


def _parted(message: str) -> tuple[str, str]:
    """The message of msgspec as the problem and the path inside the piece."""
    problem, at, place = message.rpartition(" - at `")
    if not at:
        return message, ""
    return problem, place.removeprefix("key` in `").strip("`").removeprefix("$").replace("[...]", "").lstrip(".")


def _joined(path: str, place: str) -> str:
    return f"{path}.{place}".strip(".")


def _struct_of(question: object) -> Any:
    if not isinstance(question, dict):
        return None
    return QUESTION_TYPES.get(str(question.get("type")))


def _struct_at(struct: Any, place: str) -> Any:
    """The struct whose fields are possible at a place inside a piece."""
    inner = {"options": Option, "show_if": Condition}
    return inner.get(re.split(r"[.\[]", place)[0], struct)


def _required(struct: Any) -> list[str]:
    if struct is None:
        return ["type"]
    return [field.encode_name for field in msgspec.structs.fields(struct) if field.required]


def _missing(path: str, name: str) -> Fault:
    if name == "type":
        return Fault(_joined(path, name), N_("Say which type of question this is: %(possible)s."), _possible(name))
    return Fault(_joined(path, name), N_("Add the field “%(field)s”."), {"field": name})


def _possible(name: str) -> dict[str, object]:
    return {"possible": ", ".join(QUESTION_TYPES if name == "type" else _POSSIBLE.get(name, ()))}


def _explained(problem: str, path: str, struct: Any) -> Fault:
    if named := re.match(r"Object (missing required|contains unknown) field `(.*)`", problem, re.DOTALL):
        if named[1] == "missing required":
            return _missing(path, named[2])
        fields = ", ".join(field.encode_name for field in msgspec.structs.fields(struct)) if struct else ""
        message = N_("“%(field)s” is no field here. Possible are: %(fields)s.")
        return Fault(_joined(path, named[2]), message, {"field": named[2], "fields": fields})
    if invalid := re.match(r"Invalid (?:enum )?value '?(.*?)'?$", problem, re.DOTALL):
        name = re.split(r"[.\[]", re.sub(r"\[\d+\]$", "", path))[-1]
        message = N_("“%(value)s” is not possible here. Possible are: %(possible)s.")
        return Fault(path, message, {"value": invalid[1], **_possible(name)})
    for pattern, message in _PATTERNS.items():
        if repr(pattern) in problem or f"'{pattern}'" in problem:
            return Fault(path, message)
    for expected, message in _EXPECTED:
        if found := re.search(expected, problem):
            return Fault(path, message, {name: int(limit) for name, limit in found.groupdict().items()})
    # A condition says itself what it needs, in words that are marked for translation there.
    return Fault(path, problem.replace("%", "%%"))
