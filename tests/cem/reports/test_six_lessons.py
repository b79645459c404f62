"""The six-lessons report as a file and on paper."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cem.cli import main
from cem.programme.measurements import measure
from cem.programme.snapshots import keep_quarter
from cem.serving import write_settings
from cem.settings import Settings
from surveys.database import Database, day_of, utc_now

Cem = Callable[..., Result]


@pytest.fixture
def cem(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cem:
    """`cem report six-lessons` in a folder whose cem.toml names the database."""
    address = database.writer.url.render_as_string(hide_password=False)
    write_settings(tmp_path / "cem.toml", "a secret of the tests, long enough", address, "http://cem.example")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["report", "six-lessons", *arguments])


@pytest.fixture
def measured(database: Database, settings: Settings) -> date:
    """Five of six stakeholder groups, 83.3%."""
    now = utc_now()
    today = day_of(now, settings.zone)
    with database.write() as session:
        measure(session, now, "cx", "1.2", value=83.3, n=6, source="log", day=today, today=today)
    return today


@pytest.mark.parametrize(("spoken", "told"), [("en", "83.3%"), ("fa", "۸۳٫۳")])
def test_a_page_in_one_file(cem: Cem, measured: date, tmp_path: Path, spoken: str, told: str) -> None:
    """The report with its style inside; it asks nobody for anything, and has a page for each lesson."""
    result = cem("--language", spoken, "--output", "six.html")
    page = (tmp_path / "six.html").read_text(encoding="utf-8")

    assert (result.exit_code, result.output) == (0, "Wrote six.html.\n")
    assert told in page
    assert len(re.findall(r'class="lesson-page"', page)) == 6
    assert not re.search(r'(?:src)="(?!data:)|rel="(?:stylesheet|icon)"[^>]* href="(?!data:)', page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("arguments", [["--output", "six.doc"], ["--output", "six.html", "--quarter", "1390-Q1"]])
def test_what_cannot_be_written(cem: Cem, tmp_path: Path, arguments: list[str]) -> None:
    """One line with status 2, and no file."""
    result = cem(*arguments)

    assert result.exit_code == 2
    assert result.output.startswith("cem: ")
    assert not list(tmp_path.glob("six.*"))


def test_a_kept_quarter_in_persian_on_paper(
    cem: Cem,
    database: Database,
    settings: Settings,
    measured: date,
    tmp_path: Path,
    chromium: str,
    text_of: Callable[[bytes, Path], str],
) -> None:
    """Seven sheets, the first to be read at a glance; the words are joined and its digits Persian."""
    with database.write() as session:
        quarter = keep_quarter(session, utc_now(), "cx", settings.zone, settings.calendar).quarter
    result = cem("--quarter", quarter, "--output", "six.pdf")
    assert (result.exit_code, result.output) == (0, "Wrote six.pdf.\n")
    pdf = (tmp_path / "six.pdf").read_bytes()
    words = text_of(pdf, tmp_path)

    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 7
    assert "گزارش شش درس" in words
    assert "۸۳٫۳" in words
