"""One answer: from what was typed, chosen or imported to the value that is stored, and back to the form.

A reader is made once for each question and used for every response. It takes a form's text and an already typed value
alike, so that a page, the API and an import accept the same.
"""

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Generic, TypeVar

from surveys.contacts import read_contact
from surveys.languages import N_, ascii_digits, normal_text
from surveys.questionnaire.document import (
    NOT_APPLICABLE,
    YES,
    Answer,
    BaseQuestion,
    Comment,
    Contact,
    MultipleChoice,
    Number,
    PicksOne,
    Scored,
)

Form = Mapping[str, Sequence[str]]
UNANSWERED = ""

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_LONGEST_NUMBER = 20

Asked = TypeVar("Asked", bound=BaseQuestion)
Picked = TypeVar("Picked", bound=PicksOne)


class Refused(Exception):
    """What was given is no answer to the question; the message says what would be."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message, self.values = message, values


class AnswerReader(Generic[Asked]):
    """Reads the answers to one question."""

    missing = N_("Please choose an answer.")

    def __init__(self, question: Asked) -> None:
        self.question = question
        self.field = f"q.{question.id}"
        self.fields: tuple[str, ...] = (self.field,)

    def from_form(self, form: Form) -> object:
        """What the form holds for this question, still unread."""
        if self.question.not_applicable and NOT_APPLICABLE in form.get(self.field, ()):
            if any(text.strip() for name in self.fields for text in form.get(name, ()) if text != NOT_APPLICABLE):
                raise Refused(N_("Give an answer or choose “not applicable”, not both."))
            return None
        return self._given(form)

    def answer(self, given: object) -> Answer:
        """The answer in its stored form, or UNANSWERED; Refused where it is neither."""
        if isinstance(given, str):
            if not given or given.isspace():
                return UNANSWERED
            if given != NOT_APPLICABLE or not self.question.not_applicable:
                return self._value(given)
        elif given is not None:
            return self._value(given)
        if not self.question.not_applicable:
            raise Refused(N_("“Not applicable” is no answer to this question."))
        return None

    def to_form(self, answer: Answer, language: str) -> dict[str, list[str]]:  # noqa: ARG002 - a date's depends on it
        """The form's fields as they would be with this answer, on a page in this language."""
        return {self.field: [NOT_APPLICABLE] if answer is None else self._texts(answer)}

    def _given(self, form: Form) -> object:
        texts = form.get(self.field)
        return texts[-1] if texts else UNANSWERED

    def _value(self, given: object) -> Answer:
        raise NotImplementedError

    def _texts(self, answer: Answer) -> list[str]:
        return [str(answer)]


class ScoreReader(AnswerReader[Scored]):
    def __init__(self, question: Scored) -> None:
        super().__init__(question)
        self._points: dict[object, int] = {key: point for point in question.points for key in (point, str(point))}

    def _value(self, given: object) -> Answer:
        score = None
        if isinstance(given, str):
            score = self._points.get(given)
            if score is None:
                score = self._points.get(ascii_digits(given).strip())
        elif isinstance(given, int | float) and not isinstance(given, bool):
            score = self._points.get(given)
        if score is None:
            points = self.question.points
            raise Refused(N_("Choose a number from %(low)s to %(high)s."), low=points[0], high=points[-1])
        return score


class PicksOneReader(AnswerReader[Picked]):
    def __init__(self, question: Picked) -> None:
        super().__init__(question)
        self._codes = frozenset(option.code for option in question.options)

    def _value(self, given: object) -> Answer:
        code = given.strip() if isinstance(given, str) else None
        if code not in self._codes:
            raise Refused(N_("Choose one of the options that are offered."))
        return code


class ContactReader(PicksOneReader[Contact]):
    """Whether we may answer; the address beside it is read apart, because it is no part of the answer."""

    def __init__(self, question: Contact) -> None:
        super().__init__(question)
        self._address = f"{self.field}.address"
        self.fields = (self.field, self._address)

    def reply_to(self, form: Form) -> tuple[str, str] | None:
        """The channel and address of a form whose answer is yes; None where the form gives none."""
        return read_contact(self._typed(form))

    def _given(self, form: Form) -> object:
        given, typed = super()._given(form), self._typed(form)
        # Whoever leaves an address wants an answer; whoever chose 'no' does not, whatever stands below.
        answer = given or (YES if typed else UNANSWERED)
        if answer == YES and typed and read_contact(typed) is None:
            raise Refused(
                N_(
                    "This is neither an e-mail address nor a mobile number. "
                    "Write it like name@mail.example or 09121234567, or leave it empty."
                )
            )
        return answer

    def _typed(self, form: Form) -> str:
        return next((text.strip() for text in form.get(self._address, ())), "")


class MultipleChoiceReader(AnswerReader[MultipleChoice]):
    missing = N_("Please choose at least one option.")

    def __init__(self, question: MultipleChoice) -> None:
        super().__init__(question)
        self._codes = [option.code for option in question.options]

    def _given(self, form: Form) -> object:
        return form.get(self.field, ())

    def _value(self, given: object) -> Answer:
        # An import has the codes in one text; a code holds none of these separators.
        parts = re.split(r"[\s,;|]+", given) if isinstance(given, str) else given
        if not isinstance(parts, Sequence):
            raise Refused(N_("Choose among the options that are offered."))
        chosen = [code for code in parts if code != ""]
        if any(code not in self._codes for code in chosen):
            raise Refused(N_("Choose among the options that are offered."))
        codes = [code for code in self._codes if code in chosen]
        if self.question.at_most is not None and len(codes) > self.question.at_most:
            raise Refused(
                N_("Choose %(most)s options at most; %(chosen)s are chosen."),
                most=self.question.at_most,
                chosen=len(codes),
            )
        return codes or UNANSWERED

    def _texts(self, answer: Answer) -> list[str]:
        return list(answer) if isinstance(answer, list) else []


class CommentReader(AnswerReader[Comment]):
    missing = N_("Please write a few words.")

    def _value(self, given: object) -> Answer:
        if not isinstance(given, str):
            raise Refused(N_("Write the answer as text."))
        # Normalising costs time for every character, so a flood is refused as it stands.
        text = normal_text(given) if len(given) <= 4 * self.question.longest else given
        if len(text) > self.question.longest:
            raise Refused(
                N_("Please shorten the text: it has %(length)s characters and %(longest)s are possible."),
                length=len(text),
                longest=self.question.longest,
            )
        return text


class NumberReader(AnswerReader[Number]):
    missing = N_("Please write a number.")

    def _value(self, given: object) -> Answer:
        number, question = self._number(given), self.question
        if question.integer and not isinstance(number, int):
            raise Refused(N_("Write a whole number, such as 12."))
        if question.least is not None and number < question.least:
            raise Refused(N_("Write a number that is %(least)s or more."), least=question.least)
        if question.most is not None and number > question.most:
            raise Refused(N_("Write a number that is %(most)s or less."), most=question.most)
        return number

    def _number(self, given: object) -> int | float:
        if isinstance(given, str):
            text = ascii_digits(given).strip().replace("\u2212", "-")
            if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text):
                plain = text.replace(",", "")
                return _whole(float(plain)) if "." in plain else int(plain)
        elif isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given):
            return _whole(given)
        raise Refused(N_("Write a number in digits, such as 12 or 12.5."))

    def _texts(self, answer: Answer) -> list[str]:
        return [f"{Decimal(str(answer)):f}"]


def _whole(number: float) -> int | float:
    """3.0 and 3 are one answer."""
    return int(number) if number == int(number) else number
