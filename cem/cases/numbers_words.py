"""What each number of the closed loop is called, and what it is, in one sentence."""

from cem.cases.clocks import ACKNOWLEDGE, CONTACT, RESOLVE
from cem.cases.numbers import (
    ACTED_ON,
    FIRST_TIME,
    FOLLOW_UP,
    RECOVERY,
    RECURRENCE,
    REOPEN,
    Lift,
    Quantile,
    Saved,
    Times,
)
from surveys.languages import N_, Language

NAMES = {
    ACKNOWLEDGE: N_("Acknowledged in time"),
    CONTACT: N_("First contact in time"),
    RESOLVE: N_("Resolved in time"),
    FOLLOW_UP: N_("Detractors followed up"),
    ACTED_ON: N_("Answers acted on"),
    FIRST_TIME: N_("Solved the first time"),
    REOPEN: N_("Opened again"),
    RECURRENCE: N_("Came back"),
    RECOVERY: N_("Recovered"),
}
EXPLANATIONS = {
    ACKNOWLEDGE: N_("of the cases whose time to be acknowledged ended in the period"),
    CONTACT: N_(
        "of the cases whose time for a first personal contact ended in the period; what is open counts as missed"
    ),
    RESOLVE: N_("of the cases whose time to be resolved ended in the period; what is open counts as missed"),
    FOLLOW_UP: N_("unhappy customers who allowed contact and were contacted in person, of all who allowed it"),
    ACTED_ON: N_("answers with a case, and so a reply or an improvement, of all valid answers"),
    FIRST_TIME: N_("closed cases that were never opened again, of those that came to an end"),
    REOPEN: N_("cases that were opened again, of those that came to an end"),
    RECURRENCE: N_("closed cases of known customers who had the same cause within the 90 days before"),
    RECOVERY: N_("customers who say 7 or more in the recovery survey, of those who answered it"),
}
# As they are read: what was promised, and what came of it.
PROMISES = (ACKNOWLEDGE, CONTACT, RESOLVE)
RESULTS = (FOLLOW_UP, ACTED_ON, FIRST_TIME, REOPEN, RECURRENCE, RECOVERY)
LOWER_IS_BETTER = frozenset({REOPEN, RECURRENCE})

TIME_NAMES = {CONTACT: N_("To the first contact"), RESOLVE: N_("To the resolution")}
PERIOD_NAMES = {30: N_("Last 30 days"), 90: N_("Last 90 days"), 365: N_("Last 365 days")}
AGE_NAMES = (N_("up to 2 days"), N_("3 to 7 days"), N_("8 to 30 days"), N_("over 30 days"))


def hours(language: Language, value: float | None) -> str:
    """Business hours, or that they are still to come."""
    if value is None:
        return language.gettext(N_("not yet known"))
    return language.fill(N_("%(n)s h"), {"n": language.number(value, 1 if value < 10 else 0)})


def hours_between(language: Language, found: Quantile) -> str:
    """The interval of a time; where it has no end yet, what it is at least."""
    if found.low is None:
        return ""
    if found.high is None:
        return language.fill(N_("at least %(low)s"), {"low": hours(language, found.low)})
    return language.fill(
        N_("%(low)s to %(high)s"), {"low": hours(language, found.low), "high": hours(language, found.high)}
    )


def waiting(times: Times) -> int:
    """Cases that are not served yet, or ended without it."""
    return times.n - times.served


def lift_in_words(language: Language, lift: Lift, enough: int) -> str:
    """How much better customers feel after their case, with its interval."""
    if lift.n < enough or lift.low is None or lift.value is None:
        return language.fill(
            N_("Too few customers have answered before and after to tell how much better they feel (%(n)s)."),
            {"n": language.number(lift.n)},
        )
    values = {
        "n": language.number(lift.n),
        "before": language.number(lift.before or 0, 1),
        "after": language.number(lift.after or 0, 1),
        "value": language.number(lift.value, 1, signed=True),
        "low": language.number(lift.low, 1, signed=True),
        "high": language.number(lift.high or 0, 1, signed=True),
    }
    return language.fill(
        N_(
            "The same %(n)s customers gave %(before)s before and %(after)s after: a lift of %(value)s "
            "(between %(low)s and %(high)s) on the scale from 0 to 10."
        ),
        values,
    )


def saved_in_words(language: Language, saved: Saved, enough: int) -> str:
    """Whether more customers stay where they were contacted in time; what it does not prove is said on the page."""
    if min(saved.treated.n, saved.untreated.n) < enough or saved.low is None or saved.value is None:
        return language.fill(
            N_("Too few unhappy customers can be followed for 90 days to compare (%(n)s and %(others)s)."),
            {"n": language.number(saved.treated.n), "others": language.number(saved.untreated.n)},
        )
    values = {
        "share": language.percent(saved.treated.value or 0, 1),
        "n": language.number(saved.treated.n),
        "others": language.percent(saved.untreated.value or 0, 1),
        "others_n": language.number(saved.untreated.n),
        "value": language.number(saved.value, 1, signed=True),
        "low": language.number(saved.low, 1, signed=True),
        "high": language.number(saved.high or 0, 1, signed=True),
    }
    return language.fill(
        N_(
            "Of %(n)s unhappy customers who were contacted in time %(share)s are still customers after 90 days, of "
            "%(others_n)s others %(others)s: a difference of %(value)s points (between %(low)s and %(high)s)."
        ),
        values,
    )
