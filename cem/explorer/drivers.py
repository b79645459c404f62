"""What drives a KPI: how much each question explains of it, how the company does there, and where to work first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from cem.scorecards.choices import Choice
from cem.scorecards.privacy import MINIMUM
from metrics import Estimate, Histogram, KeyDrivers, importance_performance, key_drivers, mean_score
from metrics.drivers.key_drivers import Driver
from surveys.cuts import Scores, cross
from surveys.languages import N_
from surveys.questionnaire import Questionnaire, Rating, Scored

# More answers than this make no interval visibly narrower; so many are drawn from them, always the same.
MOST = 100_000
SEED = 20_251_107

QUADRANTS = {
    "concentrate_here": N_("Work here first"),
    "keep_up": N_("Keep it up"),
    "low_priority": N_("Not now"),
    "possible_overkill": N_("Perhaps more than needed"),
    "undetermined": N_("Cannot be told yet"),
}
REASONS = {
    "no_drivers": N_("This survey has no other scores that could explain it."),
    "too_few_answers": N_("There are too few complete answers: at least 50, and 10 for each question."),
    "no_variation": N_("Everybody gave the same scores, so nothing explains the differences."),
    "weak_model": N_("The other scores explain less than a twentieth of the differences, so a list would mislead."),
}


@dataclass(frozen=True)
class Place:
    """A driver: its question, its share of what is explained (percent), how it performs (percent of its scale)."""

    question: Scored
    driver: Driver
    performance: Estimate
    quadrant: str


@dataclass(frozen=True)
class DriverList:
    """The drivers, the most important first; without any, `found.reason` says why."""

    found: KeyDrivers
    places: tuple[Place, ...]
    importance: float | None
    performance: float | None


def find_drivers(reader: Session, choice: Choice, questionnaire: Questionnaire) -> DriverList:
    """The drivers of the chosen KPI among the answers that the choice counts."""
    outcome = next(q for q in questionnaire.questions if isinstance(q, Scored) and q.series == choice.kpi)
    asked = drivers_of(questionnaire, outcome)
    sides = [Scores((question.id,)) for question in (outcome, *asked)]
    counted = cross(reader, choice.where(), choice.period.start, choice.period.end, sides) if asked else {}
    if sum(counted.values()) < MINIMUM:
        counted = {}
    generator = np.random.default_rng(SEED)
    scores = np.array(list(counted), dtype=float).reshape(-1, len(sides))
    rows = scores.repeat(_drawn(list(counted.values()), generator), axis=0)
    found = key_drivers({q.id: rows[:, place] for place, q in enumerate(asked, 1)}, rows[:, 0], generator)
    performance = {q.id: _performance(q, rows[:, place]) for place, q in enumerate(asked, 1)}
    placed = importance_performance({d.name: d.importance for d in found.drivers}, performance)
    questions = {q.id: q for q in asked}
    places = [Place(questions[d.name], d, performance[d.name], placed.quadrants[d.name]) for d in found.drivers]
    places.sort(key=lambda place: -(place.driver.importance.value or 0))
    return DriverList(found, tuple(places), placed.importance, placed.performance)


def drivers_of(questionnaire: Questionnaire, outcome: Scored) -> tuple[Scored, ...]:
    """The ratings of single aspects; without them the other scores. Another overall score would explain all of it."""
    scored = [q for q in questionnaire.questions if isinstance(q, Scored) and q.id != outcome.id]
    ratings = tuple(q for q in scored if isinstance(q, Rating))
    return ratings or tuple(q for q in scored if q.series != outcome.series)


def _drawn(counts: Sequence[int], generator: np.random.Generator) -> Sequence[int]:
    if sum(counts) <= MOST:
        return counts
    drawn: Sequence[int] = generator.multivariate_hypergeometric(counts, MOST).tolist()
    return drawn


def _performance(question: Scored, scores: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Estimate:
    """The mean as a percentage of the way from the worst to the best point, so that scales compare."""
    low, high = question.points[0], question.points[-1]
    mean = mean_score(Histogram.of(scores.tolist()), low=low, high=high)

    def percent(value: float | None) -> float | None:
        return None if value is None else 100 * (value - low) / (high - low)

    return Estimate(percent(mean.value), percent(mean.low), percent(mean.high), mean.n, mean.effective_n, mean.method)
