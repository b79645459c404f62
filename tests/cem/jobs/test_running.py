"""Jobs: when they run, once among several servers, and what a failing one does."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from litestar.testing import TestClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from cem.app import create_app
from cem.jobs.models import JobState
from cem.jobs.running import LEASE, Job, Outcome, Runner, run_job
from cem.jobs.schedule import JOBS
from cem.settings import Settings
from surveys.database import Database, utc_now
from surveys.delivery.outbox import put

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
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("jobs")]


def test_lanes_do_not_wait_for_each_other(database: Database, settings: Settings) -> None:
    """While one job hangs, those of another lane go on; those of its own wait."""
    held, behind, elsewhere = threading.Event(), Count(), Count()

    def hang(*_: object) -> int:
        held.wait(20)
        return 0

    jobs = [
        Job("hangs", HOUR, hang, lane="mail"),
        Job("behind", timedelta(seconds=0.1), behind, lane="mail"),
        Job("elsewhere", timedelta(seconds=0.1), elsewhere, lane="cases"),
    ]
    try:
        with Runner(database, settings, jobs):
            wait_for(lambda: len(elsewhere.ran) > 3)
            waited = not behind.ran
            held.set()
            wait_for(lambda: behind.ran)
    finally:
        held.set()

    assert waited


def test_stopping_is_prompt(database: Database, settings: Settings) -> None:
    """A runner that waits for the next time stops at once."""
    count = Count()
    with Runner(database, settings, [Job("count", HOUR, count)]):
        wait_for(lambda: count.ran)
        began = time.monotonic()

    assert time.monotonic() - began < 2


def commits(database: Database) -> list[str]:
    """A list that grows with every transaction that is committed, by reader or writer."""
    seen: list[str] = []
    for engine in {id(engine): engine for engine in (database.writer, database.reader)}.values():
        event.listen(engine, "commit", lambda _: seen.append("commit"))
    return seen


def test_an_idle_job_writes_nothing(database: Database, settings: Settings) -> None:
    """A server with nothing to do looks, and commits nothing; a look that finds something is followed by a run."""
    looked: list[datetime] = []
    work: list[str] = []
    count = Count()

    def idle(_reader: Session, _settings: Settings, now: datetime) -> bool:
        looked.append(now)
        return not work

    seen = commits(database)
    with Runner(database, settings, [Job("looks", timedelta(seconds=0.3), count, idle)]):
        wait_for(lambda: len(looked) > 3)
        written = list(seen)
        with database.read() as reader:
            rows = reader.scalars(select(JobState)).all()
        work.append("a letter")
        wait_for(lambda: count.ran)

    assert written == []
    assert rows == []
    gaps = [later - earlier for earlier, later in itertools.pairwise(looked[:4])]
    assert min(gaps) >= timedelta(seconds=0.3)


def test_an_idle_job_is_looked_at_as_often_as_it_is_due(database: Database, settings: Settings) -> None:
    """Others that are due sooner do not make it be looked at more often, and it does not keep them back."""
    looked: list[datetime] = []
    count = Count()

    def idle(_reader: Session, _settings: Settings, now: datetime) -> bool:
        looked.append(now)
        return True

    jobs = [Job("rare", HOUR, Count(), idle), Job("often", timedelta(seconds=0.1), count)]
    with Runner(database, settings, jobs):
        wait_for(lambda: len(count.ran) > 3)

    assert len(looked) == 1


def test_a_look_that_fails(database: Database, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """The job runs all the same, and so do its neighbours."""

    def fail(*_: object) -> bool:
        raise LookupError("mina@bank.example")

    one, other = Count(), Count()
    jobs = [Job("one", timedelta(seconds=0.1), one, fail), Job("other", timedelta(seconds=0.1), other)]
    with caplog.at_level(logging.ERROR), Runner(database, settings, jobs):
        wait_for(lambda: one.ran and other.ran)

    assert "job one cannot be looked at: LookupError" in caplog.text
    assert "mina" not in caplog.text


@pytest.fixture
def gateway() -> Iterator[tuple[str, list[bytes]]]:
    """An SMS gateway on this machine: its address, and what it was sent."""
    arrived: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrived.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", arrived
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_due_leaves_soon(database: Database, settings: Settings, gateway: tuple[str, list[bytes]]) -> None:
    """While the server runs, a text message is with the gateway about a second after it was put."""
    address, arrived = gateway
    chosen = [job for job in JOBS if job.name in {"outbox", "sms"}]
    looked: list[str] = []

    def watched(job: Job) -> Job:
        def idle(reader: Session, settings: Settings, now: datetime) -> bool:
            looked.append(job.name)
            return job.idle is None or job.idle(reader, settings, now)

        return replace(job, idle=idle)

    app = create_app(replace(settings, sms_url=address), database=database, jobs=[watched(job) for job in chosen])
    with TestClient(app):
        wait_for(lambda: {"outbox", "sms"} <= set(looked))
        put_at = time.monotonic()
        with database.write() as session:
            payload = {"text": "سلام", "language": "fa"}
            put(session, utc_now(), kind="sms", recipient="+989121234567", key="x", payload=payload)
        wait_for(lambda: arrived)
        took = time.monotonic() - put_at

    # A second between two looks, and a slow machine.
    assert took < 6
    assert [job.every for job in chosen] == [timedelta(seconds=1)] * 2
