"""The week and the holidays as they are kept, on both databases."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, func, select

from cem.audit import AuditEvent
from cem.calendar.calendars import (
    HolidayFault,
    UnknownHoliday,
    add_official_holidays,
    parse_week,
    read_calendar,
    read_holidays,
    read_week,
    remove_holiday,
    set_holiday,
    set_hours,
)
from cem.calendar.hours import USUAL_HOURS, BusinessCalendar, HoursFault
from cem.calendar.models import Holiday, OpeningHours
from cem.calendar.official import UnknownYear, days_of_year, official_holidays
from surveys.database import Database

TEHRAN = ZoneInfo("Asia/Tehran")
NOW = datetime(2025, 11, 10, 8, tzinfo=UTC)
PARTY = date(2025, 11, 12)
NAMES = {"fa": "جشن شرکت", "en": "Company party"}


def audited(database: Database) -> list[tuple[str, str]]:
    """What was done to what, in order."""
    with database.read() as reader:
        rows = reader.execute(select(AuditEvent.action, AuditEvent.subject).order_by(AuditEvent.event_id)).all()
    return [(row.action, row.subject) for row in rows]


class TestWeek:
    def test_the_usual_week(self, database: Database) -> None:
        """Without a row the usual week holds, and no day is a holiday."""
        with database.read() as reader:
            assert read_calendar(reader, TEHRAN) == BusinessCalendar(TEHRAN)

    def test_a_week_that_was_set(self, database: Database) -> None:
        """Friday open and Thursday closed; the same again leaves no second trace."""
        week = {**USUAL_HOURS, 4: (time(10), time(0))}
        del week[3]
        for _ in range(2):
            with database.write() as session:
                set_hours(session, NOW, "tests", week)
        with database.read() as reader:
            assert read_week(reader) == week
            assert reader.scalar(select(func.count()).select_from(OpeningHours)) == 7
            details = reader.scalars(select(AuditEvent.details)).one()
        assert details["before"]["3"] == "08:00-13:00"
        assert details["hours"]["4"] == "10:00-00:00"

    def test_no_week(self, database: Database) -> None:
        """A week without an open hour changes nothing."""
        with pytest.raises(HoursFault), database.write() as session:
            set_hours(session, NOW, "tests", {})
        assert audited(database) == []

    def test_what_a_form_says(self) -> None:
        """In either language's digits; half a day, or no time at all, is a fault."""
        assert parse_week({"opens.5": "۰۸:۳۰", "closes.5": "17:00", "opens.4": "", "closes.4": ""}) == {
            5: (time(8, 30), time(17))
        }
        for wrong in (
            {"opens.5": "08:30"},
            {"opens.5": "8", "closes.5": "9"},
            {"opens.5": "08:00", "closes.5": "25:00"},
        ):
            with pytest.raises(HoursFault):
                parse_week(wrong)

    def test_it_takes_two_small_queries(self, database: Database) -> None:
        """However many holidays there are."""
        with database.write() as session:
            add_official_holidays(session, NOW, "tests", range(2000, 2030))
        asked: list[str] = []
        event.listen(database.reader, "before_cursor_execute", lambda *given: asked.append(given[2]))
        with database.read() as reader:
            calendar = read_calendar(reader, TEHRAN)

        assert len(calendar.holidays) > 700
        assert sum(statement.startswith("SELECT") for statement in asked) == 2


class TestHolidays:
    def test_set_named_anew_and_removed(self, database: Database) -> None:
        """A day of the company's own puts work off while it is there, and every change is in the trail."""
        start, work = datetime(2025, 11, 12, 15, 30, tzinfo=TEHRAN), timedelta(hours=4)
        with database.write() as session:
            assert set_holiday(session, NOW, "tests", PARTY, {"fa": "جشن", "en": " "})
            assert set_holiday(session, NOW + timedelta(seconds=1), "tests", PARTY, NAMES)
            assert not set_holiday(session, NOW, "tests", PARTY, NAMES)
        with database.read() as reader:
            due = read_calendar(reader, TEHRAN).add(start, work)
            assert [(row.day, row.names, row.official) for row in read_holidays(reader, 1404)] == [
                (PARTY, NAMES, False)
            ]
        with database.write() as session:
            remove_holiday(session, NOW + timedelta(seconds=2), "tests", PARTY)
        with database.read() as reader:
            assert read_calendar(reader, TEHRAN).add(start, work) < due
        assert audited(database) == [
            ("holiday:set", "2025-11-12"),
            ("holiday:set", "2025-11-12"),
            ("holiday:remove", "2025-11-12"),
        ]

    @pytest.mark.parametrize("names", [{}, {"fa": "  ", "en": ""}, {"en": "x" * 201}])
    def test_a_name_is_needed(self, database: Database, names: dict[str, str]) -> None:
        """And one that fits."""
        with pytest.raises(HolidayFault), database.write() as session:
            set_holiday(session, NOW, "tests", PARTY, names)

    def test_removing_what_is_not_there(self, database: Database) -> None:
        """It is said."""
        with pytest.raises(UnknownHoliday), database.write() as session:
            remove_holiday(session, NOW, "tests", PARTY)


