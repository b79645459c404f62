"""What keeps a questionnaire from being published."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from surveys.languages import language
from surveys.questionnaire import Questionnaire, check, check_next_version

Fields = dict[str, Any]
Make = Callable[..., Questionnaire]

NPS = {"type": "nps", "id": "recommend"}
CHOICE = {
    "type": "single_choice",
    "id": "reason",
    "options": [{"code": "a", "text": {"en": "A"}}, {"code": "b", "text": {"en": "B"}}],
}


def faults(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    return [(fault.path, str(fault.message)) for fault in check(questionnaire)]


def paths(questionnaire: Questionnaire) -> list[str]:
    return [fault.path for fault in check(questionnaire)]


def test_examples_may_be_published(branch_visit: Questionnaire, every_question: Questionnaire) -> None:
    """Both examples are free of faults."""
    assert check(branch_visit) == []
    assert check(every_question) == []


def test_purpose_is_needed(make: Make) -> None:
    """A question without a purpose is refused at its purpose."""
    assert paths(make(NPS, {**CHOICE, "purpose": " "})) == ["blocks[0].questions[1].purpose"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"title": {"en": "Test"}}, "title"),
        ({"thanks": {"fa": "سپاس", "en": "  "}}, "thanks"),
        ({"introduction": {"fa": "سلام"}}, "introduction"),
    ],
)
def test_text_in_every_language(make: Make, fields: Fields, path: str) -> None:
    """A text that lacks a declared language, or is blank in it, is refused."""
    whole = {name: {"fa": "متن", "en": "Text"} for name in ("title", "consent", "thanks")}
    question = {**NPS, "text": {"fa": "چطور بود؟", "en": "How was it?"}}

    assert paths(make(question, languages=["fa", "en"], **whole)) == []
    assert paths(make(question, languages=["fa", "en"], **{**whole, **fields})) == [path]


def test_texts_inside_options_are_checked(make: Make) -> None:
    """An option's text is a text like any other."""
    question = {**CHOICE, "options": [*CHOICE["options"], {"code": "c", "text": {"fa": "ج"}}]}

    assert faults(make(question)) == [("blocks[0].questions[0].options[2].text", "Write this text in English too.")]


@pytest.mark.parametrize(
    ("questions", "path"),
    [
        ([NPS, {**NPS, "series": "other"}], "blocks[0].questions[1].id"),
        ([NPS, {**NPS, "id": "again", "series": "recommend"}], "blocks[0].questions[1].series"),
        ([{**CHOICE, "options": CHOICE["options"][:1]}], "blocks[0].questions[0].options"),
        ([{**CHOICE, "options": CHOICE["options"] + CHOICE["options"][:1]}], "blocks[0].questions[0].options[2].code"),
        (
            [{**CHOICE, "options": [*CHOICE["options"], {"code": "not_applicable", "text": {"en": "None"}}]}],
            "blocks[0].questions[0].options[2].code",
        ),
        ([{**CHOICE, "type": "multiple_choice", "at_most": 3}], "blocks[0].questions[0].at_most"),
        ([{"type": "rating", "id": "ease", "low": 5, "high": 5}], "blocks[0].questions[0].high"),
        ([{**NPS, "id": "unit"}], "blocks[0].questions[0].id"),
        ([{**NPS, "low_label": {"en": "Never"}}], "blocks[0].questions[0].high_label"),
        ([{"type": "number", "id": "n", "least": 5, "most": 2.5}], "blocks[0].questions[0].most"),
        (
            [{"type": "date", "id": "d", "earliest": "2025-02-01", "latest": "2025-01-01"}],
            "blocks[0].questions[0].latest",
        ),
    ],
)
def test_question_faults(make: Make, questions: list[Fields], path: str) -> None:
    """Each contradiction within the questions is refused where it stands."""
    assert paths(make(*questions)) == [path]


def test_repeated_languages_and_blocks(make: Make) -> None:
    """A language or a block id that stands twice is refused at its second place."""
    block = {"id": "all", "questions": [{**NPS, "text": {"en": "?"}, "purpose": "p"}]}

    assert paths(make(NPS, languages=["en", "en"])) == ["languages[1]"]
    assert "blocks[1].id" in paths(make(blocks=[block, block]))


CONTACT = {"type": "contact", "id": "answer_me"}


@pytest.mark.parametrize(
    ("questions", "fields", "path", "words"),
    [
        ([NPS, CONTACT], {"anonymous": True}, "blocks[0].questions[1]", "An anonymous survey cannot ask"),
        ([CONTACT, NPS, {**CONTACT, "id": "again"}], {}, "blocks[0].questions[2]", "asks already"),
    ],
)
def test_where_nobody_can_be_asked_for_an_address(
    make: Make, questions: list[Fields], fields: Fields, path: str, words: str
) -> None:
    """Not in an anonymous survey, and not twice."""
    ((found, message),) = faults(make(*questions, **fields))

    assert found == path
    assert words in message
    assert check(make(NPS, CONTACT)) == []


def test_an_address_is_asked_for_on_the_last_page(make: Make) -> None:
    """A draft does not keep it, so it would be lost between pages; a single page may ask anywhere."""
    base = {"text": {"en": "How was it?"}, "purpose": "To learn."}
    blocks = [{"id": part["id"], "questions": [{**base, **part}]} for part in (CONTACT, NPS)]

    assert paths(make(blocks=blocks, layout="paged")) == ["blocks[0].questions[0]"]
    assert paths(make(blocks=blocks[::-1], layout="paged")) == []
    assert paths(make(blocks=blocks)) == []


def test_empty_questionnaires(make: Make) -> None:
    """A questionnaire and a block without a question are refused."""
    assert paths(make(blocks=[])) == ["blocks"]
    assert paths(make()) == ["blocks[0].questions"]


