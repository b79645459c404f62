"""What cem has exported as CSV, cem takes back: nothing changes where it came from, and elsewhere it is the same."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select

from surveys.database import Database
from surveys.formats.csv_export import lines
from surveys.formats.csv_responses import ImportReport, import_rows
from surveys.formats.documents import DocumentFaults
from surveys.formats.exported_rows import ExportedRows
from surveys.formats.exports import QUALITIES, Table
from surveys.models import Response, Tally, Touchpoint, Unit

Give = Callable[..., Any]
Exported = Callable[..., Table]
Revise = Callable[..., None]

TODAY = date(2025, 10, 8)
WORDS = ["=1+1", "'=1", "'", "not_asked", "خوب\n- کند\n;@بد", "\u200c＝1", "x;'y", '"quoted", and more']


@pytest.fixture
def company(published: Database) -> None:
    """Where the responses were given."""
    with published.write() as session:
        session.add(Unit(code="vanak", names={"en": "Vanak"}, valid_from=date(2020, 1, 1)))


@pytest.fixture
def given(give: Give, revise: Revise, company: None) -> None:
    """Responses to both versions with every kind of answer and gap."""
    places: dict[str, Any] = {"touchpoint": "", "unit": "vanak"}
    give({"recommend": 3, "effort": None, "places": ["app"], "main": "yes", "since": "2015-03-21"}, **places)
    give({"recommend": 9, "balance": -0.5, "visits": 0}, channel="poster", quality="suspect", **places)
    revise()
    for words in WORDS:
        give({"recommend": 0, "why": words, "places": ["phone", "Branch-1"]}, **places)
    give({"satisfied": 4, "effort": 7, "since": None}, submitted_at=None, seconds=None, unit="", touchpoint="")


def content(table: Table) -> bytes:
    return b"".join(lines(table))


def bring_in(database: Database, data: bytes, slug: str = "visit") -> ImportReport:
    with database.write() as session:
        *_, last = import_rows(
            session, io.BytesIO(data), lambda header: ExportedRows(session, slug, header, TODAY), delimiter=","
        )
    return last


def stored(database: Database) -> tuple[list[Any], list[Any]]:
    """The responses, their moments to the second, and the tallies."""
    with database.read() as session:
        responses = session.execute(select(Response.__table__).order_by(Response.response_id)).mappings().all()
        tallies = session.execute(select(Tally.__table__).order_by(*Tally.__table__.primary_key)).all()
    return [
        row | {"submitted_at": row["submitted_at"] and row["submitted_at"].replace(microsecond=0)}
        for row in map(dict, responses)
    ], [tuple(row) for row in tallies]


def test_bringing_it_in_again_changes_nothing(published: Database, given: None, exported: Exported) -> None:
    """Every row is found under its own id."""
    before = stored(published)
    report = bring_in(published, content(exported(qualities=QUALITIES)))

    assert (report.rows, report.new, report.refused) == (3 + len(WORDS), 0, 0)
    assert stored(published) == before


def test_elsewhere_it_is_the_same(published: Database, given: None, exported: Exported) -> None:
    """After the loss of all responses the file brings them back: answers, words, tallies and moments to the second."""
    before, data = stored(published), content(exported(qualities=QUALITIES))
    with published.write() as session:
        session.execute(delete(Response))
        session.execute(delete(Tally))
    report = bring_in(published, data)

    assert (report.new, report.refused) == (3 + len(WORDS), 0)
    assert stored(published) == before
    assert content(exported(qualities=QUALITIES)) == data


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ('"2025-10-07"', '"2025-10-09"', "day"),
        ('"2025-10-07"', '"soon"', "day"),
        ('"vanak"', '"nowhere"', "unit"),
        ('"suspect"', '"good"', "quality"),
        ('+03:30"', '"', "submitted_at"),
        ('"fa","suspect"', '"de","suspect"', "language"),
        ('"poster"', '"a poster"', "channel"),
        (',9,"', ',11,"', "recommend"),
        (",1,", ",7,", "version"),
        (",40,", ",few,", "seconds"),
    ],
)
def test_a_row_that_was_changed_is_refused(
    published: Database, give: Give, company: None, exported: Exported, old: str, new: str, column: str
) -> None:
    """With its line, its column and what it holds."""
    give({"recommend": 9}, touchpoint="", channel="poster", quality="suspect")
    data = content(exported(qualities=("suspect",))).decode()
    assert old in data
    report = bring_in(published, data.replace(old, new, 1).encode())

    assert (report.rows, report.refused) == (1, 1)
    assert (report.refusals[0].line, report.refusals[0].column) == (2, column)


def test_a_row_that_lost_a_cell(published: Database, give: Give, company: None, exported: Exported) -> None:
    """It is refused as a whole."""
    give({"recommend": 9}, touchpoint="")
    header, row, _ = content(exported()).split(b"\r\n")
    report = bring_in(published, header + b"\r\n" + row.rpartition(b",")[0] + b"\r\n")

    assert "look for a stray delimiter" in str(report.refusals[0])


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"day,recommend\n", "The file has no column “response_id”"),
        (b"", "The file has no column “response_id”"),
    ],
)
def test_a_file_that_is_no_export(published: Database, header: bytes, message: str) -> None:
    """It is refused before any row."""
    with pytest.raises(DocumentFaults, match=message):
        bring_in(published, header)


def test_a_column_of_another_survey(published: Database, exported: Exported) -> None:
    """What no version asked is named."""
    with pytest.raises(DocumentFaults, match="No version of the survey has the column “praise”"):
        bring_in(published, content(exported()).replace(b'"effort"', b'"praise"'))


def test_an_anonymous_survey_takes_nothing_back(published: Database, exported: Exported, revise: Revise) -> None:
    """Its file has no ids, and ids that tell a moment are not taken in."""
    data = content(exported())
    revise("consent:", "anonymous: true\nconsent:")
    for file in (data, content(exported())):
        with pytest.raises(DocumentFaults, match="The survey is anonymous"):
            bring_in(published, file)


def test_a_survey_that_is_not_there(published: Database) -> None:
    """Its name is told."""
    with pytest.raises(DocumentFaults, match="no published survey “visits”"):
        bring_in(published, b"day\n", "visits")


def test_places_of_the_company(published: Database, exported: Exported, give: Give) -> None:
    """A touchpoint that is not known here is refused."""
    give({"recommend": 9}, unit="")
    report = bring_in(published, content(exported()))
    with published.read() as session:
        assert session.scalars(select(Touchpoint)).all() == []

    assert [refusal.column for refusal in report.refusals] == ["touchpoint"]
