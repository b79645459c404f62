"""`cem report`."""

from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.orm import Session

from cem.errors import BadInput, CemError
from cem.people.accounts import Person
from cem.programme.report import report_page
from cem.reports.printing import NoPrinter, Printer
from cem.reports.scorecards import scorecard_page
from cem.roles import Role
from cem.serving import opened
from cem.settings import Settings, read_settings
from surveys.database import utc_now
from surveys.languages import CODES, language
from surveys.templating import Templates


@click.group()
def report() -> None:
    """What the pages show, as a PDF or as a page in one file."""


@report.command()
@click.option("--survey", default="", help="The survey's id; the first transactional one if it is not given.")
@click.option("--period", default="", help="12m, 3m, 1m, a year such as 1404, or a month such as 1404-07.")
@click.option("--unit", default="", help="A unit's code; the whole company if it is not given.")
@click.option("--touchpoint", default="", help="A touchpoint's code; all if it is not given.")
@click.option("--channel", default="", help="A channel; all if it is not given.")
@click.option("--kpi", default="", help="The series that the trend and the comparisons are about; the first one.")
@click.option("--language", "code", type=click.Choice(CODES), default="fa", show_default=True)
@click.option("--comments/--no-comments", default=False, show_default=True, help="With respondents' own words.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="FILE.pdf, printed by Chromium, or FILE.html.",
)
def scorecard(output: Path, code: str, *, comments: bool, **asked: str) -> None:
    """Write the scorecard to a file: the same page and the same numbers."""
    # Who may run commands here sees the whole company; a file is passed on more easily than a page.
    person = Person("command line", "", Role.EXECUTIVE if comments else Role.HR, None)
    _write(
        output,
        lambda reader, settings: scorecard_page(
            reader, settings, Templates(own=settings.own_templates), language(code), person, asked, utc_now()
        ),
    )


@report.command("six-lessons")
@click.option("--quarter", default="", help="A quarter that was kept, such as 1404-Q2; as of today if it is not given.")
@click.option("--language", "code", type=click.Choice(CODES), default="fa", show_default=True)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="FILE.pdf, printed by Chromium, or FILE.html.",
)
def six_lessons(output: Path, code: str, quarter: str) -> None:
    """Write the six-lessons report to a file: the same page and the same numbers."""
    person = Person("command line", "", Role.EXECUTIVE, None)
    _write(
        output,
        lambda reader, settings: report_page(
            reader, settings, Templates(own=settings.own_templates), language(code), person, quarter, utc_now()
        ),
    )


def _write(output: Path, make: Callable[[Session, Settings], str]) -> None:
    """A page as a file of the kind that its name says."""
    if output.suffix not in {".pdf", ".html"}:
        raise BadInput("The file's name ends in .pdf or in .html.")
    settings = read_settings()
    printer = Printer(settings.chromium)
    if output.suffix == ".pdf" and printer.program is None:
        raise BadInput(
            "There is no Chromium here to print a PDF: install it (apt install chromium fonts-noto-core), "
            "or say with CEM_CHROMIUM where it is. --output FILE.html needs none."
        )
    with opened(settings) as database, database.read() as reader:
        try:
            page = make(reader, settings)
        except CemError as fault:
            raise BadInput(f"{fault.title}: {fault.advice}") from None
    output.write_bytes(_written(printer, page) if output.suffix == ".pdf" else page.encode())
    click.echo(f"Wrote {output}.")


def _written(printer: Printer, page: str) -> bytes:
    try:
        return printer.print_page(page)
    except NoPrinter as fault:
        raise BadInput(fault.title) from None
