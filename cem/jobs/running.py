"""A job is claimed, run and recorded: three short transactions and the job's own between them.

A server that dies while it runs a job leaves it taken until LEASE has passed; so does one that takes longer, and then
two may run it at once. What jobs do bears being done twice: the outbox has keys, and its rows are taken one by one.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cem.jobs.models import JobState
from cem.settings import Settings
from surveys.database import Database, utc_now

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
# Seconds between two looks at what is due, and for which a server that stops waits for the job that it runs.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 15.0
LAST_WORDS = 10.0


@dataclass(frozen=True)
class Job:
    """Something to do every so often; `run` says how much it did. It keeps its transactions short: writers wait.

    `idle` is a cheap look: True where there is nothing to do. Such a job is looked at `every` so often, and a claim is
    written only when there is something. Jobs of one `lane` wait for each other, and those of other lanes for none of
    them: who waits for an answer does not wait for a night's work, or for a mail server that hangs.
    """

    name: str
    every: timedelta
    run: Callable[[Database, Settings, datetime], int]
    idle: Callable[[Session, Settings, datetime], bool] | None = None
    lane: str = "work"


@dataclass(frozen=True)
class Outcome:
    """What became of a run: how much was done, or the kind of its fault."""

    done: int = 0
    fault: str | None = None


def run_job(database: Database, settings: Settings, job: Job, now: datetime, *, early: bool = False) -> Outcome | None:
    """Run a job that is due, or `early` at once; None where it is not due, or where another server runs it."""
    until = now + LEASE
    if not _claim(database, job, now, until, early=early):
        return None
    try:
        outcome = Outcome(done=job.run(database, settings, now))
    except Exception as fault:  # noqa: BLE001 - a job that fails comes again at its next time
        # Without the fault's text: a database's quotes the row, a mail server's the address.
        log.error("job %s failed: %s", job.name, type(fault).__name__)  # noqa: TRY400 - no traceback, as above
        outcome = Outcome(fault=type(fault).__name__[:64])
    _record(database, job, now, until, outcome)
    return outcome


def is_idle(database: Database, settings: Settings, job: Job, now: datetime) -> bool:
    """Whether a job has nothing to do now. One that cannot be looked at is run, and tells its fault as a job does."""
    if job.idle is None:
        return False
    try:
        with database.read() as reader:
            return job.idle(reader, settings, now)
    except Exception as fault:  # noqa: BLE001 - a job's fault is its own
        log.error("job %s cannot be looked at: %s", job.name, type(fault).__name__)  # noqa: TRY400 - as above
        return False


def next_times(database: Database, jobs: Sequence[Job]) -> dict[str, datetime]:
    """When each job is free to run next; a job that never ran is not among them."""
    with database.read() as reader:
        states = reader.scalars(select(JobState).where(JobState.name.in_([job.name for job in jobs]))).all()
    return {state.name: max(state.next_at, state.taken_until or state.next_at) for state in states}


def _claim(database: Database, job: Job, now: datetime, until: datetime, *, early: bool) -> bool:
    free: tuple[Any, ...] = (or_(JobState.taken_until.is_(None), JobState.taken_until <= now),)
    due = () if early else (JobState.next_at <= now,)
    with database.write() as session:
        new = {"name": job.name, "next_at": now, "done": 0}
        session.execute(_INSERT[session.get_bind().dialect.name], new)
        # One statement: of two servers the second waits for the first's row and then finds it taken.
        changed = update(JobState).where(JobState.name == job.name, *free, *due).values(taken_until=until)
        return session.scalar(changed.returning(JobState.name)) is not None


def _record(database: Database, job: Job, now: datetime, until: datetime, outcome: Outcome) -> None:
    changes: dict[str, Any] = {"taken_until": None, "next_at": now + job.every, "ran_at": now}
    changes |= {"done": outcome.done, "fault": outcome.fault}
    with database.write() as session:
        mine = JobState.name == job.name, JobState.taken_until == until
        session.execute(update(JobState).where(*mine).values(changes))


def _insert(dialect: Any) -> Any:
    return dialect.insert(JobState).on_conflict_do_nothing(index_elements=["name"])


_INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}


class Runner:
    """Runs jobs in threads of this server, one for each lane, while it is open."""

    def __init__(
        self, database: Database, settings: Settings, jobs: Sequence[Job], clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._stopping = threading.Event()
        self._lanes = [
            _Lane(database, settings, [job for job in jobs if job.lane == lane], clock, self._stopping, lane)
            for lane in sorted({job.lane for job in jobs})
        ]

    def __enter__(self) -> Self:
        for lane in self._lanes:
            lane.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Begin nothing more. A job that is in the middle may end; one that hangs is left, and taken up again later."""
        self._stopping.set()
        deadline = time.monotonic() + LAST_WORDS
        for lane in self._lanes:
            lane.join(max(0.0, deadline - time.monotonic()))


class _Lane(threading.Thread):
    def __init__(
        self,
        database: Database,
        settings: Settings,
        jobs: Sequence[Job],
        clock: Callable[[], datetime],
        stopping: threading.Event,
        name: str,
    ) -> None:
        super().__init__(name=f"jobs-{name}", daemon=True)
        self._database, self._settings, self._jobs, self._clock = database, settings, jobs, clock
        # When a job that had nothing to do is looked at again: it is not written, so each server knows its own.
        self._looks: dict[str, datetime] = {}
        self._stopping = stopping

    def run(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._stopping.wait(pause):
            try:
                pause = self._round()
            except Exception as fault:  # noqa: BLE001 - the database may be away; it is asked again
                log.error("jobs wait: %s", type(fault).__name__)  # noqa: TRY400 - no traceback, as above
                pause = LONGEST_PAUSE

    def _round(self) -> float:
        """Run what is due; how long to wait for the next."""
        times = next_times(self._database, self._jobs)
        for job in self._jobs:
            now = self._clock()
            if self._looks.get(job.name, now) > now:
                times[job.name] = max(self._looks[job.name], times.get(job.name, now))
            elif self._stopping.is_set() or times.get(job.name, now) > now:
                continue
            elif is_idle(self._database, self._settings, job, now):
                times[job.name] = self._looks[job.name] = now + job.every
            else:
                outcome = run_job(self._database, self._settings, job, now)
                times[job.name] = now + (job.every if outcome else timedelta(seconds=LONGEST_PAUSE))
        soonest = min((times[job.name] for job in self._jobs if job.name in times), default=self._clock())
        return min(LONGEST_PAUSE, max(SHORTEST_PAUSE, (soonest - self._clock()).total_seconds()))
