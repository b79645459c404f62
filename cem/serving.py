"""`cem init` and `cem serve`: an installation is made, and served."""

import fcntl
import json
import secrets
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
import uvicorn
from litestar import Litestar
from sqlalchemy.exc import ArgumentError

from cem.alerts.starting import begin_rules
from cem.app import create_app
from cem.errors import BadInput, SettingsFault
from cem.improvements.causes import begin_causes
from cem.jobs.schedule import JOBS
from cem.migrations import upgrade
from cem.settings import FILE, Settings, read_settings
from surveys.database import Database, create_database, sqlite_module, utc_now, wal_reset_fixed
from surveys.drafts import KEPT, forget_drafts

PORT = click.IntRange(0, 65535)


@click.command()
@click.option("--database-url", default="sqlite:///cem.db", show_default=True, help="Where the data is kept.")
@click.option("--base-url", default="http://127.0.0.1:8000", show_default=True, help="How people reach cem.")
def init(database_url: str, base_url: str) -> None:
    """Make cem.toml with a new secret, and the database, in this folder."""
    file = Path(FILE)
    if file.exists():
        raise BadInput(f"{FILE} is here already; nothing was changed.")
    settings = Settings(secret_key=secrets.token_urlsafe(48), database_url=database_url, base_url=base_url)
    with opened(settings) as database:
        with database.write() as session:
            now = utc_now()
            begin_rules(session, now)
            begin_causes(session, now)
        write_settings(file, settings.secret_key, settings.database_url, settings.base_url)
    click.echo(f"Made {FILE} and the database. Next:\n  cem user add NAME --role cx_manager\n  cem serve")


def write_settings(file: Path, secret_key: str, database_url: str, base_url: str) -> None:
    values = {"secret_key": secret_key, "database_url": database_url, "base_url": base_url}
    file.touch(mode=0o600)
    # TOML reads a text as JSON writes it.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items()]
    file.write_text("".join(lines), encoding="utf-8")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True, help="0 takes one that is free.")
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes; more than one needs PostgreSQL."
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the product, after bringing the database to this version."""
    settings = read_settings()
    database = _database(settings)
    if workers > 1 and database.path is not None:
        raise BadInput("An embedded database is served by one process; use PostgreSQL for more.")
    with alone(database.path), listening(host, port) as door:
        _prepare(database)
        welcome = f"cem is open at {address_of(door)}. Ctrl-C stops it."
        if workers == 1:
            run(create_app(settings, database=database, jobs=JOBS), door, welcome)
            return
        database.close()
        host, port = door.getsockname()[:2]
    # uvicorn opens the same door itself for several processes.
    click.echo(welcome)
    uvicorn.run("cem.serving:app_from_environment", factory=True, host=host, port=port, workers=workers, **_QUIET)


def app_from_environment() -> Litestar:
    """What each of several processes serves."""
    return create_app(read_settings(), jobs=JOBS)


def _prepare(database: Database) -> None:
    """This version's schema, without the drafts that nobody came back to; a warning where SQLite has a known bug."""
    upgrade(database)
    with database.write() as session:
        forget_drafts(session, utc_now() - KEPT)
    sqlite = sqlite_module()
    if database.path is not None and not wal_reset_fixed(sqlite.sqlite_version_info):
        click.echo(
            f"cem: SQLite {sqlite.sqlite_version} can damage a database that two programs write at one moment "
            "(sqlite.org/wal.html, 'The WAL-Reset Bug'). Install pysqlite3 or SQLite 3.51.3; "
            "until then run no other cem command while this server runs.",
            err=True,
        )


# An access log would hold personal links, which are secrets. A post that is only half sent keeps nobody from stopping.
_QUIET: dict[str, Any] = {
    "access_log": False,
    "log_level": "warning",
    "server_header": False,
    "timeout_graceful_shutdown": 20,
}


def run(app: Litestar, door: socket.socket, welcome: str) -> None:
    """Serve in this process until SIGINT or SIGTERM; what was sent by then is stored and acknowledged first."""
    # uvicorn finishes its work at either signal and then raises it once more; both end here alike.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        _Server(uvicorn.Config(app, **_QUIET), welcome).run([door])


class _Server(uvicorn.Server):
    """Says that it is open when it is, and can be told to stop from then on."""

    def __init__(self, config: uvicorn.Config, welcome: str) -> None:
        super().__init__(config)
        self._welcome = welcome

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        click.echo(self._welcome)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The place where the server is reached; OSError, before anything is done, where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=2048) as door:
        yield door


def address_of(door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def alone(file: Path | None) -> Iterator[None]:
    """An embedded database admits one server."""
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
    database = _database(settings or read_settings())
    try:
        upgrade(database)
        yield database
    finally:
        database.close()


def _database(settings: Settings) -> Database:
    """The database of an installation, not opened yet."""
    try:
        return create_database(settings.database_url)
    except (ArgumentError, ValueError):
        # Without the address or its fault: it may hold a password.
        message = "CEM_DATABASE_URL is neither sqlite:///FILE nor postgresql+psycopg://USER@HOST/DATABASE."
        raise SettingsFault(message) from None
