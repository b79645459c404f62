"""What is wrong in a questionnaire, where, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from surveys.languages import Language, language


def worded(message: str, values: Mapping[str, object], reader: Language) -> str:
    """A message in the reader's language: numbers and dates as that language writes them, codes as they are."""
    return reader.gettext(message) % {name: _written(value, reader) for name, value in values.items()}


def _written(value: object, reader: Language) -> str:
    if isinstance(value, date):
        return reader.date(value)
    return reader.digits(value) if isinstance(value, int | float | Decimal) else str(value)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a questionnaire, at a path such as `blocks[0].questions[2].purpose`."""

    path: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    line: int | None = None

    def in_language(self, reader: Language) -> str:
        return worded(self.message, self.values, reader)

    def __str__(self) -> str:
        place = ": ".join(part for part in (f"line {self.line}" if self.line else "", self.path) if part)
        return f"{place}: {self.in_language(language('en'))}" if place else self.in_language(language("en"))


class QuestionnaireFaults(ValueError):
    """A questionnaire that cannot be taken as it is, with everything that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)
