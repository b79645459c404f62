"""The database itself: what is on disk when a commit returns, who may write, and what the columns refuse."""

import sqlite3
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from surveys.database import (
    Database,
    _prepare_writer,
    create_database,
    day_of,
    new_id,
    sqlite_module,
    start_of,
    wal_reset_fixed,
)
from surveys.drafts import draft_of, keep_draft
from surveys.models import Draft, Unit

NOW = datetime(2026, 3, 20, 20, 45, 10, 123456, tzinfo=UTC)
TEHRAN = ZoneInfo("Asia/Tehran")
UNITS = [("bank", None), ("vanak", "nobody")]

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def pragma(connection: Any, name: str) -> Any:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@on_sqlite
def test_a_commit_is_on_disk(database: Database) -> None:
    """The writer flushes at every commit, and keeps its log beside the file."""
    with database.writer.connect() as connection:
        settings = {name: pragma(connection, name) for name in ("synchronous", "journal_mode", "foreign_keys")}

    assert settings == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}


def test_a_sqlite_that_does_not_flush_is_not_used(tmp_path: Path) -> None:
    """Where `synchronous=FULL` has no effect, the connection is refused rather than half as durable."""
    module = sqlite_module()
    connection = module.connect(tmp_path / "cem.db", isolation_level=None)
    connection.execute("PRAGMA synchronous=NORMAL")

    def ignore(action: int, name: str | None, value: str | None, *_: object) -> int:
        changes = action == module.SQLITE_PRAGMA and name == "synchronous" and value is not None
        return int(module.SQLITE_IGNORE if changes else module.SQLITE_OK)

    connection.set_authorizer(ignore)
    with pytest.raises(RuntimeError, match="SQLite refuses synchronous=FULL"):
        _prepare_writer(connection, None)
    connection.close()


@on_sqlite
def test_readers_only_read(database: Database) -> None:
    """A reader's statement that would write is refused, even where it first asks to be allowed."""
    insert = text("INSERT INTO unit (code, names, valid_from) VALUES ('x', '{}', '2020-01-01')")
    with database.reader.connect() as connection, pytest.raises(OperationalError, match="readonly database"):
        connection.execute(insert)
    with database.reader.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        with pytest.raises(OperationalError, match="readonly database"):
            connection.execute(insert)
        connection.exec_driver_sql("PRAGMA query_only=ON")
    with database.read() as session:
        assert session.scalars(select(Unit)).all() == []


@on_sqlite
def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    """While somebody writes, others read what was committed before, and stay at their moment."""
    with database.write() as writing:
        writing.add(Unit(code="bank", names={}, valid_from=date(2020, 1, 1)))
        writing.flush()
        with database.read() as reading:
            assert reading.scalars(select(Unit.code)).all() == []
            writing.commit()
            assert reading.scalars(select(Unit.code)).all() == []
        with database.read() as reading:
            assert reading.scalars(select(Unit.code)).all() == ["bank"]


def test_foreign_keys_hold(database: Database) -> None:
    """A row whose parent is not there is refused on either database, and the transaction leaves nothing."""
    opened = date(2020, 1, 1)
    with pytest.raises(IntegrityError), database.write() as session:
        session.add_all(Unit(code=code, parent=parent, names={}, valid_from=opened) for code, parent in UNITS)
    with database.read() as session:
        assert session.scalars(select(Unit)).all() == []


def test_a_moment_needs_its_time_zone(database: Database) -> None:
    """A naive datetime is refused where it is written and where it is asked for."""
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="a moment needs its time zone"), database.write() as session:
        keep_draft(session, new_id(), new_id(), 1, {"a": 1}, naive)
    with pytest.raises(StatementError, match="a moment needs its time zone"), database.read() as session:
        session.scalars(select(Draft).where(Draft.updated_at < naive)).all()
    with database.read() as session:
        assert session.scalars(select(Draft)).all() == []


def test_a_moment_is_kept_in_utc(database: Database) -> None:
    """Whatever its zone, it comes back as the same moment in UTC, to the microsecond, and compares as one."""
    survey_id, response_id = new_id(), new_id()
    with database.write() as session:
        keep_draft(session, survey_id, response_id, 1, {"a": 1}, NOW.astimezone(timezone(timedelta(hours=14))))
    with database.read() as session:
        draft = draft_of(session, survey_id, response_id)
        later = session.scalars(select(Draft).where(Draft.updated_at < NOW.astimezone(TEHRAN))).all()

    assert draft is not None
    assert (draft.updated_at, draft.updated_at.utcoffset()) == (NOW, timedelta(0))
    assert later == []


