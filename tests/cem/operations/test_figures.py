"""Totals: exact, of the newest revisions, of a unit with all below it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from cem.operations.figures import OperationalTotal, operational_metrics, operational_totals, totals_by_period
from cem.operations.models import OperationalFigure
from surveys.database import Database

from .conftest import ARRIVED, FIRST, LAST, metric_row

Count = Callable[..., None]


def total(database: Database, unit: str = "vanak", metric: str = "answered", **options: object) -> OperationalTotal:
    with database.read() as session:
        found = operational_totals(session, [metric], [unit], FIRST, LAST, **options)  # type: ignore[arg-type] # as named
    return found[metric, unit]


def test_a_share_in_percent(database: Database, count: Count) -> None:
    """33 of 38 is 1650/19 percent, exactly; a census has no interval."""
    count("vanak", 33, 38)
    found = total(database)

    assert found.value == Fraction(1650, 19)
    assert found.n == 38
    assert (found.kind, found.census, found.lower_is_better) == ("share", True, False)
    assert found.received_at == ARRIVED
    estimate = found.estimate()
    assert (estimate.low, estimate.high, estimate.method) == (None, None, "census")
    assert estimate.value == pytest.approx(86.8421, abs=1e-4)


def test_a_sample_has_wilsons_interval(database: Database, count: Count) -> None:
    """81 of 263 as Newcombe printed it."""
    with database.write() as session:
        session.add(metric_row("defects", census=False, lower_is_better=True))
    count("vanak", 81, 263, metric="defects")
    estimate = total(database, metric="defects").estimate()

    assert (round(estimate.low or 0, 2), round(estimate.high or 0, 2)) == (25.53, 36.62)
    assert estimate.method == "wilson"


def test_a_mean_keeps_its_decimals(database: Database, count: Count) -> None:
    """Sums of many figures are exact where floating point would not be, however large."""
    with database.write() as session:
        session.add(metric_row("waiting", kind="mean", unit_en="minutes", unit_fa="دقیقه", lower_is_better=True))
    for day in range(10):
        when = FIRST + timedelta(days=day)
        count("vanak", "999999999999.1", 3, metric="waiting", first=when, last=when)
    found = total(database, metric="waiting")

    assert found.numerator == 10 * Fraction("999999999999.1")
    assert found.value == Fraction("9999999999991") / 30
    assert found.estimate().low is None


def test_a_unit_has_what_is_below_it(database: Database, count: Count) -> None:
    """Own figures and those of descendants add up; the company has all; a unit without figures has no total."""
    count("tajrish", 1, 10)
    count("shop", 2, 10)
    count("vanak", 4, 10)
    with database.read() as session:
        found = operational_totals(session, ["answered"], ["bank", "tajrish", "shop", "", "nowhere"], FIRST, LAST)

    assert {unit: one.numerator for (_, unit), one in found.items()} == {"bank": 7, "tajrish": 3, "shop": 2, "": 7}


def test_the_newest_revision_counts(database: Database, count: Count) -> None:
    """A correction replaces what it corrects, and what had arrived before a moment can still be asked for."""
    count("vanak", 10, 20)
    count("vanak", 12, 20, revision=2, at=ARRIVED + timedelta(days=3))

    assert total(database).numerator == 12
    assert total(database).received_at == ARRIVED + timedelta(days=3)
    assert total(database, until=ARRIVED + timedelta(days=3)).numerator == 10
    with database.read() as session:
        assert operational_totals(session, ["answered"], ["vanak"], FIRST, LAST, until=ARRIVED) == {}


def test_only_days_within(database: Database, count: Count) -> None:
    """A figure that reaches out of the period on either side is not in it; periods are told apart in one query."""
    count("vanak", 1, 5)
    count("vanak", 2, 5, first=date(2025, 9, 30), last=date(2025, 9, 30))
    count("vanak", 4, 5, first=date(2025, 11, 1), last=date(2025, 11, 2))
    with database.read() as session:
        earlier, inside, cut = totals_by_period(
            session,
            ["answered"],
            ["vanak"],
            [(date(2025, 9, 1), date(2025, 9, 30)), (FIRST, LAST), (date(2025, 11, 1), date(2025, 11, 1))],
        )

    assert earlier["answered", "vanak"].numerator == 2
    assert inside["answered", "vanak"].numerator == 1
    assert cut == {}


def test_nothing_was_counted(database: Database, count: Count) -> None:
    """0 of 0 is no value, and nobody's zero."""
    count("vanak", 0, 0)

    assert total(database).value is None
    assert total(database).estimate().value is None


def test_a_figure_is_stored_exactly(database: Database, count: Count) -> None:
    """It comes back as it was given; what has more places than are kept is refused, not rounded."""
    count("vanak", "0.000001", "123456789012.5")
    with database.read() as session:
        row = session.scalars(select(OperationalFigure)).one()
        assert (row.numerator, row.denominator) == (Decimal("0.000001"), Decimal("123456789012.5"))
        assert [metric.code for metric in operational_metrics(session)] == ["answered"]
    with pytest.raises(StatementError):
        count("vanak", "0.0000001", 1, revision=2)
