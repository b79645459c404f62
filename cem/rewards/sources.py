"""From what a plan names to what surveys measure."""

from cem.rewards.terms import SurveyScore
from cem.scorecards.kpis import Kpi, kpis_of
from cem.scorecards.offers import Offers


def kpi_of(offers: Offers, source: SurveyScore) -> Kpi:
    """The KPI of a series; a plan that was checked names only such as there are."""
    return next(kpi for kpi in kpis_of(offers.surveys[source.survey].questionnaire) if kpi.series == source.series)
