"""A questionnaire as one document: what is asked, in which words, on which scale, under which condition.

The shape is held here, by types; what publishing needs beyond the shape is held in `check`. Everything is immutable:
a changed questionnaire is a new version.
"""

from datetime import date
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import force_setattr

from surveys.languages import CODES, N_, language

# A bare `$` would let a line break through at the end: Python's matches before it.
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)"
NAME = r"^[a-z][a-z0-9_]*$(?!\n)"
CODE = r"^[A-Za-z0-9][A-Za-z0-9_-]*$(?!\n)"
LANGUAGE = r"^(fa|en)$(?!\n)"

Slug = Annotated[str, Meta(pattern=SLUG, max_length=60, description="Small Latin letters, digits and hyphens.")]
Name = Annotated[str, Meta(pattern=NAME, max_length=60, description="Small Latin letters, digits and underscores.")]
Code = Annotated[str, Meta(pattern=CODE, max_length=60, description="What is stored when this option is chosen.")]
Point = Annotated[int, Meta(ge=0, le=10)]
Text = dict[Annotated[str, Meta(pattern=LANGUAGE)], Annotated[str, Meta(max_length=5000)]]

Kind = Literal["transactional", "relational", "journey", "always_on", "exit", "internal_service", "recovery"]
Calendar = Literal["jalali", "gregorian", "by_language"]

# A score, an option's code, the codes of several options, a text, a number, a Gregorian day 'YYYY-MM-DD', or None for
# 'not applicable'. A question without an answer is absent.
Answer = int | float | str | list[str] | None
NOT_APPLICABLE = "not_applicable"
# The answers to whether we may answer.
YES, NO = "yes", "no"

_Value = int | float | str


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of the document; a field that is not known is refused, a default is not written."""


class Condition(Part, frozen=True, kw_only=True):
    """When a question is shown: one comparison with an earlier question, or a list under `all` or `any`."""

    question: Name | None = None
    at_most: _Value | None = None
    at_least: _Value | None = None
    is_: _Value | None = field(name="is", default=None)
    any_of: Annotated[tuple[_Value, ...], Meta(min_length=1)] | None = None
    answered: bool | None = None
    all: Annotated[tuple["Condition", ...], Meta(min_length=1)] | None = None
    any: Annotated[tuple["Condition", ...], Meta(min_length=1)] | None = None

    def __post_init__(self) -> None:
        compares = (self.at_most, self.at_least, self.is_, self.any_of, self.answered)
        given = sum(part is not None for part in (*compares, self.all, self.any))
        gathers = self.all is not None or self.any is not None
        if given != 1 or gathers is (self.question is not None):
            raise ValueError(
                N_(
                    "A condition names a question and one of at_most, at_least, is, any_of and answered, "
                    "or it is a list of conditions under all or any."
                )
            )


class Option(Part, frozen=True, kw_only=True):
    """One choice: its code is stored, its text is shown."""

    code: Code
    text: Text
    help: Text | None = None


class BaseQuestion(Part, frozen=True, kw_only=True, tag_field="type"):
    """What every question has."""

    id: Name
    text: Text
    help: Text | None = None
    purpose: Annotated[str, Meta(description="Which decision the answers serve; needed to publish.")] = ""
    required: bool = False
    not_applicable: Annotated[bool, Meta(description="Whether 'not applicable' is offered.")] = False
    show_if: Condition | None = None
    message: Annotated[Text | None, Meta(description="Shown when a required answer is missing.")] = None

    @property
    def type(self) -> str:
        return str(self.__struct_config__.tag)


class Scored(BaseQuestion, frozen=True, kw_only=True):
    """A question whose answer is a point of a scale and is tallied under its series."""

    # What is written at the ends of the scale where the questionnaire has no words of its own.
    standard_labels: ClassVar[tuple[str, str]]

    low_label: Text | None = None
    high_label: Text | None = None
    series: Annotated[Name, Meta(description="The key of the tallies; the question's id when absent.")] = ""
    scale: Literal["row", "list"] = "row"

    def __post_init__(self) -> None:
        if not self.series:
            force_setattr(self, "series", self.id)

    @property
    def points(self) -> range:
        raise NotImplementedError


class NPS(Scored, frozen=True, kw_only=True, tag="nps"):
    """Would the customer recommend us, 0 to 10."""

    standard_labels = (N_("Not at all likely"), N_("Extremely likely"))

    @property
    def points(self) -> range:
        return range(11)


class CSAT(Scored, frozen=True, kw_only=True, tag="csat"):
    """How satisfied the customer is, 1 to 5."""

    standard_labels = (N_("Very dissatisfied"), N_("Very satisfied"))

    @property
    def points(self) -> range:
        return range(1, 6)


class CES(Scored, frozen=True, kw_only=True, tag="ces"):
    """How easy it was for the customer, 1 to 7."""

    standard_labels = (N_("Very difficult"), N_("Very easy"))

    @property
    def points(self) -> range:
        return range(1, 8)


class Rating(Scored, frozen=True, kw_only=True, tag="rating"):
    """Any other score, on a scale within 0 to 10."""

    standard_labels = (N_("Very poor"), N_("Excellent"))

    low: Point = 1
    high: Point = 5

    @property
    def points(self) -> range:
        return range(self.low, self.high + 1)


class SingleChoice(BaseQuestion, frozen=True, kw_only=True, tag="single_choice"):
    """One option of several."""

    options: tuple[Option, ...]


class MultipleChoice(BaseQuestion, frozen=True, kw_only=True, tag="multiple_choice"):
    """Any number of options, or no more than `at_most`."""

    options: tuple[Option, ...]
    at_most: Annotated[int, Meta(ge=1)] | None = None


class Contact(BaseQuestion, frozen=True, kw_only=True, tag="contact"):
    """May we answer you, and where. The answer is yes or no; the address is kept apart from the answers."""

    @property
    def options(self) -> tuple[Option, ...]:
        return _contact_options()


class Comment(BaseQuestion, frozen=True, kw_only=True, tag="comment"):
    """The customer's own words."""

    longest: Annotated[int, Meta(ge=1, le=10_000)] = 2000


