"""A survey's versions as the columns of a file: names, kinds, labels, and what a missing value means.

A column keeps its name for good. Names are given from the first version on, and a question that is asked otherwise
later (another type, scale or series) gets a column of its own, so that no column mixes answers that cannot be compared.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import chain, count
from typing import Literal, NamedTuple

from surveys.languages import CODES, N_, language
from surveys.questionnaire import (
    Date,
    MultipleChoice,
    Number,
    PicksOne,
    Question,
    Questionnaire,
    Scored,
    Text,
)

Kind = Literal["text", "integer", "number", "day", "moment"]
Versions = Mapping[int, Questionnaire]
Labels = Mapping[str | int, Text]

# SPSS takes no longer name, no name twice in another case, and none of the words of its own language.
LONGEST_NAME = 64
_TAKEN = frozenset("all and by eq ge gt le lt ne not or to with".split())
_SUFFIX = 6  # room for what makes a name the only one
# Whole numbers that every format holds exactly.
_EXACT = 2**53


class Missing(StrEnum):
    """Why a question has no answer."""

    NOT_APPLICABLE = "not_applicable"
    NOT_ASKED = "not_asked"
    NOT_ANSWERED = "not_answered"


Value = str | int | float | date | datetime | Missing | None

MISSING_LABELS = {
    Missing.NOT_APPLICABLE: N_("Not applicable"),
    Missing.NOT_ASKED: N_("Not asked"),
    Missing.NOT_ANSWERED: N_("Not answered"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """`values` labels codes; `missing` is how a question may lack an answer; `lowest` is the least possible number."""

    name: str
    kind: Kind
    label: Text
    values: Labels = field(default_factory=dict)
    type: str = ""
    question: str = ""
    option: str = ""
    series: str = ""
    versions: tuple[int, ...] = ()
    missing: frozenset[Missing] = frozenset()
    lowest: float | None = None
    # The column that says why this one has no value, where a format needs another for that.
    reason: str = ""


class Meaning(NamedTuple):
    """What makes two questions of different versions the same column."""

    question: str
    type: str
    series: str
    points: tuple[int, ...]


class Part(NamedTuple):
    """A column of a question: the whole answer, an option of a multiple choice, or its Jalali day."""

    meaning: Meaning
    option: str = ""
    jalali: bool = False


def ours(text: str) -> Text:
    """A text of our own in every language."""
    return {code: language(code).gettext(text) for code in CODES}


def meaning_of(question: Question) -> Meaning:
    scale = (question.series, tuple(question.points)) if isinstance(question, Scored) else ("", ())
    return Meaning(question.id, question.type, *scale)


def parts_of(question: Question, languages: Iterable[str]) -> list[Part]:
    """The columns that a question fills."""
    meaning = meaning_of(question)
    if isinstance(question, MultipleChoice):
        return [Part(meaning, option.code) for option in question.options]
    jalali = isinstance(question, Date) and any(map(question.shows_jalali, languages))
    return [Part(meaning), *([Part(meaning, jalali=True)] if jalali else [])]


def question_columns(versions: Versions, taken: Iterable[str]) -> dict[Part, Column]:
    """The columns of all questions, those of one question side by side; `taken` are names that others have."""
    names = _names(versions, taken)
    asked: dict[Meaning, dict[int, Question]] = {}
    for version, questionnaire in sorted(versions.items()):
        for question in questionnaire.questions:
            asked.setdefault(meaning_of(question), {})[version] = question
    return {
        part: _column(part, names[part], {v: q for v, q in asked[meaning].items() if _offers(q, part)}, versions)
        for meaning in asked
        for part in names
        if part.meaning == meaning
    }


def _names(versions: Versions, taken: Iterable[str]) -> dict[Part, tuple[str, str]]:
    """The name of every column, and of the one that says why it is empty."""
    names: dict[Part, tuple[str, str]] = {}
    used = {*_TAKEN, *taken}
    for version, questionnaire in sorted(versions.items()):
        for question in questionnaire.questions:
            for part in parts_of(question, questionnaire.languages):
                if part in names:
                    continue
                ending = f"_{part.option}" if part.option else "_jalali" if part.jalali else ""
                name = _free(f"{question.id}{ending}", version, used)
                names[part] = name, _free(f"{name}_missing", version, used)
    return names


def _free(wanted: str, version: int, used: set[str]) -> str:
    """The wanted name as every format takes it, or one like it that nobody has."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", wanted)
    stem = plain[: LONGEST_NAME - _SUFFIX]
    first = [plain] if len(plain) <= LONGEST_NAME else []
    candidates = chain(first, (f"{stem}_v{version}",), (f"{stem}_{n}" for n in count(2)))
    name = next(name for name in candidates if name.lower() not in used and len(name) <= LONGEST_NAME)
    used.add(name.lower())
    return name


