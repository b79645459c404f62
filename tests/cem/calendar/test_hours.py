"""Business time: what lies between two moments, and when so much has passed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cem.calendar.hours import MIDNIGHT, USUAL_HOURS, BusinessCalendar, HoursFault

TEHRAN, BERLIN = ZoneInfo("Asia/Tehran"), ZoneInfo("Europe/Berlin")
ASHURA = date(2025, 7, 6)  # a Sunday
USUAL = BusinessCalendar(TEHRAN, USUAL_HOURS, frozenset({ASHURA}))
ALWAYS = dict.fromkeys(range(7), (MIDNIGHT, MIDNIGHT))
CALENDARS = {
    "usual": USUAL,
    "clocks change": BusinessCalendar(BERLIN, {**USUAL_HOURS, 6: (time(1), time(4, 30))}),
    "night clocks": BusinessCalendar(ZoneInfo("America/Sao_Paulo"), ALWAYS, frozenset({date(2017, 10, 14)})),
    "half hours": BusinessCalendar(ZoneInfo("Australia/Lord_Howe"), {6: (time(1), time(23, 59, 59, 999999))}),
    "a day skipped": BusinessCalendar(ZoneInfo("Pacific/Apia"), ALWAYS),
    "one hour a week": BusinessCalendar(TEHRAN, {4: (time(23), MIDNIGHT)}),
}
calendars = st.sampled_from(list(CALENDARS.values()))
FIRST, LAST = datetime(2010, 1, 1), datetime(2026, 1, 1)  # noqa: DTZ001 - the strategy adds the zone
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
works = st.timedeltas(timedelta(), timedelta(days=90))


def local(text: str, zone: ZoneInfo = TEHRAN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def slowly(calendar: BusinessCalendar, start: datetime, end: datetime) -> timedelta:
    """Business time counted minute by minute, with nothing but the clock on the wall."""
    counted = 0
    while start < end:
        here = start.astimezone(calendar.zone)
        opens, closes = calendar.hours.get(here.weekday(), (None, None))
        if opens is not None and here.date() not in calendar.holidays:
            counted += opens <= here.time() and (closes == MIDNIGHT or here.time() < closes)
        start += timedelta(minutes=1)
    return timedelta(minutes=counted)


class TestAdd:
    @pytest.mark.parametrize(
        ("start", "hours", "due"),
        [
            ("2025-11-12T15:30", 4, "2025-11-13T10:30"),  # Wednesday afternoon, Thursday morning
            ("2025-11-13T12:00", 1, "2025-11-13T13:00"),  # at closing time, not the next morning
            ("2025-11-13T12:00", 2, "2025-11-15T09:00"),  # over Friday
            ("2025-11-14T10:00", 1, "2025-11-15T09:00"),  # raised on a Friday
            ("2025-11-15T02:00", 9, "2025-11-15T17:00"),  # raised at night; nine hours are a day
            ("2025-07-05T16:00", 2, "2025-07-07T09:00"),  # over Ashura
            ("2025-11-14T10:00", 0, "2025-11-14T10:00"),  # nothing is due at once
        ],
    )
    def test_when_it_falls_due(self, start: str, hours: int, due: str) -> None:
        """Only open hours count: nights, Fridays and holidays pass without a word."""
        moment = USUAL.add(local(start), timedelta(hours=hours))

        assert moment == local(due)
        assert moment.utcoffset() == timedelta()

    def test_years(self) -> None:
        """Fifty hours a week are 2,609 weeks: far beyond what is at hand at first."""
        due = BusinessCalendar(TEHRAN).add(local("2025-11-15T08:00"), timedelta(hours=50) * 2609)

        assert due == local("2025-11-13T13:00") + timedelta(weeks=2609)

    def test_no_end(self) -> None:
        """What no calendar can reach is said, not looked for without end."""
        with pytest.raises(OverflowError):
            BusinessCalendar(TEHRAN).add(local("9990-01-01T08:00"), timedelta(days=100_000))

    def test_backwards(self) -> None:
        """Time cannot be taken back."""
        with pytest.raises(ValueError, match="taken back"):
            USUAL.add(local("2025-11-12T15:30"), timedelta(hours=-1))

    def test_a_moment_without_a_zone(self) -> None:
        """Half past three is nowhere the same."""
        with pytest.raises(ValueError, match="time zone"):
            USUAL.between(datetime(2025, 11, 12, 15, 30), local("2025-11-12T15:30"))  # noqa: DTZ001 - it is the test


class TestBetween:
    def test_a_whole_week(self) -> None:
        """Five long days and a short one."""
        assert USUAL.between(local("2025-11-15T00:00"), local("2025-11-22T00:00")) == timedelta(hours=50)

    def test_backwards(self) -> None:
        """Nothing lies between a moment and an earlier one."""
        assert USUAL.between(local("2025-11-16T12:00"), local("2025-11-15T12:00")) == timedelta()

    @pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-06-01", 24)])
    def test_days_on_which_clocks_change(self, day: str, hours: int) -> None:
        """Who is open all day is open for as long as the day is."""
        always, start = BusinessCalendar(BERLIN, ALWAYS), local(f"{day}T00:00", BERLIN)

        assert always.between(start, start + timedelta(days=1)) == timedelta(hours=hours)

    def test_earlier_and_later_than_before(self) -> None:
        """What was asked before does not matter."""
        used, week = BusinessCalendar(TEHRAN), timedelta(days=7)
        for year in (2025, 1999, 2060, 2024):
            start = local(f"{year}-11-15T00:00")
            assert used.between(start, start + week) == timedelta(hours=50)

    @given(st.sampled_from(["usual", "clocks change", "night clocks"]), moments, st.integers(0, 9 * 1440))
    def test_as_the_clock_on_the_wall_has_it(self, name: str, start: datetime, minutes: int) -> None:
        """The same as counting every minute."""
        calendar, start = CALENDARS[name], start.replace(second=0, microsecond=0)
        end = start + timedelta(minutes=minutes)

        assert calendar.between(start, end) == slowly(calendar, start, end)

    @given(calendars, moments, works)
    def test_what_was_added_lies_between(self, calendar: BusinessCalendar, start: datetime, work: timedelta) -> None:
        """Exactly, to the microsecond."""
        assert calendar.between(start, calendar.add(start, work)) == work

    @given(calendars, moments, works, works)
    def test_parts_add_up(self, calendar: BusinessCalendar, start: datetime, one: timedelta, other: timedelta) -> None:
        """In two steps one is where one is in one, and more work is never due earlier."""
        due = calendar.add(start, one + other)

        assert calendar.add(calendar.add(start, one), other) == due
        assert start <= calendar.add(start, one) <= due

    @given(calendars, moments, moments, moments)
    def test_time_adds_up(self, calendar: BusinessCalendar, a: datetime, b: datetime, c: datetime) -> None:
        """From the first to the last is from the first to the second and on; never more than really passes."""
        first, second, third = sorted((a, b, c))

        whole = calendar.between(first, third)
        assert whole == calendar.between(first, second) + calendar.between(second, third)
        assert timedelta() <= whole <= third - first

    @given(moments, works, st.dates(FIRST.date(), LAST.date()))
    def test_a_holiday_makes_nothing_due_earlier(self, start: datetime, work: timedelta, day: date) -> None:
        """One more day closed can only put it off."""
        with_it = BusinessCalendar(TEHRAN, USUAL_HOURS, frozenset({ASHURA, day}))

        assert with_it.add(start, work) >= USUAL.add(start, work)


class TestOpen:
    def test_open_and_closed(self) -> None:
        """Open from the first moment on, closed from the last; not on Friday or Ashura."""
        assert USUAL.is_open(local("2025-11-12T08:00"))
        assert not USUAL.is_open(local("2025-11-12T17:00"))
        assert not USUAL.is_open(local("2025-11-14T10:00"))
        assert not USUAL.is_open(local("2025-07-06T10:00"))

    def test_the_next_opening(self) -> None:
        """Now, where it is open; otherwise the next morning that is a working day's, also after many years."""
        closed = frozenset(date(2025, 1, 1) + timedelta(days=day) for day in range(3000))

        assert USUAL.next_opening(local("2025-11-12T09:30")) == local("2025-11-12T09:30")
        assert USUAL.next_opening(local("2025-11-13T13:00")) == local("2025-11-15T08:00")
        assert BusinessCalendar(TEHRAN, USUAL_HOURS, closed).next_opening(local("2025-11-12T09:30")) == local(
            "2033-03-20T08:00"
        )

    @given(calendars, moments)
    def test_an_opening_is_open(self, calendar: BusinessCalendar, moment: datetime) -> None:
        """Nothing is open before it, and it is."""
        opening = calendar.next_opening(moment)

        assert calendar.is_open(opening)
        assert calendar.between(moment, opening) == timedelta()


@pytest.mark.parametrize(
    "hours",
    [{}, {0: (time(9), time(9))}, {0: (time(17), time(8))}, {7: (time(8), time(9))}],
    ids=["never", "for nothing", "backwards", "an eighth day"],
)
def test_no_week_to_work_in(hours: dict[int, tuple[time, time]]) -> None:
    """It is refused at once: nothing would ever fall due."""
    with pytest.raises(HoursFault):
        BusinessCalendar(TEHRAN, hours)


def test_a_calendar_does_not_change() -> None:
    """Whoever changes what it was made from changes nothing."""
    hours = dict(USUAL_HOURS)
    calendar = BusinessCalendar(TEHRAN, hours)
    hours.clear()

    assert calendar == BusinessCalendar(TEHRAN)
