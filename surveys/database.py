"""The database: one declarative base, the column types, and who may write.

SQLite and PostgreSQL run the same tables and statements. On SQLite one connection writes and the others are read-only
(the WAL-reset bug needs two writers, and a second writer only waits); on PostgreSQL both roles share one pool.
"""

import sqlite3
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import JSON, DateTime, Dialect, Engine, LargeBinary, MetaData, Uuid, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator, TypeEngine
from uuid_utils.compat import uuid7

NIL = uuid.UUID(int=0)

# Versions before 3.51.3 can corrupt a WAL database when two connections write and checkpoint at the same instant;
# these older lines carry the fix (sqlite.org/wal.html, 'The WAL-Reset Bug').
_WAL_RESET_FIXED = (3, 51, 3)
_WAL_RESET_BACKPORTS = ((3, 44, 6), (3, 50, 7))


class Identifier(TypeDecorator[uuid.UUID]):
    """A UUID in 16 bytes on either database; SQLAlchemy's own takes 32 characters on SQLite."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Uuid() if dialect.name == "postgresql" else LargeBinary(16))

    def process_bind_param(self, value: uuid.UUID | None, dialect: Dialect) -> uuid.UUID | bytes | None:
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> uuid.UUID | None:
        return value if value is None or dialect.name == "postgresql" else uuid.UUID(bytes=value)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise TypeError("a moment needs its time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


# A document: text on SQLite, indexable on PostgreSQL.
Document = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it stands
        uuid.UUID: Identifier,
        datetime: Moment,
        dict[str, Any]: Document,
        list[str]: Document,
    }


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id(now: datetime | None = None) -> uuid.UUID:
    """A time-ordered id (UUIDv7): rows that arrive together lie together."""
    return uuid7() if now is None else uuid7(nanoseconds=int(now.timestamp()) * 10**9 + now.microsecond * 1000)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True)
class Database:
    """Where sessions come from: `write` for verbs, `read` for queries."""

    writer: Engine
    reader: Engine

    def __post_init__(self) -> None:
        object.__setattr__(self, "_write", sessionmaker(self.writer, expire_on_commit=False))
        object.__setattr__(self, "_read", sessionmaker(self.reader, expire_on_commit=False, autoflush=False))

    _write: sessionmaker[Session] = None  # type: ignore[assignment] # made from the engines above
    _read: sessionmaker[Session] = None  # type: ignore[assignment]

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._write() as session:
            yield session
            session.commit()

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self._read() as session:
            yield session

    @property
    def path(self) -> Path | None:
        """The file of an embedded database, or nothing."""
        if self.writer.dialect.name != "sqlite":
            return None
        return Path(str(self.writer.url.database))

    @property
    def address(self) -> str:
        """The URL with its password, for another process of ours; it is never shown."""
        return self.writer.url.render_as_string(hide_password=False)

    def close(self) -> None:
        # The writer last: closing the last connection puts the log into the file, and a reader may not.
        self.reader.dispose()
        self.writer.dispose()


def provide_write(database: Database) -> Generator[Session, None, None]:
    """The request is the transaction: returning commits before the first byte leaves, raising rolls back."""
    with database.write() as session:
        yield session


def provide_read(database: Database) -> Generator[Session, None, None]:
    with database.read() as session:
        yield session


def create_database(address: str) -> Database:
    """The database behind a URL such as `sqlite:///cem.db` or `postgresql+psycopg://user@host/cem`."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        return _embedded(url)
    if url.get_backend_name() == "postgresql":
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"), pool_size=10, max_overflow=20, pool_pre_ping=True
        )
        return Database(engine, engine)
    raise ValueError(f"cem keeps its data in SQLite or PostgreSQL, not in {url.get_backend_name()!r}")


def _written(document: Any) -> str:
    return msgspec.json.encode(document).decode()


# Persian as UTF-8: the standard library's way writes six characters for each letter.
_JSON: dict[str, Any] = {"json_serializer": _written, "json_deserializer": msgspec.json.decode}


def _embedded(url: URL) -> Database:
    if not url.database or url.database == ":memory:":
        raise ValueError("an embedded database is a file: sqlite:///cem.db")
    options = {"module": sqlite_module(), "connect_args": _CONNECT, **_JSON}
    # One connection, so that whoever writes waits for the one before and never for SQLite's lock.
    writer = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=30, **options)
    event.listen(writer, "connect", _prepare_writer)
    event.listen(writer, "begin", _begin_immediate)
    file = Path(url.database).absolute()
    read_only = url.set(database=f"file:{file}", query={"mode": "ro", "uri": "true"})
    reader = create_engine(read_only, pool_size=8, max_overflow=8, **options)
    event.listen(reader, "connect", _prepare_reader)
    event.listen(reader, "begin", _begin_snapshot)
    return Database(writer, reader)


# isolation_level None: the driver opens no transaction of its own, the two functions below do.
_CONNECT = {"isolation_level": None, "check_same_thread": False, "timeout": 30}


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_snapshot(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


def _prepare_writer(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
        cursor.execute(f"PRAGMA {pragma}")
    if cursor.execute("PRAGMA synchronous").fetchone()[0] != 2:
        raise RuntimeError("SQLite refuses synchronous=FULL: an acknowledged response would not be on disk")
    cursor.close()


def _prepare_reader(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("query_only=ON", "cache_size=-32768", "mmap_size=268435456"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def sqlite_module() -> Any:
    """The interpreter's own SQLite, or the wheel that brings a fixed one."""
    if wal_reset_fixed(sqlite3.sqlite_version_info):
        return sqlite3
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415 - only where its wheel exists
    except ImportError:
        return sqlite3
    return dbapi2


def wal_reset_fixed(version: tuple[int, ...]) -> bool:
    """Whether a SQLite version is free of the WAL-reset bug."""
    return version >= _WAL_RESET_FIXED or any(
        fixed <= version < (fixed[0], fixed[1] + 1) for fixed in _WAL_RESET_BACKPORTS
    )
