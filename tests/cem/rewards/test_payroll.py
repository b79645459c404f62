"""What payroll is given, by command and by API."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from litestar import Litestar
from litestar.testing import TestClient

from cem.cli import main
from cem.people.accounts import add_api_key
from cem.rewards.models import RewardRun
from cem.rewards.payroll import WrongTotals, acknowledge_batch, export_run
from cem.rewards.runs import find_run
from cem.rewards.statuses import LOCKED
from surveys.database import Database, utc_now
from tests.cem.rewards.conftest import AFTER, PERIOD, Opened
from tests.cem.rewards.test_lifecycle import approve, calculated, do, review, status

Cem = Callable[..., Result]


@pytest.fixture
def cem(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cem:
    """Run a command against the database of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CEM_SECRET_KEY", "a secret that is long enough for the tests")
    monkeypatch.setenv("CEM_DATABASE_URL", database.writer.url.render_as_string(hide_password=False))
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


@pytest.fixture
def approved(database: Database, opened: Opened) -> RewardRun:
    """The worked example, approved by two."""
    run = calculated(database, opened())
    do(database, run, review)
    do(database, run, approve)
    return run


def test_run_says_what_it_would_pay(cem: Cem, database: Database, opened: Opened) -> None:
    """A dry run shows the units and the total, and stores nothing."""
    run = opened()
    said = cem("rewards", "run", PERIOD.code, "--dry-run")
    assert said.exit_code == 0, said.output
    assert "vanak" in said.output
    assert "95.05%" in said.output
    assert "3 people, 140,000,000 in all" in said.output
    assert status(database, run) == "measuring"


def test_run_locks_and_calculates(cem: Cem, database: Database, opened: Opened) -> None:
    """Once the period is over, one command leaves it for the reviewers; a second finds nothing to do."""
    run = opened()
    said = cem("rewards", "run", PERIOD.code)
    assert said.exit_code == 0, said.output
    assert "3 people, 140,000,000 in all" in said.output
    assert status(database, run) == "calculated"
    assert "nothing to do" in cem("rewards", "run", PERIOD.code).output


def test_a_locked_period_is_taken_up(cem: Cem, database: Database, opened: Opened) -> None:
    """A calculation that never came is made by the same command."""
    run = opened()
    with database.write() as session:
        find_run(session, run.run_id).status = LOCKED
    assert cem("rewards", "run", PERIOD.code, "--plan", "tehran").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["run", "soon"], "1404-Q2"), (["run", "2020-Q1"], "No plan is open"), (["export", "2020-Q1"], "No plan is open")],
)
def test_what_is_not_there(cem: Cem, database: Database, arguments: list[str], words: str) -> None:
    """Exit status 2, and what to write instead."""
    said = cem("rewards", *arguments)
    assert said.exit_code == 2
    assert words in said.output


def test_an_export_is_the_same_every_time(cem: Cem, database: Database, approved: RewardRun) -> None:
    """The same bytes again, totals that add up, and one batch in the database."""
    first = cem("rewards", "export", PERIOD.code, "--output", "one.csv")
    assert first.exit_code == 0, first.output
    cem("rewards", "export", PERIOD.code, "--output", "two.csv")
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(Path("one.csv").read_text())))
    assert [(row["employee_no"], row["component"], row["amount"]) for row in rows] == [
        ("A", "reward", "84000000"),
        ("B", "reward", "18667000"),
        ("C", "reward", "37333000"),
    ]
    control = json.loads(first.stderr)
    assert (control["rows"], control["total"]) == (3, 140_000_000)
    assert control["by_cost_centre"] == {"100": 140_000_000}


def test_payroll_says_that_it_was_paid(cem: Cem, database: Database, approved: RewardRun) -> None:
    """An acknowledgement with our figures moves the period to paid; with others it changes nothing."""
    control = json.loads(cem("rewards", "export", PERIOD.code).stderr)
    said = control
    Path("wrong.json").write_text(json.dumps(said | {"total": 1}))
    assert cem("rewards", "acknowledge", "wrong.json").exit_code == 2
    assert status(database, approved) == "approved"
    Path("right.json").write_text(json.dumps(said))
    assert cem("rewards", "acknowledge", "right.json").exit_code == 0
    assert status(database, approved) == "paid"
    assert cem("rewards", "verify").exit_code == 0


def test_other_totals_are_refused(database: Database, approved: RewardRun) -> None:
    """Payroll that has paid something else is told so."""
    with database.write() as session:
        batch = export_run(session, AFTER, "finance", find_run(session, approved.run_id))
        with pytest.raises(WrongTotals):
            acknowledge_batch(session, AFTER, "finance", batch, digest=batch.digest, rows=2, total=batch.total)


@pytest.fixture
def key(database: Database) -> Callable[..., dict[str, str]]:
    """The header of a new key."""

    def made(*, payroll: bool) -> dict[str, str]:
        with database.write() as session:
            token = add_api_key(session, utc_now(), "tests", f"key {payroll}", payroll=payroll)
        return {"authorization": f"Bearer {token}"}

    return made


def test_the_payroll_system_reads_and_acknowledges(
    client: TestClient[Litestar], database: Database, approved: RewardRun, key: Callable[..., dict[str, str]]
) -> None:
    """Batches of a period, the rows of one, and the word that it was paid, twice with the same effect."""
    with database.write() as session:
        export_run(session, AFTER, "finance", find_run(session, approved.run_id))
    headers = key(payroll=True)
    (batch,) = client.get(f"/api/v1/payroll/batches?period={PERIOD.code}", headers=headers).json()
    address = f"/api/v1/payroll/batches/{batch['batch']}"
    rows: dict[str, Any] = client.get(address, headers=headers).json()
    assert sum(row["amount"] for row in rows["rows"]) == rows["control"]["total"] == batch["total"]
    said = {name: batch[name] for name in ("digest", "rows", "total")}
    for _ in range(2):
        answer = client.post(f"{address}/acknowledgement", json=said, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.json()["acknowledged_at"]
    wrong = client.post(f"{address}/acknowledgement", json=said | {"rows": 1}, headers=headers)
    assert wrong.status_code == 400
    assert status(database, approved) == "paid"


def test_keys_open_only_their_own(
    client: TestClient[Litestar], database: Database, key: Callable[..., dict[str, str]]
) -> None:
    """The key of a branch system reads no amounts, and payroll's key sends no encounters."""
    assert client.get("/api/v1/payroll/batches").status_code == 401
    assert client.get("/api/v1/payroll/batches", headers=key(payroll=False)).status_code == 403
    assert client.post("/api/v1/encounters", json={}, headers=key(payroll=True)).status_code == 403