def test_documents_and_ids_come_back(database: Database) -> None:
    """Persian, numbers and lists in a document; a UUID as the UUID that it was."""
    survey_id, response_id = uuid.UUID(int=2**128 - 1), uuid.UUID(int=1)
    answers = {"چرا": "نیم\u200cفاصله، «گیومه» 😀", "score": 9, "many": ["a", "b"], "none": None, "n": 2.5}
    with database.write() as session:
        keep_draft(session, survey_id, response_id, 1, answers, NOW)
    with database.read() as session:
        draft = draft_of(session, survey_id, response_id)

    assert draft is not None
    assert (draft.survey_id, draft.response_id, draft.answers) == (survey_id, response_id, answers)


@on_sqlite
def test_an_id_takes_sixteen_bytes(database: Database) -> None:
    """It is kept as its bytes, in the order of time."""
    ids = [new_id(NOW + timedelta(seconds=second)) for second in range(3)]
    with database.write() as session:
        for one in ids:
            keep_draft(session, one, one, 1, {}, NOW)
    with database.reader.connect() as connection:
        kept = connection.exec_driver_sql("SELECT survey_id FROM draft ORDER BY survey_id").scalars().all()

    assert kept == [one.bytes for one in ids]


@pytest.mark.parametrize("raising", [True, False])
def test_a_block_is_a_transaction(database: Database, raising: bool) -> None:
    """Its end commits, and whatever it raises takes everything back."""

    def add(session: Session) -> None:
        session.add(Unit(code="bank", names={}, valid_from=date(2020, 1, 1)))
        session.flush()
        if raising:
            raise LookupError

    try:
        with database.write() as session:
            add(session)
    except LookupError:
        assert raising
    with database.read() as session:
        assert len(session.scalars(select(Unit)).all()) == (0 if raising else 1)


def test_where_the_data_is(database: Database) -> None:
    """An embedded database knows its file; a server has none."""
    embedded = database.writer.dialect.name == "sqlite"

    assert (database.path is not None) is embedded
    assert database.path is None or database.path.is_file()


@pytest.mark.parametrize("address", ["mysql://host/cem", "sqlite://", "sqlite:///:memory:"])
def test_what_cannot_hold_the_data(address: str) -> None:
    """Other databases, and memory that other connections do not share, are refused by name."""
    with pytest.raises(ValueError, match=r"SQLite or PostgreSQL|an embedded database is a file"):
        create_database(address)


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_which_sqlite_has_the_wal_reset_bug(version: tuple[int, ...], fixed: bool) -> None:
    """3.51.3 and later are free of it, and the two older lines that got the mend."""
    assert wal_reset_fixed(version) is fixed


@on_sqlite
def test_the_sqlite_that_is_used(database: Database) -> None:
    """The engine runs the module that was chosen: the interpreter's own where that is well."""
    with database.writer.connect() as connection:
        running = connection.exec_driver_sql("SELECT sqlite_version()").scalar()

    assert running == sqlite_module().sqlite_version
    if wal_reset_fixed(sqlite3.sqlite_version_info):
        assert sqlite_module() is sqlite3


@pytest.mark.parametrize("zone", [TEHRAN, UTC, ZoneInfo("America/Los_Angeles")])
def test_days_begin_where_the_company_is(zone: Any) -> None:
    """A day holds its first moment and not the one before."""
    day = day_of(NOW, zone)
    first = start_of(day, zone)

    assert first <= NOW < start_of(day + timedelta(days=1), zone)
    assert day_of(first, zone) == day
    assert day_of(first - timedelta(microseconds=1), zone) == day - timedelta(days=1)


def test_persian_new_year_of_1405() -> None:
    """20:45 of 20 March 2026 in UTC is after midnight in Tehran."""
    assert day_of(NOW, TEHRAN) == date(2026, 3, 21)
    assert start_of(date(2026, 3, 21), TEHRAN) == datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
