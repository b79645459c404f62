"""Jobs: when they run, once among several servers, and what a failing one does."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from cem.app import create_app
from cem.jobs.models import JobState
from cem.jobs.running import LEASE, Job, Outcome, Runner, run_job
from cem.settings import Settings
from surveys.database import Database

NOW = datetime(2025, 11, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Count:
    """A job that counts when it ran."""

    def __init__(self) -> None:
        self.ran: list[datetime] = []

    def __call__(self, _database: Database, _settings: Settings, now: datetime) -> int:
        self.ran.append(now)
        return len(self.ran)


def state(database: Database, name: str) -> JobState:
    """How it went."""
    with database.read() as reader:
        return reader.scalars(select(JobState).where(JobState.name == name)).one()


def test_it_runs_at_its_times(database: Database, settings: Settings) -> None:
    """At first at once, then not before its time, unless it is told to run early."""
    count = Count()
    job = Job("count", HOUR, count)

    assert run_job(database, settings, job, NOW) == Outcome(done=1)
    assert run_job(database, settings, job, NOW + HOUR / 2) is None
    assert run_job(database, settings, job, NOW + HOUR / 2, early=True) == Outcome(done=2)
    assert run_job(database, settings, job, NOW + HOUR) is None
    assert run_job(database, settings, job, NOW + 3 * HOUR / 2) == Outcome(done=3)
    assert count.ran == [NOW, NOW + HOUR / 2, NOW + 3 * HOUR / 2]
    assert (state(database, "count").done, state(database, "count").taken_until) == (3, None)


def test_it_holds_no_transaction_while_it_runs(database: Database, settings: Settings) -> None:
    """What a job does may take long: others write meanwhile, and a second server leaves it alone."""
    seen = []

    def run(database: Database, settings: Settings, now: datetime) -> int:
        with database.write():
            seen.append("another writes")
        seen.append(str(run_job(database, settings, job, now, early=True)))
        return 0

    job = Job("long", HOUR, run)
    run_job(database, settings, job, NOW)

    assert seen == ["another writes", "None"]


def test_several_servers_run_it_once(database: Database, settings: Settings) -> None:
    """Of many that find it due at the same moment one runs it."""
    count = Count()
    job = Job("count", HOUR, count)
    start = threading.Barrier(8)

    def server() -> None:
        start.wait()
        run_job(database, settings, job, NOW)

    threads = [threading.Thread(target=server) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count.ran == [NOW]


def test_a_server_that_died_gives_it_back(database: Database, settings: Settings) -> None:
    """A job that was claimed and never recorded runs again after its lease."""

    class Killed(BaseException):
        pass

    def die(*_: object) -> int:
        raise Killed

    count = Count()
    with pytest.raises(Killed):
        run_job(database, settings, Job("count", HOUR, die), NOW)

    assert run_job(database, settings, Job("count", HOUR, count), NOW + LEASE / 2) is None
    assert run_job(database, settings, Job("count", HOUR, count), NOW + LEASE) == Outcome(done=1)


def test_a_job_that_fails(database: Database, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """Its kind of fault is logged and kept, its words are not, and it runs again at its next time."""

    def fail(*_: object) -> int:
        raise LookupError("mina@bank.example said that the queue was long")

    assert run_job(database, settings, Job("fails", HOUR, fail), NOW) == Outcome(fault="LookupError")
    assert state(database, "fails").fault == "LookupError"
    assert "job fails failed: LookupError" in caplog.text
    assert "mina" not in caplog.text
    assert run_job(database, settings, Job("fails", HOUR, Count()), NOW + HOUR) == Outcome(done=1)
    assert state(database, "fails").fault is None


def wait_for(happened: Callable[[], object]) -> None:
    """Up to ten seconds."""
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_the_server_runs_them(database: Database, settings: Settings) -> None:
    """An application that is given jobs runs them while it is open, and no more when it has closed."""
    count = Count()
    app = create_app(settings, database=database, jobs=[Job("count", timedelta(seconds=0.1), count)])
    with TestClient(app):
        wait_for(lambda: len(count.ran) > 1)
    ran = len(count.ran)
    time.sleep(0.5)

    assert len(count.ran) == ran


def test_one_job_does_not_stop_the_others(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A failing job leaves the thread alive; so does a database that is away for a while."""

    def fail(*_: object) -> int:
        raise ZeroDivisionError

    count = Count()
    jobs = [Job("fails", timedelta(seconds=0.1), fail), Job("count", timedelta(seconds=0.1), count)]
    with caplog.at_level(logging.ERROR), Runner(database, settings, jobs):
        wait_for(lambda: len(count.ran) > 1)

    assert "job fails failed: ZeroDivisionError" in caplog.text


def test_without_jobs_there_is_no_thread(app: object, client: object) -> None:
    """An application that is given none runs none: tests decide about time themselves."""
    assert "jobs" not in {thread.name for thread in threading.enumerate()}


def test_stopping_is_prompt(database: Database, settings: Settings) -> None:
    """A runner that waits for the next time stops at once."""
    count = Count()
    with Runner(database, settings, [Job("count", HOUR, count)]):
        wait_for(lambda: count.ran)
        began = time.monotonic()

    assert time.monotonic() - began < 2
