"""What the outer loop adds up to: what is open and for how long, what it explains, what was proven, who was told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from cem.improvements.causes import CauseTree
from cem.improvements.counting import LONGEST, Counted
from cem.improvements.effects import PROVEN
from cem.improvements.improvements import DONE
from cem.improvements.models import Improvement, RootCause
from cem.improvements.reach import Units
from cem.scorecards.offers import Offers
from metrics import Estimate, proportion
from metrics.medians import median

DAY = timedelta(days=1)


@dataclass(frozen=True)
class OuterNumbers:
    """The outer loop of some units. `age` is in days, the others are shares in percent.

    Open root causes and cases are all counted, so `open`, `cases` and `of_cases` have no interval. `explained` is the
    share of a year's cases with a known cause that open root causes explain; `proven` of the improvements that were
    done; `told` of the people who raised what was then told to customers.
    """

    open: int
    age: Estimate
    cases: int
    of_cases: int
    explained: Estimate
    proven: Estimate
    told: Estimate
    counted_at: datetime


def outer_numbers(
    reader: Session, now: datetime, units: Units, counted: Counted, tree: CauseTree, offers: Offers
) -> OuterNumbers:
    """Of the root causes and improvements of these units; None is all, the company's too. `counted` is a year's."""
    if counted.days != LONGEST:
        raise ValueError("a year of cases is needed")
    root_causes = list(reader.scalars(select(RootCause).where(RootCause.closed_at.is_(None), *_own(RootCause, units))))
    cases, of_cases = counted.explained(root_causes, tree, offers), sum(counted.of(units).values())
    done, proven, raised, reached = _improvements(reader, units)
    return OuterNumbers(
        open=len(root_causes),
        age=median([(now - one.opened_at) / DAY for one in root_causes]),
        cases=cases,
        of_cases=of_cases,
        explained=proportion(min(cases, of_cases), of_cases),
        proven=proportion(proven, done),
        told=proportion(reached, raised),
        counted_at=counted.counted_at,
    )


def _improvements(reader: Session, units: Units) -> tuple[int, int, int, int]:
    """How many were done, how many of them have a proven effect, how many people raised it and how many were told."""
    done = Improvement.status == DONE
    one = reader.execute(
        select(
            func.count().filter(done),
            func.count().filter(and_(done, Improvement.verdict == PROVEN)),
            func.coalesce(func.sum(Improvement.raised), 0),
            func.coalesce(func.sum(Improvement.reached), 0),
        ).where(or_(done, Improvement.told_at.is_not(None)), *_own(Improvement, units))
    ).one()
    return int(one[0]), int(one[1]), int(one[2]), int(one[3])


def _own(table: type[RootCause] | type[Improvement], units: Units) -> tuple[Any, ...]:
    return () if units is None else (table.unit.in_(sorted(units)),)
