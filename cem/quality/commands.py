"""`cem quality`: look for answers that may not be meant, and bring in what the population is like."""

from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.errors import BadInput
from cem.quality.checks import check_survey, find
from cem.quality.margins import COMPANY, read_file, set_margin
from cem.quality.rules import read_rules
from cem.scorecards.offers import read_offers
from cem.serving import opened
from cem.settings import read_settings
from surveys.database import day_of, utc_now
from surveys.models import Response, Survey

ACTOR = "command line"


@click.group()
def quality() -> None:
    """How far the answers can be trusted."""


@quality.command()
@click.option("--survey", "slug", help="One survey; otherwise all.")
@click.option("--days", type=click.IntRange(1), help="The answers of so many days; otherwise all.")
@click.option("--dry-run", is_flag=True, help="Say what would be marked, and change nothing.")
def check(slug: str | None, days: int | None, dry_run: bool) -> None:
    """Record signals on stored responses; the rules of a survey mark what shows them."""
    settings, now = read_settings(), utc_now()
    end = day_of(now, settings.zone) + timedelta(days=1)
    with opened(settings) as database:
        with database.read() as reader:
            surveys = [known_survey(reader, slug)] if slug else list(reader.scalars(select(Survey)))
        for survey in surveys:
            with database.read() as reader:
                first = reader.scalar(select(func.min(Response.day)).where(Response.survey_id == survey.survey_id))
                start = end - timedelta(days=days) if days else first or end
                found = find(reader, survey.survey_id, read_rules(reader, survey.survey_id), start, end)
            told = ", ".join(f"{n} {name}" for name, n in sorted(found.found.items())) or "no signals"
            outcome = f"{len(found.mark)} to mark, {len(found.release)} to take back"
            click.echo(f"{survey.slug}: {found.seen} responses, {told}; {outcome}")
            if not dry_run:
                changed = check_survey(database, now, survey.survey_id, start, end)
                click.echo(f"{survey.slug}: {changed} responses changed")


@quality.group()
def margins() -> None:
    """What the customers are like, to weight the answers to."""


@margins.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--survey", "slug", help="For one survey; otherwise for the company.")
@click.option("--source", help="Where the numbers come from; otherwise the name of the file.")
def import_margins(file: Path, slug: str | None, source: str | None) -> None:
    """Take the population from a CSV file with the columns dimension, category and amount."""
    settings, now = read_settings(), utc_now()
    with opened(settings) as database, database.write() as session:
        whose = known_survey(session, slug).survey_id if slug else COMPANY
        day = day_of(now, settings.zone)
        found = read_file(file.read_bytes(), read_offers(session), source or file.name, day)
        for margin in found:
            set_margin(session, now, ACTOR, whose, margin)
    click.echo(", ".join(f"{margin.dimension}: {len(margin.amounts)} categories" for margin in found))


def known_survey(session: Session, slug: str) -> Survey:
    """The survey of this name; BadInput where there is none."""
    known = session.scalar(select(Survey).where(Survey.slug == slug))
    if known is None:
        raise BadInput(f"There is no survey {slug!r}.")
    return known
