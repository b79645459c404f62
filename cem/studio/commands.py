"""`cem survey`, `cem company`, `cem responses` and `cem tallies`."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import BadInput
from cem.scorecards.offers import read_offers
from cem.serving import opened
from cem.settings import read_settings
from cem.studio.exports import FORMATS, count_exported, read_tables, read_where, record_export, write_files
from surveys import tallies as counted
from surveys.company import read_company, store_company
from surveys.database import Database, day_of, utc_now
from surveys.formats.csv_responses import ImportReport, import_responses, import_rows
from surveys.formats.documents import DocumentFaults
from surveys.formats.exported_rows import ExportedRows
from surveys.formats.exports import QUALITIES, Export
from surveys.formats.mapping import read_mapping
from surveys.languages import CODES, ascii_digits, jalali_to_date, language
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
    """The measured company: units, segments, journeys and touchpoints."""


@company.command("import")
@click.argument("file", type=FILE)
def import_company(file: Path) -> None:
    """Store the units, segments, journeys and touchpoints of a file; what has its code already is changed."""
    document = read_company(file)
    now = utc_now()
    with opened() as database, database.write() as session:
        change = store_company(session, now, document)
        audit(session, now, ACTOR, "company:import", file.name)
    outcome = f"{change.added} added, {change.changed} changed, {change.unchanged} as they were"
    click.echo(f"Units, segments, journeys and touchpoints: {outcome}.")


@click.group()
def responses() -> None:
    """Responses in and out."""


@responses.command("import")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, help="Which column answers which question.")
@click.option("--survey", "slug", help="Instead of a mapping, for a file that cem has exported: its survey.")
def import_file(file: Path, mapping: Path | None, slug: str | None) -> None:
    """Bring responses in from a CSV file; importing it again changes nothing."""
    if (mapping is None) is (slug is None):
        raise click.UsageError("Give a mapping, or the survey of a file that cem has exported.")
    settings = read_settings()
    now = utc_now()
    with opened(settings) as database:
        report, broken = _import(database, file, mapping or str(slug), day_of(now, settings.zone))
        with database.write() as session:
            audit(session, now, ACTOR, "responses:import", file.name, new=report.new, refused=report.refused)
    for refusal in report.refusals:
        click.echo(f"{file.name}: {refusal}", err=True)
    if broken:
        click.echo(f"{file.name}: {broken} Nothing after this line was read.", err=True)
    click.echo(f"{report.rows} rows: {report.new} new, {report.already_there} already there, {report.refused} refused.")
    if report.refused or broken:
        raise SystemExit(1)


def _import(
    database: Database, file: Path, meaning: Path | str, today: date
) -> tuple[ImportReport, DocumentFaults | None]:
    """What became of the rows, and what stopped the reading in mid-file, if anything did.

    `meaning` is a mapping, or the survey of an exported file. Each batch is a transaction of its own: what is stored
    stays if the next one is interrupted.
    """
    report = ImportReport()
    with file.open("rb") as source, progress(file.stat().st_size, file.name) as advance, database.write() as session:
        try:
            for report in _reports(session, source, meaning, today):
                session.commit()
                advance(report.bytes)
        except DocumentFaults as broken:
            if not report.rows:
                raise
            return report, broken
    return report, None


def _reports(session: Session, source: BinaryIO, meaning: Path | str, today: date) -> Iterator[ImportReport]:
    if isinstance(meaning, Path):
        return import_responses(session, source, read_mapping(meaning), today)
    return import_rows(session, source, lambda header: ExportedRows(session, meaning, header, today))


def _day(text: str) -> date:
    """A day in either calendar; a year below 1700 is Jalali."""
    try:
        year, month, day = map(int, ascii_digits(text).split("-"))
        return jalali_to_date(year, month, day) if year < 1700 else date(year, month, day)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day. Write it as 2025-10-07 or 1404-07-15.") from None


@responses.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--survey", "slug", required=True)
@click.option("--from", "start", type=_day, metavar="DAY", help="The first day, in either calendar.")
@click.option("--to", "last", type=_day, metavar="DAY", help="The last day.")
@click.option("--unit", help="A unit and all that is below it.")
@click.option("--touchpoint")
@click.option("--channel")
@click.option("--language", "spoken", type=click.Choice(CODES), help="Of the labels; otherwise the survey's first.")
@click.option("--quality", type=click.Choice([*QUALITIES, "all"]), default="valid", show_default=True)
def export_file(
    file: Path, slug: str, start: date | None, last: date | None, spoken: str | None, quality: str, **places: str | None
) -> None:
    """Write responses to a file: .csv, .xlsx, .sav (SPSS) or .parquet, with a codebook."""
    form = FORMATS.get(file.suffix.removeprefix(".").lower())
    if form is None:
        raise BadInput(f"{file.name} must end with {', '.join(f'.{ending}' for ending in FORMATS)}.")
    settings = read_settings()
    with opened(settings) as database, database.read() as session, ExitStack() as files:
        known, offers = _survey(session, slug), read_offers(session)
        where = read_where(session, known.survey_id, offers, **places)
        qualities = QUALITIES if quality == "all" else (quality,)
        export = Export(where, start, last and last + timedelta(days=1), qualities)
        tables = read_tables(session, known.survey_id, offers, settings.zone)
        rows = count_exported(session, tables, export)
        labels = language(spoken or offers.surveys[slug].questionnaire.languages[0])
        with progress(rows, file.name) as advance:
            written = write_files(files, session, file, form, tables, export, labels, advance)
        given = {name: code for name, code in places.items() if code}
        with database.write() as writing:
            record_export(writing, utc_now(), ACTOR, slug, export, rows, format=form.name, file=file.name, **given)
    click.echo(f"{rows} responses: {', '.join(path.name for path in written)}")


@contextmanager
def progress(total: int, name: str) -> Iterator[Any]:
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
