"""Reward periods: a month, a quarter or a year, of either calendar, by a code such as 1404-Q2, 2025-07 or 1404."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from cem.errors import CemError
from surveys.languages import N_, Language, Month

_WRITTEN = re.compile(r"(?P<year>1[34]\d\d|2[01]\d\d)(-(Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)


class PeriodFault(CemError):
    title = N_("There is no such period")
    advice = N_("Write a quarter as 1404-Q2, a month as 1404-05 or a year as 1404, Jalali or Gregorian.")

    def __str__(self) -> str:
        return self.advice


@dataclass(frozen=True)
class RewardPeriod:
    """Some months that are paid for together."""

    code: str
    first: Month
    months: int

    @classmethod
    def parse(cls, code: str) -> "RewardPeriod":
        """The period of a code; PeriodFault where there is none."""
        found = _WRITTEN.fullmatch(code)
        if found is None:
            raise PeriodFault
        year = int(found["year"])
        if found["quarter"]:
            return cls(code, Month(year, 3 * int(found["quarter"]) - 2), 3)
        if found["month"]:
            return cls(code, Month(year, int(found["month"])), 1)
        return cls(code, Month(year, 1), 12)

    @property
    def first_day(self) -> date:
        return self.first.first_day

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.first.plus(self.months).first_day

    @property
    def days(self) -> int:
        return (self.end - self.first_day).days

    @property
    def calendar(self) -> str:
        return "jalali" if self.first.year < 1700 else "gregorian"

    def plus(self, periods: int) -> "RewardPeriod":
        """The period so many before (negative) or after this one."""
        first = self.first.plus(periods * self.months)
        match self.months:
            case 1:
                code = str(first)
            case 3:
                code = f"{first.year}-Q{(first.month + 2) // 3}"
            case _:
                code = str(first.year)
        return RewardPeriod(code, first, self.months)

    @classmethod
    def quarter_of(cls, day: date, calendar: str) -> "RewardPeriod":
        """The quarter that a day is in."""
        month = Month.of(day, calendar)
        return cls.parse(f"{month.year}-Q{(month.month + 2) // 3}")

    def label(self, language: Language) -> str:
        match self.months:
            case 1:
                return language.month(self.first)
            case 3:
                year, number = language.digits(self.first.year), language.digits((self.first.month + 2) // 3)
                return language.fill(N_("Quarter %(number)s of %(year)s"), {"number": number, "year": year})
            case _:
                return language.digits(self.first.year)
