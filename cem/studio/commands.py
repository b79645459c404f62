"""`cem survey`, `cem company`, `cem responses` and `cem tallies`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import BadInput
from cem.serving import opened
from cem.settings import read_settings
from surveys import tallies as counted
from surveys.company import read_company, store_company
from surveys.database import Database, day_of, utc_now
from surveys.formats.csv_responses import ImportReport, import_responses
from surveys.formats.documents import DocumentFaults
from surveys.formats.mapping import read_mapping
from surveys.models import Survey, SurveyVersion
from surveys.publishing import current_version, publish
from surveys.questionnaire import Questionnaire, json_schema, read_yaml, scores, to_yaml

ACTOR = "command line"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def survey() -> None:
    """Questionnaires as files."""


@survey.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Explain each fault of a questionnaire, with its line."""
    questionnaire = read_yaml(file)
    click.echo(f"{file.name}: {len(list(questionnaire.questions))} questions, ready to publish.")


@survey.command("publish")
@click.argument("file", type=FILE)
def publish_file(file: Path) -> None:
    """Publish a questionnaire, or its next version."""
    questionnaire = read_yaml(file)
    now = utc_now()
    with opened() as database, database.write() as session:
        version = publish(session, questionnaire, now)
        audit(session, now, ACTOR, "survey:publish", questionnaire.id, version=version.version)
    address = f"{read_settings().base_url}/s/{questionnaire.id}"
    click.echo(f"Version {version.version} of {questionnaire.id} is open at {address}")


@survey.command()
@click.argument("slug")
def export(slug: str) -> None:
    """Print the current version of a survey as YAML."""
    with opened() as database, database.read() as session:
        known = _survey(session, slug)
        document = current_version(session, known.survey_id).document
    click.echo(to_yaml(msgspec.convert(document, Questionnaire)), nl=False)


@survey.command()
def schema() -> None:
    """Print the JSON Schema of questionnaires, for editors."""
    click.echo(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode())


@click.group()
def company() -> None:
    """The measured company: units, journeys and touchpoints."""


@company.command("import")
@click.argument("file", type=FILE)
def import_company(file: Path) -> None:
    """Store the units, journeys and touchpoints of a file; what has its code already is changed."""
    document = read_company(file)
    now = utc_now()
    with opened() as database, database.write() as session:
        change = store_company(session, now, document)
        audit(session, now, ACTOR, "company:import", file.name)
    outcome = f"{change.added} added, {change.changed} changed, {change.unchanged} as they were"
    click.echo(f"Units, journeys and touchpoints: {outcome}.")


@click.group()
def responses() -> None:
    """Responses in and out."""


@responses.command("import")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, required=True, help="Which column answers which question.")
def import_file(file: Path, mapping: Path) -> None:
    """Bring responses in from a CSV file; importing it again changes nothing."""
    settings = read_settings()
    now = utc_now()
    with opened(settings) as database:
        report, broken = _import(database, file, mapping, day_of(now, settings.zone))
        with database.write() as session:
            audit(session, now, ACTOR, "responses:import", file.name, new=report.new, refused=report.refused)
    for refusal in report.refusals:
        click.echo(f"{file.name}: {refusal}", err=True)
    if broken:
        click.echo(f"{file.name}: {broken} Nothing after this line was read.", err=True)
    click.echo(f"{report.rows} rows: {report.new} new, {report.already_there} already there, {report.refused} refused.")
    if report.refused or broken:
        raise SystemExit(1)


def _import(database: Database, file: Path, mapping: Path, today: date) -> tuple[ImportReport, DocumentFaults | None]:
    """What became of the rows, and what stopped the reading in mid-file, if anything did.

    Each batch is a transaction of its own: what is stored stays if the next one is interrupted.
    """
    report = ImportReport()
    with file.open("rb") as source, _progress(file.stat().st_size, file.name) as advance, database.write() as session:
        try:
            for report in import_responses(session, source, read_mapping(mapping), today):
                session.commit()
                advance(report.bytes)
        except DocumentFaults as broken:
            if not report.rows:
                raise
            return report, broken
    return report, None


@contextmanager
def _progress(total: int, name: str) -> Iterator[Any]:
    """A bar on a terminal's standard error; nothing elsewhere."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=total)
        yield lambda done: progress.update(task, completed=done)


@click.group()
def tallies() -> None:
    """The score counts behind every KPI."""


@tallies.command("check")
def check_tallies() -> None:
    """Recount every survey and say where its tallies differ."""
    found = 0
    with opened() as database:
        for known in _surveys(database):
            with database.reader.connect() as connection:
                differing = counted.differences(connection, known.survey_id, _Scores(database, known))
            click.echo(f"{known.slug}: {len(differing)} rows differ")
            found += len(differing)
    if found:
        raise SystemExit(1)


@tallies.command()
def rebuild() -> None:
    """Count every survey's tallies anew from its responses."""
    with opened() as database:
        for known in _surveys(database):
            scores_of = _Scores(database, known)
            with database.writer.begin() as connection:
                rows = counted.rebuild(connection, known.survey_id, scores_of)
            click.echo(f"{known.slug}: {rows} rows")
        with database.write() as session:
            audit(session, utc_now(), ACTOR, "tallies:rebuild", "all surveys")


class _Scores:
    """The scores of stored answers, by the version that asked for them."""

    def __init__(self, database: Database, known: Survey) -> None:
        with database.read() as session:
            rows = session.execute(
                select(SurveyVersion.version, SurveyVersion.document).where(SurveyVersion.survey_id == known.survey_id)
            )
            self._versions = {version: msgspec.convert(document, Questionnaire) for version, document in rows}

    def __call__(self, version: int, answers: Mapping[str, Any]) -> Any:
        return scores(self._versions[version], answers)


def _surveys(database: Database) -> list[Survey]:
    with database.read() as session:
        return list(session.scalars(select(Survey).order_by(Survey.slug)))


def _survey(session: Session, slug: str) -> Survey:
    known = session.scalar(select(Survey).where(Survey.slug == slug))
    if known is None:
        raise BadInput(f"There is no survey {slug!r}.")
    return known
