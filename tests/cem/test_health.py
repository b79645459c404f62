"""`/health`: 200 only when a write would succeed."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import create_engine, text

from cem.app import create_app
from cem.settings import Settings
from surveys.database import Database, create_database


def health(app: Litestar) -> tuple[int, str]:
    with TestClient(app) as client:
        answer = client.get("/health")
        return answer.status_code, answer.json()["status"]


def test_well(app: Litestar, database: Database) -> None:
    """A product that takes answers says ok, to anybody, and writes nothing."""
    assert health(app) == (200, "ok")
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM draft")).scalar() == 0


@pytest.fixture
def read_only(database: Database) -> Iterator[Database]:
    """The same database, opened so that it takes no writes."""
    if database.path is not None:
        yield Database(database.reader, database.reader)
        return
    options = {"options": "-c default_transaction_read_only=on"}
    engine = create_engine(database.writer.url, connect_args=options)
    yield Database(engine, engine)
    engine.dispose()


def test_a_database_that_is_read_only(settings: Settings, read_only: Database) -> None:
    """503, though every query would be answered."""
    with read_only.read() as session:
        assert session.execute(text("SELECT count(*) FROM draft")).scalar() == 0

    assert health(create_app(settings, database=read_only)) == (503, "the database takes no writes")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_is_away(settings: Settings) -> None:
    """503, not a fault."""
    away = create_database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    assert health(create_app(settings, database=away)) == (503, "the database takes no writes")


def test_a_product_that_has_stopped(app: Litestar) -> None:
    """Before its inbox is open, and after it was closed, no answer would be taken: 503."""
    client = TestClient(app)
    before = client.get("/health")
    with client:
        assert client.get("/health").status_code == 200
    after = client.get("/health")

    assert [answer.status_code for answer in (before, after)] == [503, 503]
    assert before.json() == {"status": "the inbox is full or closed"}
