"""The four formats, read back by the programs that read them: csv, openpyxl, pyreadstat and pyarrow."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import import_module
from itertools import repeat
from pathlib import Path
from typing import Any, Self

import openpyxl
import pyarrow.parquet as pq
import pyreadstat
import pytest

from surveys.formats.columns import Column, Missing
from surveys.formats.csv_export import codebook_lines, lines
from surveys.formats.exports import BATCH, Table
from surveys.languages import language

Give = Callable[..., Any]
Exported = Callable[..., Table]
Write = Callable[..., Path]

FORMATS = {"csv": "csv_export", "xlsx": "xlsx_export", "sav": "spss_export", "parquet": "parquet_export"}
WORDS = "=HYPERLINK(\"http://example.com\")؛ خیلی «بد»، 'x'\n- کند\t;@a 😀"
ALL = {
    "recommend": 3,
    "effort": None,
    "why": WORDS,
    "places": ["app"],
    "main": "no",
    "visits": 12,
    "balance": -3.5,
    "since": "2015-03-21",
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a table in one of the formats, with labels in one of the languages."""

    def written(ending: str, table: Table, spoken: str = "fa") -> Path:
        path = tmp_path / f"export.{ending}"
        import_module(f"surveys.formats.{FORMATS[ending]}").write(path, table, language(spoken))
        return path

    return written


def read_csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_xlsx(path: Path, sheet: str = "responses") -> list[dict[str, Any]]:
    header, *rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def read_sav(path: Path, *, user_missing: bool) -> tuple[list[dict[str, Any]], Any]:
    columns, meta = pyreadstat.read_sav(path, output_format="dict", user_missing=user_missing)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)], meta


