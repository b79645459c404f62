import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from cem.demo.loading import Loaded, load_demo
from cem.demo.timeline import Timeline
from cem.settings import Settings
from surveys.database import Database, create_database

# The demo is the same for everybody who loads it on one day; this one is the first of a month, in the middle of a day.
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def timeline() -> Timeline:
    return Timeline(NOW, Settings(secret_key="demo" * 10).zone)


@pytest.fixture(scope="session")
def cheap_hasher() -> PasswordHasher:
    """Passwords in tests need not be hard to guess."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def demo_settings(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copyfile(empty_sqlite, file)
    return Settings(secret_key="demo" * 10, database_url=f"sqlite:///{file}")


@pytest.fixture(scope="session")
def progress() -> list[tuple[int, int]]:
    """What the load has told of its progress."""
    return []


@pytest.fixture(scope="session")
def loaded(
    demo_settings: Settings, cheap_hasher: PasswordHasher, progress: list[tuple[int, int]]
) -> Iterator[tuple[Database, Loaded]]:
    """The demo company, loaded once; tests read it and change nothing that others look at."""
    database = create_database(demo_settings.database_url)
    report = load_demo(database, demo_settings, NOW, lambda done, total: progress.append((done, total)), cheap_hasher)
    yield database, report
    database.close()


@pytest.fixture(scope="session")
def demo(loaded: tuple[Database, Loaded]) -> Database:
    return loaded[0]
