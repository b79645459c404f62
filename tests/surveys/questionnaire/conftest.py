"""Questionnaires to read against: the two examples, and small ones made of plain questions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from surveys.questionnaire import Questionnaire, Reader, read_yaml

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="session")
def branch_visit() -> Questionnaire:
    return read_yaml(EXAMPLES / "branch-visit.yaml")


@pytest.fixture(scope="session")
def every_question() -> Questionnaire:
    return read_yaml(EXAMPLES / "every-question.yaml")


@pytest.fixture(scope="session")
def make() -> Callable[..., Questionnaire]:
    """A publishable English questionnaire of the questions given; `text` and `purpose` fill themselves."""

    def made(*questions: dict[str, Any], **fields: Any) -> Questionnaire:
        filled = [{"text": {"en": "How was it?"}, "purpose": "To learn.", **question} for question in questions]
        document = {
            "id": "test",
            "kind": "journey",
            "languages": ["en"],
            "title": {"en": "Test"},
            "consent": {"en": "We read it."},
            "thanks": {"en": "Thank you."},
            "blocks": [{"id": "all", "questions": filled}],
        }
        return msgspec.convert({**document, **fields}, Questionnaire)

    return made


@pytest.fixture(scope="session")
def read(make: Callable[..., Questionnaire]) -> Callable[..., Any]:
    """What one question makes of a form; the question's id is `q`."""

    def answer(question: dict[str, Any], form: dict[str, list[str]]) -> Any:
        reading = Reader(make({"id": "q", **question})).read_form(form)
        return reading.answers.get("q", "absent") if not reading.faults else reading.faults[0].message

    return answer