class Number(BaseQuestion, frozen=True, kw_only=True, tag="number"):
    """A quantity."""

    least: int | float | None = None
    most: int | float | None = None
    unit: Text | None = None
    integer: bool = False


class Date(BaseQuestion, frozen=True, kw_only=True, tag="date"):
    """A day; shown in one calendar, understood in both, stored as a Gregorian day."""

    calendar: Calendar = "by_language"
    earliest: date | None = None
    latest: date | None = None

    def shows_jalali(self, language: str) -> bool:
        """Whether a page in this language asks for a Jalali day."""
        return self.calendar == "jalali" or (self.calendar == "by_language" and language == "fa")


@lru_cache(maxsize=1)
def _contact_options() -> tuple[Option, ...]:
    """The words are ours, in every language: what they promise is what the product does."""
    words = {YES: N_("Yes, please answer me"), NO: N_("No")}
    return tuple(
        Option(code=answer, text={code: language(code).gettext(text) for code in CODES})
        for answer, text in words.items()
    )


# One option of several, and any that has options.
PicksOne = SingleChoice | Contact
Choice = PicksOne | MultipleChoice
Question = NPS | CSAT | CES | Rating | SingleChoice | MultipleChoice | Contact | Comment | Number | Date


class Block(Part, frozen=True, kw_only=True):
    """Questions that belong together; one page in the paged layout."""

    id: Name
    title: Text | None = None
    questions: tuple[Question, ...]


class Questionnaire(Part, frozen=True, kw_only=True):
    """The whole questionnaire; its id is its public address."""

    id: Slug
    kind: Kind
    languages: Annotated[
        tuple[Literal["fa", "en"], ...], Meta(min_length=1, max_length=2, description="The first is the default.")
    ]
    title: Text
    introduction: Text | None = None
    consent: Annotated[Text, Meta(description="Who reads the answers, how long they are kept, how to withdraw.")]
    thanks: Text
    anonymous: bool = False
    layout: Literal["single", "paged"] = "single"
    link_days: Annotated[int, Meta(ge=1, le=365, description="How many days a personal link lives.")] = 30
    blocks: tuple[Block, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for block in self.blocks for question in block.questions)
