"""`cem rewards participants`."""

from pathlib import Path

import click

from cem.audit import audit
from cem.errors import BadInput
from cem.rewards.enrolling import Report
from cem.rewards.participant_files import read_rows, write_csv, write_xlsx
from cem.rewards.participants import check_participants, exported_rows, store_participants
from cem.rewards.periods import RewardPeriod
from cem.rewards.plans import find_plan
from cem.serving import opened
from cem.studio.commands import ACTOR, FILE
from cem.studio.exports import finished
from surveys.database import utc_now

_PLAN = click.option("--plan", "code", required=True, help="The code of the plan.")
_PERIOD = click.option("--period", "written", required=True, help="Such as 1404-Q2.")


@click.group()
def participants() -> None:
    """Who takes part in a reward plan, as a CSV or Excel file."""


@participants.command("import")
@click.argument("file", type=FILE)
@_PLAN
@_PERIOD
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
def import_file(file: Path, code: str, written: str, dry_run: bool) -> None:
    """Store a file as all participants of a period; who is not in it takes part no more."""
    period = RewardPeriod.parse(written)
    with opened() as database, file.open("rb") as source:
        with database.read() as reader:
            find_plan(reader, code)
            # Read and checked before anything is locked: a long file keeps answers waiting for its writing alone.
            checked = check_participants(reader, ACTOR, code, period, read_rows(source))
        stored = not dry_run and not checked.report.refused
        if stored:
            with database.write() as session:
                store_participants(session, utc_now(), ACTOR, checked)
    _tell(file, checked.report, stored=stored)


def _tell(file: Path, report: Report, *, stored: bool) -> None:
    for refusal in report.refusals:
        click.echo(f"{file.name}: {refusal}", err=True)
    counts = (
        f"{report.added} added, {report.changed} changed, {report.unchanged} as they were, {report.removed} removed, "
        f"{report.refused} refused"
    )
    click.echo(f"{report.rows} rows: {counts}{'' if stored else '; nothing was stored'}.")
    if report.refused:
        raise SystemExit(1)


@participants.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_PLAN
@_PERIOD
def export_file(file: Path, code: str, written: str) -> None:
    """Write the participants of a period to a .csv or .xlsx file."""
    ending = file.suffix.lower()
    if ending not in {".csv", ".xlsx"}:
        raise BadInput(f"{file.name} must end with .csv or .xlsx.")
    period = RewardPeriod.parse(written)
    with opened() as database, database.read() as reader, finished(file) as beside:
        find_plan(reader, code)
        rows = exported_rows(reader, code, period.code)
        with beside.open("wb") as target:
            target.writelines(write_csv(rows) if ending == ".csv" else [write_xlsx(rows)])
        with database.write() as session:
            audit(session, utc_now(), ACTOR, "reward:export-participants", code, period=period.code, file=file.name)
    click.echo(f"{period.code}: {file.name}")