def entries(ending: str, table: Table, spoken: str = "fa") -> list[dict[str, str]]:
    """The codebook of a format, as its own file has it."""
    module = import_module(f"surveys.formats.{FORMATS[ending]}")
    text = b"".join(codebook_lines(module.entries(table, language(spoken)))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def labels(ending: str, table: Table, name: str) -> dict[str, str]:
    return {e["value"]: e["value_label"] for e in entries(ending, table) if e["column"] == name and e["value_label"]}


def test_csv(give: Give, exported: Exported, write: Write) -> None:
    """A byte order mark for Excel, Persian letters, ISO days, names of missing values, and no formula."""
    give(ALL)
    give({"recommend": 9}, submitted_at=None, seconds=None, unit="")
    path = write("csv", exported())
    rows = {row["recommend"]: row for row in read_csv(path)}

    assert path.read_bytes().startswith(b'\xef\xbb\xbf"response_id"')
    assert rows["3"]["why"] == "'=HYPERLINK(\"http://example.com\")؛ خیلی «بد»، 'x'\n'- کند\t;'@a 😀"
    assert [rows["3"][name] for name in ("day", "submitted_at")] == ["2025-10-07", "2025-10-07T12:30:30+03:30"]
    assert [rows["3"][name] for name in ("since", "since_jalali")] == ["2015-03-21", "1394-01-01"]
    assert [rows["3"][name] for name in ("effort", "places_app", "places_Branch_1")] == ["not_applicable", "1", "0"]
    assert [rows["3"][name] for name in ("visits", "balance")] == ["12", "-3.5"]
    assert [rows["9"][name] for name in ("why", "main", "submitted_at", "unit")] == ["not_asked", "", "", ""]


@pytest.mark.parametrize("code", ["fa", "en"])
@pytest.mark.parametrize("ending", FORMATS)
def test_the_codebook_has_every_label(exported: Exported, ending: str, code: str) -> None:
    """Each column with its words, each code with its label, each missing value as the format writes it."""
    found = entries(ending, exported(), code)
    by_column = {entry["column"]: entry for entry in reversed(found)}
    chosen = {(e["column"], e["value"]): e["value_label"] for e in found if e["value"]}

    assert by_column["recommend"]["label"] == {"fa": "پیشنهاد می‌کنید؟", "en": "Recommend"}[code]
    assert (by_column["recommend"]["type"], by_column["recommend"]["series"]) == ("nps", "nps_visit")
    assert (by_column["places_Branch_1"]["question"], by_column["places_Branch_1"]["option"]) == ("places", "Branch-1")
    assert chosen["main", "no"] == {"fa": "خیر", "en": "No"}[code]
    assert chosen["unit", "vanak"] == {"fa": "ونک", "en": "Vanak"}[code]
    asked = {"csv": ("why", "not_asked"), "xlsx": ("why", "not_asked"), "sav": ("why", "-98")}
    assert chosen[asked.get(ending, ("why_missing", "not_asked"))] == {"fa": "پرسیده نشده", "en": "Not asked"}[code]
    if ending in {"csv", "xlsx"}:
        assert any("'" in entry["label"] for entry in found if not entry["column"])


def test_xlsx(give: Give, exported: Exported, write: Write) -> None:
    """Text is text whatever it looks like; days are days, numbers are numbers, and the codebook is a sheet."""
    give(ALL)
    give({"recommend": 1, "why": "#N/A", "balance": 12345678901234567})
    give({"recommend": 0, "why": "half\ufffe a \uffff character"})
    path = write("xlsx", exported())
    rows = {row["recommend"]: row for row in read_xlsx(path)}
    sheet = openpyxl.load_workbook(path)["responses"]

    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert rows[3]["why"].startswith("'=HYPERLINK")
    assert "خیلی «بد»" in rows[3]["why"]
    assert (rows[1]["why"], rows[1]["balance"]) == ("#N/A", "12345678901234567")
    assert rows[0]["why"] == "half a  character"
    assert (rows[3]["since"], rows[3]["balance"]) == (datetime(2015, 3, 21), -3.5)  # noqa: DTZ001 - as Excel has it
    assert rows[3]["submitted_at"] == datetime(2025, 10, 7, 12, 30, 30)  # noqa: DTZ001 - as Excel has it
    assert (rows[3]["effort"], rows[0]["main"]) == ("not_applicable", None)
    assert read_xlsx(path, "codebook")[0]["label"] == entries("xlsx", exported())[0]["label"]
    assert openpyxl.load_workbook(path)["codebook"].sheet_view.rightToLeft


def test_xlsx_begins_another_sheet(
    give: Give, exported: Exported, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a sheet cannot hold goes on on the next, under the same header; a full last sheet leaves none empty."""
    monkeypatch.setattr("surveys.formats.xlsx_export.LARGEST", 2)
    for visits in range(4):
        give({"visits": visits})
    path = write("xlsx", exported())
    names = openpyxl.load_workbook(path).sheetnames
    read = [row["visits"] for name in names[:-1] for row in read_xlsx(path, name)]

    assert names == ["responses", "responses 2", "codebook"]
    assert sorted(read) == [0, 1, 2, 3]


def test_spss(give: Give, exported: Exported, write: Write) -> None:
    """Labels in Persian; missing values are SPSS's own kind, each with its label, and leave the words alone."""
    give(ALL)
    give({"recommend": 9, "balance": -98})
    give({"recommend": 1, "why": "-98"})
    path = write("sav", exported())
    rows, meta = read_sav(path, user_missing=False)
    raw, _ = read_sav(path, user_missing=True)
    by_score, coded = ({row["recommend"]: row for row in read} for read in (rows, raw))

    assert by_score[3]["why"] == WORDS
    assert (by_score[3]["main"], by_score[3]["since"], by_score[3]["day"]) == (
        "no",
        date(2015, 3, 21),
        date(2025, 10, 7),
    )
    assert by_score[3]["submitted_at"] == datetime(2025, 10, 7, 12, 30, 30)  # noqa: DTZ001 - SPSS knows no zones
    assert (by_score[3]["places_app"], by_score[3]["balance"]) == (1, -3.5)
    assert [by_score[3]["effort"], by_score[9]["why"], by_score[9]["main"], by_score[9]["visits"]] == [None] * 4
    assert [coded[3]["effort"], coded[9]["why"], coded[9]["main"], coded[9]["visits"]] == [-97, "-98", "-99", -99]
    assert (by_score[9]["balance"], by_score[3]["balance"], by_score[1]["balance"]) == (-98, -3.5, None)
    assert by_score[1]["why"] == " -98"
    assert meta.column_names_to_labels["recommend"] == "پیشنهاد می‌کنید؟"
    assert meta.variable_value_labels["main"]["no"] == "خیر"
    assert meta.variable_value_labels["effort"][-97] == "برای من مصداق ندارد"
    assert meta.file_label == "مراجعه به شعبه"


def test_spss_cuts_in_whole_letters(write: Write) -> None:
    """Longer than SPSS takes: labels and words are cut, never in the middle of a letter."""
    long = "پرسش " * 400
    columns = (Column("words", "text", {"fa": long}, {"a": {"fa": long}}), Column("n", "integer", {"fa": "n"}))
    path = write("sav", Table("responses", {"fa": long}, columns, iter([["😀" * 10_000, 1], [long, 2]])))
    rows, meta = read_sav(path, user_missing=True)

    assert rows[0]["words"] == "😀" * (32_767 // 4)
    assert rows[1]["words"] == long.rstrip()
    assert long.startswith(meta.column_names_to_labels["words"])
    assert long.startswith(meta.variable_value_labels["words"]["a"])
    assert len(meta.variable_value_labels["words"]["a"]) > 50


def test_parquet(give: Give, exported: Exported, write: Write) -> None:
    """Typed columns; where a value is missing, a second column says why; labels are in the file too."""
    give(ALL)
    give({"recommend": 9})
    path = write("parquet", exported())
    table = pq.read_table(path)
    rows = {row["recommend"]: row for row in table.to_pylist()}

    assert rows[3]["why"] == WORDS
    assert (rows[3]["since"], rows[3]["balance"], rows[3]["visits"]) == (date(2015, 3, 21), -3.5, 12)
    assert rows[3]["submitted_at"] == datetime(2025, 10, 7, 9, 0, 30, tzinfo=UTC)
    assert (rows[3]["effort"], rows[3]["effort_missing"]) == (None, "not_applicable")
    assert (rows[9]["why"], rows[9]["why_missing"]) == (None, "not_asked")
    assert (rows[9]["effort"], rows[9]["effort_missing"]) == (None, "not_answered")
    assert rows[3]["why_missing"] is None
    assert rows[9]["main"] is None
    assert "main_missing" not in table.column_names
    assert table.schema.field("recommend").metadata[b"label"].decode() == "پیشنهاد می‌کنید؟"
    assert json.loads(table.schema.field("main").metadata[b"values"]) == {"yes": "بله", "no": "خیر"}
    assert {str(table.schema.field(name).type) for name in ("recommend", "places_app", "visits")} == {"int64"}


@pytest.mark.parametrize("ending", FORMATS)
def test_a_table_without_rows(exported: Exported, write: Write, ending: str) -> None:
    """It has its columns all the same."""
    path = write(ending, exported())

    match ending:
        case "csv":
            assert len(path.read_text(encoding="utf-8-sig").splitlines()) == 1
        case "xlsx":
            assert read_xlsx(path) == []
        case "sav":
            assert read_sav(path, user_missing=True)[1].column_names[12] == "recommend"
        case "parquet":
            assert pq.read_table(path).num_rows == 0


@pytest.mark.parametrize("ending", FORMATS)
def test_rows_flow_through(write: Write, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No writer holds the rows of a whole table: those that were written are forgotten while others are made."""
    monkeypatch.setattr("surveys.formats.parquet_export.GROUP", BATCH)
    monkeypatch.setattr("surveys.formats.spss_export.GROUP", BATCH)
    alive = most = 0

    class Counted(str):  # noqa: SLOT000 - only counted
        def __new__(cls) -> Self:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)
            return super().__new__(cls, "words")

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    rows = ([Counted()] for _ in repeat(None, 10 * BATCH))
    write(ending, Table("responses", {"en": "t"}, (Column("words", "text", {"en": "w"}),), rows))

    assert 0 < most <= 3 * BATCH


def test_csv_comes_in_pieces() -> None:
    """The first piece has rows already; each is no longer than a batch."""
    columns = (Column("n", "integer", {"en": "n"}),)
    pieces = list(lines(Table("responses", {"en": "t"}, columns, ([n] for n in range(2 * BATCH)))))

    assert [piece.count(b"\r\n") for piece in pieces] == [BATCH, BATCH, 1]


@pytest.mark.parametrize("ending", FORMATS)
def test_missing_values_of_every_kind(write: Write, ending: str) -> None:
    """A column whose answers may be anything keeps the three reasons apart from any answer."""
    columns = (Column("n", "number", {"en": "n"}, missing=frozenset(Missing), reason="n_missing"),)
    rows: list[list[Any]] = [[-97], [-98.0], [-99], [Missing.NOT_APPLICABLE], [Missing.NOT_ASKED], [None]]
    path = write(ending, Table("responses", {"en": "t"}, columns, iter([*rows, [Missing.NOT_ANSWERED]])))

    match ending:
        case "csv":
            assert [row["n"] for row in read_csv(path)] == [
                "-97",
                "-98.0",
                "-99",
                "not_applicable",
                "not_asked",
                "",
                "",
            ]
        case "xlsx":
            assert [row["n"] for row in read_xlsx(path)] == [-97, -98, -99, "not_applicable", "not_asked"]
        case "sav":
            assert [row["n"] for row in read_sav(path, user_missing=False)[0]] == [-97, -98, -99, *[None] * 4]
            assert len({row["n"] for row in read_sav(path, user_missing=True)[0]}) == 7
        case "parquet":
            assert [row["n"] for row in pq.read_table(path).to_pylist()] == [-97, -98, -99, *[None] * 4]
