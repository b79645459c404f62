"""A YAML file that people write, as a typed document: what is wrong is told with its line and what to do."""

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from surveys.languages import N_
from surveys.questionnaire import Fault, QuestionnaireFaults
from surveys.questionnaire.marks import MarkedData

Document = TypeVar("Document", bound=msgspec.Struct)

_ADVICE = (
    (r"missing required field `(?P<field>.*)`", N_("Add the field “%(field)s”.")),
    (r"contains unknown field `(?P<field>.*)`", N_("“%(field)s” is no field here: correct its name or remove it.")),
    (r"Invalid enum value '?(?P<value>.*?)'?$", N_("“%(value)s” is not possible here.")),
    (r"got `null`", N_("This is empty: fill it in or remove it.")),
    (r"matching regex '\^\(fa\|en\)", N_("Name the language of each text: fa or en.")),
    (r"matching regex", N_("Begin with a Latin letter or digit; then Latin letters, digits, hyphens and underscores.")),
    (r"Invalid RFC3339 encoded date|Expected `date", N_("Write the day in the Gregorian calendar, as 2025-10-07.")),
    (r"Expected `str( \| null)?`, got `(int|float|bool)`", N_("Put this in quotes, so that it is read as text.")),
    (r"Expected `array", N_("A list is expected here, each entry after “- ” or within [ ].")),
    (r"Expected `object", N_("Fields are expected here, each with its name and a colon.")),
    (r"Expected `str", N_("A single text is expected here.")),
)


class DocumentFaults(ValueError):
    """A document that cannot be taken as it is, with everything that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def text_of(source: str | Path) -> str:
    """The text of a file, or the text itself."""
    if isinstance(source, str):
        return source
    try:
        return source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DocumentFaults([Fault("", N_("Save the file as UTF-8 text."), line=line)]) from error


class DocumentFile:
    """A document's text, which knows the line of every part."""

    def __init__(self, source: str | Path) -> None:
        try:
            self._marked = MarkedData(text_of(source))
        except QuestionnaireFaults as syntax:
            raise DocumentFaults(syntax.faults) from syntax

    def read(self, kind: type[Document]) -> Document:
        """The document; DocumentFaults where it has not the shape."""
        if self._marked.faults:
            self.refuse(self._marked.faults)
        try:
            return msgspec.convert(self._marked.data, kind)
        except msgspec.ValidationError as error:
            fault = _shape_fault(str(error))
            raise DocumentFaults(self.placed([fault])) from error

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Raise these faults, each with its line, in the order of the file; nothing if there are none."""
        if faults:
            raise DocumentFaults(self.placed(faults))

    def placed(self, faults: Sequence[Fault]) -> list[Fault]:
        found = [dataclasses.replace(fault, line=fault.line or self._marked.line(fault.path)) for fault in faults]
        return sorted(found, key=lambda fault: fault.line or 0)


def _shape_fault(message: str) -> Fault:
    problem, _, place = message.partition(" - at `")
    path = place.removeprefix("key` in `").strip("`").removeprefix("$").replace("[...]", "").lstrip(".")
    for pattern, advice in _ADVICE:
        if found := re.search(pattern, problem):
            part = found["field"] if "unknown" in pattern else ""
            return Fault(".".join(filter(None, (path, part))), advice, found.groupdict())
    # A document's own rule says itself what it needs, in words that are marked for translation there.
    return Fault(path, problem)
