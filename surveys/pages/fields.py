"""What a page shows of each question: its words, what is chosen or typed, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.languages import N_, Language
from surveys.questionnaire import (
    NOT_APPLICABLE,
    YES,
    AnswerFault,
    Choice,
    Contact,
    Date,
    Form,
    PicksOne,
    Question,
    Scored,
    Text,
)

JALALI_MONTHS = (
    N_("Farvardin"),
    N_("Ordibehesht"),
    N_("Khordad"),
    N_("Tir"),
    N_("Mordad"),
    N_("Shahrivar"),
    N_("Mehr"),
    N_("Aban"),
    N_("Azar"),
    N_("Dey"),
    N_("Bahman"),
    N_("Esfand"),
)
GREGORIAN_MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One question as this page shows it."""

    question: Question
    language: Language
    form: Form
    error: str

    @property
    def scores(self) -> bool:
        return isinstance(self.question, Scored)

    @property
    def picks_one(self) -> bool:
        return isinstance(self.question, Scored | PicksOne)

    @property
    def gathers(self) -> bool:
        """Whether several inputs stand under one legend."""
        return isinstance(self.question, Scored | Choice | Date)

    @property
    def jalali(self) -> bool:
        return isinstance(self.question, Date) and self.question.shows_jalali(self.language.code)

    @property
    def months(self) -> Sequence[str]:
        return JALALI_MONTHS if self.jalali else GREGORIAN_MONTHS

    @property
    def anchor(self) -> str:
        """The id of the first input, where a link to the fault leads."""
        question = self.question
        if isinstance(question, Scored):
            return f"{question.id}-{question.points[0]}"
        if isinstance(question, Contact) and self.part("address"):
            return f"{question.id}-text"
        if isinstance(question, Choice):
            return f"{question.id}-{question.options[0].code}"
        return f"{question.id}-day" if isinstance(question, Date) else f"{question.id}-text"

    @property
    def notes(self) -> str:
        """The ids of what describes the question."""
        parts = {"help": self.question.help, "error": self.error, "example": isinstance(self.question, Date)}
        return " ".join(f"{self.question.id}.{name}" for name, there in parts.items() if there)

    @property
    def low(self) -> str:
        return self._end(0)

    @property
    def high(self) -> str:
        return self._end(-1)

    @property
    def typed(self) -> str:
        return next((text for text in self._values if text != NOT_APPLICABLE), "")

    def part(self, name: str) -> str:
        return next(iter(self.form.get(f"q.{self.question.id}.{name}", ())), "")

    def holds(self, code: object) -> bool:
        if isinstance(self.question, Contact) and not self._values and self.part("address"):
            return code == YES  # as it is read
        return str(code) in self._values

    @property
    def _values(self) -> Sequence[str]:
        return self.form.get(f"q.{self.question.id}", ())

    def _end(self, place: int) -> str:
        """A scale's end with its number: “10 = Extremely likely”."""
        assert isinstance(self.question, Scored)  # noqa: S101 - templates ask it of scales alone
        own: Text | None = self.question.low_label if place == 0 else self.question.high_label
        label = self.language.own(own) or self.language.gettext(self.question.standard_labels[place])
        return f"{self.language.digits(self.question.points[place])} = {label}"


def fields_of(
    questions: Sequence[Question], language: Language, form: Form, faults: Sequence[AnswerFault]
) -> list[Field]:
    errors: Mapping[str, str] = {fault.question_id: fault.in_language(language) for fault in faults}
    return [Field(question, language, form, errors.get(question.id, "")) for question in questions]
