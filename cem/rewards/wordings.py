"""Shares, amounts and outcomes, in a reader's language."""

from fractions import Fraction

from cem.rewards.calculation import BLOCKED, HELD, NOT_MEASURABLE, PAID
from surveys.languages import N_, Language

OUTCOMES = {
    PAID: N_("Measured"),
    BLOCKED: N_("A condition is not met: nothing is paid"),
    HELD: N_("Held until a person has looked"),
    NOT_MEASURABLE: N_("Not measurable"),
}
CURRENCIES = {"IRR": N_("%(amount)s rials"), "IRT": N_("%(amount)s tomans")}


def money(language: Language, amount: float, currency: str) -> str:
    """A whole amount with its currency."""
    written = language.number(amount)
    if currency in CURRENCIES:
        return language.fill(CURRENCIES[currency], {"amount": written})
    return f"{written} {currency}"


def share(language: Language, value: str | Fraction | None, places: int = 1) -> str:
    """A share of the target amount in percent; a dash where there is none."""
    return "–" if value is None else language.percent(100 * float(Fraction(value)), places)
