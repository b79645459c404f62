"""What a calculation says, in a reader's language: names of measures, values, shares, amounts and reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from cem.operations.figures import operational_metrics
from cem.rewards.calculation import BLOCKED, EXCLUDED, FEW, HELD, NO_DATA, NOT_MEASURABLE, PAID, UNRELIABLE
from cem.rewards.terms import (
    GateTerms,
    InvitationCoverage,
    Measure,
    OperationalFigure,
    ResponseRate,
    SurveyScore,
    Terms,
)
from cem.scorecards.kpis import Kpi, kpis_of
from cem.scorecards.offers import Offers
from metrics.payouts.guards import Reason
from surveys.languages import N_, Language

OUTCOMES = {
    PAID: N_("Measured"),
    BLOCKED: N_("A condition is not met: nothing is paid"),
    HELD: N_("Held until a person has looked"),
    NOT_MEASURABLE: N_("Not measurable"),
}
INSUFFICIENT = {
    NO_DATA: N_("There is no data."),
    FEW: N_("There are fewer answers than the plan asks for."),
    UNRELIABLE: N_("The answers of this unit alone are not reliable enough."),
    EXCLUDED: N_("An integrity decision has left it out."),
}
STOOD_IN = {
    "own": N_("The unit's own result counts."),
    "parent": N_("The parent unit's result counts instead."),
    "target": N_("It pays the target instead."),
    "zero": N_("It pays nothing, as the plan says."),
    "carried": N_("It pays what it paid in the period before."),
    "nothing": N_("Its weight goes to the other measures."),
}
REASONS = {
    Reason.NOT_PROVEN: N_(
        "The interval does not lie beyond the target as a whole, so chance could explain the rest: it pays the target."
    ),
    Reason.LESS_FAVOURABLE_END: N_("The less favourable end of the interval counts."),
    Reason.WITHIN_INTERVAL: N_("The target lies within the interval: it pays the target."),
    Reason.SHRUNKEN: N_(
        "Few answers say less than many, so the score is drawn towards what was known before the period."
    ),
    Reason.SHRUNKEN_NOT_PROVEN: N_(
        "It is not likely enough that the target is truly exceeded, so it pays the target and no more."
    ),
}
RATES = {
    ResponseRate: N_("Response rate"),
    InvitationCoverage: N_("Invitation coverage"),
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


@dataclass(frozen=True)
class Wording:
    """How the measures and gates of a plan are called and written."""

    terms: Terms
    kpis: Mapping[tuple[str, str], Kpi]
    metrics: Mapping[str, tuple[Mapping[str, str], str, Mapping[str, str]]]

    @classmethod
    def read(cls, session: Session, offers: Offers, terms: Terms) -> "Wording":
        """The names that surveys and metrics have now."""
        kpis = {
            (slug, kpi.series): kpi for slug, survey in offers.surveys.items() for kpi in kpis_of(survey.questionnaire)
        }
        metrics = {one.code: (one.names, one.kind, one.measured_in) for one in operational_metrics(session)}
        return cls(terms, kpis, metrics)

    def name(self, language: Language, part: Measure | GateTerms) -> str:
        """What a measure or a gate is called; its code where its survey or metric is gone."""
        match part.source:
            case SurveyScore(survey=survey, series=series) if (survey, series) in self.kpis:
                return self.kpis[survey, series].name(language)
            case OperationalFigure(metric=metric) if metric in self.metrics:
                return language.own(dict(self.metrics[metric][0]))
            case ResponseRate() | InvitationCoverage():
                return language.gettext(RATES[type(part.source)])
        return part.code

    def value(self, language: Language, part: Measure | GateTerms, value: str | Fraction | None) -> str:
        """A value as its KPI or metric is written; a dash where there is none."""
        if value is None:
            return "–"
        number = float(Fraction(value))
        match part.source:
            case SurveyScore(survey=survey, series=series) if (survey, series) in self.kpis:
                kpi = self.kpis[survey, series]
                return kpi.write(language, number, kpi.places + 1)
            case OperationalFigure(metric=metric) if metric in self.metrics:
                _, kind, measured_in = self.metrics[metric]
                if kind == "share":
                    return language.percent(number, 1)
                return f"{language.number(number, 1)} {language.own(dict(measured_in))}".strip()
        return language.percent(number, 1)
