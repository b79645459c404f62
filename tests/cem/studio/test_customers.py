"""`cem customers import`: customers and their segments from a file."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from cem.audit import AuditEvent
from surveys.contacts import addresses_of
from surveys.database import Database
from surveys.models import Customer, Segment
from surveys.touchpoints import customer_id_of

Cem = Callable[..., Result]
FILE = "reference,language,segment\nc1,fa,affluent\nc2,en,\nc3,,mass\n"


@pytest.fixture
def segments(database: Database) -> None:
    """Two segments."""
    with database.write() as session:
        for position, code in enumerate(("mass", "affluent")):
            session.add(Segment(code=code, position=position, names={"en": code}, valid_from=date(2020, 1, 1)))


@pytest.fixture
def bring(cem: Cem, tmp_path: Path, segments: None) -> Callable[..., Result]:
    """Import a text as a file."""

    def bring_in(text: str | bytes, *options: str) -> Result:
        file = tmp_path / "customers.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return cem("customers", "import", file, *options)

    return bring_in


def stored(database: Database) -> dict[str, tuple[str, str]]:
    with database.read() as session:
        customers = session.scalars(select(Customer)).all()
        assert all(customer.customer_id == customer_id_of(customer.reference) for customer in customers)
        return {customer.reference: (customer.language, customer.segment) for customer in customers}


def test_customers_arrive_once(bring: Callable[..., Result], database: Database) -> None:
    """The second time nothing changes; an empty cell leaves a customer as they are; a new segment is a change."""
    first, again = bring(FILE), bring(FILE)
    moved = bring("segment,reference\naffluent,c3\n,c1\n")

    assert first.stdout == "3 rows: 3 new, 0 changed, 0 as they were, 0 refused.\n"
    assert again.stdout == "3 rows: 0 new, 0 changed, 3 as they were, 0 refused.\n"
    assert moved.stdout == "2 rows: 0 new, 1 changed, 1 as they were, 0 refused.\n"
    assert stored(database) == {"c1": ("fa", "affluent"), "c2": ("en", ""), "c3": ("fa", "affluent")}
    with database.read() as session:
        assert session.scalars(select(AuditEvent.action)).all() == ["customers:import"] * 3


def test_a_row_that_is_wrong_is_refused_alone(bring: Callable[..., Result], database: Database) -> None:
    """With its line, its column and what to do; the others arrive, and the status says that some did not."""
    rows = ["ok,fa,mass", "x,de,mass", "y,fa,nobody", ",fa,mass", "ok,fa,mass", "short,fa", f"{'l' * 129},fa,mass"]
    result = bring("\n".join(["reference,language,segment", *rows]) + "\n")

    assert result.exit_code == 1
    assert result.stdout == "7 rows: 1 new, 0 changed, 0 as they were, 6 refused.\n"
    for said in (
        "line 3, column 'language': “de” is not known. Possible are: en, fa.",
        "line 4, column 'segment': “nobody” is not known. Possible are: affluent, mass.",
        "line 5, column 'reference': Give the customer's reference",
        "line 6, column 'reference': Another row of this file has the same reference.",
        "line 7: The row has 2 cells and the header has 3",
        "line 8, column 'reference'",
    ):
        assert said in result.stderr
    assert stored(database) == {"ok": ("fa", "mass")}


def test_a_dry_run_changes_nothing(bring: Callable[..., Result], database: Database) -> None:
    """It says what would happen."""
    assert bring(FILE, "--dry-run").stdout == (
        "3 rows: 3 new, 0 changed, 0 as they were, 0 refused; nothing was stored.\n"
    )
    assert stored(database) == {}


@pytest.mark.parametrize("text", ["name\nc1\n", "", "reference,reference\na,b\n", "reference,age\na,1\n", b"\xff\n"])
def test_a_file_that_is_none(bring: Callable[..., Result], database: Database, text: str | bytes) -> None:
    """Status 2 and a line that says why; nothing is stored."""
    result = bring(text)

    assert result.exit_code == 2
    assert result.stderr.startswith("cem: ")
    assert stored(database) == {}


def test_addresses_come_along(bring: Callable[..., Result], database: Database) -> None:
    """In one form whatever was typed; a new address is a change, and an empty cell leaves the one that is there."""
    header = "reference,email,mobile\n"
    first = bring(f"{header}c1,Sara@Mail.Example,۰۹۱۲۱۲۳۴۵۶۷\nc2,,+49 170 1234567\n")
    again = bring(f"{header}c1,sara@mail.example,00989121234567\nc2,,\n")
    moved = bring(f"{header}c1,,9121111111\nc2,reza@mail.example,\n")

    assert first.stdout == "2 rows: 2 new, 0 changed, 0 as they were, 0 refused.\n"
    assert again.stdout == "2 rows: 0 new, 0 changed, 2 as they were, 0 refused.\n"
    assert moved.stdout == "2 rows: 0 new, 2 changed, 0 as they were, 0 refused.\n"
    with database.read() as session:
        assert addresses_of(session, customer_id_of("c1")) == {"email": "sara@mail.example", "sms": "+989121111111"}
        assert addresses_of(session, customer_id_of("c2")) == {"email": "reza@mail.example", "sms": "+491701234567"}
        assert "mail" not in str(session.scalars(select(AuditEvent.details)).all())


def test_a_wrong_address_refuses_its_row(bring: Callable[..., Result], database: Database) -> None:
    """With what to do, and without repeating what may be somebody's address."""
    result = bring("reference,email,mobile\nc1,sara at mail,\nc2,,02188776655\nc3,,\n")

    assert result.exit_code == 1
    assert result.stdout == "3 rows: 1 new, 0 changed, 0 as they were, 2 refused.\n"
    assert "line 2, column 'email': This is no e-mail address, such as name@mail.example." in result.stderr
    assert "line 3, column 'mobile': This is no mobile number, such as 09121234567" in result.stderr
    assert "sara" not in result.stderr
    assert "0218" not in result.stderr
    assert stored(database) == {"c3": ("fa", "")}
