"""Questionnaires as files: a line for every fault, and nothing lost on the way out and in."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.questionnaire import Condition, Questionnaire, QuestionnaireFaults, json_schema, read_yaml, to_yaml
from surveys.questionnaire.shape import QUESTION_TYPES

Fields = dict[str, Any]
ROOT = Path(__file__).parents[3]
BRANCH_VISIT = (ROOT / "examples/branch-visit.yaml").read_text(encoding="utf-8")


def faults_of(source: str | Path, **options: bool) -> list[tuple[int | None, str, str]]:
    with pytest.raises(QuestionnaireFaults) as raised:
        read_yaml(source, **options)
    return [(fault.line, fault.path, str(fault)) for fault in raised.value.faults]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("link_days: 14", "link_days: 0", "link_days: The number must be 1 or more"),
        ("link_days: 14", "link_days: soon", "link_days: A whole number"),
        ("link_days: 14", "link_days:", "link_days: This is empty"),
        ("kind: transactional", "kind: often", "kind: “often” is not possible here. Possible are: transactional"),
        ("languages: [fa, en]", "languages: [fa, de]", "languages[1]: “de” is not possible here. Possible are: fa, en"),
        ("id: branch-visit", "id: Branch visit", "id: Use small Latin letters"),
        ("title: {fa", "title: {de", "title: Name the language of each text"),
        ("required: true", "required: yes", "blocks[0].questions[0].required: Write true or false"),
        ("type: csat", "type: cast", "type: “cast” is not possible here. Possible are: nps, csat"),
        ("code: cash", "code: 12", "options[0].code: Put this in quotes"),
        ("code: cash", "code: پول", "options[0].code: Begin with a Latin letter"),
        ("{code: cash, ", "{", "options[0].code: Add the field “code”"),
        ("at_most: 3", "at_most: 9", "at_most: More options may be chosen"),
        ("at_most: 3", "most: 3", "most: “most” is no field here. Possible are: id, text"),
        ("at_most: 6}", "at_most: 16}", "show_if.at_most: “16” is no possible answer"),
        ("at_most: 6}", "equals: 6}", "show_if.equals: “equals” is no field here. Possible are: question, at_most"),
        ("{question: recommend, at_most: 6}", "{question: recommend}", "show_if: A condition names a question"),
        ("longest: 1500", "longest: 99999", "longest: The number must be 10000 or less"),
    ],
)
def test_faults_have_their_line(old: str, new: str, words: str) -> None:
    """Each mistake is reported alone, at the line that it stands in, in words that say what to do."""
    text = BRANCH_VISIT.replace(old, new, 1)
    ((line, _, message),) = faults_of(text)

    assert line == line_of(BRANCH_VISIT, old)
    assert words in message


def test_repeated_key() -> None:
    """A key that stands twice is a fault at its second place."""
    text = BRANCH_VISIT.replace("link_days: 14", "link_days: 14\nlink_days: 15")

    assert [(line, path) for line, path, _ in faults_of(text)] == [(line_of(text, "link_days: 15"), "link_days")]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("id: a\ntitle: b: c", 2, "colon needs quotes"),
        ("id: a\n\ttitle: b", 2, "spaces"),
        ("id: {a: b?}\n", 1, "quotes"),
        ("id: a\nb: [", 2, "YAML"),
        ("id: a\nb: \x00", 2, "control character"),
        ("a: &x 1\nb: *x", 2, "alias"),
        ("a:\n  " + "[" * 100, 2, "deeply"),
        ("- a", 1, "Fields are expected"),
        ("? [a]\n: b", 1, "Write a name"),
    ],
)
def test_broken_yaml(text: str, line: int, words: str) -> None:
    """A text that is no YAML, or more of it than is allowed, is refused at its line."""
    assert any(found == line and words in message for found, _, message in faults_of(text))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("!!python/object:os.system x", "Remove the tag"),
        ("!!int abc", "no number"),
        ("1.5e+999", "too large"),
        (r'"\ud83d"', "half a character"),
    ],
)
def test_values_that_are_refused(value: object, words: str) -> None:
    """A tag that makes objects and a number that is none are faults, never run or stored."""
    faults = faults_of(BRANCH_VISIT.replace("link_days: 14", f"link_days: {value}"))

    assert any(path == "link_days" and words in message for _, path, message in faults)


def test_all_faults_in_one_run() -> None:
    """Broken questions do not hide each other, nor one broken field the next."""
    text = BRANCH_VISIT
    for old, new in (
        ("link_days: 14", "link_days: 0"),
        ("type: csat", "type: cast"),
        ("purpose: Shows", "goal: Shows"),
        ("not_applicable: true", "not_applicable: sometimes"),
        ("code: cash", "code: false"),
        ("        id: suggestion\n", ""),
        ("longest: 1500", "longest: -1"),
    ):
        text = text.replace(old, new)

    assert [path for _, path, _ in faults_of(text)] == [
        "link_days",
        "blocks[0].questions[2].type",
        "blocks[0].questions[3].goal",
        "blocks[0].questions[3].not_applicable",
        "blocks[0].questions[4].options[0].code",
        "blocks[0].questions[5].id",
        "blocks[0].questions[5].longest",
    ]


def test_missing_fields_are_reported_together() -> None:
    """Everything that is missing is named at once, at the line of what lacks it."""
    faults = faults_of("id: a\nblocks:\n- questions:\n  - type: nps\n  - text: {fa: الف}\n")

    assert [(line, path) for line, path, _ in faults] == [
        (1, "kind"),
        (1, "languages"),
        (1, "title"),
        (1, "consent"),
        (1, "thanks"),
        (3, "blocks[0].id"),
        (4, "blocks[0].questions[0].id"),
        (4, "blocks[0].questions[0].text"),
        (5, "blocks[0].questions[1].type"),
    ]


def test_publishing_faults_have_lines_unless_a_draft() -> None:
    """What publishing needs is checked for a file, not for a draft."""
    purpose = "        purpose: Compares satisfaction and effort between services.\n"
    text = BRANCH_VISIT.replace(purpose, "")

    assert [(line, path) for line, path, _ in faults_of(text)] == [
        (line_of(text, "- type: multiple_choice"), "blocks[0].questions[4].purpose")
    ]
    assert read_yaml(text, draft=True).questions[4].purpose == ""


def test_plain_words_stay_texts() -> None:
    """`no`, a time and a date mean what they look like, not what YAML 1.1 made of them."""
    text = BRANCH_VISIT.replace("code: cash", "code: no").replace("fa: مراجعه شما به شعبه", "fa: 12:30")

    assert read_yaml(text).questions[4].options[0].code == "no"
    assert read_yaml(text).title["fa"] == "12:30"


def test_escapes_of_json() -> None:
    """A character outside the basic plane may be written as JSON writes it."""
    text = BRANCH_VISIT.replace("fa: مراجعه شما به شعبه", r'fa: "\ud83d\ude00"')

    assert read_yaml(text).title["fa"] == "😀"


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    """Another encoding is refused with the line where it shows."""
    path = tmp_path / "old.yaml"
    path.write_bytes("id: a\ntitle: سلام\n".encode("cp1256"))

    assert [(line, message) for line, _, message in faults_of(path)] == [(2, "line 2: Save the file as UTF-8 text.")]


def test_yaml_is_as_people_write_it(branch_visit: Questionnaire) -> None:
    """Texts, options and conditions stand on one line, and defaults are left out."""
    lines = to_yaml(branch_visit).splitlines()

    assert "languages: [fa, en]" in lines
    assert "title: {fa: مراجعه شما به شعبه, en: Your visit to our branch}" in lines
    assert "    show_if: {question: recommend, at_most: 6}" in lines
    assert "    - {code: waiting, text: {fa: زمان انتظار, en: Waiting time}}" in lines
    assert not any("anonymous" in line or "series: reason" in line for line in lines)


def test_own_series_is_not_written(every_question: Questionnaire) -> None:
    """A series that is only the question's id is a default too."""
    assert "series: app_quality" not in to_yaml(every_question)


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.dictionaries(st.sampled_from(["fa", "en"]), st.text(max_size=60), min_size=1)
VALUES = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
CONDITIONS = st.recursive(
    st.builds(Condition, question=NAMES, at_most=VALUES)
    | st.builds(Condition, question=NAMES, any_of=st.lists(VALUES, min_size=1, max_size=3).map(tuple))
    | st.builds(Condition, question=NAMES, answered=st.booleans()),
    lambda inner: st.builds(Condition, all=st.lists(inner, min_size=1, max_size=2).map(tuple)),
    max_leaves=4,
)
NUMBERS = st.none() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
OPTIONS = st.lists(
    st.fixed_dictionaries({"code": st.sampled_from(["no", "1", "1e5", "null", "0x1f", "a-b"]), "text": TEXTS}),
    max_size=3,
)
OWN = {
    "options": OPTIONS,
    "at_most": st.integers(1, 9),
    "series": NAMES,
    "low": st.integers(0, 10),
    "least": NUMBERS,
    "unit": TEXTS,
    "longest": st.integers(1, 10_000),
    "earliest": st.dates(date(1900, 1, 1)),
    "low_label": TEXTS,
}


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """Any document of the right shape, published or not."""
    questions = []
    for name in draw(st.lists(st.sampled_from(sorted(QUESTION_TYPES)), max_size=4)):
        fields = {field.encode_name for field in msgspec.structs.fields(QUESTION_TYPES[name])}
        question = {"type": name, "id": draw(NAMES), "text": draw(TEXTS), "purpose": draw(st.text(max_size=20))}
        question |= {
            own: draw(OWN[own]) for own in sorted(fields & OWN.keys()) if own == "options" or draw(st.booleans())
        }
        questions.append({**question, "show_if": draw(st.none() | CONDITIONS)})
    whole = {name: draw(TEXTS) for name in ("title", "consent", "thanks", "introduction")}
    block = {"id": draw(NAMES), "questions": questions}
    return msgspec.convert(
        {"id": "any", "kind": "exit", "languages": ["en", "fa"], "blocks": [block, block], **whole}, Questionnaire
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(questionnaire=questionnaires())
def test_yaml_round_trip(questionnaire: Questionnaire) -> None:
    """Every document read back from its own YAML is the same document."""
    assert read_yaml(to_yaml(questionnaire), draft=True) == questionnaire


def test_json_round_trip(every_question: Questionnaire) -> None:
    """The stored JSON gives the same document, and so does the same JSON as YAML."""
    stored = msgspec.json.encode(every_question)

    assert msgspec.json.decode(stored, type=Questionnaire) == every_question
    assert read_yaml(stored.decode()) == every_question


BRANCHES = st.deferred(
    lambda: JUNK | st.sampled_from([{"type": "nps"}, {"type": "date", "id": "a", "text": {"fa": "x"}}])
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "text", "options", "show_if", "all", "code", "fa", "50%", "a\nb"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(title=JUNK, blocks=st.lists(st.fixed_dictionaries({"questions": st.lists(BRANCHES, max_size=3)})))
def test_junk_is_always_explained(title: object, blocks: list[Any]) -> None:
    """Whatever a file holds, what comes out is faults in our own words, each with a line."""
    faults = faults_of(json.dumps({"id": "a", "title": title, "blocks": blocks}))

    assert all(line == 1 for line, _, _ in faults)
    assert not any("`" in message for _, _, message in faults)


def test_published_schema_is_current() -> None:
    """docs/questionnaire.schema.json is what the code says."""
    published = json.loads((ROOT / "docs/questionnaire.schema.json").read_text(encoding="utf-8"))

    assert published == json_schema(), (
        "write it anew: python -c 'import json; from surveys.questionnaire import json_schema; "
        "print(json.dumps(json_schema(), indent=2))' > docs/questionnaire.schema.json"
    )


def test_schema_knows_every_type() -> None:
    """The schema offers each question type, and each condition in one form only."""
    defs = json_schema()["$defs"]
    kinds = defs["Block"]["properties"]["questions"]["items"]["discriminator"]["mapping"]

    assert kinds.keys() == QUESTION_TYPES.keys()
    assert {"required": ["question", "is"]} in defs["Condition"]["oneOf"]
