"""Periods are whole months of the reader's calendar, each with as long a one before it."""

from datetime import date

import pytest

from cem.scorecards.periods import offered_periods, read_period
from surveys.languages import Month, language

TODAY = date(2025, 11, 10)  # 19 Aban 1404


@pytest.mark.parametrize(
    ("text", "calendar", "first", "months", "start", "end"),
    [
        ("12m", "jalali", Month(1403, 9), 12, date(2024, 11, 21), date(2025, 11, 22)),
        ("12m", "gregorian", Month(2024, 12), 12, date(2024, 12, 1), date(2025, 12, 1)),
        ("3m", "jalali", Month(1404, 6), 3, date(2025, 8, 23), date(2025, 11, 22)),
        ("1m", "gregorian", Month(2025, 11), 1, date(2025, 11, 1), date(2025, 12, 1)),
        ("1404-07", "jalali", Month(1404, 7), 1, date(2025, 9, 23), date(2025, 10, 23)),
        ("1404-07", "gregorian", Month(1404, 7), 1, date(2025, 9, 23), date(2025, 10, 23)),
        ("2025-10", "jalali", Month(2025, 10), 1, date(2025, 10, 1), date(2025, 11, 1)),
        ("1403", "jalali", Month(1403, 1), 12, date(2024, 3, 20), date(2025, 3, 21)),
        ("1404", "jalali", Month(1404, 1), 8, date(2025, 3, 21), date(2025, 11, 22)),
        ("1404-06..1404-08", "jalali", Month(1404, 6), 3, date(2025, 8, 23), date(2025, 11, 22)),
        ("1403-11..1404-01", "gregorian", Month(1403, 11), 3, date(2025, 1, 20), date(2025, 4, 21)),
        ("2025", "gregorian", Month(2025, 1), 11, date(2025, 1, 1), date(2025, 12, 1)),
    ],
)
def test_what_an_address_asks_for(text: str, calendar: str, first: Month, months: int, start: date, end: date) -> None:
    """Running periods follow the reader's calendar; a written one is Jalali below 1700; a running year ends now."""
    period = read_period(text, calendar, TODAY)

    assert (period.first, period.months, period.start, period.end) == (first, months, start, end)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "2m",
            "1404-13",
            "1404-00",
            "1404-09",
            "1405",
            "2026-01",
            "۱۴۰۴",
            "1404-7",
            "0001",
            "1404-07-01",
            "x" * 99,
        ),
        *("1404-06..1404-07", "1404-05..1404-08", "1404-09..1404-11", "1404-13..1404-15", "1404-06..", "1404..1404-03"),
    ],
)
def test_what_is_no_period(text: str) -> None:
    """What is malformed, impossible or still to come is refused."""
    with pytest.raises(ValueError):  # noqa: PT011 - several functions refuse, each in its own words
        read_period(text, "jalali", TODAY)


@pytest.mark.parametrize("calendar", ["jalali", "gregorian"])
def test_every_offered_period_can_be_asked_for(calendar: str) -> None:
    """The choices of the form are read back as they were, and each is written in both languages."""
    for period in offered_periods(calendar, TODAY):
        assert read_period(period.name, calendar, TODAY) == period
        assert period.label(language("fa"))
        assert period.read_months[-1] == period.trend[-1] == period.last
        assert period.first.plus(-period.months) in period.read_months


def test_labels() -> None:
    """Persian months and digits for Jalali periods, English for Gregorian ones."""
    assert read_period("1404-07", "jalali", TODAY).span(language("fa")) == "مهر ۱۴۰۴"
    assert read_period("3m", "gregorian", TODAY).span(language("en")) == "Sep 2025 to Nov 2025"
    assert read_period("1404-05..1404-07", "jalali", TODAY).label(language("fa")) == "مرداد ۱۴۰۴ تا مهر ۱۴۰۴"
    assert read_period("1404", "jalali", TODAY).before(language("en")) == "the 8 months before"
