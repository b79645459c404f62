"""Conditions as style rules."""

from typing import Any

import msgspec
import pytest

from surveys.pages.conditions import hiding_rules, possible
from surveys.questionnaire import Comment, Condition, Questionnaire

QUESTIONS: list[dict[str, Any]] = [
    {"type": "nps", "id": "score"},
    {"type": "single_choice", "id": "one", "options": [{"code": "a", "text": {"en": "A"}}]},
    {"type": "multiple_choice", "id": "many", "options": [{"code": c, "text": {"en": c}} for c in "xyz"]},
    {"type": "number", "id": "number"},
    {"type": "comment", "id": "words"},
    {"type": "contact", "id": "back"},
    {"type": "comment", "id": "parent", "show_if": {"question": "score", "is": 3}},
]
CHECKED = "form:not({}) #asked{{display:none}}"


def _rules(condition: dict[str, Any]) -> str:
    questions = [
        {"text": {"en": "?"}, **q} for q in [*QUESTIONS, {"type": "comment", "id": "asked", "show_if": condition}]
    ]
    document = {
        "id": "test",
        "kind": "journey",
        "languages": ["en"],
        "title": {"en": "T"},
        "consent": {"en": "C"},
        "thanks": {"en": "T"},
        "blocks": [{"id": "all", "questions": questions}],
    }
    asked = {q.id: q for q in msgspec.convert(document, Questionnaire).questions}
    if condition.get("question") != "parent":
        del asked["parent"]
    return hiding_rules(asked, {})


@pytest.mark.parametrize(
    ("condition", "selector"),
    [
        ({"question": "score", "at_most": 1}, ":has(:is(#score-0,#score-1):checked)"),
        ({"question": "score", "at_least": 9}, ":has(:is(#score-9,#score-10):checked)"),
        ({"question": "one", "is": "a"}, ":has(:is(#one-a):checked)"),
        ({"question": "many", "any_of": ["x", "z"]}, ":has(:is(#many-x,#many-z):checked)"),
        ({"question": "one", "answered": True}, ":has(:is(#one-a):checked)"),
        ({"question": "one", "answered": False}, ":not(:has(:is(#one-a):checked))"),
        ({"question": "back", "is": "no"}, ":has(:is(#back-no):checked)"),
        (
            {"question": "back", "answered": True},
            ":has(:is(#back-yes,#back-no):checked,#back .text:not(:placeholder-shown))",
        ),
        ({"question": "words", "answered": True}, ":has(#words .text:not(:placeholder-shown))"),
        (
            {"all": [{"question": "score", "is": 0}, {"question": "one", "is": "a"}]},
            ":has(:is(#score-0):checked):has(:is(#one-a):checked)",
        ),
        (
            {"any": [{"question": "score", "is": 0}, {"question": "one", "is": "a"}]},
            ":is(:has(:is(#score-0):checked),:has(:is(#one-a):checked))",
        ),
    ],
)
def test_a_condition_is_a_selector(condition: dict[str, Any], selector: str) -> None:
    """The rule hides the question while the form does not match."""
    assert _rules(condition) == f"@supports selector(:has(*)){{{CHECKED.format(selector)}}}"


@pytest.mark.parametrize(
    "condition",
    [
        {"question": "number", "at_most": 5},
        {"any": [{"question": "number", "at_most": 5}, {"question": "one", "is": "a"}]},
    ],
)
def test_what_css_cannot_compare_is_shown(condition: dict[str, Any]) -> None:
    """A typed number is left to the server: no rule hides the question."""
    assert _rules(condition) == ""


def test_an_answer_that_is_hidden_counts_as_none() -> None:
    """A question that depends on a hidden one is hidden with it."""
    rule = _rules({"question": "parent", "answered": True})

    assert "form:not(:has(:is(#score-3):checked):has(#parent .text:not(:placeholder-shown))) #asked" in rule


def test_earlier_pages_decide_for_good() -> None:
    """What another page answered is known: the question is asked or not, without a rule."""
    question = Comment(id="asked", text={"en": "?"}, show_if=Condition(question="before", at_most=6))

    assert possible(question, {question.id: question}, {"before": 6})
    assert not possible(question, {question.id: question}, {"before": 7})
    assert not possible(question, {question.id: question}, {})
    assert hiding_rules({question.id: question}, {"before": 6}) == ""
