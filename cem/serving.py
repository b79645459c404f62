"""`cem init` and `cem serve`: an installation is made, and served."""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import uvicorn
from litestar import Litestar

from cem.app import create_app
from cem.errors import BadInput
from cem.migrations import upgrade
from cem.settings import FILE, Settings, read_settings
from surveys.database import Database, create_database


@click.command()
@click.option("--database-url", default="sqlite:///cem.db", show_default=True, help="Where the data is kept.")
@click.option("--base-url", default="http://127.0.0.1:8000", show_default=True, help="How people reach cem.")
def init(database_url: str, base_url: str) -> None:
    """Make cem.toml with a new secret, and the database, in this folder."""
    file = Path(FILE)
    if file.exists():
        raise BadInput(f"{FILE} is here already; nothing was changed.")
    database = create_database(database_url)
    upgrade(database)
    database.close()
    write_settings(file, secrets.token_urlsafe(48), database_url, base_url)
    click.echo(f"Made {FILE} and the database. Next:\n  cem user add NAME --role cx_manager\n  cem serve")


def write_settings(file: Path, secret_key: str, database_url: str, base_url: str) -> None:
    file.touch(mode=0o600)
    file.write_text(f'secret_key = "{secret_key}"\ndatabase_url = "{database_url}"\nbase_url = "{base_url}"\n')


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes; more than one needs PostgreSQL.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the product, after bringing the database to this version."""
    settings = read_settings()
    database = create_database(settings.database_url)
    upgrade(database)
    database.close()
    if workers == 1:
        run(create_app(settings), host, port, database.path)
        return
    if database.path is not None:
        raise BadInput("An embedded database is served by one process; use PostgreSQL for more.")
    uvicorn.run("cem.serving:app_from_environment", factory=True, host=host, port=port, workers=workers, **_QUIET)


def app_from_environment() -> Litestar:
    """What each of several processes serves."""
    return create_app(read_settings())


# An access log would hold personal links, which are secrets.
_QUIET: dict[str, Any] = {"access_log": False, "log_level": "warning", "server_header": False}


def run(app: Litestar, host: str, port: int, file: Path | None) -> None:
    """Serve in this process until it is told to stop; an embedded database admits one server."""
    with _alone(file):
        uvicorn.run(app, host=host, port=port, **_QUIET)


@contextmanager
def _alone(file: Path | None) -> Iterator[None]:
    if file is None:
        yield
        return
    with file.with_name(file.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(f"Another process serves {file.name} already.") from None
        yield


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Database]:
    """The installation's database for a command, at this version's schema."""
    database = create_database((settings or read_settings()).database_url)
    upgrade(database)
    try:
        yield database
    finally:
        database.close()
