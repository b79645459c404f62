"""The demo company's calendar: the usual week, and the official holidays of its years and the next."""

from datetime import datetime

from sqlalchemy.orm import Session

from cem.calendar.calendars import add_official_holidays
from cem.demo.timeline import Timeline
from surveys.languages import Month


def add_calendar(session: Session, timeline: Timeline, now: datetime) -> None:
    first, last = (Month.of(day, "jalali").year for day in (timeline.first, timeline.today))
    add_official_holidays(session, now, "demo", range(first, last + 2))
