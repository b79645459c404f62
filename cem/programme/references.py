"""Published shares of companies, and the company's own figure of the same thing beside each."""

from collections.abc import Mapping

from cem.programme.evidence.found import Found
from cem.programme.sheets import Reference
from metrics import proportion
from surveys.languages import N_

# Three quarters of companies collect feedback, 42% find it effective, a quarter ties rewards to customer experience
# (Harvard Business Review Analytic Services, Lessons from the Leading Edge of Customer Experience Management, 2014).
PUBLISHED = {"L0.3": 75.0, "L0.4": 42.0, "1.1": 25.0}
CODES = tuple(PUBLISHED)
NAMES = {
    "L0.3": N_("Feedback is collected"),
    "L0.4": N_("Collecting it is found effective"),
    "1.1": N_("Rewards are tied to customer experience"),
}
WHOSE = {
    "L0.3": N_("of companies; here: live touchpoints with an answer within 90 days"),
    "L0.4": N_("of executives; here: staff who say so, as the company has measured"),
    "1.1": N_("of companies; here: staff with variable pay who have a customer measure"),
}


def references_of(found: Mapping[str, Found]) -> tuple[Reference, ...]:
    """Each with the company's own figure where there is one; one of a sample has an interval."""
    return tuple(_reference(code, published, found.get(code)) for code, published in PUBLISHED.items())


def _reference(code: str, published: float, found: Found | None) -> Reference:
    if found is None:
        return Reference(code, published)
    if not found.sample or found.numerator is None:
        return Reference(code, published, found.value, n=found.n)
    estimate = proportion(found.numerator, found.n)
    return Reference(code, published, found.value, estimate.low, estimate.high, found.n)


def verdict(reference: Reference) -> str:
    """Whether the company stands above or below what is published, as far as its interval tells; '' where unknown."""
    if reference.value is None:
        return ""
    low = reference.value if reference.low is None else reference.low
    high = reference.value if reference.high is None else reference.high
    if low > reference.published:
        return N_("above")
    return N_("below") if high < reference.published else N_("not told apart")
