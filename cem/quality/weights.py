"""Weighting: a KPI of the answers beside that of the customers whom they stand for, or why that cannot be said."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from cem.quality.margins import Margin, category_name, dimension_name
from cem.scorecards.choices import Choice
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from metrics import CannotWeight, Histogram, RakedKpi, raked_kpi
from surveys.cuts import Answers, Column, Side, cross
from surveys.languages import N_, Language
from surveys.questionnaire import Questionnaire, Scored

FEWEST = 50

NO_POPULATION = N_("Nobody has said yet what the customers are like, so there is nothing to weight to.")
TOO_FEW = N_("There are too few answers to weight: at least %(fewest)s.")
EMPTY = N_(
    "Nobody of “%(category)s” (%(dimension)s) answered, so no weight can stand for them. "
    "Leave it out or join it with another."
)
CONTRADICTION = N_(
    "No weights meet all these populations at once: some groups never occur together. Weight by fewer dimensions."
)

CONCERNS = {
    "large_weight": N_("Some answers stand for more than five times the average: single customers carry the result."),
    "few_effective_answers": N_(
        "The weights cost more than half of the answers: the sample is far from the population."
    ),
    "small_groups": N_("A group has fewer than 20 answers: join it with a neighbour."),
    "not_trimmed": N_("The population leaves no room to hold back the largest weights."),
}


@dataclass(frozen=True)
class Weighted:
    """A KPI weighted to its margins; without `raked`, `refusal` says why in words that `say` fills."""

    margins: Mapping[str, Margin]
    raked: RakedKpi | None
    left_out: int
    refusal: str = ""
    values: Mapping[str, str] | None = None

    def say(self, spoken: Language) -> str:
        return spoken.fill(self.refusal, self.values or {})


def weigh(
    reader: Session,
    choice: Choice,
    kpi: Kpi,
    questionnaire: Questionnaire,
    margins: Mapping[str, Margin],
    offers: Offers,
    spoken: Language,
) -> Weighted:
    """The KPI of a choice, raked to these margins."""
    if not margins:
        return Weighted(margins, None, 0, NO_POPULATION)
    cells, left_out = _count(reader, choice, kpi, questionnaire, margins, offers)
    answers = sum(h.n for h in cells.values())
    if answers < FEWEST:
        return Weighted(margins, None, left_out, TOO_FEW, {"fewest": str(FEWEST)})
    for place, (dimension, margin) in enumerate(margins.items()):
        there = {groups[place] for groups in cells}
        if empty := [category for category, amount in margin.amounts.items() if amount and category not in there]:
            values = {
                "category": category_name(spoken, offers, dimension, empty[0]),
                "dimension": dimension_name(spoken, dimension),
            }
            return Weighted(margins, None, left_out, EMPTY, values)
    population: dict[str, Any] = {name: margin.amounts for name, margin in margins.items()}
    try:
        raked = raked_kpi(cells, population, kpi.known_as, **kpi.scale)
    except CannotWeight:
        return Weighted(margins, None, left_out, CONTRADICTION)
    return Weighted(margins, raked, left_out)


def _count(
    reader: Session,
    choice: Choice,
    kpi: Kpi,
    questionnaire: Questionnaire,
    margins: Mapping[str, Margin],
    offers: Offers,
) -> tuple[dict[tuple[Hashable, ...], Histogram], int]:
    """The scores of each combination of categories, and how many answers are in none that the population knows."""
    ids = tuple(q.id for q in questionnaire.questions if isinstance(q, Scored) and q.series == kpi.series)
    sides: list[Side] = [*(Column(dimension) for dimension in margins), Answers(ids)]
    categories = [_category_of(margin, offers) for margin in margins.values()]
    counts: dict[tuple[Hashable, ...], Counter[int]] = {}
    left_out = 0
    for (*values, score), n in cross(reader, choice.where(), choice.period.start, choice.period.end, sides).items():
        groups = tuple(known.get(str(value)) for known, value in zip(categories, values, strict=True))
        if None in groups or not isinstance(score, int):
            left_out += n
        else:
            counts.setdefault(groups, Counter())[score] += n
    return {groups: Histogram([scored[s] for s in range(11)]) for groups, scored in counts.items()}, left_out


def _category_of(margin: Margin, offers: Offers) -> Mapping[str, str]:
    """The category of each value: itself, and for a unit below one of the population the nearest above it."""
    named = {category for category, amount in margin.amounts.items() if amount}
    codes = offers.units if margin.dimension == "unit" else named
    found = {code: _nearest(code, named, offers) for code in codes}
    return {code: category for code, category in found.items() if category}


def _nearest(code: str, named: Collection[str], offers: Offers) -> str | None:
    unit: str | None = code
    while unit is not None and unit not in named:
        unit = offers.units[unit].parent
    return unit
