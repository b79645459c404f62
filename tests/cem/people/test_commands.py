"""`cem user` and `cem api-key`, on an installation of its own."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.cli import main
from cem.people.accounts import Program, program_of, sign_in
from cem.people.models import Account, ApiKey
from cem.serving import write_settings
from surveys.database import Database, utc_now
from surveys.models import Unit

Cem = Callable[..., Result]
PASSWORD = "correct horse battery"


@pytest.fixture
def cem(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cem:
    """`cem` in a folder whose cem.toml names a database with one unit."""
    with database.write() as session:
        session.add(Unit(code="vanak", names={"en": "Vanak"}, valid_from=date(2020, 1, 1)))
    address = database.writer.url.render_as_string(hide_password=False)
    write_settings(tmp_path / "cem.toml", "a secret of the tests, long enough", address, "http://cem.example")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=typed)

    return run


def events(database: Database) -> list[tuple[str, str, str]]:
    """Who did what to which thing."""
    with database.read() as session:
        rows = session.execute(
            select(AuditEvent.actor, AuditEvent.action, AuditEvent.subject).order_by(AuditEvent.event_id)
        )
        return [(actor, action, subject) for actor, action, subject in rows]


def test_an_account_is_added(cem: Cem, database: Database) -> None:
    """The password is asked for twice and shown nowhere; whoever knows it signs in; the audit trail has the account."""
    result = cem("user", "add", "mina", "--role", "cx_manager", typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("Added mina.\n")
    assert PASSWORD not in result.output
    assert sign_in(database, PasswordHasher(), utc_now(), "mina", PASSWORD) is not None
    assert sign_in(database, PasswordHasher(), utc_now(), "mina", "another password") is None
    assert events(database)[0] == ("command line", "account:add", "mina")
    with database.read() as session:
        account = session.scalars(select(Account)).one()
        assert (account.full_name, account.role, account.unit) == ("mina", "cx_manager", None)
        assert PASSWORD not in account.password_hash


def test_a_unit_manager_has_a_unit(cem: Cem, database: Database) -> None:
    """The unit and the full name are kept as they were given."""
    options = ("--role", "unit_manager", "--unit", "vanak", "--full-name", "نگار نیک‌رو", "--password", PASSWORD)
    result = cem("user", "add", "نگار", *options)

    assert (result.exit_code, result.stdout) == (0, "Added نگار.\n")
    with database.read() as session:
        account = session.scalars(select(Account)).one()
        assert (account.name, account.full_name, account.unit) == ("نگار", "نگار نیک‌رو", "vanak")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("mina", ["--role", "hr", "--password", "too short"], "A password needs at least 12 characters."),
        ("mina", ["--role", "unit_manager"], "A unit manager, and nobody else, needs a unit."),
        ("mina", ["--role", "hr", "--unit", "vanak"], "A unit manager, and nobody else, needs a unit."),
        ("mina", ["--role", "unit_manager", "--unit", "nowhere"], "There is no unit 'nowhere'."),
        ("mina", ["--role", "hr", "--full-name", "m" * 129], "A full name has at most 128 characters."),
        ("", ["--role", "hr"], "A name has 1 to 64 visible characters, and no space at its ends."),
        ("m" * 65, ["--role", "hr"], "A name has 1 to 64 visible characters"),
        (" mina", ["--role", "hr"], "A name has 1 to 64 visible characters"),
        ("mi\nna", ["--role", "hr"], "A name has 1 to 64 visible characters"),
        ("mi\u200dna", ["--role", "hr"], "A name has 1 to 64 visible characters"),
    ],
)
def test_an_account_that_cannot_be(cem: Cem, database: Database, name: str, options: list[str], message: str) -> None:
    """Status 2 with the reason; there is no account and no audit row."""
    given = options if "--password" in options else [*options, "--password", PASSWORD]
    result = cem("user", "add", name, *given)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"cem: {message}")
    assert PASSWORD not in result.output
    assert events(database) == []
    with database.read() as session:
        assert session.scalars(select(Account)).all() == []


def test_a_role_that_is_none(cem: Cem) -> None:
    """Click names the roles that there are."""
    result = cem("user", "add", "mina", "--role", "boss", "--password", PASSWORD)

    assert result.exit_code == 2
    assert (
        "'executive', 'cx_manager', 'unit_manager', 'hr', 'finance', 'employee', 'analyst', 'administrator'"
        in result.stderr
    )


def test_a_name_is_somebody_s(cem: Cem, database: Database) -> None:
    """A second account of a name is refused, and the first keeps its password."""
    cem("user", "add", "mina", "--role", "hr", "--password", PASSWORD)
    result = cem("user", "add", "mina", "--role", "executive", "--password", "another password")

    assert (result.exit_code, result.stderr) == (2, "cem: There is already an account named 'mina'.\n")
    assert sign_in(database, PasswordHasher(), utc_now(), "mina", PASSWORD) is not None


def test_a_key_opens_until_it_is_revoked(cem: Cem, database: Database) -> None:
    """It is printed once and alone, kept as a digest, and of no use after it was revoked."""
    added = cem("api-key", "add", "core-banking")
    key = added.stdout.strip()
    with database.read() as session:
        assert program_of(session, key) == Program("core-banking", payroll=False)
        assert key.encode() not in session.scalars(select(ApiKey.digest)).all()

    revoked = cem("api-key", "revoke", "core-banking")

    assert (added.exit_code, added.stdout) == (0, f"{key}\n")
    assert (revoked.exit_code, revoked.stdout) == (0, "Revoked core-banking.\n")
    assert [action for _, action, _ in events(database)] == ["api-key:add", "api-key:revoke"]
    with database.read() as session:
        assert program_of(session, key) is None


@pytest.mark.parametrize(
    ("command", "name", "message"),
    [
        ("add", "core", "There is already an API key named 'core', in use or revoked."),
        ("add", "old", "There is already an API key named 'old', in use or revoked."),
        ("add", "c" * 65, "A name has 1 to 64 visible characters, and no space at its ends."),
        ("add", "", "A name has 1 to 64 visible characters"),
        ("revoke", "old", "There is no API key named 'old' in use."),
        ("revoke", "other", "There is no API key named 'other' in use."),
    ],
)
def test_a_key_that_cannot_be(cem: Cem, database: Database, command: str, name: str, message: str) -> None:
    """Status 2 with the reason; the keys that there are stay as they are."""
    cem("api-key", "add", "core")
    cem("api-key", "add", "old")
    cem("api-key", "revoke", "old")
    before = events(database)

    result = cem("api-key", command, name)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"cem: {message}")
    assert events(database) == before
    with database.read() as session:
        in_use = session.scalars(select(ApiKey.name).where(ApiKey.revoked_at.is_(None))).all()
        assert in_use == ["core"]
