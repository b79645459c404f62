"""The six lessons and their criteria, as one versioned document in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

FILE = Path(__file__).parent / "criteria.yaml"
Text = dict[str, str]
# The criteria of the last three lessons are this product's own: their source tells no more than their titles.
OWN_LESSONS = frozenset({4, 5, 6})


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A criterion as the document has it."""

    names: Text
    counted: Text
    bands: tuple[float, float, float, float]
    anchors: dict[int, Text]
    # Whether the bands are counts of things, not percentages.
    is_count: bool = False
    weight: float = 1.0


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    lessons: dict[int, Text]
    criteria: dict[str, Written]


@dataclass(frozen=True)
class Criterion:
    """What is looked at: `counted` says what the evidence counts, `bands` from which value on it gives 1, 2, 3 and 4.

    `anchors` says what 0, 2 and 4 look like to a person who judges; 1 and 3 lie between them.
    """

    code: str
    names: Text
    counted: Text
    bands: tuple[float, float, float, float]
    anchors: Mapping[int, Text]
    is_count: bool
    weight: float

    @property
    def lesson(self) -> int:
        return int(self.code.partition(".")[0])

    @property
    def own(self) -> bool:
        """Whether the criterion is this product's own, and not its source's."""
        return self.lesson in OWN_LESSONS


@dataclass(frozen=True)
class Lesson:
    number: int
    names: Text
    criteria: tuple[Criterion, ...]

    @property
    def own(self) -> bool:
        return self.number in OWN_LESSONS


@dataclass(frozen=True)
class Criteria:
    """One version of all criteria."""

    version: int
    lessons: tuple[Lesson, ...]

    def find(self, code: str) -> Criterion | None:
        return next((one for lesson in self.lessons for one in lesson.criteria if one.code == code), None)

    @property
    def all(self) -> tuple[Criterion, ...]:
        return tuple(one for lesson in self.lessons for one in lesson.criteria)


@cache
def read_criteria() -> Criteria:
    """The criteria of this release."""
    document = msgspec.yaml.decode(FILE.read_bytes(), type=Document)
    found = [
        Criterion(code, one.names, one.counted, one.bands, one.anchors, one.is_count, one.weight)
        for code, one in document.criteria.items()
    ]
    lessons = (
        Lesson(number, names, tuple(one for one in found if one.lesson == number))
        for number, names in document.lessons.items()
    )
    return Criteria(document.version, tuple(lessons))