def _offers(question: Question, part: Part) -> bool:
    return not part.option or (
        isinstance(question, MultipleChoice) and any(option.code == part.option for option in question.options)
    )


def _column(part: Part, names: tuple[str, str], asked: Mapping[int, Question], versions: Versions) -> Column:
    newest = asked[max(asked)]
    name, reason = names
    return Column(
        name=name,
        reason=reason,
        kind=_kind(part, asked.values()),
        label=_label(part, newest),
        values={} if part.jalali else _values(part, asked.values()),
        type=part.meaning.type,
        question=part.meaning.question,
        option=part.option,
        series=part.meaning.series,
        versions=tuple(asked),
        missing=frozenset(_missing(asked, versions)),
        lowest=_lowest(asked.values()),
    )


def _kind(part: Part, asked: Iterable[Question]) -> Kind:
    match next(iter(asked)):
        case Scored() | MultipleChoice():
            return "integer"
        case Number():
            return "integer" if all(isinstance(q, Number) and _is_exact(q) for q in asked) else "number"
        case Date():
            return "text" if part.jalali else "day"
    return "text"


def _is_exact(question: Number) -> bool:
    """Whether only whole numbers are answers, and none that is too large for any format."""
    least, most = question.least, question.most
    return question.integer and least is not None and most is not None and -_EXACT <= least <= most <= _EXACT


def _lowest(asked: Iterable[Question]) -> float | None:
    bounds = [question.least if isinstance(question, Number) else 0 for question in asked]
    return None if any(bound is None for bound in bounds) else min(bound for bound in bounds if bound is not None)


def _label(part: Part, question: Question) -> Text:
    if part.jalali:
        suffix = ours(N_("(Jalali)"))
        return {code: f"{text} {suffix[code]}" for code, text in question.text.items()}
    if isinstance(question, MultipleChoice):
        chosen = next(option.text for option in question.options if option.code == part.option)
        return {code: f"{text} {chosen.get(code, part.option)}" for code, text in question.text.items()}
    return question.text


def _values(part: Part, asked: Iterable[Question]) -> Labels:
    """The labels of the codes; where versions word one differently, the newest words stand."""
    labels: dict[str | int, Text] = {}
    for question in asked:
        if part.option:
            labels |= {0: ours(N_("Not chosen")), 1: ours(N_("Chosen"))}
        elif isinstance(question, PicksOne):
            labels |= {option.code: option.text for option in question.options}
        elif isinstance(question, Scored):
            low, high = question.standard_labels
            labels |= {
                question.points[0]: question.low_label or ours(low),
                question.points[-1]: question.high_label or ours(high),
            }
    return labels


def _missing(asked: Mapping[int, Question], versions: Versions) -> Iterator[Missing]:
    yield Missing.NOT_ANSWERED
    if any(question.not_applicable for question in asked.values()):
        yield Missing.NOT_APPLICABLE
    if asked.keys() < versions.keys() or any(question.show_if for question in asked.values()):
        yield Missing.NOT_ASKED
