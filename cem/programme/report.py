"""The six-lessons report: everything on it comes from one dated sheet and the quarters before it."""

from datetime import datetime

from litestar import Response
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.programme.criteria import read_criteria
from cem.programme.next_steps import due_of, without_action
from cem.programme.pages import shown
from cem.programme.snapshots import list_quarters, quarter_of, read_quarter
from cem.programme.standings import read_sheet
from cem.programme.trend import course_of
from cem.reports.paper import Paper
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of
from surveys.languages import Language
from surveys.templating import Templates

PAGE = "programme/report.html"


def show_report(
    reader: Session, settings: Settings, show: Show | Paper, quarter: str, now: datetime
) -> Response[bytes]:
    """The report of a quarter that was kept, or of today where `quarter` is empty; UnknownQuarter where it was not."""
    sheet = read_quarter(reader, quarter) if quarter else read_sheet(reader, now, settings.zone)
    lessons = read_criteria().lessons
    earlier = [(code, one) for code, one in list_quarters(reader) if one.day < sheet.day]
    due = due_of(lessons, sheet, sheet.day)
    return show(
        PAGE,
        **shown(sheet)
        | {
            "past": bool(quarter),
            "paper": isinstance(show, Paper),
            "quarter": quarter or quarter_of(sheet.day, settings.calendar),
            "course": course_of(earlier, sheet),
            "due": due,
            "due_late": [one for one in due if one.overdue],
            "idle": {lesson.number: without_action(lesson, sheet) for lesson in lessons},
        },
    )


def report_page(
    reader: Session,
    settings: Settings,
    templates: Templates,
    language: Language,
    person: Person,
    quarter: str,
    now: datetime,
) -> str:
    """The report as one file."""
    paper = Paper(templates, language, person, day_of(now, settings.zone))
    return bytes(show_report(reader, settings, paper, quarter, now).content).decode()
