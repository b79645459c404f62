"""Exports: their totals are the screen's, in every format, and each leaves an audit row."""

import csv
import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.parquet as pq
import pyreadstat
import pytest
from click.testing import Result
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select, update

from cem.audit import AuditEvent
from cem.roles import Role
from cem.scorecards.choices import Choice
from cem.scorecards.offers import read_offers
from cem.scorecards.scorecard import build_scorecard
from cem.studio.exports import FORMATS, attachment, finished, read_tables, stream_csv
from metrics import Histogram, ces, csat, nps
from surveys.database import Database
from surveys.formats.exports import Export, SurveyTables
from surveys.models import SurveyVersion

SignIn = Callable[[Role], TestClient[Litestar]]
Answer = Callable[..., None]
Choose = Callable[..., Choice]
Cem = Callable[..., Result]

TODAY = date(2025, 11, 10)  # 19 Aban 1404
MEHR = date(2025, 10, 10)
CHOICES: list[dict[str, str]] = [
    {"period": "1404-08"},
    {"period": "1404-07", "unit": "tajrish"},
    {"period": "1404-08", "unit": "bank", "touchpoint": "counter"},
    {"period": "1404-08", "channel": "contact_centre"},
]


@pytest.fixture
def answered(answer: Answer) -> None:
    """Responses to every KPI in two months and two units, some without an answer, some suspect."""
    answer(*[10, 9, 3] * 6, satisfied=5, effort=6)
    answer(*[8, 0] * 5, satisfied=2, words="=1+1")
    answer(*[7, 9] * 4, unit="tajrish", touchpoint="call", effort=2)
    answer(*[1, 10] * 5, unit="tajrish", touchpoint="call", day=MEHR, satisfied=4)
    answer(*[0] * 9, quality="suspect", satisfied=1)


def read_file(ending: str, data: bytes, folder: Path) -> list[dict[str, Any]]:
    """The rows of a download, as a program that people use reads them."""
    path = folder / f"download.{ending}"
    path.write_bytes(data)
    match ending:
        case "csv":
            return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        case "xlsx":
            header, *rows = openpyxl.load_workbook(path)["responses"].iter_rows(values_only=True)
            return [dict(zip(header, row, strict=True)) for row in rows]
        case "sav":
            columns, _ = pyreadstat.read_sav(path, output_format="dict")
            return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return pq.read_table(path).to_pylist()


def scores(rows: list[dict[str, Any]], column: str) -> Histogram:
    """What a person counts who leaves missing values out."""
    values = [row[column] for row in rows]
    return Histogram.of([int(value) for value in values if value not in {None, "", "not_asked", "not_applicable"}])


@pytest.mark.parametrize("ending", FORMATS)
def test_totals_are_the_screens(
    sign_in: SignIn, answered: None, choose: Choose, database: Database, tmp_path: Path, ending: str
) -> None:
    """The same address gives the same histograms, and so the same NPS, CSAT and CES."""
    client = sign_in(Role.ANALYST)
    # A file that is written whole takes a process of its own: two of them show it.
    for chosen in CHOICES if ending == "csv" else CHOICES[:2]:
        with database.read() as reader:
            card = build_scorecard(reader, choose(Role.ANALYST, **chosen), read_offers(reader), TODAY, comments=False)
        answer = client.get("/studio/exports/download", params={"format": ending, **chosen})
        rows = read_file(ending, answer.content, tmp_path)
        shown = {tile.kpi.series: (tile.answers, tile.estimate) for tile in card.tiles}
        recommend, satisfied, effort = (scores(rows, name) for name in ("recommend", "satisfied", "effort"))

        assert shown["nps_visit"] == (recommend, nps(recommend))
        assert shown["csat_visit"] == (satisfied, csat(satisfied))
        assert shown["ces_visit"] == (effort, ces(effort))
        assert len(rows) == recommend.n > 0


