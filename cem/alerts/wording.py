"""A rule as a sentence that the business itself would write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cem.alerts.rules import OPINIONS, Rule
from cem.cases.statuses import KINDS
from cem.cases.terms import SEVERITY_NAMES
from surveys.languages import N_, Language
from surveys.questionnaire import Text

RESULTS = {
    "opened": N_("opened a case"),
    "attached": N_("joined a case"),
    "rested": N_("rested"),
    "told": N_("told somebody"),
    "nobody": N_("found nobody to tell"),
}
SENTIMENTS = {
    "negative": N_("the comment sounds dissatisfied"),
    "mixed": N_("the comment sounds mixed"),
    "positive": N_("the comment sounds satisfied"),
}


@dataclass(frozen=True)
class Names:
    """What codes are called: of surveys, touchpoints, units, channels, topics, segments, series and accounts."""

    surveys: Mapping[str, Text]
    touchpoints: Mapping[str, Text]
    units: Mapping[str, Text]
    channels: Mapping[str, str]
    topics: Mapping[str, Text]
    segments: Mapping[str, Text]
    series: Mapping[str, Text]
    accounts: Mapping[str, str]


def sentence(language: Language, rule: Rule, names: Names) -> str:
    """When the rule holds, and what then happens."""
    conditions = [*_conditions(language, rule), *_places(language, rule, names), *_about(language, rule, names)]
    if rule.watch == "answer":
        when = language.fill(N_("When %(conditions)s"), {"conditions": all_of(language, conditions)})
        then = [*_case(language, rule, names)]
    else:
        told = all_of(language, [_watched(language, rule), *conditions])
        when = language.fill(N_("When %(conditions)s"), {"conditions": told})
        then = [_told(language, rule, names)]
    return language.fill(N_("%(when)s: %(then)s."), {"when": when, "then": listed(language, then, "; ")})


def all_of(language: Language, texts: Sequence[str]) -> str:
    """What must hold together."""
    if len(texts) < 2:
        return "".join(texts)
    return language.fill(N_("%(first)s and %(last)s"), {"first": listed(language, texts[:-1]), "last": texts[-1]})


def listed(language: Language, texts: Sequence[str], between: str = "") -> str:
    """One after the other, in the reader's language."""
    marks = ("؛ " if between else "، ") if language.persian else between or ", "
    return marks.join(texts)


def _conditions(language: Language, rule: Rule) -> Iterator[str]:
    if rule.opinion:
        yield language.fill(N_("the customer is %(opinion)s"), {"opinion": language.gettext(OPINIONS[rule.opinion])})
    if rule.asks_contact:
        yield language.gettext(N_("the customer asks for contact"))
    if rule.again_days is not None:
        yield language.fill(N_("the customer is unhappy for the second time within %(n)s days"), {"n": rule.again_days})
    if rule.commented:
        yield language.gettext(N_("there is a comment"))
    if rule.sentiment:
        yield language.gettext(SENTIMENTS[rule.sentiment])
    if rule.words:
        yield language.fill(N_("the words begin with one of “%(words)s”"), {"words": _some(language, rule.words)})


def _about(language: Language, rule: Rule, names: Names) -> Iterator[str]:
    if rule.topics:
        yield language.fill(
            N_("the comment is about %(topics)s"), {"topics": _named(language, rule.topics, names.topics)}
        )
    of = language.own(names.series[rule.series]) if rule.series in names.series else language.gettext(N_("a score"))
    if rule.series and rule.watch == "kpi":
        yield language.fill(N_("of the question “%(of)s”"), {"of": of})
    elif rule.at_most is not None and rule.at_least is not None:
        values = {"of": of, "low": rule.at_least, "high": rule.at_most}
        yield language.fill(N_("%(of)s is from %(low)s to %(high)s"), values)
    elif rule.at_most is not None:
        yield language.fill(N_("%(of)s is at most %(n)s"), {"of": of, "n": rule.at_most})
    elif rule.at_least is not None:
        yield language.fill(N_("%(of)s is at least %(n)s"), {"of": of, "n": rule.at_least})


def _places(language: Language, rule: Rule, names: Names) -> Iterator[str]:
    channels = {code: language.gettext(name) for code, name in names.channels.items()}
    if rule.surveys:
        yield language.fill(N_("in the survey %(names)s"), {"names": _named(language, rule.surveys, names.surveys)})
    if rule.touchpoints:
        yield language.fill(N_("at %(names)s"), {"names": _named(language, rule.touchpoints, names.touchpoints)})
    if rule.units:
        yield language.fill(N_("in %(names)s with all below"), {"names": _named(language, rule.units, names.units)})
    if rule.channels:
        told = listed(language, [channels.get(code, code) for code in rule.channels])
        yield language.fill(N_("by %(names)s"), {"names": told})


def _case(language: Language, rule: Rule, names: Names) -> Iterator[str]:
    values = {
        "severity": rule.severity,
        "name": language.gettext(SEVERITY_NAMES[rule.severity]),
        "kind": language.gettext(KINDS[rule.kind]).lower(),
    }
    yield language.fill(N_("a case opens, %(kind)s of severity %(severity)s (%(name)s)"), values)
    if rule.owner:
        yield language.fill(N_("it goes to %(name)s"), {"name": names.accounts.get(rule.owner, rule.owner)})
    else:
        yield language.gettext(N_("it goes to whoever manages the unit"))
    if rule.priority_segments:
        segments = _named(language, rule.priority_segments, names.segments)
        yield language.fill(N_("for %(names)s one level more severe"), {"names": segments})
    if rule.cooldown_hours:
        yield language.fill(
            N_("then it rests for %(n)s hours about the same customer"), {"n": language.number(rule.cooldown_hours)}
        )
    if (rule.active_from, rule.active_until) != ("00:00", "23:59"):
        values = {"start": rule.active_from, "end": rule.active_until}
        yield language.fill(N_("the owner is told between %(start)s and %(end)s"), values)


def _watched(language: Language, rule: Rule) -> str:
    if rule.watch == "kpi":
        return language.fill(
            N_("a KPI of the last %(n)s days is proven to be lower than in the %(n)s days before"),
            {"n": rule.drop_days},
        )
    if rule.watch == "overdue":
        return language.gettext(N_("a promise to a customer is overdue"))
    return language.fill(N_("a recovery survey has had no answer for %(n)s days"), {"n": rule.wait_days})


def _told(language: Language, rule: Rule, names: Names) -> str:
    if rule.owner:
        return language.fill(N_("%(name)s is told"), {"name": names.accounts.get(rule.owner, rule.owner)})
    if rule.watch == "no_recovery":
        return language.gettext(N_("the owner of the case is told"))
    return language.gettext(N_("whoever is above the unit is told"))


def _named(language: Language, codes: Sequence[str], names: Mapping[str, Text]) -> str:
    return listed(language, [language.own(names[code]) if code in names else code for code in codes])


def _some(language: Language, words: Sequence[str], most: int = 6) -> str:
    """The first words, and how many more there are."""
    shown = listed(language, words[:most])
    if len(words) <= most:
        return shown
    return language.fill(N_("%(words)s and %(n)s more"), {"words": shown, "n": len(words) - most})
