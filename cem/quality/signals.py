"""Signals of answers that may not be meant, found among stored responses; what is found is recorded, nothing removed.

An anonymous survey keeps no moment and no time taken, so of these only the rows of equal ratings can be found there.
"""

import uuid
from array import array
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.quality.rules import BURST, DUPLICATE, KINDS, SPEEDING, STRAIGHT_LINING, Rules
from metrics import speeding, straight_lining
from surveys.models import Response
from surveys.questionnaire import Questionnaire, Rating

# An answer of fewer questions is often the same as another by chance.
FEWEST_ANSWERS = 3
BURST_MINUTES = timedelta(minutes=10)


class Seen(NamedTuple):
    """A stored response, as far as its quality can be judged; scores play no part in it."""

    response_id: uuid.UUID
    version: int
    touchpoint: str
    unit: str
    channel: str
    quality: str
    signals: list[str]
    answers: Mapping[str, Any]
    submitted_at: datetime | None
    seconds: int | None

    @property
    def place(self) -> tuple[str, str, str]:
        return self.touchpoint, self.unit, self.channel


def read_seen(session: Session, survey_id: uuid.UUID, start: date, end: date) -> Iterable[Seen]:
    """The responses of these days in the order in which they came, a few at a time."""
    columns = [getattr(Response, name) for name in Seen._fields]
    rows = session.execute(
        select(*columns)
        .where(Response.survey_id == survey_id, Response.day >= start, Response.day < end)
        .order_by(Response.day, Response.submitted_at, Response.response_id)
        .execution_options(yield_per=2000)
    )
    return (Seen(*row) for row in rows)


class Watch:
    """Looks at responses one after the other, and says at the end which signals each shows.

    Of the many that show nothing it keeps twenty bytes each.
    """

    def __init__(self, rules: Rules, versions: Mapping[int, Questionnaire]) -> None:
        self._rules = rules
        self._found: dict[uuid.UUID, set[str]] = defaultdict(set)
        self._pages = {version: _pages(asked) for version, asked in versions.items()}
        self._timed: dict[int, tuple[bytearray, array[int]]] = defaultdict(lambda: (bytearray(), array("i")))
        self._last: dict[bytes, datetime] = {}
        self._came: deque[tuple[datetime, bytes]] = deque()
        self._recent: dict[tuple[str, str, str], deque[tuple[datetime, uuid.UUID]]] = defaultdict(deque)

    def see(self, seen: Seen) -> None:
        if seen.seconds is not None:
            ids, seconds = self._timed[seen.version]
            ids += seen.response_id.bytes
            seconds.append(seen.seconds)
        rows = [[_number(seen.answers.get(name)) for name in page] for page in self._pages[seen.version]]
        fewest = int(self._rules[STRAIGHT_LINING].threshold)
        if any(straight_lining([row], fewest)[0] for row in rows if len({*row} - {_UNKNOWN}) == 1):
            self._found[seen.response_id].add(STRAIGHT_LINING)
        if seen.submitted_at is not None:
            self._compare(seen, seen.submitted_at)
            self._count(seen, seen.submitted_at)

    def _compare(self, seen: Seen, moment: datetime) -> None:
        """With what came from the same place shortly before."""
        while self._came and moment - self._came[0][0] > timedelta(minutes=self._rules[DUPLICATE].threshold):
            came, key = self._came.popleft()
            if self._last.get(key) == came:
                del self._last[key]
        if len(seen.answers) < FEWEST_ANSWERS:
            return
        written = msgspec.json.encode([seen.place, sorted(seen.answers.items())])
        key = blake2b(written, digest_size=12).digest()
        if key in self._last:
            self._found[seen.response_id].add(DUPLICATE)
        self._last[key] = moment
        self._came.append((moment, key))

    def _count(self, seen: Seen, moment: datetime) -> None:
        """How many came from the same place within ten minutes."""
        recent = self._recent[seen.place]
        recent.append((moment, seen.response_id))
        while moment - recent[0][0] > BURST_MINUTES:
            recent.popleft()
        if len(recent) >= self._rules[BURST].threshold:
            for _, response_id in recent:
                self._found[response_id].add(BURST)

    def signals(self) -> dict[uuid.UUID, frozenset[str]]:
        for ids, seconds in self._timed.values():
            flags = speeding(seconds, self._rules[SPEEDING].threshold / 100)
            for place in np.flatnonzero(flags).tolist():
                self._found[uuid.UUID(bytes=bytes(ids[16 * place : 16 * place + 16]))].add(SPEEDING)
        return {response_id: frozenset(names) for response_id, names in self._found.items()}


def recorded(signals: Iterable[str], found: Iterable[str]) -> list[str]:
    """What is written to the response: the pages' own signals stay, ours are as they are found now."""
    return sorted({*(name for name in signals if name not in KINDS), *found})


def _pages(asked: Questionnaire) -> list[list[str]]:
    """The ratings that stand together on one scale: what can be ticked in one line."""
    pages: list[list[str]] = []
    for block in asked.blocks:
        scales: dict[range, list[str]] = {}
        for question in block.questions:
            if isinstance(question, Rating):
                scales.setdefault(question.points, []).append(question.id)
        pages += [names for names in scales.values() if len(names) >= KINDS[STRAIGHT_LINING].low]
    return pages


# One object, so that a set knows it again: not a number is not equal to itself.
_UNKNOWN = float("nan")


def _number(answer: Any) -> float:
    return float(answer) if isinstance(answer, int) else _UNKNOWN
