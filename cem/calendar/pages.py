"""When the company is open: its week and its holidays, and the forms that change them."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.calendar.calendars import (
    HolidayFault,
    UnknownHoliday,
    add_official_holidays,
    parse_week,
    read_calendar,
    read_holidays,
    remove_holiday,
    set_holiday,
    set_hours,
)
from cem.calendar.hours import MIDNIGHT, WEEKDAYS
from cem.calendar.official import UnknownYear
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.days import read_day, write_day
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import N_, Language, Month, ascii_digits

HERE = "/calendar"


@dataclass
class HolidayForm:
    day: str = ""
    fa: str = ""
    en: str = ""


@dataclass
class DayForm:
    day: str = ""


@dataclass
class YearForm:
    year: str = ""


def hours_in_words(language: Language, opens: time, closes: time) -> str:
    """From when until when, the midnight that ends a day being 24:00."""
    if opens == closes:
        return language.gettext(N_("all day"))
    end = "24:00" if closes == MIDNIGHT else f"{closes:%H:%M}"
    return language.fill(N_("%(opens)s to %(closes)s"), {"opens": f"{opens:%H:%M}", "closes": end})


class CalendarPages(Controller):
    path = HERE

    @get("/", sync_to_thread=True, opt={"action": Action.CALENDAR_READ})
    def show_calendar(
        self, show: NamedDependency[Show], reader: NamedDependency[Session], settings: NamedDependency[Settings]
    ) -> Response[bytes]:
        """The week, and the holidays of this year and the next in the reader's calendar."""
        now = utc_now()
        today = day_of(now, settings.zone)
        year = Month.of(today, show.language.calendar).year
        calendar = read_calendar(reader, settings.zone)
        return show(
            "calendar/show.html",
            weekdays=WEEKDAYS,
            week=calendar.hours,
            in_words=hours_in_words,
            zone=settings.zone,
            open_now=calendar.is_open(now),
            next_opening=calendar.next_opening(now),
            years={one: read_holidays(reader, one) for one in (year, year + 1)},
            today=today,
            written=lambda day: write_day(show.language, day),
        )

    @post("/hours", sync_to_thread=True, status_code=303, opt={"action": Action.CALENDAR_KEEP})
    def set_hours(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        session: NamedDependency[Session],
    ) -> Redirect:
        """This week from now on."""
        set_hours(session, utc_now(), request.user.name, parse_week(data))
        return Redirect(HERE, status_code=303)

    @post("/holidays", sync_to_thread=True, status_code=303, opt={"action": Action.CALENDAR_KEEP})
    def set_holiday(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[HolidayForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """A holiday of the company's own."""
        try:
            day = read_day(data.day)
        except ValueError:
            raise HolidayFault from None
        set_holiday(session, utc_now(), request.user.name, day, {"fa": data.fa, "en": data.en})
        return Redirect(HERE, status_code=303)

    @post("/holidays/remove", sync_to_thread=True, status_code=303, opt={"action": Action.CALENDAR_KEEP})
    def remove_holiday(
        self, request: Request[Person, Any, Any], data: URLEncodedBody[DayForm], session: NamedDependency[Session]
    ) -> Redirect:
        """The company is open on this day, if its week is."""
        try:
            day = date.fromisoformat(data.day)
        except ValueError:
            raise UnknownHoliday from None
        remove_holiday(session, utc_now(), request.user.name, day)
        return Redirect(HERE, status_code=303)

    @post("/official", sync_to_thread=True, status_code=303, opt={"action": Action.CALENDAR_KEEP})
    def add_official_holidays(
        self, request: Request[Person, Any, Any], data: URLEncodedBody[YearForm], session: NamedDependency[Session]
    ) -> Redirect:
        """The official holidays of a year, in either calendar."""
        year = ascii_digits(data.year).strip()
        if not (year.isdecimal() and len(year) == 4):
            raise UnknownYear
        add_official_holidays(session, utc_now(), request.user.name, [int(year)])
        return Redirect(HERE, status_code=303)
