"""`cem demo`: the demo company on an embedded database, loaded once and served."""

import secrets
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cem.app import create_app
from cem.demo.accounts import PASSWORD, SIGN_INS
from cem.demo.loading import load_demo
from cem.demo.pages import demo_front
from cem.migrations import upgrade
from cem.roles import ROLE_NAMES
from cem.serving import run, write_settings
from cem.settings import FILE, Settings, read_settings
from surveys.database import create_database, utc_now


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path(".demo"), show_default=True)
@click.option("--fresh", is_flag=True, help="Load the demo company anew, without the answers that were given since.")
def demo(host: str, port: int, folder: Path, fresh: bool) -> None:
    """Load the demo company (the first time) and serve it."""
    settings = _settings(folder, f"http://{host}:{port}")
    file = folder / "demo.db"
    if fresh:
        file.unlink(missing_ok=True)
    if not file.exists():
        _load(settings, file)
    database = create_database(settings.database_url)
    upgrade(database)
    _welcome(settings.base_url)
    run(create_app(settings, database=database, front=demo_front), host, port, file)


def _settings(folder: Path, base_url: str) -> Settings:
    """The folder's own settings: its secret outlives a restart, so that the links of the first page keep working."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / FILE).exists():
        write_settings(
            folder / FILE, secrets.token_urlsafe(48), f"sqlite:///{(folder / 'demo.db').absolute()}", base_url
        )
    return read_settings(folder, {"CEM_BASE_URL": base_url})


def _load(settings: Settings, file: Path) -> None:
    """Load beside the place and move there when it is whole: an interrupted load leaves no half a company."""
    unfinished = file.with_suffix(".loading")
    for leftover in file.parent.glob(f"{unfinished.name}*"):
        leftover.unlink()
    database = create_database(f"sqlite:///{unfinished.absolute()}")
    upgrade(database)
    console = Console(stderr=True)
    columns = TextColumn("Loading the demo company"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)
        load_demo(database, settings, utc_now(), lambda done, total: progress.update(task, completed=done, total=total))
    database.close()
    unfinished.rename(file)


def _welcome(address: str) -> None:
    click.echo(f"\nThe demo company is open at {address}\n")
    click.echo(f"  the scorecards       {address}/scorecards")
    click.echo(f"  links to try         {address}/\n")
    click.echo(f"Sign in with the password {PASSWORD} as:")
    for sign_in in SIGN_INS:
        click.echo(f"  {sign_in.name:<12} {ROLE_NAMES[sign_in.role]}")
    click.echo("\nEverything in it is invented. Ctrl-C stops it.")
