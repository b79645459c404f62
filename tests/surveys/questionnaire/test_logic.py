"""Which questions are asked."""

from collections.abc import Callable
from typing import Any

import pytest

from surveys.questionnaire import Questionnaire, shown

Fields = dict[str, Any]
Make = Callable[..., Questionnaire]

NPS = {"type": "nps", "id": "recommend"}
OPTIONS = [{"code": code, "text": {"en": code}} for code in ("app", "phone", "branch")]


def asked(questionnaire: Questionnaire, answers: Fields) -> list[str]:
    return [question.id for question in shown(questionnaire, answers)]


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        ({"question": "recommend", "at_most": 6}, {"recommend": 6}, True),
        ({"question": "recommend", "at_most": 6}, {"recommend": 7}, False),
        ({"question": "recommend", "at_most": 6}, {}, False),
        ({"question": "recommend", "at_most": 6}, {"recommend": None}, False),
        ({"question": "recommend", "at_least": 9}, {"recommend": 9}, True),
        ({"question": "recommend", "at_least": 9}, {"recommend": 8}, False),
        ({"question": "recommend", "is": 0}, {"recommend": 0}, True),
        ({"question": "recommend", "any_of": [1, 2]}, {"recommend": 2}, True),
        ({"question": "recommend", "answered": True}, {"recommend": 0}, True),
        ({"question": "recommend", "answered": True}, {"recommend": None}, False),
        ({"question": "recommend", "answered": False}, {}, True),
        ({"question": "channels", "is": "app"}, {"channels": ["phone", "app"]}, True),
        ({"question": "channels", "is": "app"}, {"channels": ["phone"]}, False),
        ({"question": "channels", "any_of": ["app", "branch"]}, {"channels": ["branch"]}, True),
        ({"question": "channels", "any_of": ["app", "branch"]}, {"channels": ["phone"]}, False),
        ({"question": "since", "at_least": "2020-06-01"}, {"since": "2020-06-01"}, True),
        ({"question": "since", "at_least": "2020-06-01"}, {"since": "2020-05-31"}, False),
        ({"question": "since", "at_most": 5}, {"since": "2020-05-31"}, False),
        ({"all": [{"question": "recommend", "is": 1}, {"question": "channels", "is": "app"}]}, {"recommend": 1}, False),
        ({"any": [{"question": "recommend", "is": 1}, {"question": "channels", "is": "app"}]}, {"recommend": 1}, True),
    ],
)
def test_conditions(make: Make, condition: Fields, answers: Fields, expected: object) -> None:
    """A question is asked exactly when its condition holds; 'not applicable' meets no comparison."""
    questionnaire = make(
        NPS,
        {"type": "multiple_choice", "id": "channels", "options": OPTIONS},
        {"type": "date", "id": "since"},
        {"type": "comment", "id": "why", "show_if": condition},
    )

    assert ("why" in asked(questionnaire, answers)) is expected


def test_hidden_question_counts_as_unanswered(make: Make) -> None:
    """An answer to a hidden question does not show those that depend on it."""
    questionnaire = make(
        NPS,
        {"type": "comment", "id": "why", "show_if": {"question": "recommend", "at_most": 6}},
        {"type": "comment", "id": "more", "show_if": {"question": "why", "answered": True}},
    )

    assert asked(questionnaire, {"recommend": 3, "why": "Slow."}) == ["recommend", "why", "more"]
    assert asked(questionnaire, {"recommend": 9, "why": "Slow."}) == ["recommend"]
