"""Disclosure: what the list of a whole hides stays hidden where somebody asks for it alone.

The whole less its other parts is a part: so a list that hides a few answers hides its next smallest part with them
(`privacy.hidden`), and the page of that part would give both away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from cem.scorecards.choices import Choice
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import hidden
from surveys.tallies import Periods, Where, read

Answers = Mapping[str, float]


def closed_series(reader: Session, choice: Choice, offers: Offers) -> frozenset[str]:
    """The KPIs that this choice must not show, because a list that the same person can open hides them there."""
    return frozenset(
        series
        for part, whole in _wholes(choice, offers)
        for series, answers in _count(reader, choice, whole, part).items()
        if any(place in hidden(line) for place, line in _lines(choice, part, answers, offers))
    )


def _wholes(choice: Choice, offers: Offers) -> Iterator[tuple[str, Where]]:
    """What the choice is a part of: the same without one of its limits."""
    if choice.touchpoint:
        yield "touchpoint", replace(choice.where(), touchpoints=None)
    if choice.channel:
        yield "channel", replace(choice.where(), channels=None)
    if choice.unit != choice.top:
        yield "unit", replace(choice.where(), units=offers.subtree(choice.top) if choice.top else None)


def _count(reader: Session, choice: Choice, whole: Where, part: str) -> Mapping[str, Answers]:
    """How many answered each series in each part of a whole."""
    period = Periods((choice.period.start,), choice.period.end)
    counted = read(reader, whole, [kpi.series for kpi in choice.kpis], period, by=part)
    answers: dict[str, dict[str, float]] = {}
    for cell, h in counted.items():
        answers.setdefault(cell.series, {})[cell.group] = h.n
    return answers


def _lines(choice: Choice, part: str, answers: Answers, offers: Offers) -> Iterator[tuple[str, Answers]]:
    """The lists that the choice stands in and its place there: a unit has neighbours at each level."""
    if part != "unit":
        yield getattr(choice, part), answers
        return
    unit: str | None = choice.unit
    while unit and unit != choice.top:
        above = offers.units[unit].parent
        yield (
            unit,
            {
                # Past the units below, some answers may belong to the unit above itself.
                **({above: answers.get(above, 0)} if above else {}),
                **{one: sum(answers.get(code, 0) for code in offers.subtree(one)) for one in offers.neighbours(unit)},
            },
        )
        unit = above
