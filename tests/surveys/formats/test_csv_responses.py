import io
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from surveys.company import read_company, store_company
from surveys.database import Database
from surveys.formats.csv_responses import ImportReport, import_responses
from surveys.formats.documents import DocumentFaults
from surveys.formats.mapping import read_mapping
from surveys.formats.rows import response_id
from surveys.models import Response, Survey, Tally
from surveys.publishing import publish
from surveys.questionnaire import read_yaml

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
TODAY = NOW.date()

QUESTIONNAIRE = """
id: visit
kind: transactional
languages: [fa, en]
title: {fa: مراجعه, en: Visit}
consent: {fa: گروه تجربه مشتری می‌خواند., en: The experience team reads this.}
thanks: {fa: سپاس, en: Thanks}
blocks:
  - id: all
    questions:
      - {type: nps, id: recommend, required: true, purpose: The KPI., text: {fa: توصیه, en: Recommend}}
      - {type: ces, id: effort, not_applicable: true, purpose: The KPI., text: {fa: تلاش, en: Effort}}
      - type: single_choice
        id: reason
        purpose: What to work on.
        text: {fa: چرا, en: Why}
        options: [{code: waiting, text: {fa: انتظار, en: Waiting}}, {code: staff, text: {fa: کارکنان, en: Staff}}]
      - {type: comment, id: words, purpose: What to work on., text: {fa: نظر, en: Comment}}
"""
COMPANY = """
units:
  - {code: bank, names: {fa: بانک, en: Bank}, valid_from: 2020-01-01}
  - {code: north, parent: bank, names: {fa: شمال, en: North}, valid_from: 2020-01-01}
"""
MAPPING = """
survey: visit
key: [branch, ticket]
day: {column: date, calendar: jalali, format: "%Y/%m/%d %H:%M"}
delimiter: ;
unit: {column: branch, values: {شمال: north}}
channel: {constant: branch}
language: {column: lang, values: {فارسی: fa}}
answers:
  recommend: score
  effort: {column: effort, values: {easy: 7, none: not_applicable}, missing: [99]}
  reason: {column: why, values: {"1": waiting, "2": staff}}
  words: words
"""
HEADER = "ticket;branch;date;lang;score;effort;why;words"
GOOD = "1;شمال;۱۴۰۴/۰۷/۱۵ 10:20;فارسی;9;easy;2;خیلي خوب"


@pytest.fixture
def published(database: Database) -> Database:
    with database.write() as session:
        publish(session, read_yaml(QUESTIONNAIRE), NOW)
        store_company(session, NOW, read_company(COMPANY))
    return database


def run(database: Database, content: str | bytes, mapping: str = MAPPING) -> ImportReport:
    data = content if isinstance(content, bytes) else content.encode()
    with database.write() as session:
        *_, last = import_responses(session, io.BytesIO(data), read_mapping(mapping), TODAY)
    return last


