"""The signals: what each is called, from when on it counts, and whether it stops a measure or is only looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from surveys.languages import N_

Reaction = Literal["hold", "review"]
HOLD: Reaction = "hold"
REVIEW: Reaction = "review"

FEW_INVITED, FEWER_INVITED, INVITED_MIX = "few_invited", "fewer_invited", "invited_mix"
LATE_FLOOD, ASKED_FOR, TOP_SCORES = "late_flood", "asked_for", "top_scores"
EXCLUSIONS, FLAT_BEHAVIOUR = "exclusions", "flat_behaviour"
STAFF_ANSWERS, ODD_ANSWERS = "staff_answers", "odd_answers"
EMPTY_CLOSURES = "empty_closures"
# Put on hold elsewhere, by a lock and by people.
GATE, BY_HAND = "gate", "by_hand"

NAMES = {
    FEW_INVITED: N_("Fewer customers asked than in other units"),
    FEWER_INVITED: N_("Fewer customers asked than before"),
    INVITED_MIX: N_("The customers asked are not like those served"),
    LATE_FLOOD: N_("Many answers in the last days, and better ones"),
    ASKED_FOR: N_("Customers write that a score was asked for"),
    TOP_SCORES: N_("Nearly only the highest score"),
    EXCLUSIONS: N_("Low scores taken out more often than high ones"),
    FLAT_BEHAVIOUR: N_("The score rose while customers' behaviour got worse"),
    STAFF_ANSWERS: N_("Answers of employees"),
    ODD_ANSWERS: N_("Many answers that look odd"),
    EMPTY_CLOSURES: N_("Cases closed without a result"),
    GATE: N_("A condition that holds is not met"),
    BY_HAND: N_("Noticed by a person"),
}


@dataclass(frozen=True)
class Limit:
    """From when on a signal counts.

    `level` is the chance that it is found in any unit where nothing is there; `margin` is in percentage points beyond
    what is compared with; units with less than `least` (encounters, answers, comments) are not judged; `fewest` is how
    many single cases there must be. `why` is the reason, for whoever wants to change a number.
    """

    reaction: Reaction
    level: float
    margin: float
    least: int
    why: str
    fewest: int = 1


# Four signals stop a measure alone, each found by chance in at most one of two hundred periods; the highest scores do
# so only beside another signal, which is rarer still. Together that is below 5%.
LIMITS: Mapping[str, Limit] = {
    FEW_INVITED: Limit(HOLD, 0.005, 10, 50, "coverage of 90% is the usual gate; ten points less is a choice"),
    FEWER_INVITED: Limit(HOLD, 0.005, 10, 50, "as above; what falls everywhere is the company's doing"),
    INVITED_MIX: Limit(HOLD, 0.005, 10, 100, "a tenth of the invitations went to other customers than chance gives"),
    LATE_FLOOD: Limit(REVIEW, 0.01, 10, 50, "a tenth of the days has a tenth of the answers; twice that is a flood"),
    ASKED_FOR: Limit(HOLD, 0.005, 3, 20, "few write about it; three who do are no misunderstanding", fewest=3),
    TOP_SCORES: Limit(HOLD, 0.01, 15, 30, "good units differ by ten points; stopped only where another signal agrees"),
    EXCLUSIONS: Limit(REVIEW, 0.01, 2, 20, "who looks at low scores only takes out low scores only", fewest=3),
    FLAT_BEHAVIOUR: Limit(REVIEW, 0.05, 0, 50, "both must be proven, so each alone may be at the usual level"),
    STAFF_ANSWERS: Limit(REVIEW, 1, 2, 30, "employees are customers too, so one or two are nothing", fewest=3),
    EMPTY_CLOSURES: Limit(REVIEW, 0.01, 10, 20, "some cases cannot be solved; ten in a hundred more can", fewest=5),
    ODD_ANSWERS: Limit(REVIEW, 0.01, 5, 50, "some answer fast everywhere; five in a hundred more do not", fewest=5),
}
# What makes nearly nothing but the highest score more than a question: it must come from another place than the scores.
CONFIRMING = (ASKED_FOR, LATE_FLOOD, ODD_ANSWERS, STAFF_ANSWERS, FLAT_BEHAVIOUR)

Evidence = Mapping[str, int | float | str]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A signal at a measure of a unit; the evidence is numbers, and codes of what they are of."""

    signal: str
    unit: str
    measure: str
    reaction: Reaction
    evidence: dict[str, int | float | str]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.signal, self.unit, self.measure
