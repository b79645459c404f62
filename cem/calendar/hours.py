"""How much business time lies between two moments, and when so much of it has passed; pure.

Only open hours count, each as long as it really lasts where clocks are changed. What two moments differ by is looked up
in a table of openings with the business time before each, so that it costs the same for an hour and for years.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cem.errors import CemError
from surveys.languages import N_

Hours = Mapping[int, tuple[time, time]]

# As a day's end, midnight is the one at which the day ends.
MIDNIGHT = time()
_DAY, _NOTHING = timedelta(days=1), timedelta()
_LONG = (time(8), time(17))
# As the company's people count them, with Monday as 0.
WEEKDAYS = {
    5: N_("Saturday"),
    6: N_("Sunday"),
    0: N_("Monday"),
    1: N_("Tuesday"),
    2: N_("Wednesday"),
    3: N_("Thursday"),
    4: N_("Friday"),
}
# Saturday to Wednesday, a short Thursday, and Friday closed.
USUAL_HOURS: Hours = MappingProxyType(dict.fromkeys((5, 6, 0, 1, 2), _LONG) | {3: (time(8), time(13))})


class HoursFault(CemError):
    title = N_("These opening hours cannot be kept")
    advice = N_(
        "At least one day of the week must be open, and each open day needs an opening time and a later closing time; "
        "00:00 as closing time is midnight."
    )


class _Openings(NamedTuple):
    """Every time that the company is open from one moment to another: from when, until when, the business time before.

    `before` has one more, the business time of all.
    """

    first: datetime
    end: datetime
    opens: list[datetime]
    closes: list[datetime]
    before: list[timedelta]


_NONE = _Openings(datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), [], [], [])


@dataclass(frozen=True)
class BusinessCalendar:
    """A week of opening hours in a time zone, without the holidays.

    `hours` has opening and closing time of each open weekday, 0 being Monday; a closing time of 00:00 is the midnight
    at which the day ends. Moments that come in must be aware; those that go out are in UTC. HoursFault where a day
    closes before it opens, or nothing is ever open.
    """

    zone: ZoneInfo
    hours: Hours = field(default_factory=lambda: USUAL_HOURS)
    holidays: frozenset[date] = frozenset()
    _found: _Openings = field(default=_NONE, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_hours(self.hours)
        object.__setattr__(self, "hours", MappingProxyType(dict(self.hours)))

    def add(self, start: datetime, work: timedelta) -> datetime:
        """The moment at which so much business time has passed since `start`; work must not be negative.

        At the end of a day that is its closing time, not the next opening.

        >>> tehran = ZoneInfo("Asia/Tehran")
        >>> due = BusinessCalendar(tehran).add(datetime(2025, 11, 12, 15, 30, tzinfo=tehran), timedelta(hours=4))
        >>> due.astimezone(tehran).isoformat()  # from Wednesday afternoon to Thursday morning
        '2025-11-13T10:30:00+03:30'
        """
        start = _in_utc(start)
        if work < _NOTHING:
            raise ValueError(f"business time cannot be taken back: {work!r}")
        if not work:
            return start
        openings, years = self._openings(start, start), 1
        target = _passed(openings, start) + work
        while openings.before[-1] < target:
            openings, years = self._openings(start, _in_years(start, years)), 2 * years
            # The table may begin earlier than before, and all of it is counted from there.
            target = _passed(openings, start) + work
        place = bisect_left(openings.before, target) - 1
        return openings.opens[place] + (target - openings.before[place])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The business time between two moments; 0 where the end is not after the start."""
        start, end = _in_utc(start), _in_utc(end)
        if end <= start:
            return _NOTHING
        openings = self._openings(start, end)
        return _passed(openings, end) - _passed(openings, start)

    def is_open(self, moment: datetime) -> bool:
        """Whether the company is open; at its closing time it is not any more."""
        return self.next_opening(moment) == moment

    def next_opening(self, moment: datetime) -> datetime:
        """The first open moment that is not before this one, which is itself while the company is open."""
        moment = _in_utc(moment)
        openings, years = self._openings(moment, moment), 1
        while (place := bisect_right(openings.closes, moment)) == len(openings.closes):
            openings, years = self._openings(moment, _in_years(moment, years)), 2 * years
        return max(moment, openings.opens[place])

    def _openings(self, start: datetime, end: datetime) -> _Openings:
        """The openings of whole years around these moments: those that are at hand, or the table made longer."""
        found = self._found
        if found.first <= start and end < found.end:
            return found
        if end.year >= MAXYEAR - 1:
            raise OverflowError("so much business time does not pass before years end")
        first = max(1, min(start, found.first).year - 1)
        last = min(MAXYEAR - 1, max(end, found.end).year + 1)
        found = _read(self, date(first, 1, 1), date(last + 1, 1, 1))
        # The new table takes the old one's place as a whole: another thread has the one or the other.
        object.__setattr__(self, "_found", found)
        return found


def check_hours(hours: Hours) -> None:
    """HoursFault where a day closes before it opens, or nothing is ever open."""
    if not hours or not hours.keys() <= set(range(7)):
        raise HoursFault
    if any(closes <= opens and closes != MIDNIGHT for opens, closes in hours.values()):
        raise HoursFault


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs its time zone: {moment!r}")
    return moment.astimezone(UTC)


def _in_years(moment: datetime, years: int) -> datetime:
    """The last moment but one of that year or, where years end, the first that no table reaches."""
    return datetime(min(MAXYEAR, moment.year + years), 12, 30, tzinfo=UTC)


def _passed(openings: _Openings, moment: datetime) -> timedelta:
    """The business time from the table's begin to a moment within it."""
    place = bisect_right(openings.opens, moment) - 1
    if place < 0:
        return _NOTHING
    return openings.before[place] + min(moment, openings.closes[place]) - openings.opens[place]


def _read(calendar: BusinessCalendar, first: date, end: date) -> _Openings:
    """The openings of each day from the first to the one before the end."""
    opens: list[datetime] = []
    closes: list[datetime] = []
    before = [_NOTHING]
    begin = latest = _moment(first, MIDNIGHT, calendar.zone)
    day = first
    while day < end:
        hours = calendar.hours.get(day.weekday())
        if hours is not None and day not in calendar.holidays:
            # Where clocks skip a time, or a whole day, no moment is counted twice.
            opened = max(latest, _moment(day, hours[0], calendar.zone))
            closed = _moment(day + _DAY if hours[1] == MIDNIGHT else day, hours[1], calendar.zone)
            if closed > opened:
                opens.append(opened)
                closes.append(closed)
                before.append(before[-1] + (closed - opened))
                latest = closed
        day += _DAY
    return _Openings(begin, _moment(end, MIDNIGHT, calendar.zone), opens, closes, before)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