def lines(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def test_a_row_becomes_a_response(published: Database) -> None:
    """Every column arrives as its mapping says: Jalali day, codes, scores, and the comment in Persian letters."""
    report = run(published, lines(GOOD))

    assert (report.new, report.already_there, report.refused) == (1, 0, 0)
    with published.read() as session:
        response = session.scalars(select(Response)).one()
        tallies = {tally.series: tally for tally in session.scalars(select(Tally))}
    assert response.answers == {"recommend": 9, "effort": 7, "reason": "staff", "words": "خیلی خوب"}
    assert response.day == date(2025, 10, 7)
    assert (response.unit, response.channel, response.touchpoint, response.language) == ("north", "branch", "", "fa")
    assert (response.quality, response.signals, response.has_comment) == ("valid", [], True)
    assert response.submitted_at is None
    assert tallies["recommend"].c9 == 1
    assert tallies["effort"].c7 == 1


def test_the_id_tells_the_day_and_hides_the_key() -> None:
    """An imported response's id is a UUIDv7 of its day, the same for the same key and another for another."""
    survey, day = uuid.uuid4(), date(2025, 10, 7)
    one = response_id(survey, ["a", "b"], day)

    assert one.version == 7
    assert one.variant == uuid.RFC_4122
    assert datetime.fromtimestamp((one.int >> 80) / 1000, UTC) == datetime(2025, 10, 7, tzinfo=UTC)
    assert one == response_id(survey, ["a", "b"], day)
    others = {response_id(survey, ["ab", ""], day), response_id(survey, ["a", "b"], date(2025, 10, 8))}
    assert len(others | {one}) == 3


def test_importing_again_changes_nothing(published: Database) -> None:
    """A second import of the same file finds every row there and counts no score twice."""
    content = lines(GOOD, GOOD.replace("1;", "2;", 1))
    run(published, content)
    with published.read() as session:
        before = [tuple(row) for row in session.execute(select(Tally.__table__).order_by(Tally.series))]
    again = run(published, content)

    assert (again.new, again.already_there, again.refused) == (0, 2, 0)
    with published.read() as session:
        assert [tuple(row) for row in session.execute(select(Tally.__table__).order_by(Tally.series))] == before


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (GOOD.replace(";9;", ";11;"), "score", "Choose a number from 0 to 10."),
        (GOOD.replace(";9;", ";;"), "score", "Please choose an answer."),
        (GOOD.replace("1;", " ;", 1), "ticket", "The key of the row is missing."),
        (GOOD.replace("شمال", "جنوب"), "branch", "“جنوب” is not known as unit; add it to the values of the mapping."),
        (GOOD.replace("فارسی", "de"), "lang", "“de” is not known as language; add it to the values of the mapping."),
        (GOOD.replace(";2;", ";3;"), "why", "Choose one of the options that are offered."),
        (GOOD.replace("/۱۵", "/۳۲"), "date", "This is no day as the mapping has it: %Y/%m/%d %H:%M, jalali calendar."),
        (GOOD.replace("۱۴۰۴", "۱۴۹۹"), "date", "7 Oct 2120 is before 1970 or still to come"),
        (GOOD + ";x", "", "The row has 9 cells and the header has 8: look for a stray delimiter."),
    ],
)
def test_a_broken_row_is_refused_and_the_others_arrive(published: Database, row: str, column: str, reason: str) -> None:
    """A refused row has its line, its column and what to do; the rows before and after it are stored."""
    report = run(published, lines(GOOD.replace("1;", "7;", 1), row, GOOD.replace("1;", "8;", 1)))

    assert (report.rows, report.new, report.refused) == (3, 2, 1)
    (refusal,) = report.refusals
    assert (refusal.line, refusal.column) == (3, column)
    assert reason in str(refusal)


def test_all_that_is_wrong_in_a_row_is_told(published: Database) -> None:
    """A row with two wrong cells is one refused row with two reasons."""
    report = run(published, lines(GOOD.replace(";9;easy", ";12;8")))

    assert report.refused == 1
    assert [refusal.column for refusal in report.refusals] == ["score", "effort"]


def test_the_same_key_twice_in_one_file_is_refused(published: Database) -> None:
    """Two rows with one key are not taken for one response without a word."""
    report = run(published, lines(GOOD, GOOD.replace(";9;", ";2;")))

    assert (report.new, report.refused) == (1, 1)
    assert "same key" in str(report.refusals[0])


def test_missing_and_not_applicable(published: Database) -> None:
    """A missing code is no answer; a value mapped to not_applicable is counted apart."""
    run(published, lines(GOOD.replace("easy", "99"), GOOD.replace("1;", "2;", 1).replace("easy", "none")))

    with published.read() as session:
        answers = list(session.scalars(select(Response.answers)))
        tally = session.scalars(select(Tally).where(Tally.series == "effort")).one()
    assert sorted("effort" in one for one in answers) == [False, True]
    assert tally.not_applicable == 1
    assert sum(getattr(tally, f"c{score}") for score in range(11)) == 0


def test_quotes_breaks_and_a_byte_order_mark(published: Database) -> None:
    """A quoted cell may hold the delimiter and line breaks; lines are counted as an editor counts them."""
    quoted = GOOD.replace("خیلي خوب", '"a; b\nc"')
    content = b"\xef\xbb\xbf" + lines(quoted, "", GOOD.replace(";9;", ";99;")).encode()
    report = run(published, content)

    assert (report.new, report.refused) == (1, 1)
    assert report.refusals[0].line == 5
    assert report.bytes == len(content)
    with published.read() as session:
        assert session.scalars(select(Response.answers)).one()["words"] == "a; b\nc"


