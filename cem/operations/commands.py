"""`cem operations`: what is counted elsewhere, from files."""

from pathlib import Path

import click

from cem.operations.definitions import define_metrics, read_definitions
from cem.operations.feed import Receipt, receive_file
from cem.operations.figures import operational_metrics
from cem.serving import opened
from cem.settings import read_settings
from surveys.database import day_of, utc_now
from surveys.formats.documents import DocumentFaults, DocumentFile

ACTOR = "command line"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# Whoever has mistaken a column has one mistake, not a thousand.
_SHOWN = 50


@click.group()
def operations() -> None:
    """What the company counts elsewhere: metrics and their figures."""


@operations.command("define")
@click.argument("file", type=FILE)
def define(file: Path) -> None:
    """Add or change the metrics of a YAML file by their codes; docs/operations.md shows one."""
    document = DocumentFile(file)
    metrics = read_definitions(document)
    with opened() as database, database.write() as session:
        try:
            change = define_metrics(session, utc_now(), ACTOR, metrics)
        except DocumentFaults as fault:
            raise DocumentFaults(document.placed(fault.faults)) from None
    click.echo(
        f"{len(metrics)} metrics: {change.added} added, {change.changed} changed, {change.unchanged} as they were; "
        f"{change.targets} targets set."
    )


@operations.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Read and check everything, and store nothing.")
def import_file(file: Path, dry_run: bool) -> None:
    """Receive the figures of a CSV or Excel file: all of them, or none where a row cannot be taken.

    Columns: metric, unit, first_day, last_day, numerator, denominator. Days are Gregorian or Jalali, both included. The
    same metric, unit and days with other numbers are a correction; a file that was received already changes nothing.
    """
    settings, now = read_settings(), utc_now()
    today = day_of(now, settings.zone)
    with opened(settings) as database, database.write() as session:
        receipt = receive_file(session, now, today, ACTOR, file.read_bytes(), file.name, dry_run=dry_run)
    _tell(file, receipt, dry_run=dry_run)


def _tell(file: Path, receipt: Receipt, *, dry_run: bool) -> None:
    if receipt.refusals:
        for refusal in receipt.refusals[:_SHOWN]:
            click.echo(f"{file.name}: {refusal}", err=True)
        if len(receipt.refusals) > _SHOWN:
            click.echo(f"{file.name}: and {len(receipt.refusals) - _SHOWN} more like these.", err=True)
        click.echo("Nothing was stored: mend these rows and send the whole file again.", err=True)
        raise SystemExit(2)
    said = f"{receipt.new} new, {receipt.corrected} corrected, {receipt.unchanged} as they were"
    click.echo(f"{receipt.rows} rows: {said}.{' Nothing was stored.' if dry_run else ''}")


@operations.command("list")
def list_metrics() -> None:
    """The metrics, one a line."""
    with opened() as database, database.read() as reader:
        for metric in operational_metrics(reader):
            kind = f"{metric.kind}, all cases" if metric.census else metric.kind
            click.echo(f"{metric.code:<24} {kind:<18} {metric.name_en} ({metric.source})")
