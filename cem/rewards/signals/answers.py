"""What answers show, and what became of them.

Scores that were asked for, employees who answer, answers that are not like others, cases closed without a result.
"""

from collections.abc import Iterator

from cem.rewards.signals.facts import SurveyFacts
from cem.rewards.signals.invitations import Found
from cem.rewards.signals.kinds import ASKED_FOR, EMPTY_CLOSURES, LIMITS, ODD_ANSWERS, STAFF_ANSWERS, Evidence
from metrics.gaming import Part, stick_out


def find_in_answers(facts: SurveyFacts) -> Found:
    """Signal, unit and evidence."""
    shares = ((ASKED_FOR, facts.asked_for), (ODD_ANSWERS, facts.odd), (EMPTY_CLOSURES, facts.empty_closures))
    for signal, parts in shares:
        limit = LIMITS[signal]
        found = stick_out(parts, level=limit.level, margin=limit.margin, least=limit.least)
        for unit, odd in found.items():
            if odd.own.k >= limit.fewest:
                yield signal, unit, compared(odd.own, odd.others)
    yield from _staff(facts)


def _staff(facts: SurveyFacts) -> Iterator[tuple[str, str, Evidence]]:
    """Nothing to be tested: that an employee has answered is known and not guessed."""
    limit = LIMITS[STAFF_ANSWERS]
    for unit, part in facts.staff.items():
        if part.k >= limit.fewest and part.n >= limit.least and part.percent >= limit.margin:
            yield STAFF_ANSWERS, unit, {"k": part.k, "n": part.n, "share": round(part.percent, 1)}


def compared(own: Part, others: Part) -> Evidence:
    """A share beside that of the other units."""
    return {
        "k": own.k,
        "n": own.n,
        "share": round(own.percent, 1),
        "others": round(others.percent, 1),
        "others_n": others.n,
    }
