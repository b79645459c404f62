"""A day as people type it: year, month, day, in Jalali or Gregorian years and in either language's digits."""

import re
from datetime import date

from persiantools.jdatetime import JalaliDate

from surveys.languages import Language, ascii_digits, jalali_to_date

_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)
_FIRST_GREGORIAN_YEAR = 1700


def read_day(text: str) -> date:
    """ValueError where there is no such day."""
    written = _DAY.fullmatch(ascii_digits(text).strip())
    if written is None:
        raise ValueError(f"not a day: {text!r}")
    year, month, day = map(int, written.groups())
    return jalali_to_date(year, month, day) if year < _FIRST_GREGORIAN_YEAR else date(year, month, day)


def write_day(language: Language, day: date) -> str:
    """As the language's readers would type it."""
    own = JalaliDate(day) if language.calendar == "jalali" else day
    return f"{own.year:04}-{own.month:02}-{own.day:02}"
