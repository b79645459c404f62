"""`cem rewards`: for the payroll clerk, and for whoever wants to be sure."""

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.errors import BadInput
from cem.rewards.calculating import calculate_run, preview_run
from cem.rewards.integrity import check_and_keep, lock_checked
from cem.rewards.models import PayrollBatch, RewardRun
from cem.rewards.participant_commands import participants
from cem.rewards.payroll import acknowledge_batch, control_sheet, export_run, payroll_csv, payroll_json
from cem.rewards.periods import RewardPeriod
from cem.rewards.statuses import LOCKED, MEASURING, REOPENED
from cem.rewards.verifying import verify as differences
from cem.serving import opened
from cem.settings import Settings, read_settings
from surveys.database import Database, utc_now

ACTOR = "command line"


@click.group()
def rewards() -> None:
    """Pay that is tied to experience metrics."""


rewards.add_command(participants)


@rewards.command("run")
@click.argument("period")
@click.option("--plan", help="One plan; all that are open in the period if it is not given.")
@click.option("--dry-run", is_flag=True, help="Say what would be paid as things stand, and store nothing.")
def run_period(period: str, plan: str | None, dry_run: bool) -> None:
    """Lock and calculate a period such as 1404-Q2. It is then to be reviewed and approved by two people."""
    settings = read_settings()
    with opened(settings) as database:
        with database.read() as reader:
            found = _runs(reader, period, plan)
        for run in found:
            if dry_run:
                _preview(database, settings, run)
            else:
                _calculate(database, settings, run)


@rewards.command("export")
@click.argument("period")
@click.option("--plan", help="One plan; the period's only one if it is not given.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; the terminal if not given.")
def export_period(period: str, plan: str | None, form: str, output: Path | None) -> None:
    """Give payroll what an approved period pays. Asking again gives the same batch, which is paid once.

    The control sheet (rows and totals by component and cost centre) goes to the terminal's error stream.
    """
    with opened() as database:
        with database.write() as session:
            batch = export_run(session, utc_now(), ACTOR, _one(session, period, plan))
        with database.read() as reader, _written(output) as file:
            if form == "json":
                file.write(payroll_json(reader, batch).decode() + "\n")
            else:
                file.writelines(payroll_csv(reader, batch))
        with database.read() as reader:
            click.echo(msgspec.json.format(msgspec.json.encode(control_sheet(reader, batch))).decode(), err=True)


@rewards.command("acknowledge")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def acknowledge(file: Path) -> None:
    """Take payroll's word that a batch was paid: a JSON file with batch, digest, rows and total."""
    try:
        said = msgspec.json.decode(file.read_bytes(), type=_Acknowledgement)
    except msgspec.MsgspecError as fault:
        raise BadInput(f"{file.name}: {fault}. It needs batch, digest, rows and total.") from None
    with opened() as database, database.write() as session:
        batch = session.get(PayrollBatch, said.batch)
        if batch is None:
            raise BadInput(f"There is no batch {said.batch}.")
        acknowledge_batch(session, utc_now(), ACTOR, batch, digest=said.digest, rows=said.rows, total=said.total)
    click.echo(f"Paid: {said.rows} rows, {said.total:,} in all.")


@rewards.command("verify")
def verify() -> None:
    """Check every plan's history and calculate every period again; exit status 1 where something differs."""
    with opened() as database, database.read() as reader:
        found = list(differences(reader))
        runs = len(reader.scalars(select(RewardRun)).all())
    for one in found:
        click.echo(f"{one.kind}: {one.subject}", err=True)
    if found:
        raise SystemExit(1)
    click.echo(f"{runs} periods: everything is what it was.")


@rewards.command("integrity")
@click.argument("period")
@click.option("--plan", help="One plan; all that are open in the period if it is not given.")
def check_integrity(period: str, plan: str | None) -> None:
    """Look for signs that a measure was moved by something other than customers, and put it on hold where it stops.

    It is done every night and when a period is locked; this says what it finds.
    """
    settings = read_settings()
    with opened(settings) as database:
        with database.read() as reader:
            runs = _runs(reader, period, plan)
        for run in runs:
            found, held = check_and_keep(database, utc_now(), run.run_id, settings.zone)
            for one in found:
                told = ", ".join(f"{name} {value}" for name, value in one.evidence.items())
                click.echo(f"{run.plan_code}: {one.reaction:<6} {one.unit} {one.measure}: {one.signal} ({told})")
            click.echo(f"{run.plan_code} {run.period}: {len(found)} signals, {held} new holds.")


class _Acknowledgement(msgspec.Struct):
    """What a control sheet says may be sent back as it is: what else it has is not looked at."""

    batch: uuid.UUID
    digest: str
    rows: int
    total: int


def _runs(session: Session, period: str, plan: str | None) -> list[RewardRun]:
    """The newest revision of each plan in a period."""
    statement = select(RewardRun).where(
        RewardRun.period == RewardPeriod.parse(period).code, RewardRun.status != REOPENED
    )
    if plan is not None:
        statement = statement.where(RewardRun.plan_code == plan)
    found = list(session.scalars(statement.order_by(RewardRun.plan_code)))
    if not found:
        raise BadInput(f"No plan is open in {period}{f' under {plan!r}' if plan else ''}.")
    return found


def _one(session: Session, period: str, plan: str | None) -> RewardRun:
    found = _runs(session, period, plan)
    if len(found) > 1:
        raise BadInput(f"Several plans are open in {period}: name one of {', '.join(run.plan_code for run in found)}.")
    return found[0]


def _calculate(database: Database, settings: Settings, run: RewardRun) -> None:
    if run.status not in {MEASURING, LOCKED}:
        click.echo(f"{run.plan_code}: {run.status} already, nothing to do.")
        return
    if run.status == MEASURING:
        lock_checked(database, utc_now(), ACTOR, run.run_id, settings.zone)
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Bar(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(run.plan_code, total=None)
        for progress in calculate_run(database, utc_now(), ACTOR, run.run_id):
            bar.update(task, completed=progress.done, total=progress.people)
    click.echo(f"{run.plan_code}: {progress.people} people, {progress.total:,} in all, digest {progress.digest}.")


def _preview(database: Database, settings: Settings, run: RewardRun) -> None:
    with database.read() as reader:
        inputs, sharing = preview_run(reader, reader.get_one(RewardRun, run.run_id), utc_now(), settings.zone)
    click.echo(f"{run.plan_code} {run.period}: provisional, nothing was stored.")
    for unit in inputs.units:
        score = "–" if unit.score is None else f"{100 * float(inputs.scores[unit.unit] or 0):.2f}%"
        click.echo(f"  {unit.unit:<24} {unit.outcome:<16} {score}")
    click.echo(f"  {len(sharing.paid)} people, {sum(sharing.shared.paid):,} in all")


@contextmanager
def _written(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        yield sys.stdout
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        yield file
