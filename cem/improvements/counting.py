"""How many cases each cause has, and where: counted by a job, so that no page counts a hundred thousand cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from cem.cases.models import Case
from cem.cases.statuses import MERGED
from cem.improvements.causes import CauseTree
from cem.improvements.models import CauseCount, Improvement, RootCause
from cem.improvements.reach import Units
from cem.scorecards.offers import Offers
from cem.settings import Settings
from surveys.database import Database

# Praise is no trouble, and a merged case is counted where it goes on.
RAISED = (Case.kind != "praise", Case.status != MERGED)
# The last so many days, each of which can be asked for.
PERIODS = (30, 90, 365)
LONGEST = PERIODS[-1]


@dataclass(frozen=True)
class Counted:
    """Cases by (unit, cause) of the last `days`; a cause of '' is none yet, for a case has its cause when resolved."""

    days: int
    cells: dict[tuple[str, str], int]
    counted_at: datetime

    def of(self, units: Units) -> dict[str, int]:
        """The cases of these units by cause, the largest first; those without a cause are not among them."""
        found: dict[str, int] = {}
        for (unit, cause), n in self.cells.items():
            if cause and (units is None or unit in units):
                found[cause] = found.get(cause, 0) + n
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    def without(self, units: Units) -> int:
        """The cases of these units that have no cause yet."""
        return sum(n for (unit, cause), n in self.cells.items() if not cause and (units is None or unit in units))

    def explained(self, root_causes: Iterable[RootCause], tree: CauseTree, offers: Offers) -> int:
        """How many cases these root causes explain together, each counted once."""
        cells = {cell for one in root_causes for cell in self._cells_of(one, tree, offers)}
        return sum(self.cells[cell] for cell in cells)

    def _cells_of(self, one: RootCause, tree: CauseTree, offers: Offers) -> set[tuple[str, str]]:
        units = offers.subtree(one.unit) if one.unit else None
        found = (cell for cause in tree.below(one.cause) for cell in self._by_cause.get(cause, ()))
        return {(unit, cause) for unit, cause in found if units is None or unit in units}

    @cached_property
    def _by_cause(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for unit, cause in self.cells:
            found.setdefault(cause, []).append((unit, cause))
        return found


def count_causes(database: Database, settings: Settings, now: datetime) -> int:  # noqa: ARG001 - as jobs are called
    """Count the cases of each period anew; how many counts there are."""
    stored = 0
    for days in PERIODS:
        with database.read() as reader:
            cells = _count(reader, days, now)
        rows = [
            {"days": days, "unit": unit, "cause": cause, "n": n, "counted_at": now}
            for (unit, cause), n in sorted(cells.items())
        ]
        with database.write() as session:
            session.execute(delete(CauseCount).where(CauseCount.days == days))
            if rows:
                session.execute(insert(CauseCount), rows)
        stored += len(rows)
    return stored


def read_counted(reader: Session, days: int, now: datetime) -> Counted:
    """What the job has counted; where it has not yet, or found nothing, it is counted now."""
    rows = list(reader.scalars(select(CauseCount).where(CauseCount.days == days)))
    if not rows:
        return Counted(days, _count(reader, days, now), now)
    return Counted(days, {(row.unit, row.cause): row.n for row in rows}, max(row.counted_at for row in rows))


def raised_it(improvement: Improvement, root_cause: RootCause, tree: CauseTree, offers: Offers) -> tuple[Any, ...]:
    """What limits a query to the cases whose trouble an improvement has put right: of the root cause, where it was."""
    unit = improvement.unit or root_cause.unit
    places: list[Any] = [Case.unit.in_(sorted(offers.subtree(unit)))] if unit else []
    if improvement.touchpoint:
        places.append(Case.touchpoint == improvement.touchpoint)
    return (*RAISED, Case.cause.in_(sorted(tree.below(root_cause.cause))), *places)


def _count(reader: Session, days: int, now: datetime) -> dict[tuple[str, str], int]:
    lately = Case.opened_at >= now - timedelta(days=days), Case.opened_at <= now
    cause = func.coalesce(Case.cause, "")
    statement = select(Case.unit, cause, func.count()).where(*RAISED, *lately).group_by(Case.unit, cause)
    return {(row[0], row[1]): row[2] for row in reader.execute(statement)}
