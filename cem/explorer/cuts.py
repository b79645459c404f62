"""What a table can be cut by: where an answer was given, in which language, and what else was answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cem.scorecards.choices import Choice
from cem.scorecards.offers import CHANNEL_NAMES, Offers
from surveys.cuts import Answers, Column, Side, Value
from surveys.languages import CODES, N_, Language, language
from surveys.questionnaire import Questionnaire, SingleChoice, Text

NAMES = {
    "touchpoint": N_("Touchpoint"),
    "unit": N_("Unit"),
    "channel": N_("Channel"),
    "language": N_("Language"),
}
QUESTION = "q."


@dataclass(frozen=True)
class Group:
    """A row or a column: its name is a text of the company's, or one of ours."""

    code: str
    text: Text | None = None
    ours: str = ""

    def name(self, spoken: Language) -> str:
        return (spoken.own(self.text) if self.text else spoken.gettext(self.ours) if self.ours else "") or self.code


@dataclass(frozen=True)
class Cut:
    """One way to divide responses. `group_of` tells which group a value belongs to; other values are left out."""

    code: str
    title: Group
    side: Side
    groups: tuple[Group, ...]
    group_of: Mapping[Value, str]


def offered_cuts(choice: Choice, offers: Offers, questionnaire: Questionnaire) -> dict[str, Cut]:
    """The cuts of a survey by their codes in the address, in the order in which they are offered."""
    return {cut.code: cut for cut in (*_places(choice, offers), *questions(questionnaire)) if len(cut.groups) > 1}


def questions(questionnaire: Questionnaire) -> Iterator[Cut]:
    """The questions whose options divide those who answered."""
    for question in questionnaire.questions:
        if isinstance(question, SingleChoice):
            groups = tuple(Group(option.code, option.text) for option in question.options)
            title = Group(question.id, question.text)
            yield _cut(f"{QUESTION}{question.id}", title, Answers((question.id,)), groups)


def _places(choice: Choice, offers: Offers) -> Iterator[Cut]:
    touchpoints = tuple(Group(code, touchpoint.names) for code, touchpoint in offers.touchpoints.items())
    yield _cut("touchpoint", _ours("touchpoint"), Column("touchpoint"), touchpoints)
    children = offers.children(choice.unit)
    units = tuple(Group(code, offers.units[code].names) for code in children)
    group_of: dict[Value, str] = {unit: child for child in children for unit in offers.subtree(child)}
    yield Cut("unit", _ours("unit"), Column("unit"), units, group_of)
    channels = tuple(Group(code, ours=CHANNEL_NAMES.get(code, "")) for code in offers.channels)
    yield _cut("channel", _ours("channel"), Column("channel"), channels)
    languages = tuple(Group(code, {code: language(code).name}) for code in CODES)
    yield _cut("language", _ours("language"), Column("language"), languages)


def _ours(code: str) -> Group:
    return Group(code, ours=NAMES[code])


def _cut(code: str, title: Group, side: Side, groups: tuple[Group, ...]) -> Cut:
    return Cut(code, title, side, groups, {group.code: group.code for group in groups})
