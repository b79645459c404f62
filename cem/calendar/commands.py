"""`cem calendar`: opening hours and holidays, shown and brought in."""

from pathlib import Path

import click

from cem.calendar.calendars import add_official_holidays, read_holidays, read_week, set_holiday
from cem.calendar.files import read_holiday_file
from cem.calendar.hours import WEEKDAYS
from cem.serving import opened
from cem.settings import read_settings
from surveys.database import day_of, utc_now
from surveys.formats.rows import RowRefused
from surveys.languages import language

ACTOR = "command line"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# Whoever has mistaken a column has one mistake, not a thousand.
_SHOWN = 50


@click.group()
def calendar() -> None:
    """When the company is open: business time is counted by it."""


@calendar.command("show")
def show() -> None:
    """The week, and the holidays of this year and the next."""
    settings = read_settings()
    year = day_of(utc_now(), settings.zone).year
    with opened(settings) as database, database.read() as reader:
        week = read_week(reader)
        rows = [row for one in (year, year + 1) for row in read_holidays(reader, one)]
    for weekday, name in WEEKDAYS.items():
        hours = "-".join(f"{clock:%H:%M}" for clock in week[weekday]) if weekday in week else "closed"
        click.echo(f"{name:<10} {hours}")
    for row in rows:
        whose = "official" if row.official else "own"
        click.echo(f"{row.day}  {WEEKDAYS[row.day.weekday()][:3]}  {whose:<8}  {language('en').own(row.names)}")


@calendar.command("holidays")
@click.argument("years", nargs=-1, required=True, type=int)
def holidays(years: tuple[int, ...]) -> None:
    """Bring in Iran's official holidays of these years, Jalali (14xx) or Gregorian; again when estimates are settled.

    Days that the company has named itself stay as they are.
    """
    with opened() as database, database.write() as session:
        change = add_official_holidays(session, utc_now(), ACTOR, years)
    click.echo(
        f"{change.added} added, {change.changed} named anew, {change.removed} moved away, "
        f"{change.unchanged} as they were."
    )


@calendar.command("import")
@click.argument("file", type=FILE)
def import_file(file: Path) -> None:
    """Bring in the company's own holidays from a CSV file: all of them, or none where a row cannot be taken.

    Columns: day (Gregorian or Jalali), name_fa, name_en; one name is enough. A day that is there already is named anew.
    """
    try:
        rows = read_holiday_file(file.read_bytes())
    except RowRefused as refused:
        for refusal in refused.refusals[:_SHOWN]:
            click.echo(f"{file.name}: {refusal}", err=True)
        if len(refused.refusals) > _SHOWN:
            click.echo(f"{file.name}: and {len(refused.refusals) - _SHOWN} more like these.", err=True)
        click.echo("Nothing was stored: mend these rows and send the whole file again.", err=True)
        raise SystemExit(2) from None
    with opened() as database, database.write() as session:
        now = utc_now()
        changed = sum(set_holiday(session, now, ACTOR, row.day, row.names) for row in rows)
    click.echo(f"{len(rows)} rows: {changed} new or named anew, {len(rows) - changed} as they were.")