class TestOfficial:
    def test_of_a_jalali_year(self) -> None:
        """Nowruz to Nowruz, in both languages; a Friday is one by its name alone."""
        known = official_holidays([1404])

        assert min(known) == date(2025, 3, 21)
        assert known[date(2025, 3, 21)] == {"fa": "جشن نوروز", "en": "Nowruz"}
        assert known[date(2025, 7, 6)] == {"fa": "عاشورای حسینی", "en": "Ashura"}
        assert known[date(2025, 3, 22)]["fa"] == "شهادت حضرت علی علیه السلام؛ عید نوروز"
        assert date(2025, 11, 14) not in known
        assert all(set(names) == {"fa", "en"} and all(names.values()) for names in known.values())
        assert sum(day.weekday() == 4 for day in known) < 10

    def test_both_calendars_agree(self) -> None:
        """A Gregorian year is the parts of two Jalali ones."""
        both = official_holidays([1403, 1404])

        assert official_holidays([2025]) == {day: names for day, names in both.items() if day.year == 2025}

    @pytest.mark.parametrize("year", [0, 1358, 1479, 1979, 2101, 99999])
    def test_unknown_years(self, year: int) -> None:
        """What the package does not know is said."""
        with pytest.raises(UnknownYear):
            days_of_year(year)

    def test_brought_in_again(self, database: Database) -> None:
        """Estimates move, what the company has named itself stays, and the second time nothing changes."""
        ashura, own = date(2025, 7, 6), date(2025, 6, 4)
        with database.write() as session:
            session.add(Holiday(day=date(2025, 7, 7), names={"en": "Ashura (estimated)"}, official=True))
            session.add(Holiday(day=ashura, names={"en": "Tasua"}, official=True))
            session.add(Holiday(day=own, names=NAMES, official=False))
            session.add(Holiday(day=PARTY, names=NAMES, official=False))
            session.add(Holiday(day=date(2026, 7, 7), names={"en": "another year's"}, official=True))
        with database.write() as session:
            change = add_official_holidays(session, NOW, "tests", [1404])
        with database.write() as session:
            again = add_official_holidays(session, NOW, "tests", [1404])
        with database.read() as reader:
            kept = {row.day: row for row in reader.scalars(select(Holiday))}

        assert (change.changed, change.removed) == (1, 1)
        assert (again.added, again.changed, again.removed) == (0, 0, 0)
        assert date(2025, 7, 7) not in kept
        assert kept[ashura].names["en"] == "Ashura"
        assert kept[own].names == kept[PARTY].names == NAMES
        assert date(2026, 7, 7) in kept
        assert audited(database) == [("holiday:official", "calendar")]

    def test_sent_twice_at_once(self, database: Database) -> None:
        """Who asks a moment later waits, meets what is there, and changes nothing."""

        def bring_in(_: int) -> None:
            with database.write() as session:
                add_official_holidays(session, NOW, "tests", [1404])
                set_holiday(session, NOW, "tests", PARTY, NAMES)
                set_hours(session, NOW, "tests", {5: (time(8), time(12))})

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(bring_in, range(8)))
        with database.read() as reader:
            assert read_week(reader) == {5: (time(8), time(12))}
            assert len(read_holidays(reader, 1404)) == len(official_holidays([1404])) + 1

    def test_the_package_is_not_loaded_by_the_server(self) -> None:
        """Whoever only counts business time does not wait for it."""
        asked = "import sys, cem.app, cem.calendar.commands; print('holidays' in sys.modules)"
        found = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)

        assert found.stdout.strip() == "False"
