"""The command line on an installation of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cem.cli import main
from cem.serving import write_settings
from surveys.database import Database


@pytest.fixture
def cem(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`cem` in a folder whose cem.toml names the database."""
    address = database.writer.url.render_as_string(hide_password=False)
    write_settings(tmp_path / "cem.toml", "a secret of the tests, long enough", address, "http://cem.example/")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run
