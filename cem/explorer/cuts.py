"""What a table can be cut by: where and when an answer was given, by whom, and what else was answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cem.scorecards.choices import Choice
from cem.scorecards.offers import CHANNEL_NAMES, Offers
from cem.scorecards.periods import QUARTER
from surveys.cuts import Answers, Column, Scores, Side, Spans, Value
from surveys.languages import CODES, N_, Language, Month, language
from surveys.questionnaire import NPS, MultipleChoice, PicksOne, Questionnaire, Scored, Text

NAMES = {
    "touchpoint": N_("Touchpoint"),
    "unit": N_("Unit"),
    "channel": N_("Channel"),
    "segment": N_("Customer segment"),
    "language": N_("Language"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
}
QUESTION, SCORE = "q.", "s."
SCORE_GROUPS = {
    "promoter": N_("Promoters (9 and 10)"),
    "passive": N_("Passives (7 and 8)"),
    "detractor": N_("Detractors (0 to 6)"),
    "top": N_("Top scores"),
    "middle": N_("Middle scores"),
    "low": N_("Low scores"),
}
# No code of the company's can be this one.
UNKNOWN = "-"
_YEAR = 12


@dataclass(frozen=True)
class Group:
    """A row or a column: its name is a text of the company's, one of ours, or a month with the last one of its span."""

    code: str
    text: Text | None = None
    ours: str = ""
    months: tuple[Month, ...] = ()

    def name(self, spoken: Language) -> str:
        if self.months:
            return " – ".join(spoken.month(month) for month in dict.fromkeys((self.months[0], self.months[-1])))
        return (spoken.own(self.text) if self.text else spoken.gettext(self.ours) if self.ours else "") or self.code


@dataclass(frozen=True)
class Cut:
    """One way to divide responses. `group_of` tells which group a value belongs to; other values are left out.

    `ordered` where the groups are steps of one scale.
    """

    code: str
    title: Group
    side: Side
    groups: tuple[Group, ...]
    group_of: Mapping[Value, str]
    ordered: bool = False

    def values(self, group: str) -> frozenset[Value]:
        """The values that belong to a group."""
        return frozenset(value for value, own in self.group_of.items() if own == group)


def offered_cuts(choice: Choice, offers: Offers, questionnaire: Questionnaire) -> dict[str, Cut]:
    """The cuts of a survey by their codes in the address, in the order in which they are offered."""
    cuts = (*_places(choice, offers), *_spans(choice), *questions(questionnaire), *scores(questionnaire))
    return {cut.code: cut for cut in cuts if len(cut.groups) > 1}


def questions(questionnaire: Questionnaire) -> Iterator[Cut]:
    """The questions whose options divide those who answered."""
    for question in questionnaire.questions:
        if isinstance(question, PicksOne | MultipleChoice):
            groups = tuple(Group(option.code, option.text) for option in question.options)
            title = Group(question.id, question.text)
            yield _cut(f"{QUESTION}{question.id}", title, Answers((question.id,)), groups)


def scores(questionnaire: Questionnaire) -> Iterator[Cut]:
    """The scored questions with their points in three groups, the best first."""
    for question in questionnaire.questions:
        if isinstance(question, Scored):
            group_of = dict(_score_groups(question))
            groups = tuple(Group(code, ours=SCORE_GROUPS[code]) for code in dict.fromkeys(group_of.values()))
            title = Group(question.id, question.text)
            yield Cut(f"{SCORE}{question.id}", title, Scores((question.id,)), groups, group_of, ordered=True)


def _score_groups(question: Scored) -> Iterator[tuple[Value, str]]:
    """Each point with its group; two fifths of a scale are its top and two fifths its low end."""
    points = question.points
    for point in reversed(points):
        if isinstance(question, NPS):
            yield point, "promoter" if point >= 9 else "passive" if point >= 7 else "detractor"
        else:
            end = max(1, len(points) * 2 // 5)
            yield point, "top" if point > points[-1] - end else "low" if point < points[0] + end else "middle"


def _places(choice: Choice, offers: Offers) -> Iterator[Cut]:
    touchpoints = tuple(Group(code, touchpoint.names) for code, touchpoint in offers.touchpoints.items())
    yield _cut("touchpoint", _ours("touchpoint"), Column("touchpoint"), touchpoints)
    if not choice.anonymous:
        yield _segments(offers)
    yield unit_cut(offers, offers.children(choice.unit))
    channels = tuple(Group(code, ours=CHANNEL_NAMES.get(code, "")) for code in offers.channels)
    yield _cut("channel", _ours("channel"), Column("channel"), channels)
    languages = tuple(Group(code, {code: language(code).name}) for code in CODES)
    yield _cut("language", _ours("language"), Column("language"), languages)


def _segments(offers: Offers) -> Cut:
    """The company's segments and, where it has any, the customers of whom none is known."""
    known = tuple(Group(code, segment.names) for code, segment in offers.segments.items())
    groups = (*known, Group(UNKNOWN, ours=N_("Not known"))) if known else ()
    return replace(_cut("segment", _ours("segment"), Column("segment"), groups), group_of=_with_unknown(known))


def _with_unknown(known: Sequence[Group]) -> dict[Value, str]:
    return {"": UNKNOWN, **{group.code: group.code for group in known}}


def unit_cut(offers: Offers, codes: list[str]) -> Cut:
    """These units, each with all that is below it."""
    units = tuple(Group(code, offers.units[code].names) for code in codes)
    group_of: dict[Value, str] = {unit: code for code in codes for unit in offers.subtree(code)}
    return Cut("unit", _ours("unit"), Column("unit"), units, group_of)


def _spans(choice: Choice) -> Iterator[Cut]:
    """The months of the period in the reader's own calendar, and its quarters where it has whole ones."""
    period = choice.period
    for code, length in (("month", 1), ("quarter", QUARTER)):
        if period.months % length or not length <= period.months <= _YEAR:
            continue
        firsts = [period.first.plus(n) for n in range(0, period.months, length)]
        groups = tuple(Group(str(first), months=(first, first.plus(length - 1))) for first in firsts)
        spans = Spans(tuple(first.first_day for first in firsts), period.end)
        yield Cut(code, _ours(code), spans, groups, {place: group.code for place, group in enumerate(groups)})


def _ours(code: str) -> Group:
    return Group(code, ours=NAMES[code])


def _cut(code: str, title: Group, side: Side, groups: tuple[Group, ...]) -> Cut:
    return Cut(code, title, side, groups, {group.code: group.code for group in groups})
