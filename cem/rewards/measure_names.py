"""What a measure or gate is called, and how its values are written."""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from cem.operations.lines import write
from cem.operations.models import SHARE, OperationalMetric
from cem.rewards.sources import find_kpi
from cem.rewards.terms import GateTerms, InvitationCoverage, Measure, OperationalFigure, ResponseRate, SurveyScore
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from surveys.languages import N_, Language

RATE_NAMES = {ResponseRate: N_("Response rate"), InvitationCoverage: N_("Invitation coverage")}


@dataclass(frozen=True)
class Named:
    """A measure or gate as people know it; one whose survey or metric is gone keeps its code."""

    code: str
    kpi: Kpi | None = None
    metric: OperationalMetric | None = None
    rate: str = ""
    survey: str = ""

    def name(self, language: Language) -> str:
        if self.kpi:
            return self.kpi.name(language)
        if self.metric:
            return language.own(self.metric.names)
        return language.gettext(self.rate) or self.code

    def write(self, language: Language, value: Fraction | str | None) -> str:
        """A value with one decimal; an end of an interval and a target are written alike."""
        if value is None:
            return "–"
        number = float(Fraction(value))
        if self.kpi:
            return self.kpi.write(language, number, self._places(number, self.kpi.places))
        places = self._places(number, 0)
        if self.metric:
            return write(language, self.metric, number, places)
        return language.percent(number, places) if self.rate else language.number(number, places)

    def mark(self, language: Language, value: Fraction | str) -> str:
        """The same without what it is measured in, for the axis of a picture."""
        if self.kpi or self.rate or (self.metric and self.metric.kind == SHARE):
            return self.write(language, value)
        number = float(Fraction(value))
        return language.number(number, self._places(number, 0))

    @staticmethod
    def _places(number: float, places: int) -> int:
        return places if number == round(number, places) else places + 1


def named(session: Session, offers: Offers, part: Measure | GateTerms) -> Named:
    """A measure or gate by what it measures now."""
    match part.source:
        case SurveyScore(survey=survey) as source:
            return Named(part.code, kpi=find_kpi(offers, source), survey=survey)
        case OperationalFigure(metric=metric):
            return Named(part.code, metric=session.get(OperationalMetric, metric))
        case _:
            return Named(part.code, rate=RATE_NAMES[type(part.source)], survey=part.source.survey)
