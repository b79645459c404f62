"""A response in the words of the version that was answered; nothing of it points at the customer."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cem.quality.rules import NAMES
from metrics.text.personal_data import scrub
from surveys.languages import N_, Language
from surveys.models import Response
from surveys.questionnaire import (
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


@dataclass(frozen=True)
class Reply:
    """A question with its answer in the reader's language; `comment` where the words are the customer's own."""

    question: Text
    answer: str
    comment: bool = False


@dataclass(frozen=True)
class Given:
    """A response: when and where it was given, by which kind of customer, and what it says."""

    response_id: uuid.UUID
    day: date
    touchpoint: str
    unit: str
    channel: str
    segment: str
    language: str
    signals: tuple[str, ...]
    replies: tuple[Reply, ...]


def given(response: Response, asked: Questionnaire, spoken: Language, *, words: bool) -> Given:
    """The response for a reader of this language; without `words` the customers' own are left out."""
    return Given(
        response.response_id,
        response.day,
        response.touchpoint,
        response.unit,
        response.channel,
        response.segment,
        response.language,
        tuple(spoken.gettext(NAMES[name]) if name in NAMES else name for name in response.signals),
        tuple(_replies(response.answers, asked, spoken, words=words)),
    )


def _replies(answers: Mapping[str, Any], asked: Questionnaire, spoken: Language, *, words: bool) -> Iterator[Reply]:
    for question in asked.questions:
        own_words = isinstance(question, Comment)
        if question.id in answers and (words or not own_words):
            yield Reply(question.text, written(question, answers[question.id], spoken), own_words)


def written(question: Question, answer: Any, spoken: Language) -> str:
    """An answer in words."""
    if answer is None:
        return spoken.gettext(N_("Not applicable"))
    match question:
        case Scored():
            values = {"score": answer, "highest": question.points[-1]}
            return spoken.fill(N_("%(score)s of %(highest)s"), values)
        case SingleChoice() | MultipleChoice() | Contact():
            texts = {option.code: spoken.own(option.text) for option in question.options}
            chosen = answer if isinstance(answer, list) else [answer]
            return f"{spoken.gettext(N_(','))} ".join(texts.get(str(code), str(code)) for code in chosen)
        case Number():
            amount = spoken.number(answer, 0 if float(answer).is_integer() else 2)
            return f"{amount} {spoken.own(question.unit)}".strip()
        case Date():
            return spoken.date(date.fromisoformat(answer))
    return scrub(str(answer), lambda _kind: "[…]")
