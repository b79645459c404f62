"""The outbox: each thing once, taken by one, tried again, given up, forgotten."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import event, select

from surveys.database import Database
from surveys.delivery.outbox import (
    LONGEST_ERROR,
    PAUSES,
    TAKEN,
    count_waiting,
    forget,
    is_due,
    latest,
    put,
    record_fault,
    record_sent,
    take,
    withdraw,
)
from surveys.models import Outgoing

NOW = datetime(2025, 11, 10, 8, tzinfo=UTC)
PostLetter = Callable[..., bool]


def row(database: Database) -> Outgoing:
    """The only row."""
    with database.read() as reader:
        return reader.scalars(select(Outgoing)).one()


def test_the_same_key_goes_in_once(database: Database, post_letter: PostLetter) -> None:
    """A second row of a key changes nothing, whatever it holds."""
    assert post_letter("a", "first@bank.example")
    assert not post_letter("a", "second@bank.example")
    assert row(database).recipient == "first@bank.example"


def test_it_belongs_to_the_transaction_that_puts_it(database: Database) -> None:
    """A transaction that is rolled back leaves nothing to send."""
    with database.write() as session:
        put(session, NOW, kind="email", recipient="x@y.z", key="a", payload={})
        assert count_waiting(session) == 1
        session.rollback()
    with database.read() as reader:
        assert count_waiting(reader) == 0


def test_taken_rows_are_taken(database: Database, post_letter: PostLetter) -> None:
    """What one has taken nobody else gets until its time is over; then it is free again, and the tries are counted."""
    post_letter()
    with database.write() as session:
        assert [one.attempts for one in take(session, NOW, "email")] == [1]
    with database.write() as session:
        assert take(session, NOW + TAKEN / 2, "email") == []
        assert take(session, NOW + TAKEN, "sms") == []
    with database.write() as session:
        assert [one.attempts for one in take(session, NOW + TAKEN, "email")] == [2]


def test_two_runners_take_each_row_once(database: Database, post_letter: PostLetter) -> None:
    """Two that take at the same time share the rows; on PostgreSQL neither waits for the other's transaction."""
    for number in range(40):
        post_letter(f"key {number}")
    taken: list[str] = []
    start = threading.Barrier(2)

    def runner() -> None:
        start.wait()
        while True:
            with database.write() as session:
                rows = take(session, NOW, "email", 3)
                taken.extend(one.key for one in rows)
            if not rows:
                return

    threads = [threading.Thread(target=runner) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(f"key {number}" for number in range(40))


def test_a_row_that_another_is_taking_is_passed_over(database: Database, post_letter: PostLetter) -> None:
    """On PostgreSQL a transaction that is open holds its own row and nobody else's time."""
    if database.path is not None:
        return  # one writes at a time there
    post_letter("a")
    post_letter("b")
    with database.write() as one, database.write() as other:
        mine = [row.key for row in take(one, NOW, "email")]
        one.flush()
        theirs = [row.key for row in take(other, NOW, "email")]

    assert sorted(mine + theirs) == ["a", "b"]


def test_a_fault_is_tried_again_later_and_later(database: Database, post_letter: PostLetter) -> None:
    """Each try is followed by a longer pause; after the last the row is given up, and keeps its reason."""
    post_letter()
    now = NOW
    for pause in PAUSES:
        with database.write() as session:
            (taken,) = take(session, now, "email")
            record_fault(session, taken, now, "451 busy", final=False)
        assert row(database).due_at == now + pause
        with database.write() as session:
            assert take(session, now + pause - timedelta(seconds=1), "email") == []
        now += pause
    with database.write() as session:
        (taken,) = take(session, now, "email")
        record_fault(session, taken, now, "451 busy " + "x" * 1000, final=False)

    given_up = row(database)
    assert given_up.failed_at == now
    assert given_up.last_error is not None
    assert len(given_up.last_error) == LONGEST_ERROR
    with database.write() as session:
        assert take(session, now + timedelta(days=30), "email") == []


def test_who_took_too_long_records_no_fault(database: Database, post_letter: PostLetter) -> None:
    """A row that was taken again since belongs to who has it now."""
    post_letter()
    with database.write() as session:
        (late,) = take(session, NOW, "email")
    with database.write() as session:
        take(session, NOW + TAKEN, "email")
    with database.write() as session:
        record_fault(session, late, NOW + TAKEN, "too late", final=True)

    assert row(database).failed_at is None
    assert row(database).taken_until == NOW + 2 * TAKEN


def test_what_was_sent_is_forgotten(database: Database, post_letter: PostLetter) -> None:
    """A sent row has no words any more, is not sent again, and goes after its time; what waits stays."""
    post_letter("sent")
    with database.write() as session:
        (taken,) = take(session, NOW, "email")
        record_sent(session, taken.outbox_id, NOW)
    assert (row(database).payload, row(database).sent_at) == ({}, NOW)
    post_letter("waits")
    with database.write() as session:
        assert forget(session, NOW) == 0
        assert forget(session, NOW + timedelta(days=1)) == 1
        assert count_waiting(session) == 1


def test_withdraw(database: Database, post_letter: PostLetter) -> None:
    """What waits is taken back by the beginning of its key, read as it is written; what is on its way is not."""
    for key in ("digest:1:a", "digest:1:b", "digest:12:a", "digest_1:a"):
        post_letter(key)
    with database.write() as session:
        on_its_way = take(session, NOW, "email")[0].key
        assert withdraw(session, "digest:1:", NOW) == 2 - (on_its_way.startswith("digest:1:"))
        kept = {one.key for one in session.scalars(select(Outgoing))}
        assert kept == {"digest:12:a", "digest_1:a", on_its_way}
        assert [one.key for one in latest(session, "digest_1")] == ["digest_1:a"]


def test_whether_something_is_due(database: Database, post_letter: PostLetter) -> None:
    """As `take` would find it: of the kind, due, and not taken by another."""
    post_letter(now=NOW)
    with database.read() as reader:
        assert is_due(reader, NOW, "email")
        assert not is_due(reader, NOW, "sms")
        assert not is_due(reader, NOW - timedelta(seconds=1), "email")
    with database.write() as session:
        take(session, NOW, "email")
    with database.read() as reader:
        assert not is_due(reader, NOW + TAKEN / 2, "email")
        assert is_due(reader, NOW + TAKEN, "email")


def test_the_look_reads_what_waits_alone(database: Database, post_letter: PostLetter) -> None:
    """It is asked every other second, beside rows of 90 days: the index of those that wait answers it."""
    post_letter()
    asked: list[tuple[str, object]] = []
    event.listen(database.reader, "before_cursor_execute", lambda *at: asked.append((at[2], at[3])))
    with database.read() as reader:
        is_due(reader, NOW, "email")
        statement, parameters = asked[-1]
        connection = reader.connection()
        if database.path is None:
            # A table of one row is read as a whole otherwise.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if database.path is None else "EXPLAIN QUERY PLAN"
        plan = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()

    assert "ix_outbox_waiting" in str(plan), plan
