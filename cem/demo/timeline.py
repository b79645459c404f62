"""The days of the demo company: 24 whole Jalali months and the running one, up to today."""

import random
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from cem.demo.planted import FIRST_MONTH
from surveys.database import day_of, start_of
from surveys.languages import Month

_FRIDAY, _THURSDAY = 4, 3


@dataclass(frozen=True)
class Day:
    """A day with what its customers feel of it."""

    date: date
    month: int  # 0 is the running month, -1 the one before
    progress: float  # from 0 on the first day to 1 today
    starts: datetime
    nowruz: bool
    month_end: bool  # among the last three days of its month

    @property
    def weekday_weight(self) -> float:
        return {_FRIDAY: 0.45, _THURSDAY: 0.75}.get(self.date.weekday(), 1.0)

    @property
    def friday(self) -> bool:
        return self.date.weekday() == _FRIDAY


@dataclass(frozen=True)
class Timeline:
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return day_of(self.now, self.zone)

    @property
    def first(self) -> date:
        return Month.of(self.today, "jalali").plus(FIRST_MONTH).first_day

    @cached_property
    def days(self) -> list[Day]:
        length = (self.today - self.first).days
        return [self._day(self.first + timedelta(days=place), place / length) for place in range(length + 1)]

    def _day(self, day: date, progress: float) -> Day:
        month, running = Month.of(day, "jalali"), Month.of(self.today, "jalali")
        return Day(
            date=day,
            month=(month.year - running.year) * 12 + month.month - running.month,
            progress=progress,
            starts=start_of(day, self.zone),
            nowruz=month.month == 1,
            month_end=(month.plus(1).first_day - day).days <= 3,
        )

    def moment(self, day: Day, hour: float) -> datetime:
        """A time of the day; what would still come today has happened just now."""
        moment = day.starts + timedelta(hours=hour)
        return moment if moment <= self.now else max(day.starts, self.now - timedelta(hours=hour / 12))


def seeded_id(chance: random.Random, moment: datetime) -> uuid.UUID:
    """A UUIDv7 whose random bits come from the demo's own generator."""
    bits = chance.getrandbits(74)
    head = int(moment.timestamp() * 1000) << 80 | 7 << 76 | bits >> 62 << 64
    return uuid.UUID(int=head | 0b10 << 62 | bits & (1 << 62) - 1)