@pytest.mark.parametrize("ending", FORMATS)
def test_the_download(sign_in: SignIn, answered: None, database: Database, ending: str) -> None:
    """A file with a safe name in both scripts, kept by nobody between, and who took it is on record."""
    client = sign_in(Role.CX_MANAGER)
    query = {"format": ending, "period": "1404-08", "unit": "vanak", "lang": "fa"}
    answer = client.get("/studio/exports/download", params=query)
    name = re.fullmatch(
        r"attachment; filename=\"([a-z0-9_.-]+)\"; filename\*=UTF-8''([A-Za-z0-9%_.~-]+)",
        answer.headers["content-disposition"],
    )

    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == FORMATS[ending].media_type
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert name
    assert name[1] == f"visit_1404-08.{ending}"
    assert unquote(name[2]) == f"مراجعه آبان ۱۴۰۴.{ending}"
    with database.read() as reader:
        event = reader.scalars(select(AuditEvent).where(AuditEvent.action == "responses:export")).one()
    assert (event.actor, event.subject) == ("cx_manager", "visit")
    assert event.details == {
        "rows": 28,
        "quality": "valid",
        "from": "2025-10-23",
        "until": "2025-11-22",
        "format": ending,
        "part": "responses",
        "unit": "vanak",
    }


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CX_MANAGER, Role.ANALYST}))
def test_nobody_else(sign_in: SignIn, answered: None, database: Database, role: Role) -> None:
    """Executives, unit managers, HR and the administrator are refused, and nothing is recorded as taken."""
    client = sign_in(role)
    for path in ("", "/download", "/download?part=codebook", "/download?period=1404-08&unit=vanak"):
        assert client.get(f"/studio/exports{path}").status_code == 403
    with database.read() as reader:
        assert reader.scalar(select(AuditEvent).where(AuditEvent.action == "responses:export")) is None


def test_what_is_not_there(sign_in: SignIn, answered: None) -> None:
    """A clear page with status 404, and no file."""
    client = sign_in(Role.ANALYST)
    parts = "survey=x period=1404-13 unit=x touchpoint=x channel=x format=exe format=../csv part=all"
    for query in parts.split():
        answer = client.get(f"/studio/exports/download?lang=en&{query}")

        assert answer.status_code == 404, query
        assert "content-disposition" not in answer.headers
        assert "There is no such scorecard" in answer.text


@pytest.mark.parametrize(("code", "heading"), [("fa", "خروجی‌ها"), ("en", "Exports")])
def test_the_page(sign_in: SignIn, answered: None, code: str, heading: str) -> None:
    """A form that needs no script, whose fields are those of the download."""
    page = sign_in(Role.ANALYST).get(f"/studio/exports?lang={code}&period=1404-07&format=sav").text
    main = page[page.index("<main") : page.index("</main>")]

    assert f"<h1>{heading}</h1>" in main
    assert 'method="get" action="/studio/exports/download"' in main
    assert set(re.findall(r'<select name="(\w+)"', main)) == {
        "survey",
        "period",
        "unit",
        "touchpoint",
        "channel",
        "format",
    }
    assert '<option value="1404-07" selected>' in main
    assert '<option value="sav" selected>' in main
    assert "<script" not in main
    assert (code == "fa") is not bool(re.search(r">[^<]*\bresponses?\b[^<]*<", main))


def test_before_the_first_survey(sign_in: SignIn) -> None:
    """The page says that there is nothing yet; a download is not there."""
    client = sign_in(Role.ANALYST)

    assert "There is nothing to show yet" in client.get("/studio/exports?lang=en").text
    assert client.get("/studio/exports/download").status_code == 404


def test_the_codebook(sign_in: SignIn, answered: None, database: Database) -> None:
    """A CSV of its own for each format, in the reader's language; no response leaves with it, and no audit row."""
    client = sign_in(Role.ANALYST)
    for ending, (code, label) in zip(FORMATS, cycle((("fa", "پیشنهاد می‌کنید"), ("en", "Recommend"))), strict=False):
        answer = client.get(f"/studio/exports/download?part=codebook&format={ending}&lang={code}")
        entries = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))

        assert next(entry for entry in entries if entry["column"] == "recommend")["label"] == label
        assert ".codebook.csv" in answer.headers["content-disposition"]
    with database.read() as reader:
        assert reader.scalar(select(AuditEvent).where(AuditEvent.action == "responses:export")) is None


def make_anonymous(database: Database) -> None:
    """As if the survey had promised it from the first."""
    with database.write() as session:
        version = session.scalars(select(SurveyVersion)).one()
        session.execute(update(SurveyVersion).values(document={**version.document, "anonymous": True}))


def test_an_anonymous_survey(sign_in: SignIn, answered: None, database: Database) -> None:
    """Its file has no words, which stand alone in another; too few answers are not given out at all."""
    make_anonymous(database)
    client = sign_in(Role.ANALYST)
    download = "/studio/exports/download?lang=en&period="
    rows, words = (client.get(f"{download}1404-08&part={part}").text for part in ("responses", "comments"))

    assert "Download the comments alone" in client.get("/studio/exports?lang=en").text
    assert not any(name in rows for name in ('"response_id"', '"submitted_at"', '"words"', "1+1"))
    assert words.splitlines() == ['\ufeff"question","words"', *['"words","\'=1+1"'] * 10]
    few = client.get(f"{download}1404-06")
    assert few.status_code == 400
    assert "Too few answers to export" in few.text


