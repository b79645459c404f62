"""The demo company's holidays."""

from cem.calendar.calendars import read_calendar, read_holidays
from cem.calendar.hours import USUAL_HOURS
from cem.demo.calendar import add_calendar
from cem.demo.timeline import Timeline
from surveys.database import Database
from surveys.languages import Month


def test_its_years_and_the_next(database: Database, timeline: Timeline) -> None:
    """Every year in which the company has answers, and the one that follows; the week is the usual one."""
    with database.write() as session:
        add_calendar(session, timeline, timeline.now)
    first, last = (Month.of(day, "jalali").year for day in (timeline.first, timeline.today))
    with database.read() as reader:
        of_years = {year: len(read_holidays(reader, year)) for year in range(first - 1, last + 3)}
        assert read_calendar(reader, timeline.zone).hours == USUAL_HOURS

    assert {year for year, holidays in of_years.items() if holidays > 20} == {*range(first, last + 2)}
