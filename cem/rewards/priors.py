"""Priors: what units are drawn towards, fixed from the year before, so that nobody moves their own."""

from collections.abc import Collection, Mapping

from scipy.special import ndtr
from sqlalchemy.orm import Session

from cem.rewards.periods import RewardPeriod
from cem.rewards.sources import kpi_of
from cem.rewards.terms import SurveyScore, Terms
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from metrics import Histogram, Prior, shrink_units
from metrics.comparisons.targets import SharePrior
from surveys.tallies import Periods, Where, read

MONTHS = 12

# By measure: a prior as numbers by name, as it is kept in a run.
Priors = Mapping[str, Mapping[str, float]]


def fix_priors(
    session: Session, offers: Offers, terms: Terms, period: RewardPeriod, units: Collection[str]
) -> dict[str, dict[str, float]]:
    """The mean of these units and the variance between them, of each KPI, in the twelve months before a period.

    A KPI without a prior (fewer than five units, or answers that all agree) is not among them.
    """
    fixed = {}
    for measure in terms.measures:
        if not isinstance(measure.source, SurveyScore):
            continue
        offered = offers.surveys[measure.source.survey]
        series, kpi = measure.source.series, kpi_of(offers, measure.source)
        before = Periods((period.first.plus(-MONTHS).first_day,), period.first_day)
        counted = read(session, Where(offered.survey_id), [series], before, by="unit")
        groups = {
            unit: sum((h for cell, h in counted.items() if cell.group in below), Histogram())
            for unit in sorted(units)
            if (below := offers.subtree(unit))
        }
        if prior := kpi.shrunk(groups).prior:
            fixed[measure.code] = _kept(prior)
    return fixed


def shrunken(kpi: Kpi, h: Histogram, prior: Mapping[str, float], target: float) -> dict[str, float]:
    """The KPI drawn towards its prior, how reliable the unit's own answers are, and the chance of the target.

    It is drawn no further than the end of the unit's own interval: where a unit's answers contradict what was known,
    the answers are believed (limited translation [1]_). So nobody is paid for the past of others.

    References
    ----------
    .. [1] Efron, B. and Morris, C. (1972). Limiting the risk of Bayes and empirical Bayes estimators, part II. JASA 67,
       130-139.
    """
    unit = shrink_units({"": h}, kpi.known_as, read_prior(prior), **kpi.scale).units[""]
    estimate = kpi.estimate(h)
    if unit is None or estimate.low is None or estimate.high is None:
        return {}
    value, chance = min(max(unit.value, estimate.low), estimate.high), unit.chance(target)
    if value != unit.value:
        chance = float(ndtr((value - target) / unit.standard_error)) if unit.standard_error else float(value >= target)
    return {"shrunken": value, "chance": chance, "reliability": unit.reliability}


def _kept(prior: Prior | SharePrior) -> dict[str, float]:
    # The error of the mean is left out: a prior that is published beforehand is what it is.
    if isinstance(prior, SharePrior):
        return {"alpha": round(prior.alpha, 6), "beta": round(prior.beta, 6)}
    return {"mean": round(prior.mean, 6), "between": round(prior.between, 6)}


def read_prior(prior: Mapping[str, float]) -> Prior | SharePrior:
    """A prior as it was kept."""
    if "alpha" in prior:
        return SharePrior(prior["alpha"], prior["beta"])
    return Prior(prior["mean"], prior["between"])
