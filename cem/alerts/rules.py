"""An alert rule: where it looks, when it holds, and what then happens. Pure: an answer in, yes or no out."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from metrics.text.normalise import normalise
from surveys.languages import N_

Watch = Literal["answer", "kpi", "overdue", "no_recovery"]
Opinion = Literal["", "negative", "neutral", "positive"]
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$(?!\n)")]

WATCHES = {
    "answer": N_("An answer arrives"),
    "kpi": N_("A KPI falls"),
    "overdue": N_("A promise is overdue"),
    "no_recovery": N_("A recovery survey stays without an answer"),
}
OPINIONS = {
    "": N_("whatever it is"),
    "negative": N_("unhappy"),
    "neutral": N_("neither happy nor unhappy"),
    "positive": N_("happy"),
}


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Every condition that is given must hold; a list holds where one of its members does.

    `opinion` is what the first KPI of the answer says: a detractor, or satisfaction of 1 or 2 of 5, is unhappy. A
    segment under `priority_segments` makes the case one level more severe and takes nobody's rights.
    """

    names: dict[Literal["fa", "en"], Annotated[str, Meta(max_length=120)]]
    watch: Watch = "answer"
    surveys: tuple[str, ...] = ()
    touchpoints: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    opinion: Opinion = ""
    series: str = ""
    at_most: Annotated[int, Meta(ge=0, le=10)] | None = None
    at_least: Annotated[int, Meta(ge=0, le=10)] | None = None
    words: tuple[Annotated[str, Meta(min_length=2, max_length=80)], ...] = ()
    topics: tuple[str, ...] = ()
    sentiment: Literal["", "negative", "mixed", "positive"] = ""
    commented: bool = False
    asks_contact: bool = False
    # Unhappy a second time within so many days.
    again_days: Annotated[int, Meta(ge=1, le=730)] | None = None
    # For a KPI: the days that are compared with as many before them.
    drop_days: Annotated[int, Meta(ge=7, le=365)] = 30
    # For a recovery survey: after so many days without an answer somebody is told.
    wait_days: Annotated[int, Meta(ge=1, le=60)] = 5
    severity: Annotated[int, Meta(ge=1, le=4)] = 3
    kind: Literal["complaint", "question", "suggestion", "praise"] = "complaint"
    # The account that gets the case; empty: the manager of the unit.
    owner: Annotated[str, Meta(max_length=64)] = ""
    priority_segments: tuple[str, ...] = ()
    # How long the rule rests about the same customer, or the same KPI, after it opened a case.
    cooldown_hours: Annotated[int, Meta(ge=0, le=24 * 90)] = 0
    # When the owner is told: a case opens at any hour, and nobody is woken for it.
    active_from: Clock = "00:00"
    active_until: Clock = "23:59"

    def severity_for(self, segment: str) -> int:
        """How severe a case of this customer is."""
        return max(1, self.severity - 1) if segment and segment in self.priority_segments else self.severity


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is seen in an answer; `unit_line` is its unit with all units above, `scores` by series."""

    survey: str
    touchpoint: str
    unit_line: Collection[str]
    channel: str
    segment: str
    opinion: Opinion
    scores: Mapping[str, int]
    words: str = ""
    topics: Collection[str] = ()
    sentiment: str = ""
    asks_contact: bool = False
    # Days since the same customer was unhappy the last time; None where they never were, or are not known.
    unhappy_days_ago: int | None = None
    folded: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", f" {normalise(self.words)} " if self.words else "")


def holds(rule: Rule, seen: Seen) -> bool:
    """Whether everything that a rule asks for is there."""
    return (
        _within(rule.surveys, (seen.survey,))
        and _within(rule.touchpoints, (seen.touchpoint,))
        and _within(rule.units, seen.unit_line)
        and _within(rule.channels, (seen.channel,))
        and (not rule.opinion or rule.opinion == seen.opinion)
        and _scored(rule, seen.scores)
        and (not rule.words or _says(rule.words, seen.folded))
        and _within(rule.topics, seen.topics)
        and (not rule.sentiment or rule.sentiment == seen.sentiment)
        and (not rule.commented or seen.words != "")
        and (not rule.asks_contact or seen.asks_contact)
        and (rule.again_days is None or _again(rule.again_days, seen))
    )


def told_at(rule: Rule, now: datetime, zone: ZoneInfo) -> datetime:
    """When the owner is told of a case that opens now: at once within the rule's active hours, else when they begin."""
    here = now.astimezone(zone)
    start, end = time.fromisoformat(rule.active_from), time.fromisoformat(rule.active_until)
    clock = here.time().replace(second=0, microsecond=0)
    if start <= clock <= end if start <= end else clock >= start or clock <= end:
        return now
    begins = datetime.combine(here.date(), start, zone)
    return (begins if begins > here else begins + timedelta(days=1)).astimezone(UTC)


def _within(wanted: Sequence[str], there: Collection[str]) -> bool:
    return not wanted or any(one in there for one in wanted)


def _scored(rule: Rule, scores: Mapping[str, int]) -> bool:
    if rule.at_most is None and rule.at_least is None:
        return True
    given = [scores[rule.series]] if rule.series in scores else [] if rule.series else list(scores.values())
    return any(
        (rule.at_most is None or score <= rule.at_most) and (rule.at_least is None or score >= rule.at_least)
        for score in given
    )


def _says(words: Sequence[str], folded: str) -> bool:
    """Whether one of the words begins a word of the text: endings are many in Persian."""
    return any(re.search(rf"(?<!\w){re.escape(normalise(word))}", folded) for word in words)


def _again(days: int, seen: Seen) -> bool:
    return seen.opinion == "negative" and seen.unhappy_days_ago is not None and seen.unhappy_days_ago <= days
