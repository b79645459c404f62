"""Durable ingest: many responses, one commit, then every one of them acknowledged.

One thread writes. It takes all that waits, stores it in one transaction and only then answers; whatever arrives
meanwhile is the next batch, so nothing waits for a timer and a disk's flush is shared by everyone who is there.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from surveys.errors import InboxUnavailable
from surveys.responses import Submission, record

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    submission: Submission
    answered: asyncio.Future[bool]


class Inbox:
    """Takes submissions from any number of requests and stores them in groups."""

    def __init__(self, engine: Engine, capacity: int = 4096, batch: int = 512) -> None:
        self._engine = engine
        self._capacity = capacity
        self._batch = batch
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._write, name="inbox", daemon=True)

    def __enter__(self) -> Self:
        self._writer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take nothing more, store what waits, and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._writer.join()

    @property
    def open(self) -> bool:
        """Whether the next submission would be taken."""
        return self._writer.is_alive() and not self._closing and len(self._waiting) < self._capacity

    async def put(self, submission: Submission) -> bool:
        """Return once the response is on disk: True if it is new, False if it was there already.

        InboxUnavailable if there is no room or the database does not take it; then nothing is stored.
        """
        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        with self._changed:
            if not self.open:
                raise InboxUnavailable
            self._waiting.append(_Waiting(submission, answered))
            self._changed.notify()
        return await answered

    def _write(self) -> None:
        while batch := self._take():
            outcomes: Sequence[bool | Exception]
            try:
                outcomes = self._store(batch)
            except (OperationalError, PoolTimeout) as fault:
                log.error("the database takes no responses: %s", type(fault).__name__)  # noqa: TRY400 - see below
                outcomes = [InboxUnavailable() for _ in batch]
            except Exception:  # noqa: BLE001 - whatever it was, the requests must hear of it and the thread must live
                outcomes = [self._store_alone(one) for one in batch]
            _answer(batch, outcomes)

    def _take(self) -> list[_Waiting]:
        """All that waits, up to a batch; nothing only when the inbox is closed and empty."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch))]

    def _store(self, batch: list[_Waiting]) -> list[bool]:
        with self._engine.begin() as connection:
            new = record(connection, [one.submission for one in batch], arriving=True)
        return [one.submission.response_id in new for one in batch]

    def _store_alone(self, one: _Waiting) -> bool | Exception:
        """A batch failed: each member again by itself, so that one bad response does not fail its neighbours."""
        try:
            return self._store([one])[0]
        except Exception as fault:  # noqa: BLE001 - as above
            # The fault's own text may quote the answers; its class is enough to look for the cause.
            log.error("a response was not stored: %s", type(fault).__name__)  # noqa: TRY400 - no traceback, as above
            return InboxUnavailable()


def _answer(batch: list[_Waiting], outcomes: Sequence[bool | Exception]) -> None:
    """Wake the waiting requests, with one call into each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[bool], bool | Exception]]] = {}
    for one, outcome in zip(batch, outcomes, strict=True):
        by_loop.setdefault(one.answered.get_loop(), []).append((one.answered, outcome))
    for loop, pairs in by_loop.items():
        loop.call_soon_threadsafe(_resolve, pairs)


def _resolve(pairs: list[tuple[asyncio.Future[bool], bool | Exception]]) -> None:
    for answered, outcome in pairs:
        if answered.cancelled():  # the client went away; its response is stored all the same
            continue
        if isinstance(outcome, Exception):
            answered.set_exception(outcome)
        else:
            answered.set_result(outcome)
