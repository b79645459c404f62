"""`cem customers`."""

from datetime import date
from pathlib import Path

import click

from cem.audit import audit
from cem.serving import opened
from cem.settings import read_settings
from cem.studio.commands import ACTOR, FILE, progress
from surveys.customers import CustomerReport, import_customers
from surveys.database import Database, day_of, utc_now
from surveys.formats.documents import DocumentFaults


@click.group()
def customers() -> None:
    """Customers from a file."""


@customers.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
def import_file(file: Path, dry_run: bool) -> None:
    """Store the customers of a CSV file; who is there is changed.

    Its columns are reference and, where they are known, language, segment, email and mobile.
    """
    settings, now = read_settings(), utc_now()
    with opened(settings) as database:
        report, broken = _import(database, file, day_of(now, settings.zone), dry_run=dry_run)
        if not dry_run:
            with database.write() as session:
                audit(session, now, ACTOR, "customers:import", file.name, new=report.new, changed=report.changed)
    for refusal in report.refusals:
        click.echo(f"{file.name}: {refusal}", err=True)
    if broken:
        click.echo(f"{file.name}: {broken} Nothing after this line was read.", err=True)
    counts = f"{report.new} new, {report.changed} changed, {report.unchanged} as they were, {report.refused} refused"
    click.echo(f"{report.rows} rows: {counts}{'; nothing was stored' if dry_run else ''}.")
    if report.refused or broken:
        raise SystemExit(1)


def _import(
    database: Database, file: Path, today: date, *, dry_run: bool
) -> tuple[CustomerReport, DocumentFaults | None]:
    """What became of the rows, and what stopped the reading in mid-file; each batch is a transaction of its own."""
    report = CustomerReport()
    with file.open("rb") as source, progress(file.stat().st_size, file.name) as advance, database.write() as session:
        try:
            for report in import_customers(session, source, today):
                session.rollback() if dry_run else session.commit()
                advance(report.bytes)
        except DocumentFaults as broken:
            if not report.rows:
                raise
            session.rollback()
            return report, broken
    return report, None
