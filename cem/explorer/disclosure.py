"""Disclosure for any cut: what a table hides stays hidden where somebody asks for a cell of it alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from sqlalchemy.orm import Session

from cem.explorer.cuts import Cut
from cem.explorer.limits import limits_of
from cem.explorer.tables import grouped
from cem.scorecards.choices import Choice
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import MINIMUM, hidden, hidden_cells
from metrics import Histogram
from surveys.cuts import Column, Held, Scores, Side, Spans, held
from surveys.questionnaire import Questionnaire, Scored
from surveys.tallies import Periods, Where, spread

_TALLIED = ("touchpoint", "unit", "channel")
Groups = tuple[str, ...]


def read_scores(reader: Session, choice: Choice, offers: Offers, quality: str = "valid") -> Histogram | None:
    """The scores behind a number; None where they are few, or where a table would tell them apart from few others.

    Read once without the limits, so that each can be weighed against its neighbours.
    """
    limits = list(limits_of(choice, offers).values())
    chosen = tuple(group for _, group in limits)
    counted = _by_limits(reader, choice, offers, [cut for cut, _ in limits], quality)
    scores = counted.get(chosen, Histogram())
    sizes = {groups: h.n for groups, h in counted.items()}
    few = 0 < scores.n < MINIMUM
    return None if few or any(_hides(sizes, chosen, free) for free in _freed(len(limits))) else scores


def score_ids(questionnaire: Questionnaire, series: str) -> tuple[str, ...]:
    """The questions that a KPI is asked by."""
    return tuple(q.id for q in questionnaire.questions if isinstance(q, Scored) and q.series == series)


def _freed(limits: int) -> list[tuple[int, ...]]:
    """The lists and the tables that a choice is in: one limit or two let go."""
    return [places for size in (1, 2) for places in combinations(range(limits), size)]


def _hides(sizes: Mapping[Groups, float], chosen: Groups, free: tuple[int, ...]) -> bool:
    """Whether the list or table along these limits, with all others as chosen, hides what was chosen."""
    line: dict[Groups, float] = {}
    for groups, n in sizes.items():
        if all(place in free or group == chosen[place] for place, group in enumerate(groups)):
            cell = tuple(groups[place] for place in free)
            line[cell] = line.get(cell, 0) + n
    own = tuple(chosen[place] for place in free)
    if len(free) == 1:
        return own in hidden(line)
    return own in hidden_cells({(one, other): n for (one, other), n in line.items()})


def _by_limits(
    reader: Session, choice: Choice, offers: Offers, cuts: list[Cut], quality: str
) -> dict[Groups, Histogram]:
    """The scores in each combination of groups, without any of the limits."""
    where = Where(choice.survey_id, units=offers.subtree(choice.top) if choice.top else None, quality=quality)
    start, end = choice.period.start, choice.period.end
    sides = [Scores(score_ids(offers.surveys[choice.survey].questionnaire, choice.kpi)), *(cut.side for cut in cuts)]
    counted = read_tallied(reader, where, choice, offers, sides)
    return grouped(held(reader, where, start, end, sides) if counted is None else counted, cuts)


def read_tallied(reader: Session, where: Where, choice: Choice, offers: Offers, sides: Sequence[Side]) -> Held | None:
    """What `held` counts, from the tallies; None where they know too little: another question, or a segment."""
    score, *others = sides
    if where.besides or score != Scores(score_ids(offers.surveys[choice.survey].questionnaire, choice.kpi)):
        return None
    by: list[str | Periods] = []
    for side in others:
        if isinstance(side, Column) and side.name in _TALLIED:
            by.append(side.name)
        elif isinstance(side, Spans):
            by.append(Periods(side.starts, side.end))
        else:
            return None
    tallied = spread(reader, where, choice.kpi, choice.period.start, choice.period.end, by)
    return Counter({tuple((value,) for value in values): n for values, n in tallied.items()})
