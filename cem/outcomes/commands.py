"""`cem outcomes`: what the company's books say of its customers."""

from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from cem.audit import audit
from cem.outcomes.books import BooksReport, import_books, name_need
from cem.outcomes.rows import read_day
from cem.serving import opened
from cem.settings import read_settings
from surveys.database import Database, day_of, utc_now

ACTOR = "command line"


def _day(_: click.Context, __: click.Parameter, text: str | None) -> date | None:
    try:
        return read_day(text) if text else None
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day. Write it as 2025-10-07 or 1404-07-15.") from None


@click.group()
def outcomes() -> None:
    """What the company's books say of its customers."""


@outcomes.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--day", callback=_day, metavar="DAY", help="The day of the books, for a file without the column `day`.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, and store nothing.")
def import_file(file: Path, day: date | None, dry_run: bool) -> None:
    """Bring a day of the books in from a CSV file; importing it again changes nothing.

    Columns: customer (the company's own reference), customer_since, purchases, spend, margin; and where known: day,
    left_on, first_purchase_on, last_purchase_on, category_spend, need_segment. Purchases, spend and margin are sums
    from the first day on. Two days of the books tell what a customer spent between them.
    """
    settings = read_settings()
    now = utc_now()
    with opened(settings) as database:
        report = _import(database, file, day, day_of(now, settings.zone), dry_run=dry_run)
        if not dry_run:
            with database.write() as session:
                counts = {"new": report.new, "changed": report.changed, "refused": report.refused}
                audit(session, now, ACTOR, "outcomes:import", file.name, **counts)
    for refusal in report.refusals:
        click.echo(f"{file.name}: {refusal}", err=True)
    said = f"{report.new} new, {report.changed} changed, {report.unchanged} as they were, {report.refused} refused"
    click.echo(f"{report.rows} rows: {said}.{' Nothing was stored.' if dry_run else ''}")
    if report.refused:
        raise SystemExit(1)


@outcomes.command("need")
@click.argument("code")
@click.option("--fa", required=True, help="Its name in Persian.")
@click.option("--en", required=True, help="Its name in English.")
def name_segment(code: str, fa: str, en: str) -> None:
    """Give a need segment its names."""
    with opened() as database, database.write() as session:
        name_need(session, code, {"fa": fa, "en": en})
        audit(session, utc_now(), ACTOR, "outcomes:need", code)
    click.echo(f"{code}: {fa}, {en}")


def _import(database: Database, file: Path, day: date | None, today: date, *, dry_run: bool) -> BooksReport:
    """Each batch is a transaction of its own: what is stored stays if the next one is interrupted."""
    report = BooksReport()
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    with (
        file.open("rb") as source,
        Progress(*columns, console=console, disable=not console.is_terminal) as progress,
        database.write() as session,
    ):
        task = progress.add_task(file.name, total=file.stat().st_size)
        for report in import_books(session, source, day, today):
            progress.update(task, completed=report.bytes)
            if dry_run:
                session.rollback()
            else:
                session.commit()
    return report
