"""The odds of each guard for a plan's own measures: what it would pay for levels that are not truly reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cem.rewards.backtests import Floats, PastPeriod, normal_prior
from cem.rewards.priors import Priors
from cem.rewards.sources import kpi_of
from cem.rewards.terms import Measure, SurveyScore, Terms
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from metrics.payouts.guards import Guard
from metrics.payouts.simulation import TAKE_SIDES, Draws, GuardOdds, draw_mean, draw_nps, draw_share, guard_odds

RUNS = 40_000


@dataclass(frozen=True)
class MeasureOdds:
    """Guard by guard for one measure; `usual_n` is the median of its units' answers in the last period."""

    measure: Measure
    usual_n: int
    odds: Mapping[Guard, GuardOdds]


def plan_odds(terms: Terms, offers: Offers, priors: Priors, past: PastPeriod) -> tuple[MeasureOdds, ...]:
    """For every KPI of the plan that customers give and that has a prior: units like these, drawn again and again."""
    found = []
    for measure in terms.measures:
        prior = normal_prior(priors.get(measure.code))
        n = _answers(measure, past)
        if not isinstance(measure.source, SurveyScore) or prior is None or not n:
            continue
        kpi = kpi_of(offers, measure.source)
        random = np.random.default_rng(20_250)
        low, high = kpi.bounds
        truth = np.clip(random.normal(prior.mean, np.sqrt(prior.between), RUNS), low, high)
        sizes = random.choice(np.array(n, dtype=float), RUNS)
        draws = _draw(kpi, truth, sizes, random)
        odds = guard_odds(measure.curve, truth, draws, sizes, prior, probability=float(terms.probability))
        found.append(MeasureOdds(measure, int(np.median(n)), odds))
    return tuple(found)


def _answers(measure: Measure, past: PastPeriod) -> Sequence[int]:
    lines = [line for trace in past.units.values() for line in trace.lines if line.measure == measure.code]
    return [line.snapshot.n for line in lines if line.snapshot is not None and line.snapshot.n]


def _draw(kpi: Kpi, truth: Floats, n: Floats, random: np.random.Generator) -> Draws:
    match kpi.known_as:
        case "nps":
            sides = np.maximum(TAKE_SIDES, np.abs(truth) / 100)
            promoters = (sides + truth / 100) / 2
            return draw_nps(sides - promoters, 1 - sides, promoters, n, random)
        case "csat":
            return draw_share(truth / 100, n, random)
        case _:
            low, high = kpi.bounds
            # Ratings that are spread evenly over half of the scale.
            return draw_mean(truth, (high - low) / 2 / np.sqrt(3), n, (low, high), random)
