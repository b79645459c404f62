"""When a digest falls due, and which period it is about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from surveys.languages import N_, Language, Month

# Before people come to work.
HOUR = time(6)
SATURDAY = 5


class Frequency(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"


FREQUENCY_NAMES = {
    Frequency.WEEKLY: N_("Every Saturday"),
    Frequency.MONTHLY: N_("On the first of each month"),
}


@dataclass(frozen=True)
class Issue:
    """One digest of many: the day that it falls due on, and its period as the scorecard's address says it."""

    frequency: Frequency
    day: date
    period: str

    def due(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.day, HOUR, zone)


def current_issue(frequency: Frequency, language: Language, today: date) -> Issue:
    """The last one that fell due up to today.

    Weekly: the three months that run, as of now. Monthly: the month that has just ended, in the language's calendar.
    """
    if frequency is Frequency.WEEKLY:
        return Issue(frequency, today - timedelta(days=(today.weekday() - SATURDAY) % 7), "3m")
    month = Month.of(today, language.calendar)
    return Issue(frequency, month.first_day, str(month.plus(-1)))
