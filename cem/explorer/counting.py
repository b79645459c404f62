"""Counting that reads answers: at once where they are few; where they are many, a part of the period after the other.

Whoever waits sees how far it is, and whoever goes away stops it: after the part that was begun nothing more is read.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy.orm import Session

from cem.errors import CemError
from cem.explorer.disclosure import read_scores, read_tallied
from cem.explorer.tables import Table
from cem.scorecards.choices import Choice
from cem.scorecards.offers import Offers
from surveys.cuts import Held, Side, held
from surveys.database import Database
from surveys.languages import N_
from surveys.tallies import Periods, Where, read

# More responses than this make somebody wait longer than a page should.
SLOW = 200_000
# Each keeps a processor busy; the others answer customers.
AT_ONCE = 2
# Parts of a period that has fewer months than this.
_PARTS = 12

Make = Callable[[Held], Table]


class Busy(CemError):
    status = 503
    title = N_("Others are counting just now")
    advice = N_("Large tables are counted a few at a time. Please try again in a moment, or choose a shorter period.")
    retry_after = 10


class Slots:
    """How many may count at once."""

    def __init__(self, number: int = AT_ONCE) -> None:
        self._free = threading.BoundedSemaphore(number)

    def take(self) -> None:
        """Busy where all are taken."""
        if not self._free.acquire(blocking=False):
            raise Busy(Busy.advice)

    def give_back(self) -> None:
        self._free.release()


class Step(NamedTuple):
    """How many parts of the period are counted, of how many."""

    done: int
    total: int


class Steps:
    """The steps of a count, which whoever sends the page walks through and whoever ends it closes, from any thread."""

    def __init__(self, walked: Generator[Step, None, None] | None = None) -> None:
        self._walked, self._lock = walked, threading.Lock()

    def __iter__(self) -> "Steps":
        return self

    def __next__(self) -> Step:
        with self._lock:
            if self._walked is None:
                raise StopIteration
            return next(self._walked)

    def close(self) -> None:
        """No more is counted; waits for the step that has begun."""
        with self._lock:
            if self._walked is not None:
                self._walked.close()


@dataclass
class Outcome:
    """A table, or None where it must not be shown; `steps` are walked through before there is one."""

    steps: Steps = field(default_factory=Steps)
    table: Table | None = None
    seconds: float = 0.0
    slow: bool = False


def expected(reader: Session, choice: Choice) -> int:
    """About how many responses would be read, from the tallies."""
    whole = Where(choice.survey_id, units=choice.units)
    period = Periods((choice.period.start,), choice.period.end)
    return int(sum(h.n for h in read(reader, whole, [choice.kpi], period).values()))


def count_tallied(reader: Session, choice: Choice, offers: Offers, sides: Sequence[Side], make: Make) -> Outcome | None:
    """From the tallies, which costs the same however many answers there are; None where they know too little."""
    started = time.perf_counter()
    counted = read_tallied(reader, choice.where(), choice, offers, sides)
    if counted is None:
        return None
    if read_scores(reader, choice, offers) is None:
        return Outcome()
    return Outcome(table=make(counted), seconds=time.perf_counter() - started)


def count_now(reader: Session, choice: Choice, offers: Offers, sides: Sequence[Side], make: Make) -> Outcome:
    started = time.perf_counter()
    if read_scores(reader, choice, offers) is None:
        return Outcome()
    counted = held(reader, choice.where(), choice.period.start, choice.period.end, sides)
    return Outcome(table=make(counted), seconds=time.perf_counter() - started)


def count_in_steps(
    database: Database, slots: Slots, choice: Choice, offers: Offers, sides: Sequence[Side], make: Make
) -> Outcome:
    """The same, in a transaction that lasts while somebody walks through the steps; Busy where too many do."""
    slots.take()
    outcome = Outcome(slow=True)
    outcome.steps = Steps(_steps(outcome, database, slots, choice, offers, sides, make))
    # Begun, so that its end is reached whatever happens.
    next(outcome.steps)
    return outcome


def _steps(
    outcome: Outcome,
    database: Database,
    slots: Slots,
    choice: Choice,
    offers: Offers,
    sides: Sequence[Side],
    make: Make,
) -> Generator[Step, None, None]:
    started = time.perf_counter()
    parts = list(pairwise(_bounds(choice)))
    try:
        yield Step(0, len(parts))
        yield Step(0, len(parts))
        counted: Held = Counter()
        with database.read() as reader:
            for done, (start, end) in enumerate(parts, 1):
                counted.update(held(reader, choice.where(), start, end, sides))
                yield Step(done, len(parts))
            if read_scores(reader, choice, offers) is not None:
                outcome.table = make(counted)
        outcome.seconds = time.perf_counter() - started
    finally:
        slots.give_back()


def _bounds(choice: Choice) -> list[date]:
    """The first day of each part, and the day after the last."""
    period = choice.period
    if period.months >= _PARTS:
        return [period.first.plus(n).first_day for n in range(period.months + 1)]
    days = (period.end - period.start).days
    return [period.start + timedelta(days=days * n // _PARTS) for n in range(_PARTS + 1)]