@pytest.mark.parametrize(
    ("old", "new", "path", "text"),
    [
        ("survey: visit", "survey: visits", "line 2: survey", "There is no published survey “visits”."),
        ("key: [branch, ticket]", "key: number", "line 3: key", "The file has no column “number”. It has: ticket,"),
        ("recommend: score", "recommend: mark", "line 10: answers.recommend", "The file has no column “mark”"),
        ("recommend: score", "praise: score", "line 10: answers.praise", "There is no question with the id “praise”."),
        ("constant: branch", "constant: shop", "line 7: channel", "“shop” is not known. Possible are: app,"),
        ("%Y/%m/%d %H:%M", "%y/%m/%d", "line 4: day", "Write %Y, %m and %d where"),
        ("column: date,", "", "line 4: day", "Give a column of the file, or a constant for all rows."),
        ("key: [branch, ticket]", "", "line 1", "Add the field “key”."),
        ("delimiter: ;", "separator: ;", "line 5: separator", "“separator” is no field here"),
    ],
)
def test_a_wrong_mapping_is_refused_before_any_row(
    published: Database, old: str, new: str, path: str, text: str
) -> None:
    """A mapping that fits neither file nor survey is one clear fault, and nothing is stored."""
    assert old in MAPPING
    with pytest.raises(DocumentFaults) as refused:
        run(published, lines(GOOD), MAPPING.replace(old, new))

    assert path in str(refused.value)
    assert text in str(refused.value)
    with published.read() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_a_file_that_is_not_utf8_says_where(published: Database) -> None:
    """A file in another encoding is refused with its line."""
    with pytest.raises(DocumentFaults, match="Save the file as UTF-8 text"):
        run(published, lines(GOOD).encode("cp1256", errors="replace"))


def test_an_empty_file_has_no_columns(published: Database) -> None:
    """A file without a header names what is missing."""
    with pytest.raises(DocumentFaults, match="no column"):
        run(published, b"")


def test_progress_comes_batch_by_batch(published: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reports grow, and what was committed between them stays when the import is broken off."""
    monkeypatch.setattr("surveys.formats.csv_responses.BATCH", 2)
    content = lines(*(GOOD.replace("1;", f"{n};", 1) for n in range(1, 6))).encode()

    def reports() -> Iterator[ImportReport]:
        with published.write() as session:
            for report in import_responses(session, io.BytesIO(content), read_mapping(MAPPING), TODAY):
                session.commit()
                yield report

    broken_off = reports()
    assert [next(broken_off).new, next(broken_off).new] == [2, 4]
    broken_off.close()
    rest = run(published, content)
    assert (rest.new, rest.already_there) == (1, 4)
    with published.read() as session:
        assert session.scalar(select(Survey.slug)) == "visit"


def test_a_file_of_a_header_alone_has_nothing_to_import(published: Database) -> None:
    """Without rows there is still one report, of nothing."""
    assert run(published, lines()).rows == 0


def test_a_quotation_mark_that_is_not_closed_says_where(published: Database) -> None:
    """A cell without an end is a fault of the file, with the line where it begins."""
    with pytest.raises(DocumentFaults, match="line 3: This cannot be read as CSV"):
        run(published, lines(GOOD, '2;"' + "x" * 200_000))


def test_two_columns_of_one_name_are_refused(published: Database) -> None:
    """Nobody can say which of two columns of the same name is meant."""
    with pytest.raises(DocumentFaults, match="two columns “score”"):
        run(published, lines(GOOD).replace(";words", ";score", 1))


@pytest.mark.parametrize("constant", ["2025-02-30", "soon"])
def test_a_constant_day_must_be_a_day(published: Database, constant: str) -> None:
    """A day that does not exist is a fault of the mapping and not of every row."""
    mapping = MAPPING.replace('{column: date, calendar: jalali, format: "%Y/%m/%d %H:%M"}', f"{{constant: {constant}}}")
    with pytest.raises(DocumentFaults, match=r"line 4: day\.constant: This is no day as the mapping has it: %Y-%m-%d"):
        run(published, lines(GOOD), mapping)


def test_a_constant_day_and_constant_answers_hold_for_all_rows(published: Database) -> None:
    """What the file does not tell may be said once; a missing language is the survey's first."""
    mapping = MAPPING.replace('{column: date, calendar: jalali, format: "%Y/%m/%d %H:%M"}', "{constant: 2025-10-07}")
    mapping = mapping.replace("recommend: score", "recommend: {constant: 8}")
    run(published, lines(GOOD.replace("فارسی", "")), mapping)

    with published.read() as session:
        response = session.scalars(select(Response)).one()
    assert (response.day, response.answers["recommend"], response.language) == (date(2025, 10, 7), 8, "fa")
