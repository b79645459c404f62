"""`cem demo` as a stranger starts it."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from cem.cli import main
from cem.demo.accounts import PASSWORD, SIGN_INS
from cem.demo.commands import _remove, _settings
from cem.serving import write_settings
from surveys.database import create_database

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("CEM_")}


def leave_a_log_behind(file: Path) -> None:
    """What a killed server leaves: a log with pages of a database, here without the database."""
    other = file.with_name("other.db")
    connection = sqlite3.connect(other)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE stray (words)")
    connection.commit()
    shutil.copyfile(other.with_name("other.db-wal"), file.with_name(f"{file.name}-wal"))
    connection.close()


def test_the_demo_company(tmp_path: Path) -> None:
    """It is loaded whole and served; a second demo of the folder is refused, even one that would begin anew.

    The folder is one of a real installation, and a log of a killed server lies there: the demo has a database of its
    own, in which neither has a part.
    """
    file = tmp_path / "demo.db"
    write_settings(
        tmp_path / "cem.toml", "a secret of the tests, long enough", "sqlite:///real.db", "http://cem.example"
    )
    leave_a_log_behind(file)
    command = [str(Path(sys.executable).with_name("cem")), "demo", "--port", "0", "--folder", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        said = re.search(r"open at (http://127\.0\.0\.1:\d+)", process.stdout.readline())
        assert said, process.communicate(timeout=60)[1]
        with urlopen(f"{said[1]}/health", timeout=60) as answer:
            assert answer.status == 200
        with urlopen(f"{said[1]}/?lang=en", timeout=60) as answer:
            front = answer.read().decode()
        second = CliRunner().invoke(main, ["demo", "--fresh", "--port", "0", "--folder", str(tmp_path)])
        process.send_signal(signal.SIGINT)
        welcome = process.stdout.read()
        errors = process.communicate(timeout=60)[1]

    assert (process.returncode, errors) == (0, "")
    assert (second.exit_code, second.stderr) == (2, "cem: Another process serves demo.db already.\n")
    assert f"Sign in with the password {PASSWORD} as:" in welcome
    assert all(f"  {person.name} " in welcome and person.name in front for person in SIGN_INS)
    assert 'href="/i/' in front
    assert not (tmp_path / "real.db").exists()
    database = create_database(f"sqlite:///{file}")
    with database.reader.connect() as connection:
        tables = {name for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("SELECT count(*) FROM response").scalar_one() > 10_000
    database.close()
    assert "stray" not in tables


def test_a_database_goes_with_its_logs(tmp_path: Path) -> None:
    """Nothing of it is left for the next one of its name, and nothing else goes."""
    for name in ("demo.db", "demo.db-wal", "demo.db-shm", "demo.db.lock", "other.db"):
        (tmp_path / name).touch()
    _remove(tmp_path / "demo.db")
    _remove(tmp_path / "demo.db")

    assert {file.name for file in tmp_path.iterdir()} == {"demo.db.lock", "other.db"}


def test_a_folder_with_a_broken_file(tmp_path: Path) -> None:
    """What is wrong with its settings is told before anything is loaded."""
    (tmp_path / "cem.toml").write_text("secret_key = 'short'")
    result = CliRunner().invoke(main, ["demo", "--port", "0", "--folder", str(tmp_path)])

    assert result.exit_code == 2
    assert result.stderr.startswith("cem: CEM_SECRET_KEY needs at least 32 characters")
    assert not (tmp_path / "demo.db").exists()


def test_mail_and_the_printer_are_the_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where mail goes and what prints is told by the environment; no database but the demo's own is."""
    monkeypatch.setenv("CEM_SMTP_URL", "smtp://127.0.0.1:2525")
    monkeypatch.setenv("CEM_MAIL_FROM", "cem@bank.example")
    monkeypatch.setenv("CEM_CHROMIUM", "/opt/chromium")
    monkeypatch.setenv("CEM_DATABASE_URL", "sqlite:///real.db")
    settings = _settings(tmp_path, tmp_path / "demo.db", "http://127.0.0.1:1")

    assert (settings.smtp_url, settings.mail_from) == ("smtp://127.0.0.1:2525", "cem@bank.example")
    assert settings.chromium == "/opt/chromium"
    assert settings.database_url == f"sqlite:///{tmp_path / 'demo.db'}"


@pytest.mark.parametrize(("option", "value"), [("--port", "65536"), ("--folder", __file__)])
def test_options_that_cannot_be(option: str, value: str) -> None:
    """Click names the option."""
    result = CliRunner().invoke(main, ["demo", option, value])

    assert result.exit_code == 2
    assert f"Invalid value for '{option}'" in result.stderr
