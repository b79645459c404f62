"""How long until a moment, or how long ago it was, in words: in 2 hours, 3 hours overdue."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cem.errors import CemError
from cem.scorecards.days import read_day
from surveys.languages import N_, Language, ascii_digits

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Up to here hours say more than days.
HOURS_UNTIL = timedelta(hours=36)


class UnknownMoment(CemError):
    title = N_("This day or hour is not understood")
    advice = N_("Write a day that is still to come, such as 2026-01-31 or 1404-11-11, and an hour such as 14:30.")


def length(language: Language, span: timedelta) -> str:
    """A length in the largest unit that says it: minutes, hours or days, rounded down and at least one minute."""
    if span < HOUR:
        n = max(span // MINUTE, 1)
        text = language.ngettext("%(n)s minute", "%(n)s minutes", n)
    elif span < HOURS_UNTIL:
        n = span // HOUR
        text = language.ngettext("%(n)s hour", "%(n)s hours", n)
    else:
        n = span // DAY
        text = language.ngettext("%(n)s day", "%(n)s days", n)
    return text % {"n": language.digits(n)}


def until(language: Language, moment: datetime, now: datetime) -> str:
    """From now to a due moment: 'in 2 hours', or '3 hours overdue'."""
    if moment >= now:
        return language.fill(N_("in %(length)s"), {"length": length(language, moment - now)})
    return language.fill(N_("%(length)s overdue"), {"length": length(language, now - moment)})


def ago(language: Language, moment: datetime, now: datetime) -> str:
    return language.fill(N_("%(length)s ago"), {"length": length(language, now - moment)})


def read_moment(day: str, clock: str, zone: ZoneInfo, now: datetime) -> datetime:
    """A day and an hour as people type them, in the company's time; UnknownMoment where it is none, or over."""
    hour, _, minute = (ascii_digits(clock).strip() or "12:00").partition(":")
    try:
        moment = datetime.combine(read_day(day), time(int(hour), int(minute or 0)), zone)
    except ValueError:
        raise UnknownMoment from None
    if moment <= now:
        raise UnknownMoment
    return moment
