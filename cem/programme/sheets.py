"""The whole programme on one day, as one document: what pages show, a quarter keeps and the report prints."""

from datetime import date
from typing import Any

import msgspec

from cem.programme.evidence.found import Found

PRODUCT, MEASURED = "product", "measured"


class Action(msgspec.Struct, frozen=True):
    """What is done for a criterion; `owner` is a full name."""

    action_id: str
    words: str
    expected: str
    owner: str
    due_on: date
    done: bool = False

    def overdue(self, today: date) -> bool:
        return not self.done and self.due_on < today


class Standing(msgspec.Struct, frozen=True):
    """How a criterion stands: what evidence gives, what was judged, and the score of both.

    `evidence` is the product's own, or what the company measured (`source` says which, `origin` where it was measured).
    `waits` where a judgement has no second assessor yet.
    """

    code: str
    score: float | None = None
    auto: int | None = None
    judged: int | None = None
    evidence: Found | None = None
    source: str = ""
    origin: str = ""
    evidence_day: date | None = None
    note: str = ""
    judged_by: str = ""
    judged_on: date | None = None
    waits: bool = False
    actions: tuple[Action, ...] = ()

    @property
    def gap(self) -> float | None:
        """By how much the judgement stands above the evidence (below: negative); None where one of them is missing."""
        return None if self.auto is None or self.judged is None else float(self.judged - self.auto)


class LessonStanding(msgspec.Struct, frozen=True):
    """A lesson's score in percent over the criteria that are assessed."""

    number: int
    percent: float | None
    assessed: int
    of: int
    enough: bool


class Reference(msgspec.Struct, frozen=True):
    """A published share of companies, and the company's own figure of the same thing with its interval."""

    code: str
    published: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0


class Condition(msgspec.Struct, frozen=True):
    """What a step of maturity asks for, in our own text; `holds` is None where it is not known."""

    text: str
    holds: bool | None
    value: float | None = None


class Step(msgspec.Struct, frozen=True):
    """A step of the ladder; it is reached when its conditions hold and all steps below are reached."""

    number: int
    conditions: tuple[Condition, ...]
    reached: bool


class Sheet(msgspec.Struct, frozen=True):
    """The programme on a day. `warnings` are codes of wordings."""

    version: int
    day: date
    lessons: tuple[LessonStanding, ...]
    standings: tuple[Standing, ...]
    references: tuple[Reference, ...] = ()
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()

    def standing(self, code: str) -> Standing:
        return next((one for one in self.standings if one.code == code), Standing(code))

    def lesson(self, number: int) -> LessonStanding:
        return next(one for one in self.lessons if one.number == number)

    @property
    def level(self) -> int:
        """The highest step of maturity that is reached; 0 where none is."""
        return max((step.number for step in self.steps if step.reached), default=0)


def to_document(sheet: Sheet) -> dict[str, Any]:
    """As JSON has it."""
    document = msgspec.to_builtins(sheet)
    assert isinstance(document, dict)  # noqa: S101 - a struct is an object
    return document


def from_document(document: dict[str, Any]) -> Sheet:
    return msgspec.convert(document, Sheet)
