"""Figures from files: all or none, exactly, and the same again changes nothing."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.operations.feed import Receipt, receive_file
from cem.operations.models import OperationalFigure
from surveys.database import Database
from surveys.languages import language

NOW = datetime(2025, 11, 10, 9, tzinfo=UTC)
HEAD = "metric,unit,first_day,last_day,numerator,denominator\n"
GOOD = HEAD + 'answered,vanak,2025-09-23,2025-10-22,33,38\nanswered,shop,۱۴۰۴-۰۷-۰۱,1404/07/30,"1,200.5",1300\n'

Receive = Callable[..., Receipt]


@pytest.fixture
def receive(database: Database, company: None) -> Receive:
    """Receive a text or bytes as a file."""

    def file(content: str | bytes, *, now: datetime = NOW, dry_run: bool = False) -> Receipt:
        sent = content.encode() if isinstance(content, str) else content
        with database.write() as session:
            return receive_file(session, now, now.date(), "tests", sent, "figures.csv", dry_run=dry_run)

    return file


def stored(database: Database) -> list[OperationalFigure]:
    with database.read() as session:
        return list(session.scalars(select(OperationalFigure).order_by(OperationalFigure.revision)))


def messages(receipt: Receipt, code: str = "en") -> list[str]:
    return [f"{one.line} {one.column}: {one.in_language(language(code))}" for one in receipt.refusals]


def test_a_file_arrives(receive: Receive, database: Database) -> None:
    """Days of either calendar and digits of either language; every number exactly as written, with an audit row."""
    receipt = receive(GOOD)

    assert (receipt.rows, receipt.new, receipt.refusals) == (2, 2, ())
    found = {row.unit: row for row in stored(database)}
    assert (found["shop"].first_day, found["shop"].last_day) == (date(2025, 9, 23), date(2025, 10, 22))
    assert (found["shop"].numerator, found["shop"].denominator) == (Decimal("1200.5"), 1300)
    assert {row.batch for row in found.values()} == {receipt.batch}
    with database.read() as session:
        event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.subject, event.details["new"]) == ("operations:receive", str(receipt.batch), 2)


def test_again_changes_nothing_and_a_correction_is_kept_beside(receive: Receive, database: Database) -> None:
    """The same content stores nothing; other numbers are the next revision, and the first one stays."""
    receive(GOOD)
    again = receive(GOOD)
    corrected = receive(GOOD.replace(",33,", ",34,"), now=NOW + timedelta(hours=1))

    assert (again.new, again.corrected, again.unchanged, again.batch) == (0, 0, 2, None)
    assert (corrected.new, corrected.corrected, corrected.unchanged) == (0, 1, 1)
    assert [(row.revision, row.numerator) for row in stored(database) if row.unit == "vanak"] == [(1, 33), (2, 34)]


def test_a_dry_run_stores_nothing(receive: Receive, database: Database) -> None:
    """It says what would come of it."""
    assert receive(GOOD, dry_run=True).new == 2
    assert stored(database) == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("nothing,vanak,2025-10-01,2025-10-02,1,2", "3 metric: There is no metric “nothing”. There are: answered."),
        ("answered,mars,2025-10-01,2025-10-02,1,2", "3 unit: There is no unit “mars”."),
        ("answered,vanak,2025-13-01,2025-10-02,1,2", "3 first_day: “2025-13-01” is no day"),
        ("answered,vanak,2025-11-02,2025-11-01,1,2", "3 last_day: The last day is before the first."),
        ("answered,vanak,2025-11-02,2025-12-01,1,2", "3 last_day: 1 Dec 2025 is before 1970 or still to come"),
        ("answered,vanak,2025-11-02,2025-11-03,3,2", "3 numerator: A share counts some of all: 3 cannot be out of 2."),
        ("answered,vanak,2025-11-02,2025-11-03,-1,2", "3 numerator: This cannot be below nothing."),
        ("answered,vanak,2025-11-02,2025-11-03,,2", "3 numerator: This is empty"),
        ("answered,vanak,2025-11-02,2025-11-03,1e3,2", "3 numerator: “1e3” is no number"),
        ("answered,vanak,2025-11-02,2025-11-03,NaN,2", "3 numerator: “NaN” is no number"),
        ("answered,vanak,2025-11-02,2025-11-03,0.0000001,2", "3 numerator: “0.0000001” is no number"),
        ("answered,vanak,2025-11-02,2025-11-03,1", "3 : The row has 5 cells and the header has 6"),
        ("answered,shop,2025-10-22,2025-10-30,1,2", "4 first_day: These days overlap with those of row 3"),
        ("answered,vanak,2025-09-01,2025-09-30,1,2", "3 first_day: These days overlap with a figure that is stored"),
        ("answered,shop,2025-09-23,2025-10-22,1,2", "4 first_day: Row 3 has the same metric, unit and days"),
    ],
)
def test_one_wrong_row_keeps_all_out(receive: Receive, database: Database, row: str, message: str) -> None:
    """Its number, its column and what to do are told, in either language, and nothing is stored."""
    receive(HEAD + "answered,vanak,2025-09-23,2025-10-22,33,38\n")
    shop = "answered,shop,2025-09-23,2025-10-22,5,6"
    lines = [shop, row] if message.startswith("4") else [row, shop]
    receipt = receive(HEAD + "\n" + "\n".join(lines) + "\n")

    assert any(said.startswith(message) for said in messages(receipt)), messages(receipt)
    assert messages(receipt, "fa") != messages(receipt)
    assert len(stored(database)) == 1


def test_every_fault_of_a_row_is_told(receive: Receive) -> None:
    """Who mends a file mends it once."""
    receipt = receive(HEAD + "nothing,mars,x,y,a,b\n")

    assert [one.column for one in receipt.refusals] == [
        "metric",
        "unit",
        "first_day",
        "last_day",
        "numerator",
        "denominator",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no column metric, unit"),
        (b"metric,unit\n1,2\n", "no column first_day, last_day, numerator, denominator"),
        (HEAD.replace("unit", "metric").encode() + b"", "no column unit"),
        (HEAD.strip().encode() + b",unit\n", "two columns “unit”"),
        ("زمان".encode("cp1256"), "UTF-8"),
        (b"PK\x03\x04 this is no workbook", "Excel workbook"),
    ],
)
def test_a_file_that_does_not_fit(receive: Receive, content: bytes, message: str) -> None:
    """It is refused as a whole, with what to do."""
    assert message in messages(receive(content))[0]


def test_semicolons_and_persian_headings(receive: Receive) -> None:
    """As a spreadsheet with Persian settings saves it."""
    text = "\ufeffسنجه;واحد;از روز;تا روز;صورت;مخرج\r\nanswered;vanak;۱۴۰۴/۷/۱;۱۴۰۴/۷/۳۰;۳۳٫۵;۳۸\r\n"

    assert receive(text).new == 1


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("metric", "unit", "first_day", "last_day", "numerator", "denominator"), *rows):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_an_excel_file(receive: Receive, database: Database) -> None:
    """Real days, Jalali texts, numbers with decimals and empty rows; a wrong cell is told with its row."""
    day = datetime(2025, 10, 1)  # noqa: DTZ001 - a spreadsheet's days have no zone
    good = workbook(
        ("answered", "vanak", day, day, 0.1, 38), (), ("answered", "shop", "1404-07-01", "1404-07-30", 5, 6)
    )
    wrong = workbook(("answered", "vanak", day, day, "many", 38))

    assert receive(good).new == 2
    assert {row.numerator for row in stored(database)} == {Decimal("0.1"), Decimal(5)}
    assert messages(receive(wrong))[0].startswith("2 numerator: “many” is no number")
