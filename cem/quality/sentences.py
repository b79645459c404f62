"""What the pages of quality say in words."""

from cem.quality.figures import signal_name
from cem.quality.models import QualityDecision
from cem.quality.overview import Effect
from surveys.languages import N_, Language

NO_SUSPECTS = N_("%(kpi)s: no answer is suspect, so there is nothing to leave out.")
FEW_SUSPECTS = N_("%(kpi)s: so few answers are suspect that the difference would tell what they said.")
MATTERS = N_("%(kpi)s: it matters. Leaving out %(n)s suspect answers moves it by %(size)s, more than its uncertainty.")
LITTLE = N_(
    "%(kpi)s: it hardly matters. Leaving out %(n)s suspect answers moves it by %(size)s, less than its uncertainty."
)


def effect_in_words(language: Language, effect: Effect) -> str:
    """Whether leaving out the suspect answers matters for a KPI."""
    kpi = effect.kpi
    values = {"kpi": kpi.short_name(language), "n": language.number(effect.suspect)}
    if effect.every is None:
        return language.fill(FEW_SUSPECTS if effect.suspect else NO_SUSPECTS, values)
    size = kpi.write_size(language, effect.moved, kpi.places + 1)
    return language.fill(MATTERS if effect.matters else LITTLE, values | {"size": size})


def reason_in_words(language: Language, decision: QualityDecision) -> str:
    """A person's own words, or the signals that a rule went by."""
    if not decision.by_rule:
        return decision.reason
    names = (language.gettext(signal_name(language, name)) for name in decision.reason.split(", "))
    return f"{language.gettext(',')} ".join(names)
