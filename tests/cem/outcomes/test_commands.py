"""`cem outcomes`: the books come in from a file, and what is wrong with a row is told with its line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.outcomes.models import CustomerRecord, NeedSegment
from surveys.database import Database
from surveys.models import Customer
from surveys.touchpoints import Met, customer_id_of

Cem = Callable[..., Result]

BOOKS = """\
customer,customer_since,left_on,purchases,first_purchase_on,last_purchase_on,spend,margin,category_spend,need_segment
A1,2020-01-05,,12,2020-01-05,2025-09-01,"1,200.50",300,3000,advice
A2,۱۴۰۰-۰۲-۰۳,1404-03-01,2,2021/05/01,2022-01-01,80,-5,,
A3,2024-02-03,,0,,,0,0,,price
"""


@pytest.fixture
def books(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a file of the books."""

    def written(text: str) -> Path:
        file = tmp_path / "books.csv"
        file.write_text(text, encoding="utf-8")
        return file

    return written


def stored(database: Database) -> list[CustomerRecord]:
    with database.read() as session:
        return list(session.scalars(select(CustomerRecord)))


def test_the_books_come_in(cem: Cem, books: Callable[[str], Path], database: Database) -> None:
    """Rows are stored under the customers' own ids, in either calendar and with grouped digits; new ones are added."""
    result = cem("outcomes", "import", books(BOOKS), "--day", "2025-10-01")

    assert result.exit_code == 0, result.output
    assert "3 rows: 3 new, 0 changed, 0 as they were, 0 refused." in result.output
    found = {record.customer_id: record for record in stored(database)}
    first = found[customer_id_of("A1")]
    assert (first.spend, first.need_segment, first.day) == (1200.5, "advice", date(2025, 10, 1))
    assert found[customer_id_of("A2")].left_on == date(2025, 5, 22)
    assert found[customer_id_of("A2")].customer_since == date(2021, 4, 23)
    with database.read() as session:
        assert session.get_one(Customer, customer_id_of("A3")).reference == "A3"
        assert session.scalars(select(AuditEvent.action)).all() == ["outcomes:import"]


def test_the_customer_of_an_encounter_is_the_same() -> None:
    """An encounter and the books name the same customer by the same reference."""
    met = Met(sender="s", key="k", customer="A1", touchpoint="t", unit="u", occurred_at=None)  # type: ignore[arg-type] # not asked for
    assert met.customer_id == customer_id_of("A1")


def test_again_changes_nothing(cem: Cem, books: Callable[[str], Path], database: Database) -> None:
    """The same file again leaves everything; a changed row is changed, and another day is another record."""
    cem("outcomes", "import", books(BOOKS), "--day", "2025-10-01")
    again = cem("outcomes", "import", books(BOOKS), "--day", "2025-10-01")
    changed = cem("outcomes", "import", books(BOOKS.replace(",300,", ",310,")), "--day", "2025-10-01")
    later = cem("outcomes", "import", books(BOOKS), "--day", "1404-08-01")

    assert "0 new, 0 changed, 3 as they were" in again.output
    assert "0 new, 1 changed, 2 as they were" in changed.output
    assert "3 new, 0 changed" in later.output
    assert len(stored(database)) == 6


def test_a_dry_run_stores_nothing(cem: Cem, books: Callable[[str], Path], database: Database) -> None:
    """It says what would come of it, and neither records nor customers nor an audit row are there."""
    result = cem("outcomes", "import", books(BOOKS), "--day", "2025-10-01", "--dry-run")

    assert "3 new" in result.output
    assert "Nothing was stored." in result.output
    with database.read() as session:
        for table in (CustomerRecord, Customer, AuditEvent):
            assert session.scalars(select(table)).all() == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("B,2020-01-05,,1,2020-01-05,2020-01-05,x,1,,", "line 2, column 'spend': “x” is no number."),
        ("B,2020-13-05,,1,2020-01-05,2020-01-05,1,1,,", "line 2, column 'customer_since': “2020-13-05” is no day"),
        (",2020-01-05,,1,2020-01-05,2020-01-05,1,1,,", "line 2, column 'customer': This is empty"),
        ("B,2020-01-05,2019-01-05,1,2020-01-05,2020-01-05,1,1,,", "column 'left_on': They left before"),
        ("B,2020-01-05,,1,2020-01-05,2020-01-04,1,1,,", "column 'last_purchase_on': The last purchase is before"),
        ("B,2020-01-05,,1,,,1,1,,", "column 'first_purchase_on': Purchases have a first day."),
        ("B,2020-01-05,,1,2020-01-05,2020-01-05,5,1,4,", "column 'category_spend': They cannot spend less"),
        ("B,2020-01-05,,1,2020-01-05,2020-01-05,nan,1,,", "column 'spend': “nan” is no number."),
        ("B,2026-01-05,,0,,,1,1,,", "column 'customer_since': This is after the day"),
        ("B,2020-01-05,,-1,,,1,1,,", "column 'purchases': This is no number of purchases."),
        ("B,2020-01-05", "line 2: The row has 2 cells and the header 10."),
    ],
)
def test_a_wrong_row_is_refused_alone(
    cem: Cem, books: Callable[[str], Path], database: Database, row: str, message: str
) -> None:
    """Its line, its column and what to do are told; the other rows arrive, and the status is 1."""
    head, *rest = BOOKS.splitlines()
    result = cem("outcomes", "import", books("\n".join([head, row, *rest]) + "\n"), "--day", "2025-10-01")

    assert result.exit_code == 1
    assert message in result.stderr
    assert "4 rows: 3 new, 0 changed, 0 as they were, 1 refused." in result.stdout
    assert len(stored(database)) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "has no column customer, customer_since, purchases, spend, margin"),
        (BOOKS.replace("left_on", "spend"), "has two columns spend"),
        ("", "has no column"),
    ],
)
def test_a_file_that_does_not_fit(
    cem: Cem, books: Callable[[str], Path], database: Database, text: str, message: str
) -> None:
    """The whole file is refused with status 2, with the columns that there can be."""
    result = cem("outcomes", "import", books(text), "--day", "2025-10-01")

    assert result.exit_code == 2
    assert message in result.stderr
    assert stored(database) == []


def test_days_that_cannot_be(cem: Cem, books: Callable[[str], Path]) -> None:
    """Books need a day, one that is a day, and none that is to come."""
    assert "day (or --day)" in cem("outcomes", "import", books(BOOKS)).stderr
    assert cem("outcomes", "import", books(BOOKS), "--day", "yesterday").exit_code == 2
    assert "the day is to come" in cem("outcomes", "import", books(BOOKS), "--day", "2199-01-01").stderr


def test_needs_have_names(cem: Cem, database: Database) -> None:
    """A need segment gets its names, and new ones replace them."""
    cem("outcomes", "need", "advice", "--fa", "راهنمایی", "--en", "Advice")
    assert cem("outcomes", "need", "advice", "--fa", "مشاوره", "--en", "Advice").exit_code == 0
    with database.read() as session:
        assert session.get_one(NeedSegment, "advice").names == {"fa": "مشاوره", "en": "Advice"}
