"""The scene: what a page's findings are looked for in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from cem.scorecards.annotations import Note
from cem.scorecards.choices import Choice
from cem.scorecards.courses import Course
from cem.scorecards.history import History, Place, closed_months
from cem.scorecards.kpis import Kpi
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import hidden_cells
from metrics import Histogram
from surveys.languages import Month
from surveys.questionnaire import Text

# Below it a place is not judged: its normal intervals would be too sure of themselves.
FEWEST = 30

Groups = Mapping[str, Histogram]


@dataclass(frozen=True)
class Scene:
    choice: Choice
    offers: Offers
    history: History
    course: Course
    notes: tuple[Note, ...] = ()
    suspects: Mapping[date, Histogram] = field(default_factory=dict)

    @property
    def kpi(self) -> Kpi:
        return self.choice.focus

    @property
    def span(self) -> float:
        low, high = self.kpi.bounds
        return high - low

    @cached_property
    def cells(self) -> tuple[Mapping[Place, Histogram], Mapping[Place, Histogram]]:
        """The focus by touchpoint and unit, before and now, without those that are hidden."""
        halves = []
        for cells in (self.history.before, self.history.now):
            closed = hidden_cells({place: h.n for place, h in cells.items()})
            halves.append({place: h for place, h in cells.items() if place not in closed})
        return halves[0], halves[1]

    @cached_property
    def touchpoints(self) -> tuple[Groups, Groups]:
        """The focus by touchpoint, before and now."""
        before, now = (
            {name: _sum(h for (at, _), h in cells.items() if at == name) for name in {at for at, _ in cells}}
            for cells in self.cells
        )
        return before, now

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units that the page compares: right below the chosen one."""
        children = self.offers.children(self.choice.unit)
        return tuple(children) if len(children) > 1 else ()

    def unit_groups(self, unit: str) -> tuple[Groups, Groups]:
        """A unit with all below it, by touchpoint."""
        below = self.offers.subtree(unit)
        before, now = (
            {
                name: _sum(h for (at, where), h in cells.items() if at == name and where in below)
                for name in {at for at, where in cells if where in below}
            }
            for cells in self.cells
        )
        return before, now

    @cached_property
    def months(self) -> tuple[Histogram, ...]:
        """The focus by month from the first with answers on; hidden months are gaps."""
        return self.open_months(self.history.totals[self.kpi.series])

    def open_months(self, row: tuple[Histogram, ...]) -> tuple[Histogram, ...]:
        months = dict(zip(self.history.months, row, strict=True))
        closed = closed_months(self.choice, months)
        return tuple(Histogram() if m in closed else months[m] for m in self.drawn)

    @cached_property
    def drawn(self) -> tuple[Month, ...]:
        return tuple(point.month for point in self.course.points)

    def touchpoint(self, code: str) -> Text:
        found = self.offers.touchpoints.get(code)
        return found.names if found else {"en": code}

    def unit(self, code: str) -> Text:
        found = self.offers.units.get(code)
        return found.names if found else {"en": code}


def _sum(answers: Iterable[Histogram]) -> Histogram:
    return sum(answers, Histogram())
