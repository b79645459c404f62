"""The periods of a scorecard: whole calendar months, Jalali or Gregorian, each with an equally long one before it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from surveys.languages import N_, Language, Month

RUNNING = {"12m": 12, "3m": 3, "1m": 1}
TREND_MONTHS = 12
# Two years: what control limits, breaks and a comparison with the same month need.
HISTORY_MONTHS = 24
_YEARS_BACK = 3

QUARTER = 3
_WRITTEN = re.compile(r"\d{4}(-\d{2})?", re.ASCII)
_SPAN = re.compile(r"(\d{4}-\d{2})\.\.(\d{4}-\d{2})", re.ASCII)


@dataclass(frozen=True)
class Period:
    """`name` is how the address says it."""

    name: str
    first: Month
    months: int

    @cached_property
    def start(self) -> date:
        return self.first.first_day

    @cached_property
    def end(self) -> date:
        """The day after the last."""
        return self.first.plus(self.months).first_day

    @property
    def last(self) -> Month:
        return self.first.plus(self.months - 1)

    @property
    def trend(self) -> tuple[Month, ...]:
        """The months that its trend shows: a year, even where the period is shorter."""
        return tuple(self.last.plus(n) for n in range(1 - TREND_MONTHS, 1))

    @property
    def read_months(self) -> tuple[Month, ...]:
        """The months that are counted: of the period, of the one before it, and two years in any case."""
        count = max(2 * self.months, HISTORY_MONTHS)
        return tuple(self.last.plus(n) for n in range(1 - count, 1))

    def label(self, language: Language) -> str:
        match self.name:
            case "1m":
                return language.gettext(N_("This month so far"))
            case "3m" | "12m":
                return language.fill(N_("Last %(n)s months"), {"n": self.months})
        if len(self.name) == 4:
            return language.digits(self.name)
        return self.span(language)

    def span(self, language: Language) -> str:
        """From which month to which."""
        if self.months == 1:
            return language.month(self.first)
        values = {"first": language.month(self.first), "last": language.month(self.last)}
        return language.fill(N_("%(first)s to %(last)s"), values)

    def before(self, language: Language) -> str:
        """The period that it is compared with."""
        if self.months == 1:
            return language.gettext(N_("the month before"))
        return language.fill(N_("the %(n)s months before"), {"n": self.months})


def read_period(text: str, calendar: str, today: date) -> Period:
    """The period that an address asks for; ValueError where there is none, or it has not begun."""
    if text in RUNNING:
        months = RUNNING[text]
        return Period(text, Month.of(today, calendar).plus(1 - months), months)
    if span := _SPAN.fullmatch(text):
        return _read_quarter(text, Month.parse(span[1]), Month.parse(span[2]), today)
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"not a period: {text!r}")
    first = Month.parse(text if "-" in text else f"{text}-01")
    current = Month.of(today, "jalali" if first.year < 1700 else "gregorian")
    if first > current:
        raise ValueError(f"not begun: {text!r}")
    if "-" in text:
        return Period(text, first, 1)
    # A year that still runs counts its months so far, and is compared with as many.
    return Period(text, first, 12 if first.year < current.year else current.month)


def quarter_name(first: Month) -> str:
    """How the address says the three months from this one on."""
    return f"{first}..{first.plus(QUARTER - 1)}"


def _read_quarter(text: str, first: Month, last: Month, today: date) -> Period:
    """Three months and no other number: spans of any length would tell a hidden month by subtraction."""
    if last != first.plus(QUARTER - 1):
        raise ValueError(f"not a quarter: {text!r}")
    if first > Month.of(today, "jalali" if first.year < 1700 else "gregorian"):
        raise ValueError(f"not begun: {text!r}")
    return Period(text, first, QUARTER)


def offered_periods(calendar: str, today: date) -> Iterator[Period]:
    """What a reader may choose from."""
    for name in RUNNING:
        yield read_period(name, calendar, today)
    current = Month.of(today, calendar)
    for year in range(current.year, current.year - _YEARS_BACK, -1):
        yield read_period(str(year), calendar, today)
    for back in range(TREND_MONTHS + 1):
        yield read_period(str(current.plus(-back)), calendar, today)
