"""`cem demo`: the demo company on an embedded database, loaded once and served."""

import os
import re
import secrets
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cem.app import create_app
from cem.demo.accounts import PASSWORD, SIGN_INS
from cem.demo.loading import load_demo
from cem.demo.pages import demo_front
from cem.jobs.schedule import JOBS
from cem.migrations import upgrade
from cem.roles import ROLE_NAMES
from cem.serving import PORT, address_of, alone, listening, run, write_settings
from cem.settings import FILE, Settings, read_settings
from surveys.database import create_database, utc_now

# What is of the machine and not of the company: the demo uses what an installation here would use.
FROM_OUTSIDE = re.compile(r"CEM_(SMTP_URL|MAIL_FROM|SMS_[A-Z_]+|CHROMIUM)")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True, help="0 takes one that is free.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path(".demo"), show_default=True)
@click.option("--fresh", is_flag=True, help="Load the demo company anew, without the answers that were given since.")
def demo(host: str, port: int, folder: Path, fresh: bool) -> None:
    """Load the demo company (the first time) and serve it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "demo.db").absolute()
    with alone(file), listening(host, port) as door:
        settings = _settings(folder, file, address_of(door))
        if fresh or not file.exists():
            _load(settings, file)
        database = create_database(settings.database_url)
        upgrade(database)
        app = create_app(settings, database=database, front=demo_front, jobs=JOBS)
        run(app, door, _welcome(settings.base_url))


def _settings(folder: Path, file: Path, base_url: str) -> Settings:
    """The folder's own secret, which outlives a restart, so that the links of the first page keep working.

    Mail, text messages and the printer are the environment's. The database is the demo's, whatever the folder says:
    its first page hands out personal links.
    """
    demo_url = f"sqlite:///{file}"
    if not (folder / FILE).exists():
        write_settings(folder / FILE, secrets.token_urlsafe(48), demo_url, base_url)
    theirs = {name: value for name, value in os.environ.items() if FROM_OUTSIDE.fullmatch(name)}
    return read_settings(folder, {**theirs, "CEM_BASE_URL": base_url, "CEM_DATABASE_URL": demo_url})


def _remove(file: Path) -> None:
    """A database with its logs: one that was left behind would be replayed into the next database of this name."""
    for ending in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _load(settings: Settings, file: Path) -> None:
    """Load beside the place and move there when it is whole: an interrupted load leaves no half a company."""
    unfinished = file.with_suffix(".loading")
    _remove(unfinished)
    database = create_database(f"sqlite:///{unfinished.absolute()}")
    upgrade(database)
    console = Console(stderr=True)
    columns = TextColumn("Loading the demo company"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)
        load_demo(database, settings, utc_now(), lambda done, total: progress.update(task, completed=done, total=total))
    database.close()
    _remove(file)
    unfinished.rename(file)


def _welcome(address: str) -> str:
    sign_ins = "\n".join(f"  {sign_in.name:<12} {ROLE_NAMES[sign_in.role]}" for sign_in in SIGN_INS)
    return f"""
The demo company is open at {address}

  the scorecards       {address}/scorecards
  links to try         {address}/

Sign in with the password {PASSWORD} as:
{sign_ins}

Everything in it is invented. Ctrl-C stops it."""
