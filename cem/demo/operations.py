"""What the demo company counts itself, month by month: it moves where the planted facts say that something changed.

Drawn by a generator of its own, so that no answer depends on it.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.demo.contacts import BRANCHES, SHARES
from cem.demo.planted import FIRST_MONTH, LAUNCH, QUEUE
from cem.demo.timeline import Timeline, seeded_id
from cem.operations.definitions import define_metrics, read_definitions
from cem.operations.models import OperationalFigure
from cem.operations.targets import set_operational_target
from surveys.database import start_of
from surveys.formats.documents import DocumentFile
from surveys.languages import Month

SEED = 14040103
ACTOR = "demo"
TARGETS = {
    "answered-in-time": 92,
    "acknowledged": 95,
    "repeat-contact": 8,
    "complaints-repeated": 8,
    "waiting-time": 12,
}
# Figures arrive some days after their month, early in the morning.
_LATER, _HOUR = timedelta(days=3), timedelta(hours=7)
# A figure that was first sent wrongly, and how long it took until somebody saw it.
CORRECTED = ("answered-in-time", "rasht", -3)
_SEEN = timedelta(days=9)

# How many cases in a hundred each unit answers in time; Rasht and Ahvaz have long been behind.
_ANSWERED = {"rasht": 86, "ahvaz": 84, "karaj": 89, "contact-centre": 90, "digital": 91, "tajrish": 96, "yazd": 95}
_REPEATED = {"contact-centre": 10.5, "digital": 9.0, "ahvaz": 9.5, "tajrish": 6.0, "yazd": 6.5}
_WAITS = {"vanak": 11.0, "tajrish": 9.0, "karaj": 12.5, "ahvaz": 13.0, "mashhad": 10.5, "birjand": 8.0, "yazd": 8.5}
_QUEUE_BEFORE, _QUEUE_AFTER = 17.5, 7.5
_NOWRUZ_WAIT = 6.0
_OTHERS = {"contact-centre": 26, "digital": 34}


@dataclass(frozen=True)
class Stretch:
    """A month of a unit; `progress` runs from 0 on the first day to 1 today."""

    unit: str
    number: int
    first: date
    last: date
    nowruz: bool
    progress: float

    @property
    def weight(self) -> float:
        return (BRANCHES | _OTHERS)[self.unit]

    @property
    def visits(self) -> int:
        """Customers of a branch, who become fewer as the app takes over; contacts elsewhere."""
        if self.unit not in BRANCHES:
            return round(self.weight * (60 + 60 * self.progress))
        first, last = SHARES["branch-visit"]
        share = first + (last - first) * self.progress
        return round(self.weight * (30 + 130 * share) * (0.55 if self.nowruz else 1))


def add_operations(session: Session, timeline: Timeline, now: datetime) -> None:
    """Metrics, targets, and the figures of every whole month."""
    chance = random.Random(SEED)
    metrics = read_definitions(DocumentFile(Path(__file__).parent / "operations.yaml"))
    define_metrics(session, now, ACTOR, metrics)
    for metric, value in TARGETS.items():
        set_operational_target(session, now, ACTOR, metric=metric, unit="", since=timeline.first, value=Decimal(value))
    rows = list(_rows(chance, timeline))
    session.execute(insert(OperationalFigure), rows)
    audit(session, now, ACTOR, "operations:receive", str(rows[-1]["batch"]), file="operations", new=len(rows))


def _rows(chance: random.Random, timeline: Timeline) -> Iterator[dict[str, Any]]:
    running = Month.of(timeline.today, "jalali")
    for number in range(FIRST_MONTH, 0):
        month = running.plus(number)
        first, last = month.first_day, month.plus(1).first_day - timedelta(days=1)
        arrived = min(start_of(last + _LATER, timeline.zone) + _HOUR, timeline.now)
        batch = seeded_id(chance, arrived)
        for unit in (*BRANCHES, *_OTHERS):
            stretch = Stretch(unit, number, first, last, month.month == 1, 1 - number / FIRST_MONTH)
            for metric, draw in _DRAWN.items():
                if metric == "waiting-time" and unit not in BRANCHES:
                    continue
                numerator, denominator = draw(chance, stretch)
                row = {"metric": metric, "unit": unit, "first_day": first, "last_day": last, "batch": batch}
                row |= {"revision": 1, "numerator": numerator, "denominator": denominator, "received_at": arrived}
                yield from _sent(chance, row, stretch, timeline)


def _sent(chance: random.Random, row: dict[str, Any], stretch: Stretch, timeline: Timeline) -> Iterator[dict[str, Any]]:
    """The figure as it arrived; one was sent wrongly at first and corrected later."""
    figure_id = seeded_id(chance, row["received_at"])
    if (row["metric"], row["unit"], stretch.number) != CORRECTED:
        yield {**row, "figure_id": figure_id}
        return
    # Cases that were answered by letter had been left out.
    yield {**row, "figure_id": figure_id, "numerator": max(row["numerator"] - 4, 0)}
    seen = min(row["received_at"] + _SEEN, timeline.now)
    again = {"figure_id": seeded_id(chance, seen), "batch": seeded_id(chance, seen), "received_at": seen}
    yield {**row, **again, "revision": 2}


def _share(chance: random.Random, percent: float, n: int) -> tuple[int, int]:
    """So many of n, as a draw of n cases would give."""
    p = min(max(percent, 0.5), 99.5) / 100
    drawn = round(chance.gauss(n * p, math.sqrt(n * p * (1 - p))))
    return min(max(drawn, 0), n), n


def _answered(chance: random.Random, stretch: Stretch) -> tuple[int, int]:
    percent = _ANSWERED.get(stretch.unit, 94) - (9 if stretch.nowruz else 0)
    return _share(chance, percent, round(stretch.weight * 2.4 * chance.uniform(0.85, 1.15)))


def _acknowledged(chance: random.Random, stretch: Stretch) -> tuple[int, int]:
    percent = 96.4 - (4 if stretch.nowruz else 0)
    return _share(chance, percent, round(stretch.weight * 4 * chance.uniform(0.85, 1.15)))


def _came_again(chance: random.Random, stretch: Stretch) -> tuple[int, int]:
    percent = _REPEATED.get(stretch.unit, 7.5) + (3 if stretch.nowruz else 0)
    if stretch.unit == "digital" and stretch.number < LAUNCH.since:
        percent += 4  # the old app sent customers to the telephone
    if _without_queue_system(stretch):
        percent += 3  # who gives up waiting comes again
    return _share(chance, percent, stretch.visits)


def _complained_again(chance: random.Random, stretch: Stretch) -> tuple[int, int]:
    percent = 9.0 + (3 if stretch.unit in {"ahvaz", "digital"} else 0)
    return _share(chance, percent, round(stretch.weight * 2 * chance.uniform(0.8, 1.2)))


def _waited(chance: random.Random, stretch: Stretch) -> tuple[Decimal, int]:
    """Minutes of all customers together: the queue system of the north makes them fewer, Nowruz makes them more."""
    if stretch.unit in QUEUE.units:
        minutes = _QUEUE_BEFORE if _without_queue_system(stretch) else _QUEUE_AFTER
    else:
        minutes = _WAITS.get(stretch.unit, 11.0)
    minutes += (_NOWRUZ_WAIT if stretch.nowruz else 0) + chance.gauss(0, 0.6)
    return Decimal(str(round(max(minutes, 1) * stretch.visits, 1))), stretch.visits


def _without_queue_system(stretch: Stretch) -> bool:
    return stretch.unit in QUEUE.units and stretch.number < QUEUE.since


_DRAWN: dict[str, Callable[[random.Random, Stretch], tuple[Decimal | int, int]]] = {
    "answered-in-time": _answered,
    "acknowledged": _acknowledged,
    "repeat-contact": _came_again,
    "complaints-repeated": _complained_again,
    "waiting-time": _waited,
}
