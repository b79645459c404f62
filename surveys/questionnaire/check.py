"""What must hold before a questionnaire is published, beyond its shape."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct

from surveys.languages import N_
from surveys.questionnaire.document import (
    NOT_APPLICABLE,
    Choice,
    Comment,
    Condition,
    Contact,
    Date,
    MultipleChoice,
    Number,
    Question,
    Questionnaire,
    Rating,
    Scored,
    SingleChoice,
    Text,
)
from surveys.questionnaire.faults import Fault

_Ordered = TypeVar("_Ordered", float, date)

# A longer survey costs answers at its end and the customer's patience for the next one.
MOST_QUESTIONS = {"transactional": 10, "relational": 25}

# What the address of a page says for itself; an answer that a link has chosen stands there under its question's id.
RESERVED = frozenset({"ch", "lang", "page", "r", "unit"})

_MISSING_TEXT = {"fa": N_("Write this text in Persian too."), "en": N_("Write this text in English too.")}


def check(questionnaire: Questionnaire) -> list[Fault]:
    """Everything that keeps a questionnaire from being published; nothing when it may be."""
    placed = [
        (f"blocks[{b}].questions[{q}]", question)
        for b, block in enumerate(questionnaire.blocks)
        for q, question in enumerate(block.questions)
    ]
    return [
        *_text_faults(questionnaire),
        *_size_faults(questionnaire),
        *_identity_faults(questionnaire, placed),
        *(fault for path, question in placed for fault in _question_faults(path, question)),
        *_contact_faults(questionnaire, placed),
        *_condition_faults(placed),
    ]


def check_next_version(previous: Questionnaire, following: Questionnaire) -> list[Fault]:
    """Where the next version would add answers to a series that was asked differently."""
    before = {question.series: question for question in previous.questions if isinstance(question, Scored)}
    kept = [code for code in previous.languages if code in following.languages]
    return [
        Fault(
            f"blocks[{b}].questions[{q}].series",
            N_(
                "The published question of the series “%(series)s” had another type, scale or wording. "
                "Scores from both cannot be compared: give this question a new series, or restore the old wording."
            ),
            {"series": question.series},
        )
        for b, block in enumerate(following.blocks)
        for q, question in enumerate(block.questions)
        if isinstance(question, Scored)
        and question.series in before
        and _asked(question, kept) != _asked(before[question.series], kept)
    ]


def _asked(question: Scored, languages: Sequence[str]) -> tuple[object, ...]:
    """What a score depends on; a translation that is added or dropped changes nothing for the others."""
    texts = (question.text, question.low_label or {}, question.high_label or {})
    return question.type, question.points, *(text.get(code) for code in languages for text in texts)


def _texts(part: Struct, path: str = "") -> Iterator[tuple[str, Text]]:
    for name in part.__struct_fields__:
        value, place = getattr(part, name), f"{path}.{name}".lstrip(".")
        if isinstance(value, dict):
            yield place, value
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Struct):
                    yield from _texts(item, f"{place}[{index}]")


def _text_faults(questionnaire: Questionnaire) -> Iterator[Fault]:
    for path, text in _texts(questionnaire):
        for code in questionnaire.languages:
            if not text.get(code, "").strip():
                yield Fault(path, _MISSING_TEXT[code])


def _size_faults(questionnaire: Questionnaire) -> Iterator[Fault]:
    if not questionnaire.blocks:
        yield Fault("blocks", N_("Add a block with at least one question."))
    for index, block in enumerate(questionnaire.blocks):
        if not block.questions:
            yield Fault(f"blocks[{index}].questions", N_("Add a question to this block, or remove the block."))
    asked, most = len(questionnaire.questions), MOST_QUESTIONS.get(questionnaire.kind)
    if most is not None and asked > most:
        yield Fault(
            "blocks",
            N_("There are %(asked)s questions; a survey of this kind asks %(most)s at most. Remove some."),
            {"asked": asked, "most": most},
        )


def _repeated(named: Iterable[tuple[str, str]], message: str) -> Iterator[Fault]:
    """A fault at each (path, name) whose name was taken before."""
    seen = Counter[str]()
    for path, name in named:
        seen[name] += 1
        if seen[name] > 1:
            yield Fault(path, message, {"name": name})


def _identity_faults(questionnaire: Questionnaire, placed: Sequence[tuple[str, Question]]) -> Iterator[Fault]:
    languages = ((f"languages[{index}]", code) for index, code in enumerate(questionnaire.languages))
    blocks = ((f"blocks[{index}].id", block.id) for index, block in enumerate(questionnaire.blocks))
    series = ((f"{path}.series", question.series) for path, question in placed if isinstance(question, Scored))
    yield from _repeated(languages, N_("The language “%(name)s” stands here twice; remove one."))
    yield from _repeated(blocks, N_("Another block has the id “%(name)s”; give this one its own."))
    yield from _repeated(
        ((f"{path}.id", question.id) for path, question in placed),
        N_("Another question has the id “%(name)s”; give this one its own."),
    )
    yield from _repeated(
        series, N_("Another question counts its scores in the series “%(name)s”; give this one its own.")
    )


def _question_faults(path: str, question: Question) -> Iterator[Fault]:
    if question.id in RESERVED:
        message = N_("The id “%(name)s” has another meaning in a page's address; give the question another.")
        yield Fault(f"{path}.id", message, {"name": question.id})
    if not question.purpose.strip():
        yield Fault(f"{path}.purpose", N_("Say what the answers will be used for: which decision, and whose."))
    match question:
        case Scored():
            yield from _scale_faults(path, question)
        case SingleChoice() | MultipleChoice():
            yield from _option_faults(path, question)
        case Number(least=least, most=most) if least is not None and most is not None and least > most:
            yield Fault(f"{path}.most", N_("The largest number is below the smallest; exchange them."))
        case Date(earliest=earliest, latest=latest) if earliest and latest and earliest > latest:
            yield Fault(f"{path}.latest", N_("The latest day is before the earliest; exchange them."))


def _scale_faults(path: str, question: Scored) -> Iterator[Fault]:
    if isinstance(question, Rating) and question.low >= question.high:
        yield Fault(f"{path}.high", N_("The high end of the scale must be above its low end."))
    if (question.low_label is None) is not (question.high_label is None):
        missing = "low_label" if question.low_label is None else "high_label"
        yield Fault(f"{path}.{missing}", N_("Label both ends of the scale, or neither for the standard wording."))


def _option_faults(path: str, question: SingleChoice | MultipleChoice) -> Iterator[Fault]:
    codes = [(f"{path}.options[{index}].code", option.code) for index, option in enumerate(question.options)]
    if len(codes) < 2:
        yield Fault(f"{path}.options", N_("Offer at least two options."))
    yield from _repeated(codes, N_("Another option has the code “%(name)s”; give this one its own."))
    for place, code in codes:
        if code == NOT_APPLICABLE:
            yield Fault(
                place, N_("This code is reserved: remove the option and write “not_applicable: true” at the question.")
            )
    if isinstance(question, MultipleChoice) and (question.at_most or 0) > len(codes):
        yield Fault(f"{path}.at_most", N_("More options may be chosen than there are; lower this or remove it."))


def _contact_faults(questionnaire: Questionnaire, placed: Sequence[tuple[str, Question]]) -> Iterator[Fault]:
    contacts = [path for path, question in placed if isinstance(question, Contact)]
    if contacts and questionnaire.anonymous:
        message = N_(
            "An anonymous survey cannot ask for an address: it would tell who answered. Remove this question, or "
            "“anonymous”; everyone can follow what becomes of their answer on their own page anyway."
        )
        yield Fault(contacts[0], message)
    for path in contacts[1:]:
        yield Fault(path, N_("The survey asks already whether it may answer; remove this question."))
    last = f"blocks[{len(questionnaire.blocks) - 1}]."
    if contacts and questionnaire.layout == "paged" and not contacts[0].startswith(last):
        message = N_("Move this question to the last page: an address that is not sent is not kept from page to page.")
        yield Fault(contacts[0], message)


def _condition_faults(placed: Sequence[tuple[str, Question]]) -> Iterator[Fault]:
    everywhere = {question.id for _, question in placed}
    earlier: dict[str, Question] = {}
    for path, question in placed:
        for place, condition in _comparisons(question.show_if, f"{path}.show_if"):
            name = str(condition.question)
            if name in earlier:
                yield from _comparison_faults(place, condition, earlier[name])
            elif name in everywhere:
                yield Fault(
                    f"{place}.question", N_("A condition looks back: “%(name)s” is not asked before."), {"name": name}
                )
            else:
                yield Fault(f"{place}.question", N_("There is no question with the id “%(name)s”."), {"name": name})
        earlier[question.id] = question


def _comparisons(condition: Condition | None, path: str) -> Iterator[tuple[str, Condition]]:
    if condition is None:
        return
    if condition.question is not None:
        yield path, condition
    for word in ("all", "any"):
        for index, part in enumerate(getattr(condition, word) or ()):
            yield from _comparisons(part, f"{path}.{word}[{index}]")


def _comparison_faults(path: str, condition: Condition, question: Question) -> Iterator[Fault]:
    ordered = {"at_most": condition.at_most, "at_least": condition.at_least}
    values = [(name, value) for name, value in (*ordered.items(), ("is", condition.is_)) if value is not None]
    values += [(f"any_of[{index}]", value) for index, value in enumerate(condition.any_of or ())]
    for name, value in values:
        if isinstance(question, Comment):
            message = N_("A comment cannot be compared; use “answered: true”.")
        elif isinstance(question, Choice) and name in ordered:
            message = N_("Options have no order; compare with “is” or “any_of”.")
        elif not _possible(value, question):
            message = N_("“%(value)s” is no possible answer to “%(question)s”.")
        else:
            continue
        yield Fault(f"{path}.{name}", message, {"value": str(value), "question": question.id})


def _possible(value: float | str, question: Question) -> bool:
    match question, value:
        case Scored(), int():
            return value in question.points
        case ((SingleChoice() | MultipleChoice() | Contact()), str()):
            return any(option.code == value for option in question.options)
        case Number(), int() | float():
            return _within(value, question.least, question.most) and (not question.integer or value == int(value))
        case Date(), str():
            return _possible_day(value, question)
    return False


def _possible_day(value: str, question: Date) -> bool:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return False
    return day.isoformat() == value and _within(day, question.earliest, question.latest)


def _within(value: _Ordered, least: _Ordered | None, most: _Ordered | None) -> bool:
    return (least is None or least <= value) and (most is None or value <= most)
