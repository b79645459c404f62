"""The company's calendar as it is kept: its week and its holidays, read and set."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.calendar.hours import USUAL_HOURS, BusinessCalendar, Hours, HoursFault, check_hours
from cem.calendar.models import Holiday, OpeningHours
from cem.calendar.official import days_of_year, official_holidays
from cem.errors import CemError, NotFound
from surveys.database import Base
from surveys.languages import N_, ascii_digits, normal_text

LONGEST_NAME = 200


class HolidayFault(CemError):
    title = N_("This holiday cannot be kept")
    advice = N_("Write the day, such as 2025-10-07 or 1404-07-15, and a name of at most 200 characters.")


class UnknownHoliday(NotFound):
    title = N_("There is no holiday on this day")
    advice = N_("It may have been removed meanwhile. Open the calendar again.")


@dataclass(frozen=True)
class OfficialChange:
    """How many holidays the official ones of some years have added, named anew or moved away, and left as they were."""

    added: int
    changed: int
    removed: int
    unchanged: int


def read_calendar(session: Session, zone: ZoneInfo) -> BusinessCalendar:
    """The calendar by which business time is counted now; it does not change when the rows do."""
    return BusinessCalendar(zone, read_week(session), frozenset(session.scalars(select(Holiday.day))))


def read_week(session: Session) -> Hours:
    """The open days of the week: those that were set, and the usual ones where nothing was."""
    week = dict(USUAL_HOURS)
    for weekday, opens, closes in session.execute(
        select(OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
    ):
        if opens:
            week[weekday] = (time.fromisoformat(opens), time.fromisoformat(closes))
        else:
            week.pop(weekday, None)
    return week


def parse_week(given: Mapping[str, str]) -> Hours:
    """The week of a form, `opens.0` and `closes.0` being Monday's; two empty times are a closed day."""
    week = {}
    for weekday in range(7):
        opens, closes = (ascii_digits(str(given.get(f"{name}.{weekday}", ""))).strip() for name in ("opens", "closes"))
        if opens or closes:
            try:
                week[weekday] = (_clock(opens), _clock(closes))
            except ValueError:
                raise HoursFault from None
    return week


def _clock(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    return time(hour, minute)


def set_hours(session: Session, now: datetime, actor: str, week: Hours) -> None:
    """The whole week from now on; a weekday that is not named is closed. HoursFault where it is no week to work in."""
    check_hours(week)
    before = read_week(session)
    if week == before:
        return
    _insert(session, OpeningHours, [{"weekday": weekday, "opens": "", "closes": ""} for weekday in range(7)])
    for row in session.scalars(select(OpeningHours).with_for_update()):
        row.opens, row.closes = (f"{clock:%H:%M}" for clock in week[row.weekday]) if row.weekday in week else ("", "")
    audit(session, now, actor, "calendar:hours", "week", hours=_written(week), before=_written(before))


def _written(week: Hours) -> dict[str, str]:
    return {str(weekday): f"{opens:%H:%M}-{closes:%H:%M}" for weekday, (opens, closes) in sorted(week.items())}


def read_holidays(session: Session, year: int) -> list[Holiday]:
    """The holidays of a year, Jalali or Gregorian, by day."""
    first, end = days_of_year(year)
    return list(session.scalars(select(Holiday).where(Holiday.day >= first, Holiday.day < end).order_by(Holiday.day)))


def read_names(texts: Mapping[str, str]) -> dict[str, str]:
    """A holiday's names, in the languages in which there is one; HolidayFault where there is none or it is too long."""
    names = {code: " ".join(normal_text(text).split()) for code, text in texts.items()}
    names = {code: name for code, name in names.items() if name}
    if not names or any(len(name) > LONGEST_NAME for name in names.values()):
        raise HolidayFault
    return names


def set_holiday(session: Session, now: datetime, actor: str, day: date, names: Mapping[str, str]) -> bool:
    """The company is closed on this day, whatever it was called before; whether anything has changed by that."""
    names = read_names(names)
    _insert(session, Holiday, [{"day": day, "names": {}, "official": False}])
    row = session.get_one(Holiday, day, with_for_update=True)
    if row.names == names:
        return False
    audit(session, now, actor, "holiday:set", day.isoformat(), names=names, replaced=row.names)
    row.names, row.official = names, False
    return True


def remove_holiday(session: Session, now: datetime, actor: str, day: date) -> None:
    """The company is open on this day, if its week is; UnknownHoliday where it was no holiday."""
    row = session.get(Holiday, day)
    if row is None:
        raise UnknownHoliday
    session.delete(row)
    audit(session, now, actor, "holiday:remove", day.isoformat(), names=row.names, official=row.official)


def add_official_holidays(session: Session, now: datetime, actor: str, years: Collection[int]) -> OfficialChange:
    """The official holidays of these years, Jalali or Gregorian, as they are known now; UnknownYear for others.

    Official ones that were estimated for another day move. Days that the company has named itself stay as they are.
    """
    known = official_holidays(years)
    stored = {row.day: row for year in years for row in read_holidays(session, year)}
    added = [day for day in known if day not in stored]
    changed = [day for day, row in stored.items() if row.official and day in known and row.names != known[day]]
    removed = [day for day, row in stored.items() if row.official and day not in known]
    _insert(session, Holiday, [{"day": day, "names": known[day], "official": True} for day in added])
    for day in changed:
        stored[day].names = known[day]
    for day in removed:
        session.delete(stored[day])
    if added or changed or removed:
        days = {"added": added, "changed": changed, "removed": removed}
        written = {name: [day.isoformat() for day in some] for name, some in days.items()}
        audit(session, now, actor, "holiday:official", "calendar", years=list(years), **written)
    return OfficialChange(len(added), len(changed), len(removed), len(known) - len(added) - len(changed))


def _insert(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows that are not there yet: whoever sends a form twice at once meets the row of the first."""
    if rows:
        session.execute(_DIALECTS[session.get_bind().dialect.name](table).on_conflict_do_nothing(), rows)


_DIALECTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
