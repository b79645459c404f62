"""A dry run on a page: how each KPI would move if the rules were these."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from cem.errors import CemError
from cem.quality.checks import Check
from cem.quality.overview import matters
from cem.scorecards.choices import Choice
from cem.scorecards.kpis import Kpi
from cem.scorecards.privacy import MINIMUM
from metrics import Estimate, Histogram
from surveys.languages import N_
from surveys.tallies import Cell, Periods, Where, read

# A page that reads more answers than this one by one keeps its reader waiting; a command does not mind.
LARGEST = 200_000


class TooLarge(CemError):
    status = 413
    title = N_("Too many answers to be checked here")
    advice = N_(
        "Choose a shorter period, or ask your administrator for the command “cem quality check”, "
        "which has no such limit."
    )


@dataclass(frozen=True)
class Move:
    """A KPI of the whole survey in the period, as it is and as it would be; nothing where so few answers move."""

    kpi: Kpi
    now: Estimate
    then: Estimate | None
    moving: int

    @property
    def moved(self) -> float:
        return (self.then.value or 0) - (self.now.value or 0) if self.then else 0.0

    @property
    def matters(self) -> bool:
        return matters(self.now, self.moved)


def count_answers(reader: Session, choice: Choice) -> int:
    """About how many responses the period has, from the tallies."""
    counted = _valid(reader, choice)
    return int(max((h.n for h in counted.values()), default=0))


def moves_of(reader: Session, choice: Choice, trial: Check) -> tuple[Move, ...]:
    """How each KPI would move. Rules are the survey's, so the whole of it is shown, whatever part was chosen."""
    counted, moves = _valid(reader, choice), []
    for kpi in choice.kpis:
        now = counted.get(kpi.series, Histogram())
        leaving, joining = (moving.get(kpi.series, Histogram()) for moving in (trial.leaving, trial.joining))
        moving = int(leaving.n + joining.n)
        left = now - leaving + joining
        then = kpi.estimate(left) if moving >= MINIMUM and left.n >= MINIMUM else None
        if now.n >= MINIMUM:
            moves.append(Move(kpi, kpi.estimate(now), then, moving))
    return tuple(moves)


def _valid(reader: Session, choice: Choice) -> dict[str, Histogram]:
    period = Periods((choice.period.start,), choice.period.end)
    series = [kpi.series for kpi in choice.kpis]
    counted = read(reader, Where(choice.survey_id), series, period)
    return {one: counted.get(Cell(one, 0), Histogram()) for one in series}
