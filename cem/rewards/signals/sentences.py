"""The evidence of a signal as a sentence in the reader's language; numbers and names, never a customer's words."""

from collections.abc import Mapping
from typing import Any

from cem.rewards.measure_names import Named
from cem.rewards.signals.kinds import (
    ASKED_FOR,
    EMPTY_CLOSURES,
    EXCLUSIONS,
    FEW_INVITED,
    FEWER_INVITED,
    FLAT_BEHAVIOUR,
    GATE,
    INVITED_MIX,
    LATE_FLOOD,
    NAMES,
    ODD_ANSWERS,
    STAFF_ANSWERS,
    TOP_SCORES,
)
from cem.scorecards.offers import Offers
from surveys.languages import N_, Language
from surveys.questionnaire import Text

SENTENCES = {
    FEW_INVITED: N_(
        "%(k)s of the %(n)s customers who could be asked were asked (%(share)s); in the other units it was %(others)s."
    ),
    FEWER_INVITED: N_(
        "%(k)s of the %(n)s customers who could be asked were asked (%(share)s); in the year before it was %(others)s."
    ),
    INVITED_MIX: N_(
        "Of the %(n)s customers who were asked, %(share)s belong to the segment “%(segment)s”; "
        "of those who could be asked, %(others)s do."
    ),
    LATE_FLOOD: N_(
        "%(share)s of the %(n)s answers came in the last %(days)s days (other units: %(others)s). "
        "Before them the result was %(before)s, in them %(after)s."
    ),
    ASKED_FOR: N_(
        "%(k)s of %(n)s comments tell of somebody who asked for a score (%(share)s); "
        "in the other units it is %(others)s."
    ),
    TOP_SCORES: N_(
        "At “%(touchpoint)s” %(k)s of %(n)s answers are the best score, %(score)s (%(share)s); "
        "in the other units it is %(others)s."
    ),
    EXCLUSIONS: N_("People have taken out %(k)s of %(n)s low scores, but only %(high_k)s of %(high_n)s high ones."),
    FLAT_BEHAVIOUR: N_(
        "The result rose from %(before)s to %(after)s, while “%(metric)s” got worse, "
        "from %(metric_before)s to %(metric_after)s. Neither is chance."
    ),
    STAFF_ANSWERS: N_(
        "%(k)s of %(n)s answers (%(share)s) came over personal links of customers "
        "whose customer number is that of an employee."
    ),
    ODD_ANSWERS: N_(
        "%(k)s of %(n)s answers (%(share)s) came far too fast, many at once, or twice alike; "
        "in the other units it is %(others)s."
    ),
    EMPTY_CLOSURES: N_(
        "%(k)s of %(n)s closed cases (%(share)s) ended without contact or a reply, or the customer says that it is not "
        "solved; in the other units it is %(others)s."
    ),
    GATE: N_("The result is %(value)s, the limit %(limit)s (n = %(n)s)."),
}
BESIDE = N_("It is stopped because another signal agrees: %(signals)s.")
_SHARES = frozenset({"share", "others", "metric_before", "metric_after"})
_RESULTS = frozenset({"before", "after", "value", "limit"})


def evidence_sentence(
    language: Language,
    signal: str,
    evidence: Mapping[str, Any],
    part: Named | None,
    metrics: Mapping[str, Text],
    offers: Offers,
) -> str:
    """What was counted, in words; '' where there is nothing but a person's own words."""
    if signal not in SENTENCES:
        return ""

    def written(name: str, value: Any) -> str:
        if name in _RESULTS:
            return part.write(language, str(value)) if part and value is not None else "–"
        if name in _SHARES:
            return language.percent(float(value), 1)
        return (
            language.number(value)
            if isinstance(value, int | float)
            else _called(language, name, value, metrics, offers)
        )

    values = {name: written(name, value) for name, value in evidence.items() if name != "beside"}
    told = language.gettext(SENTENCES[signal]) % values
    beside = [language.gettext(NAMES[other]) for other in str(evidence.get("beside", "")).split()]
    if beside:
        told += " " + language.gettext(BESIDE) % {"signals": ("، " if language.persian else ", ").join(beside)}
    return told


def _called(language: Language, name: str, code: str, metrics: Mapping[str, Text], offers: Offers) -> str:
    """The name of what a code stands for; the code where it is gone."""
    if name == "metric" and code in metrics:
        return language.own(metrics[code])
    if name == "segment" and code in offers.segments:
        return language.own(offers.segments[code].names)
    if name == "touchpoint" and code in offers.touchpoints:
        return language.own(offers.touchpoints[code].names)
    return code or language.gettext(N_("not known"))
