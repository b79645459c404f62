"""Why a root cause was taken up, in a sentence with what was counted then."""

from cem.improvements.models import RootCause
from cem.improvements.root_causes import COUNT, SEVERITY, SHARE
from surveys.languages import N_, Language

MANY = N_("Promoted by rule: %(cases)s cases of this unit in %(days)s days had this cause.")
SPREAD = N_("Promoted by rule: %(cases)s cases in %(units)s units had this cause within %(days)s days.")
PART = N_(
    "Promoted by rule: %(cases)s of %(of)s cases of this unit in %(days)s days had this cause, which is %(share)s."
)
SEVERE = N_("Promoted by rule: cases of the highest severity with this cause in %(days)s days: %(severe)s.")
BY_HAND = N_("Opened by hand: no rule asked for it.")


def reason_in_words(language: Language, row: RootCause) -> str:
    """Why somebody looks into this."""
    counted = {name: language.number(n) for name, n in row.counted.items() if isinstance(n, int)}
    if row.reason == SEVERITY and "severe" in counted:
        return language.fill(SEVERE, counted)
    if row.reason == SHARE and row.counted.get("of"):
        share = language.percent(100 * row.counted["cases"] / row.counted["of"])
        return language.fill(PART, {**counted, "share": share})
    if row.reason == COUNT and "cases" in counted:
        return language.fill(SPREAD if "units" in counted else MANY, counted)
    return language.gettext(BY_HAND)
