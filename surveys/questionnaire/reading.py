"""A whole response: from a submitted form, or from typed values, to its answers and what is wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.languages import N_, Language
from surveys.questionnaire.answers import (
    UNANSWERED,
    AnswerReader,
    CommentReader,
    ContactReader,
    Form,
    MultipleChoiceReader,
    NumberReader,
    PicksOneReader,
    Refused,
    ScoreReader,
)
from surveys.questionnaire.days import DateReader
from surveys.questionnaire.document import (
    YES,
    Answer,
    BaseQuestion,
    Comment,
    Contact,
    Date,
    MultipleChoice,
    Number,
    Question,
    Questionnaire,
    Scored,
    SingleChoice,
    Text,
)
from surveys.questionnaire.faults import worded
from surveys.questionnaire.logic import holds

_READERS: tuple[tuple[type[BaseQuestion], type[AnswerReader[Any]]], ...] = (
    (Scored, ScoreReader),
    (SingleChoice, PicksOneReader),
    (Contact, ContactReader),
    (MultipleChoice, MultipleChoiceReader),
    (Comment, CommentReader),
    (Number, NumberReader),
    (Date, DateReader),
)


def _reader_of(question: Question) -> AnswerReader[Any]:
    return next(reader(question) for kind, reader in _READERS if isinstance(question, kind))


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What is wrong with one answer; `own` holds the questionnaire's own words for it."""

    question_id: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    own: Text | None = None

    def in_language(self, reader: Language) -> str:
        return reader.own(self.own) or worded(self.message, self.values, reader)


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers that can be stored, what is wrong, and the form as it came so that it can be shown again.

    `reply_to` is the channel and address at which somebody wants to be answered; it is in none of the answers.
    """

    answers: dict[str, Answer]
    faults: tuple[AnswerFault, ...]
    raw: Form
    reply_to: tuple[str, str] | None = None


class Reader:
    """Reads responses to one questionnaire; made once for each version and kept."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self._readers = [
            (index, _reader_of(question))
            for index, block in enumerate(questionnaire.blocks)
            for question in block.questions
        ]
        self._contact = next((reader for _, reader in self._readers if isinstance(reader, ContactReader)), None)
        self._ids = frozenset(question.id for question in questionnaire.questions)

    def read_form(self, form: Form, block: int | None = None, earlier: Mapping[str, Answer] | None = None) -> Reading:
        """Read a submitted page: one block beside the earlier answers of the others, or the whole questionnaire.

        The reading's answers are everything that is known after this page: a changed answer also drops the earlier
        answers to questions that it hides.
        """
        answers, faults = self._read(lambda reader: reader.from_form(form), block, earlier or {})
        return Reading(answers, faults, form, self._reply_to(form, answers))

    def check_answers(self, values: Mapping[str, object]) -> Reading:
        """Read a complete response that is typed already; None is 'not applicable', "7" is as good as 7."""
        answers, faults = self._read(lambda reader: values.get(reader.question.id, UNANSWERED))
        unknown = tuple(
            AnswerFault(name, N_("There is no question with the id “%(name)s”."), {"name": name})
            for name in values
            if name not in self._ids
        )
        return Reading(answers, faults + unknown, {})

    def to_form(self, answers: Mapping[str, Answer], language: str) -> dict[str, list[str]]:
        """The form's fields as they would be with these answers, dates in the calendar that the page shows."""
        fields: dict[str, list[str]] = {}
        for _, reader in self._readers:
            if reader.question.id in answers:
                fields |= reader.to_form(answers[reader.question.id], language)
        return fields

    def _reply_to(self, form: Form, answers: Mapping[str, Answer]) -> tuple[str, str] | None:
        contact = self._contact
        return contact.reply_to(form) if contact and answers.get(contact.question.id) == YES else None

    def _read(
        self,
        take: Callable[[AnswerReader[Any]], object],
        block: int | None = None,
        earlier: Mapping[str, Answer] | None = None,
    ) -> tuple[dict[str, Answer], tuple[AnswerFault, ...]]:
        answers: dict[str, Answer] = {}
        faults: list[AnswerFault] = []
        for index, reader in self._readers:
            question = reader.question
            if question.show_if is not None and not holds(question.show_if, answers):
                continue
            if block is not None and block != index:
                if earlier and question.id in earlier:
                    answers[question.id] = earlier[question.id]
                continue
            try:
                answer = reader.answer(take(reader))
            except Refused as refused:
                faults.append(AnswerFault(question.id, refused.message, refused.values))
                continue
            if answer != UNANSWERED:
                answers[question.id] = answer
            elif question.required:
                faults.append(AnswerFault(question.id, reader.missing, own=question.message))
        return answers, tuple(faults)
