"""A metric at a place: the totals that rewards pay on, months of either calendar, targets, and what is proven."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from cem.operations.figures import operational_totals
from cem.operations.leagues import build_unit_league
from cem.operations.lines import Line, Span, change_in_words, read_lines
from cem.operations.models import OperationalMetric
from cem.operations.places import Place
from cem.operations.targets import set_operational_target
from cem.scorecards.offers import read_offers
from cem.scorecards.periods import read_period
from surveys.database import Database, utc_now
from surveys.languages import Month, language

from .conftest import metric_row

Count = Callable[..., None]
TODAY = date(2025, 11, 10)  # 19 Aban 1404


def place(period: str = "12m", unit: str = "", calendar: str = "jalali") -> Place:
    units = {"": None, "vanak": frozenset({"vanak"}), "tajrish": frozenset({"tajrish", "shop"})}[unit]
    return Place(read_period(period, calendar, TODAY), unit, "", units)


def line(database: Database, at: Place | None = None, calendar: str = "jalali") -> Line:
    with database.read() as session:
        return read_lines(session, at or place(), calendar, TODAY, ["answered"])[0]


def jalali(month: int) -> dict[str, date]:
    first = Month(1404, month)
    return {"first": first.first_day, "last": first.plus(1).first_day - timedelta(days=1)}


def test_what_is_shown_is_what_is_paid(database: Database, count: Count) -> None:
    """A line's total is that of the contract, corrections and descendants included."""
    count("tajrish", 10, 40, **jalali(6))
    count("shop", 20, 40, **jalali(7))
    count("shop", 24, 40, revision=2, **jalali(7))
    at = place("1404", "tajrish")
    with database.read() as session:
        paid = operational_totals(
            session, ["answered"], ["tajrish"], at.period.start, at.period.end - timedelta(days=1)
        )

    assert line(database, at).now == paid["answered", "tajrish"]
    assert line(database, at).now.value == Decimal("42.5")  # type: ignore[union-attr] # it has figures


@pytest.mark.parametrize(("calendar", "month"), [("jalali", Month(1404, 7)), ("gregorian", Month(2025, 10))])
def test_a_jalali_month_in_either_calendar(database: Database, count: Count, calendar: str, month: Month) -> None:
    """It stands in the month that it is mostly in, with its own days."""
    count("vanak", 33, 38, **jalali(7))
    known = [one for one in line(database, place(calendar=calendar), calendar).months if one.total]

    assert [(one.month, one.first, one.last) for one in known] == [(month, date(2025, 9, 23), date(2025, 10, 22))]


def test_each_jalali_month_has_a_gregorian_one_of_its_own() -> None:
    """Of two hundred years no Gregorian month is given two Jalali months, and none is left without."""
    months = [Month(1300, 1).plus(n) for n in range(2400)]
    spans = [(month.first_day, month.plus(1).first_day - timedelta(days=1)) for month in months]
    stands = [Month.of(Span(*days, Fraction(), Fraction(), utc_now()).middle, "gregorian") for days in spans]

    assert stands == [stands[0].plus(n) for n in range(2400)]


@pytest.mark.parametrize(
    ("source", "spoken"), [("سامانه تماس و نوبت‌دهی", "fa"), ("the ticket machines", "en"), ("CRM-2", "")]
)
def test_what_a_source_is_written_in(source: str, spoken: str) -> None:
    """One text in one language, which a page of the other says of it."""
    assert OperationalMetric(source=source).source_language == spoken


@pytest.mark.parametrize(
    ("days", "late_since"), [(19, None), (18, date(2025, 11, 10)), (10, date(2025, 11, 2)), (400, None)]
)
def test_late_since(database: Database, count: Count, days: int, late_since: date | None) -> None:
    """From the day on which the newest day is too old; today is 19 days after it."""
    count("vanak", 33, 38, **jalali(7))
    with database.write() as session:
        session.get_one(OperationalMetric, "answered").expected_every_days = days

    assert line(database).latest == date(2025, 10, 22)
    assert line(database).late_since == late_since


def test_nothing_arrived_yet(database: Database, company: None) -> None:
    """No value, no change, no verdict, and not late: nobody knows since when."""
    found = line(database)

    assert (found.now, found.estimate, found.change, found.latest, found.late_since) == (None,) * 5
    assert (found.better, found.against_target) == (None, "")


@pytest.mark.parametrize(
    ("before", "now", "lower", "better"),
    [(800, 900, False, True), (800, 900, True, False), (800, 810, False, None), (800, 800, False, None)],
)
def test_only_what_is_proven_is_better_or_worse(
    database: Database, count: Count, before: int, now: int, lower: bool, better: bool | None
) -> None:
    """A share that chance could have moved has no verdict, even where all cases are counted."""
    count("vanak", before, 1000, **jalali(6))
    count("vanak", now, 1000, **jalali(7))
    with database.write() as session:
        session.get_one(OperationalMetric, "answered").lower_is_better = lower
    found = line(database, place("1404-07"))

    assert found.better is better
    assert found.change == (now - before) / Decimal(10)
    said = change_in_words(language("en"), found, place("1404-07"))
    assert ("more than in the month before" in said) is (now > before)


@pytest.mark.parametrize(
    ("census", "lower", "target", "verdict"),
    [
        (True, False, "86", "reached"),
        (True, False, "92", "missed"),
        (True, True, "92", "reached"),
        (False, False, "92", "open"),
        (False, False, "99", "missed"),
        (False, False, "60", "reached"),
        (False, True, "60", "missed"),
    ],
)
def test_against_the_target(
    database: Database, count: Count, census: bool, lower: bool, target: str, verdict: str
) -> None:
    """A census reaches it or not; where some cases are counted their interval must be past it. 33 of 38 is 86.8%."""
    count("vanak", 33, 38, **jalali(7))
    with database.write() as session:
        metric = session.get_one(OperationalMetric, "answered")
        metric.census, metric.lower_is_better = census, lower
        since = date(2025, 1, 1)
        set_operational_target(
            session, utc_now(), "tests", metric="answered", unit="", since=since, value=Decimal(target)
        )

    assert line(database).against_target == verdict


def test_a_units_own_target_comes_first(database: Database, count: Count) -> None:
    """The newest of the unit's own, otherwise of all units; one to come does not hold yet."""
    with database.write() as session:
        for unit, since, value in (
            ("", date(2025, 1, 1), 90),
            ("vanak", date(2025, 2, 1), 80),
            ("vanak", date(2025, 3, 1), 85),
            ("vanak", date(2026, 3, 1), 99),
        ):
            set_operational_target(
                session, utc_now(), "tests", metric="answered", unit=unit, since=since, value=Decimal(value)
            )

    assert line(database, place(unit="vanak")).target == 85
    assert line(database, place(unit="tajrish")).target == 90


def test_units_that_cannot_be_told_apart_share_their_ranks(database: Database, count: Count) -> None:
    """Bands, not ranks; where less is better the lowest comes first, and few cases have no rank."""
    with database.write() as session:
        session.add(metric_row("defects", lower_is_better=True))
    for unit, defects, n in (("vanak", 100, 1000), ("tajrish", 300, 1000)):
        count(unit, defects, n, metric="defects", **jalali(7))
    with database.read() as session:
        metric, offers = session.get_one(OperationalMetric, "defects"), read_offers(session)
        league = build_unit_league(session, metric, place(), offers, language("en"))
    assert league is not None
    assert [(row.code, row.band) for row in league.rows] == [("vanak", (1, 1)), ("tajrish", (2, 2))]
    assert not league.level