def test_too_many_for_one_file(
    sign_in: SignIn, answered: None, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    """A format that is written whole has a limit, which the page tells; CSV has none."""
    monkeypatch.setattr("cem.studio.pages.LARGEST_WHOLE", 35)
    client = sign_in(Role.ANALYST)
    refused = client.get("/studio/exports/download?lang=en&period=1404-08&format=xlsx")

    assert refused.status_code == 413
    assert "Choose CSV or a shorter period" in refused.text
    assert client.get("/studio/exports/download?period=1404-07&format=xlsx").status_code == 200
    assert client.get("/studio/exports/download?period=1404-08&format=csv").status_code == 200


def test_connections_are_given_back(sign_in: SignIn, answered: None, database: Database) -> None:
    """When the last byte has left nobody holds a connection."""
    client = sign_in(Role.ANALYST)
    for ending in FORMATS:
        client.get(f"/studio/exports/download?period=1404-08&format={ending}")

    assert database.reader.pool.checkedout() == 0  # type: ignore[attr-defined] # a queue's


def test_who_goes_away_holds_nothing(answered: None, choose: Choose, database: Database) -> None:
    """A download that is broken off after its first piece gives its connection back at once."""
    choice = choose(period="1404-08")
    export = Export(choice.where(), choice.period.start, choice.period.end)
    with database.read() as reader:
        tables = read_tables(reader, choice.survey_id, read_offers(reader), ZoneInfo("Asia/Tehran"))
    pieces = stream_csv(database, tables.responses, export)

    assert next(pieces).count(b"\r\n") > 30
    assert database.reader.pool.checkedout() == 1  # type: ignore[attr-defined] # a queue's
    pieces.close()
    assert database.reader.pool.checkedout() == 0  # type: ignore[attr-defined] # a queue's


def test_formats_are_loaded_when_they_are_needed() -> None:
    """Neither the server nor the command line loads their libraries at its start."""
    code = "import sys, cem.app, cem.studio.commands; print({'openpyxl', 'pyarrow', 'pyreadstat'} & set(sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"set()\n"


def test_names_of_downloads() -> None:
    """No letter that leaves the header, the folder or the direction of writing."""
    name = attachment("visit.csv", '../a"b\r\nSet-Cookie: x;\u202egnp\u2066/و.csv')

    assert name.isascii()
    assert "\n" not in name
    assert unquote(name.partition("UTF-8''")[2]) == "a b  Set-Cookie  x; gnp  و.csv"


@pytest.mark.usefixtures("answered")
class TestCommand:
    @pytest.mark.parametrize("ending", FORMATS)
    def test_a_file_and_its_codebook(self, cem: Cem, database: Database, tmp_path: Path, ending: str) -> None:
        """The responses of the days that are named, in either calendar; the codebook where the file has no room."""
        file = tmp_path / f"visits.{ending}"
        limits = ("--from", "1404-08-01", "--to", "2025-11-10", "--unit", "vanak", "--language", "fa")
        result = cem("responses", "export", file, "--survey", "visit", *limits)
        books = ["visits.codebook.csv"] if FORMATS[ending].codebook_beside else []

        assert (result.exit_code, result.stdout) == (0, f"28 responses: {', '.join([file.name, *books])}\n")
        assert sorted(path.name for path in tmp_path.glob("*visits*")) == sorted([file.name, *books])
        assert len(read_file(ending, file.read_bytes(), tmp_path)) == 28
        if books:
            assert "پیشنهاد می‌کنید" in (tmp_path / books[0]).read_text(encoding="utf-8-sig")
        with database.read() as reader:
            event = reader.scalars(select(AuditEvent).where(AuditEvent.action == "responses:export")).one()
        assert (event.actor, event.details["rows"], event.details["unit"]) == ("command line", 28, "vanak")
        assert (event.details["from"], event.details["until"]) == ("2025-10-23", "2025-11-11")

    @pytest.mark.parametrize(("quality", "rows"), [("valid", 46), ("suspect", 9), ("all", 55)])
    def test_quality(self, cem: Cem, quality: str, rows: int) -> None:
        """Valid responses alone, as on the scorecard, unless others are asked for."""
        result = cem("responses", "export", "x.csv", "--survey", "visit", "--quality", quality)

        assert result.stdout.startswith(f"{rows} responses")

    @pytest.mark.parametrize(
        ("file", "options", "message"),
        [
            ("x.doc", (), "x.doc must end with .csv, .xlsx, .sav, .parquet."),
            ("x.csv", ("--survey", "other"), "There is no survey 'other'."),
            ("x.csv", ("--unit", "other"), "There is no unit 'other'."),
            ("x.csv", ("--touchpoint", "other"), "There is no touchpoint 'other'."),
            ("x.csv", ("--channel", "other"), "There is no channel 'other'."),
            ("nowhere/x.csv", (), "No such file or directory"),
            ("x.csv", ("--from", "1404-13-01"), "is no day. Write it as 2025-10-07 or 1404-07-15."),
        ],
    )
    def test_wrong_input(
        self, cem: Cem, database: Database, tmp_path: Path, file: str, options: Any, message: str
    ) -> None:
        """Status 2 and why; no file, no audit row."""
        result = cem("responses", "export", file, "--survey", "visit", *options)

        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr
        assert "Traceback" not in result.stderr
        assert not list(tmp_path.glob("*x.csv*"))
        with database.read() as reader:
            assert reader.scalar(select(AuditEvent).where(AuditEvent.action == "responses:export")) is None

    def test_an_anonymous_survey(self, cem: Cem, database: Database, tmp_path: Path) -> None:
        """The words are in a file of their own; too few answers are refused."""
        make_anonymous(database)
        result = cem("responses", "export", "v.parquet", "--survey", "visit")
        few = cem("responses", "export", "few.csv", "--survey", "visit", "--from", "2026-01-01")
        names = "v.parquet, v.codebook.csv, v.comments.parquet, v.comments.codebook.csv"

        assert result.stdout == f"46 responses: {names}\n"
        assert (
            pq.read_table(tmp_path / "v.comments.parquet").to_pylist() == [{"question": "words", "words": "=1+1"}] * 10
        )
        assert "words" not in pq.read_table(tmp_path / "v.parquet").column_names
        assert few.exit_code == 2
        assert "so few answers would tell who gave them" in few.stderr
        assert not (tmp_path / "few.csv").exists()

    def test_an_export_that_is_broken_off(
        self, cem: Cem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database
    ) -> None:
        """The file that was there before stays whole, nothing else is left, and nothing is recorded as taken."""
        (tmp_path / "x.xlsx").write_bytes(b"before")
        before = {path.name for path in tmp_path.iterdir()}
        taken = 0

        def stop(self: Any, response: Any) -> Any:
            nonlocal taken
            taken += 1
            if taken > 5:
                raise KeyboardInterrupt
            return known(self, response)

        known = SurveyTables._known
        monkeypatch.setattr(SurveyTables, "_known", stop)
        result = cem("responses", "export", "x.xlsx", "--survey", "visit")

        assert result.exit_code != 0
        assert (tmp_path / "x.xlsx").read_bytes() == b"before"
        assert {path.name for path in tmp_path.iterdir()} == before
        with database.read() as reader:
            assert reader.scalar(select(AuditEvent).where(AuditEvent.action == "responses:export")) is None

    def test_what_is_exported_can_come_back(self, cem: Cem) -> None:
        """Brought in where it came from, it changes nothing."""
        cem("responses", "export", "v.csv", "--survey", "visit", "--quality", "all")
        result = cem("responses", "import", "v.csv", "--survey", "visit")

        assert (result.exit_code, result.stdout) == (0, "55 rows: 0 new, 55 already there, 0 refused.\n")

    @pytest.mark.parametrize("options", [(), ("--survey", "visit", "--mapping", "v.csv")])
    def test_import_wants_one_meaning(self, cem: Cem, options: Any) -> None:
        """A mapping or a survey, not both."""
        Path("v.csv").touch()
        result = cem("responses", "import", "v.csv", *options)

        assert result.exit_code == 2
        assert "Give a mapping, or the survey" in result.stderr


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    """Until then the one before is there, and nobody else may read the new one."""
    path = tmp_path / "a.csv"
    path.write_text("before")
    with finished(path) as beside:
        beside.write_text("after")
        assert path.read_text() == "before"
        assert beside.stat().st_mode & 0o077 == 0

    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]
    assert path.read_text() == "after"
