"""`cem report scorecard` on an installation of its own."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cem.cli import main
from cem.serving import write_settings
from surveys.database import Database, day_of, utc_now
from surveys.languages import language

Cem = Callable[..., Result]


@pytest.fixture
def cem(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cem:
    """`cem` in a folder whose cem.toml names the database."""
    address = database.writer.url.render_as_string(hide_password=False)
    write_settings(tmp_path / "cem.toml", "a secret of the tests, long enough", address, "http://cem.example")
    monkeypatch.chdir(tmp_path)

    return lambda *arguments: CliRunner().invoke(main, ["report", "scorecard", *arguments])


@pytest.fixture
def answered(settings: object, answer: Callable[..., None]) -> None:
    """Sixty answers today, NPS +33, and a comment with markup."""
    today = day_of(utc_now(), settings.zone)  # type: ignore[attr-defined] # settings of the application
    answer(*[10, 9, 3] * 20, day=today, words="<script>alert(1)</script> slow")


@pytest.mark.parametrize("spoken", ["fa", "en"])
def test_a_page_in_one_file(cem: Cem, answered: None, tmp_path: Path, spoken: str) -> None:
    """The page with its style, script and figures inside; it asks nobody for anything, and shows no comments."""
    result = cem("--language", spoken, "--output", "card.html")
    page = (tmp_path / "card.html").read_text(encoding="utf-8")

    assert (result.exit_code, result.output) == (0, "Wrote card.html.\n")
    assert language(spoken).number(33, signed=True) in page
    assert f'<html lang="{spoken}" dir="{language(spoken).direction}">' in page
    assert not re.search(r'(?:src|data-plotly)="(?!data:)|rel="(?:stylesheet|icon)"[^>]* href="(?!data:)', page)
    assert "default-src 'none'" in page
    assert "slow" not in page


def test_comments_are_asked_for(cem: Cem, answered: None, tmp_path: Path) -> None:
    """With --comments the file holds respondents' words, as text."""
    assert cem("--comments", "--output", "card.html").exit_code == 0
    page = (tmp_path / "card.html").read_text(encoding="utf-8")

    assert "&lt;script&gt;alert(1)&lt;/script&gt; slow" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--output", "card.doc"], "cem: The file's name ends in .pdf or in .html.\n"),
        (["--output", "card.html", "--survey", "none"], "cem: There is no such scorecard: "),
        (["--output", "card.html", "--period", "1404-99"], "cem: There is no such scorecard: "),
        (["--output", "card.html", "--unit", "none"], "cem: There is no such scorecard: "),
    ],
)
def test_what_cannot_be_written(cem: Cem, answered: None, tmp_path: Path, arguments: list[str], told: str) -> None:
    """One line with status 2, and no file."""
    result = cem(*arguments)

    assert result.exit_code == 2
    assert result.output.startswith(told)
    assert not list(tmp_path.glob("card.*"))


def test_without_chromium(cem: Cem, answered: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install or to set, with status 2."""
    monkeypatch.setenv("CEM_CHROMIUM", "/nowhere/chromium")
    result = cem("--output", "card.pdf")

    assert result.exit_code == 2
    assert "apt install chromium" in result.output
    assert "CEM_CHROMIUM" in result.output
    assert not (tmp_path / "card.pdf").exists()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_pdf(cem: Cem, answered: None, chromium: str, tmp_path: Path) -> None:
    """Printed by Chromium."""
    assert cem("--output", "card.pdf").output == "Wrote card.pdf.\n"
    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF-")