@pytest.mark.parametrize(("kind", "most"), [("transactional", 10), ("relational", 25)])
def test_number_of_questions(make: Make, kind: str, most: int) -> None:
    """The limit of its kind is allowed, one more is not."""
    questions = [{"type": "comment", "id": f"c{index}"} for index in range(most + 1)]

    assert paths(make(*questions[:most], kind=kind)) == []
    assert paths(make(*questions, kind=kind)) == ["blocks"]
    assert paths(make(*questions, kind="journey")) == []


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({"question": "recommend", "at_most": 11}, ".at_most"),
        ({"question": "recommend", "at_least": -1}, ".at_least"),
        ({"question": "recommend", "is": "7"}, ".is"),
        ({"question": "recommend", "any_of": [0, 12]}, ".any_of[1]"),
        ({"question": "reason", "is": "z"}, ".is"),
        ({"question": "reason", "at_most": "a"}, ".at_most"),
        ({"question": "visits", "at_least": 201}, ".at_least"),
        ({"question": "visits", "is": 1.5}, ".is"),
        ({"question": "since", "at_least": "2025-13-01"}, ".at_least"),
        ({"question": "since", "at_least": "1990-01-01"}, ".at_least"),
        ({"question": "words", "is": "good"}, ".is"),
        ({"question": "answer_me", "is": "maybe"}, ".is"),
        ({"question": "answer_me", "at_least": "yes"}, ".at_least"),
        ({"question": "nowhere", "answered": True}, ".question"),
        ({"question": "last", "answered": True}, ".question"),
        ({"question": "later", "answered": True}, ".question"),
        (
            {"all": [{"question": "recommend", "is": 3}, {"any": [{"question": "reason", "is": "z"}]}]},
            ".all[1].any[0].is",
        ),
    ],
)
def test_impossible_conditions(make: Make, condition: Fields, path: str) -> None:
    """A condition looks back, at a question that exists, for an answer that is possible."""
    questionnaire = make(
        NPS,
        CHOICE,
        {"type": "number", "id": "visits", "least": 0, "most": 200, "integer": True},
        {"type": "date", "id": "since", "earliest": "2000-01-01"},
        {"type": "comment", "id": "words"},
        CONTACT,
        {"type": "comment", "id": "last", "show_if": condition},
        {"type": "comment", "id": "later"},
    )

    assert paths(questionnaire) == [f"blocks[0].questions[6].show_if{path}"]


@pytest.mark.parametrize(
    "condition",
    [
        {"question": "recommend", "at_most": 6},
        {"question": "reason", "any_of": ["a", "b"]},
        {"question": "visits", "at_least": 2.5},
        {"question": "since", "at_most": "2025-01-01"},
        {"question": "words", "answered": False},
        {"question": "answer_me", "is": "yes"},
    ],
)
def test_possible_conditions(make: Make, condition: Fields) -> None:
    """Every kind of question can be a condition; a required question after it is fine."""
    questionnaire = make(
        NPS,
        CHOICE,
        {"type": "number", "id": "visits"},
        {"type": "date", "id": "since"},
        {"type": "comment", "id": "words"},
        CONTACT,
        {"type": "comment", "id": "last", "required": True, "show_if": condition},
    )

    assert check(questionnaire) == []


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"question": "recommend"},
        {"at_most": 6},
        {"question": "recommend", "at_most": 6, "at_least": 3},
        {"question": "recommend", "all": [{"question": "recommend", "is": 6}]},
    ],
)
def test_condition_says_one_thing(make: Make, condition: Fields) -> None:
    """A condition with no comparison or with two is no document."""
    with pytest.raises(msgspec.ValidationError, match="A condition names a question and one of"):
        make(NPS, {"type": "comment", "id": "last", "show_if": condition})


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        (NPS, {**NPS, "purpose": "Another.", "required": True, "scale": "list"}, False),
        (NPS, {**NPS, "text": {"en": "Will you recommend us?"}}, True),
        (NPS, {**NPS, "text": {"en": "Will you recommend us?"}, "series": "recommend_2"}, False),
        (NPS, {**NPS, "low_label": {"en": "No"}, "high_label": {"en": "Yes"}}, True),
        (NPS, {**NPS, "type": "rating", "low": 0, "high": 10}, True),
        ({"type": "rating", "id": "r"}, {"type": "rating", "id": "r", "high": 7}, True),
        (NPS, {"type": "comment", "id": "recommend"}, False),
    ],
)
def test_next_version_keeps_series_comparable(make: Make, before: Fields, after: Fields, refused: bool) -> None:
    """A series goes on only with the same type, scale and wording."""
    expected = ["blocks[0].questions[0].series"] if refused else []

    assert [fault.path for fault in check_next_version(make(before), make(after))] == expected


def test_added_translation_keeps_series(make: Make) -> None:
    """A new language does not break the series of those who answered in the others, a new wording does."""
    translated = {**NPS, "text": {"en": "How was it?", "fa": "چطور بود؟"}}
    reworded = {**NPS, "text": {"en": "How was that?", "fa": "چطور بود؟"}}

    assert check_next_version(make(NPS), make(translated, languages=["en", "fa"])) == []
    assert len(check_next_version(make(NPS), make(reworded, languages=["en", "fa"]))) == 1


def test_faults_speak_with_numbers(make: Make) -> None:
    """A fault fills its values into its message."""
    questions = [{"type": "comment", "id": f"c{index}"} for index in range(11)]
    (fault,) = check(make(*questions, kind="transactional"))

    assert fault.in_language(language("en")).startswith("There are 11 questions; a survey of this kind asks 10")
    assert str(fault).startswith("blocks: There are 11 questions")
