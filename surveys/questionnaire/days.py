"""The answer to a date question: a day, typed in either calendar."""

import re
from collections.abc import Callable
from datetime import date

from persiantools.jdatetime import JalaliDate

from surveys.languages import N_, ascii_digits, jalali_to_date
from surveys.questionnaire.answers import UNANSWERED, AnswerReader, Form, Refused
from surveys.questionnaire.document import Answer, Date

_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)
_FIRST_GREGORIAN_YEAR = 1700
_LAST_GREGORIAN_YEAR = 2320


class DateReader(AnswerReader[Date]):
    missing = N_("Please give the day, the month and the year.")

    def __init__(self, question: Date) -> None:
        super().__init__(question)
        self._parts = tuple(f"{self.field}.{part}" for part in ("year", "month", "day"))
        self.fields = (self.field, *self._parts)

    def _given(self, form: Form) -> object:
        texts = [form.get(name) for name in self._parts]
        parts = tuple(text[-1] if text else "" for text in texts)
        return parts if any(part.strip() for part in parts) else UNANSWERED

    def _value(self, given: object) -> Answer:
        day, question = self._day(given), self.question
        # Read again, a stored day before these years would be taken for a Jalali one, and the Jalali year that a page
        # shows for one after them would be taken for a Gregorian one.
        if day.year < _FIRST_GREGORIAN_YEAR:
            raise Refused(N_("The year is too long ago."))
        if day.year > _LAST_GREGORIAN_YEAR:
            raise Refused(N_("The year is too far ahead."))
        if question.earliest and day < question.earliest:
            raise Refused(N_("The day cannot be before %(day)s."), day=question.earliest)
        if question.latest and day > question.latest:
            raise Refused(N_("The day cannot be after %(day)s."), day=question.latest)
        return day.isoformat()

    def _day(self, given: object) -> date:
        if isinstance(given, str):
            written = _DAY.fullmatch(ascii_digits(given).strip())
            given = written.groups() if written else given
        match given:
            case date():
                return date(given.year, given.month, given.day)
            case (str(year), str(month), str(day)):
                return _day_of(*(ascii_digits(part).strip() for part in (year, month, day)))
        raise Refused(N_("Write the date as year-month-day, such as 2025-10-07 or 1404-07-15."))

    def to_form(self, answer: Answer, language: str) -> dict[str, list[str]]:
        if answer is None:
            return super().to_form(answer, language)
        day = date.fromisoformat(str(answer))
        shown = JalaliDate(day) if self.question.shows_jalali(language) else day
        return {name: [str(part)] for name, part in zip(self._parts, (shown.year, shown.month, shown.day), strict=True)}


def _day_of(*parts: str) -> date:
    """The day that was typed; a year below 1700 is Jalali."""
    if not all(parts):
        raise Refused(DateReader.missing)
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise Refused(N_("Write the day, the month and the year in digits."))
    year, month, day = map(int, parts)
    if year < 1000:
        raise Refused(N_("Write the year with four digits."))
    if not 1 <= month <= 12:
        raise Refused(N_("The month is a number from 1 to 12."))
    make: Callable[[int, int, int], date] = jalali_to_date if year < _FIRST_GREGORIAN_YEAR else date
    try:
        return make(year, month, day)
    except ValueError:
        days = next(last for last in (31, 30, 29, 28) if _exists(make, year, month, last))
        raise Refused(N_("There is no such day: that month has %(days)s days."), days=days) from None


def _exists(make: Callable[[int, int, int], date], year: int, month: int, day: int) -> bool:
    try:
        make(year, month, day)
    except ValueError:
        return False
    return True
