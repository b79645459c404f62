"""Past periods: what a plan's units would have scored, exactly as a run scores them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cem.rewards.calculation import UnitTrace, score_unit
from cem.rewards.inputs import UnitInputs
from cem.rewards.measuring import Measuring, Span
from cem.rewards.periods import RewardPeriod
from cem.rewards.priors import Priors, fix_priors
from cem.rewards.runs import measured_units
from cem.rewards.terms import Terms
from cem.scorecards.offers import Offers


@dataclass(frozen=True)
class PastScores:
    """The traces of the units, and the priors that they were drawn towards."""

    priors: Priors
    traces: Mapping[str, UnitTrace]

    @property
    def scores(self) -> dict[str, Fraction]:
        """Of the units that could be measured."""
        return {unit: Fraction(trace.score) for unit, trace in self.traces.items() if trace.score is not None}


def score_past(
    session: Session,
    offers: Offers,
    terms: Terms,
    period: RewardPeriod,
    units: Collection[str],
    now: datetime,
    zone: ZoneInfo,
) -> PastScores:
    """The scores of these units in a period; holds and what was carried forward are left out."""
    priors = fix_priors(session, offers, terms, period, units)
    measuring = Measuring(session, offers, terms, Span(period.first_day, period.end, now, zone), priors)
    inputs = UnitInputs(terms, measuring.snapshots(measured_units(offers, set(units))))
    return PastScores(priors, {unit: score_unit(terms, inputs.of(unit)) for unit in sorted(units)})
