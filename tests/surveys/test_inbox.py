"""Durable ingest."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from surveys.database import Database
from surveys.errors import InboxUnavailable
from surveys.inbox import Inbox
from surveys.models import Response, Tally
from surveys.responses import Submission

Submit = Callable[..., Submission]


def stored(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


@contextmanager
def held(database: Database) -> Iterator[None]:
    """Somebody else holds what the writer needs."""
    if database.path is None:
        with database.writer.begin() as connection:
            connection.exec_driver_sql("LOCK TABLE response IN ACCESS EXCLUSIVE MODE")
            yield
    else:
        with database.writer.begin():
            yield


def test_acknowledged_means_stored(database: Database, submission: Submit) -> None:
    """When `put` returns, another connection sees the response; the second time it says that it was there."""

    async def run() -> tuple[bool, int, bool]:
        one = submission({"recommend": 9})
        first = await inbox.put(one)
        return first, stored(database), await inbox.put(one)

    with Inbox(database.writer) as inbox:
        assert asyncio.run(run()) == (True, 1, False)


def test_many_share_commits(database: Database, submission: Submit) -> None:
    """All that wait are stored, each once, and counted."""

    async def run() -> list[bool]:
        return list(await asyncio.gather(*(inbox.put(submission({"recommend": n % 11})) for n in range(300))))

    with Inbox(database.writer) as inbox:
        outcomes = asyncio.run(run())

    assert outcomes == [True] * 300
    assert stored(database) == 300
    with database.read() as session:
        assert session.execute(select(Tally.c0, Tally.c10)).all() == [(28, 27)]


def test_a_bad_response_fails_alone(database: Database, submission: Submit) -> None:
    """Its neighbours in the batch are stored; only its own request hears of it."""
    bad = submission({"recommend": 9}, version=99)  # there is no such version

    async def run() -> list[bool | BaseException]:
        waiting = [inbox.put(submission({"recommend": 9})) for _ in range(5)]
        return await asyncio.gather(*waiting[:3], inbox.put(bad), *waiting[3:], return_exceptions=True)

    with Inbox(database.writer) as inbox:
        outcomes = asyncio.run(run())

    assert [type(outcome) for outcome in outcomes] == [bool, bool, bool, InboxUnavailable, bool, bool]
    assert stored(database) == 5


def test_a_full_inbox_says_so(database: Database, submission: Submit) -> None:
    """Beyond its capacity it refuses at once; what it took is stored when the database is free again."""

    async def run() -> tuple[int, int]:
        with held(database):
            waiting = []
            refused = 0
            for _ in range(40):
                task = asyncio.create_task(inbox.put(submission({"recommend": 1})))
                await asyncio.sleep(0.001)
                if task.done() and isinstance(task.exception(), InboxUnavailable):
                    refused += 1
                else:
                    waiting.append(task)
        return refused, sum(await asyncio.gather(*waiting))

    with Inbox(database.writer, capacity=8, batch=4) as inbox:
        refused, taken = asyncio.run(run())

    assert refused >= 40 - 8 - 4
    assert taken == 40 - refused == stored(database)


def test_closing_stores_what_waits(database: Database, submission: Submit) -> None:
    """A shutdown drains; afterwards nothing more is taken."""

    async def run() -> list[bool]:
        tasks = [asyncio.create_task(inbox.put(submission({"recommend": 1}))) for _ in range(20)]
        await asyncio.sleep(0)
        await asyncio.to_thread(inbox.__exit__)
        with pytest.raises(InboxUnavailable):
            await inbox.put(submission({"recommend": 1}))
        return list(await asyncio.gather(*tasks))

    inbox = Inbox(database.writer)
    inbox.__enter__()

    assert asyncio.run(run()) == [True] * 20
    assert stored(database) == 20


def test_a_database_that_takes_nothing(database: Database, submission: Submit) -> None:
    """The request hears that it must send again, and the writer lives on."""

    async def put() -> bool:
        return await inbox.put(submission({"recommend": 1}))

    with Inbox(database.writer) as inbox:
        with database.writer.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE response RENAME TO away")
        with pytest.raises(InboxUnavailable):
            asyncio.run(put())
        with database.writer.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO response")

        assert asyncio.run(put()) is True
