"""Participants from files, on both databases: every fault told, everything or nothing stored, and what comes out."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.errors import Forbidden
from cem.people.models import Employee
from cem.rewards.enrolling import Report
from cem.rewards.models import Participant, RewardEvent
from cem.rewards.participant_commands import participants
from cem.rewards.participant_files import read_rows, write_csv, write_xlsx
from cem.rewards.participants import (
    ChangedMeanwhile,
    NothingToCopy,
    PeriodLocked,
    RowsRefused,
    SomebodyThere,
    check_participants,
    copy_participants,
    exported_rows,
    store_participants,
)
from cem.rewards.periods import RewardPeriod
from cem.rewards.runs import find_run, lock_run
from surveys.database import Database
from surveys.formats.documents import DocumentFaults
from surveys.models import Survey
from tests.cem.rewards.conftest import AFTER, DURING, PERIOD, ZONE, Opened, enrol

HEADER = "employee_no,full_name,grade,region,cost_centre,language,account,unit,target_amount,eligible_days,share"
TWO = f"""{HEADER}
1001,سارا رضایی,7,تهران,100,fa,hr,vanak,۹۰٬۰۰۰٬۰۰۰,۹۲,۱
1002,Reza Amini,5,Tehran,100,en,,tajrish,40000000,46,0.5
"""
Bring = Callable[..., Report]


@pytest.fixture
def bring(database: Database, accounts: None, survey: Survey) -> Bring:
    """Import a CSV text, as `someone`, into the period."""

    def act(text: str, *, dry: bool = False, actor: str = "someone") -> Report:
        rows = read_rows(io.BytesIO(text.encode()))
        with database.read() as reader:
            checked = check_participants(reader, actor, "tehran", PERIOD, rows)
        if not dry:
            with database.write() as session:
                store_participants(session, DURING, actor, checked)
        return checked.report

    return act


def stored(database: Database) -> dict[tuple[str, str], tuple[int, int, Fraction]]:
    with database.read() as reader:
        rows = reader.scalars(select(Participant))
        return {(one.employee_no, one.unit): (one.target_amount, one.eligible_days, one.share) for one in rows}


def counts(report: Report) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed, report.refused


def places(report: Report) -> list[tuple[int, str]]:
    return [(refusal.line, refusal.column) for refusal in report.refusals]


def test_a_file_is_the_whole_list(database: Database, bring: Bring) -> None:
    """Persian digits are numbers; a dry run changes nothing; who is not in the next file is removed."""
    assert counts(bring(TWO, dry=True)) == (2, 0, 0, 0, 0)
    assert stored(database) == {}

    assert counts(bring(TWO)) == (2, 0, 0, 0, 0)
    assert stored(database) == {
        ("1001", "vanak"): (90_000_000, 92, Fraction(1)),
        ("1002", "tajrish"): (40_000_000, 46, Fraction(1, 2)),
    }
    assert counts(bring(TWO)) == (0, 0, 2, 0, 0)

    less = "unit,target_amount,employee_no,full_name\nvanak,80000000,1001,سارا رضایی\n"
    assert counts(bring(less, dry=True)) == (0, 1, 0, 1, 0)
    bring(less)
    assert stored(database) == {("1001", "vanak"): (80_000_000, 92, Fraction(1))}
    with database.read() as reader:
        sara = reader.get_one(Employee, "1001")
        assert (sara.full_name, sara.grade, sara.account) == ("سارا رضایی", "7", "hr")
        assert reader.get_one(Employee, "1002").full_name == "Reza Amini"
        actions = list(reader.scalars(select(RewardEvent.action).order_by(RewardEvent.number)))
        assert actions == ["participants"] * 3


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (",A,7,T,1,fa,,vanak,1,1,1", ["employee_no"]),
        ("1,,7,T,1,fa,,vanak,1,1,1", ["full_name"]),
        ("1,A,7,T,1,de,,vanak,1,1,1", ["language"]),
        ("1,A,7,T,1,fa,nobody,vanak,1,1,1", ["account"]),
        ("1,A,7,T,1,fa,someone,vanak,1,1,1", ["account"]),
        ("1,A,7,T,1,fa,,nowhere,1,1,1", ["unit"]),
        ("1,A,7,T,1,fa,,vanak,1.5,1,1", ["target_amount"]),
        ("1,A,7,T,1,fa,,vanak,-1,1,1", ["target_amount"]),
        ("1,A,7,T,1,fa,,vanak,1,93,1", ["eligible_days"]),
        ("1,A,7,T,1,fa,,vanak,1,1,0", ["share"]),
        ("1,A,7,T,1,fa,,vanak,1,1,110%", ["share"]),
        ("1,A,7,T,1,fa,,vanak,1,1,1/0", ["share"]),
        ("1,A,7,T,1,fa,,vanak,x,x,x", ["target_amount", "eligible_days", "share"]),
        ("1,A,7,T,1,fa,,vanak,1,1", [""]),
    ],
)
def test_a_row_that_cannot_be_taken(database: Database, bring: Bring, row: str, columns: list[str]) -> None:
    """Each fault is told with its line and column, and of such a file nothing is stored."""
    report = bring(f"{TWO}{row}\n", dry=True)
    assert places(report) == [(4, column) for column in columns]
    with pytest.raises(RowsRefused):
        bring(f"{TWO}{row}\n")
    assert stored(database) == {}


def test_rows_about_one_person(database: Database, bring: Bring) -> None:
    """Two halves are one person; more than the whole period, the same unit twice and two names are refused."""
    start = "employee_no,full_name,unit,target_amount,eligible_days,share\n"
    assert counts(bring(f"{start}1,A,vanak,100,92,50%\n1,A,tajrish,100,92,1/2\n", dry=True))[0] == 2
    assert counts(bring(f"{start}1,A,vanak,100,46,1\n1,A,tajrish,100,46,1\n", dry=True))[0] == 2
    assert places(bring(f"{start}1,A,vanak,100,92,0.6\n1,A,tajrish,100,92,0.6\n", dry=True)) == [(3, "share")]
    assert places(bring(f"{start}1,A,vanak,100,1,0.1\n1,A,vanak,100,1,0.1\n", dry=True)) == [(3, "unit")]
    assert places(bring(f"{start}1,A,vanak,100,1,0.1\n1,B,tajrish,100,1,0.1\n", dry=True)) == [(3, "employee_no")]


def test_an_account_is_one_persons(database: Database, bring: Bring) -> None:
    """Neither two rows nor a row and what is stored may give an account to two people."""
    start = "employee_no,full_name,account,unit,target_amount\n"
    assert places(bring(f"{start}1,A,hr,vanak,1\n2,B,hr,vanak,1\n", dry=True)) == [(3, "account")]
    bring(f"{start}1,A,hr,vanak,1\n")
    assert places(bring(f"{start}2,B,hr,vanak,1\n", dry=True)) == [(2, "account")]


def test_nobody_decides_on_their_own_pay(bring: Bring) -> None:
    """Who takes part cannot import, and nobody brings themselves in."""
    start = "employee_no,full_name,account,unit,target_amount\n"
    assert places(bring(f"{start}1,A,hr,vanak,1\n", dry=True, actor="hr")) == [(2, "account")]
    bring(f"{start}1,A,hr,vanak,1\n")
    with pytest.raises(Forbidden):
        bring(TWO, actor="hr")


@pytest.mark.parametrize(
    "text", ["", "employee_no,unit\n", f"{HEADER},extra\n", f"{HEADER},unit\n", f'{HEADER}\n1,"A\n']
)
def test_a_file_that_does_not_fit(bring: Bring, text: str) -> None:
    """An empty file, a column that is missing, unknown or there twice, and a broken quotation are told at once."""
    with pytest.raises(DocumentFaults):
        bring(text, dry=True)


def test_other_ways_of_writing(database: Database, bring: Bring) -> None:
    """Persian column names, semicolons, tabs, and the mark that Excel puts first."""
    bring("\ufeffشماره پرسنلی;نام و نام خانوادگی;واحد;مبلغ هدف;سهم\n۷;سارا;vanak;۱۰۰۰;٪۵۰\n".replace("٪۵۰", "۵۰٪"))
    assert stored(database) == {("7", "vanak"): (1000, 92, Fraction(1, 2))}


def test_a_workbook(database: Database, bring: Bring) -> None:
    """An Excel file is read like a CSV file: numbers as they are, empty rows left out."""
    book = Workbook()
    book.active.append(["employee_no", "full_name", "unit", "target_amount", "share"])
    book.active.append([1001, "سارا", "vanak", 90_000_000.0, 0.5])
    book.active.append([None])
    book.active.append(["1002", "Reza", "tajrish", "۴۰٬۰۰۰", None])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    with database.write() as session:
        checked = check_participants(session, "someone", "tehran", PERIOD, read_rows(file))
        store_participants(session, DURING, "someone", checked)
    assert stored(database) == {
        ("1001", "vanak"): (90_000_000, 92, Fraction(1, 2)),
        ("1002", "tajrish"): (40_000, 92, Fraction(1)),
    }
    empty = io.BytesIO()
    with ZipFile(empty, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types")
    for broken in (b"PK\x03\x04 no workbook", b"PK", empty.getvalue()):
        with pytest.raises(DocumentFaults, match="no Excel workbook"):
            list(read_rows(io.BytesIO(broken)))
    with pytest.raises(DocumentFaults, match="too large"):
        list(read_rows(file, largest=1000))


def test_what_comes_out_goes_in_again(database: Database, bring: Bring) -> None:
    """Both formats: nothing is a formula, and importing what was exported changes nothing."""
    bring(f'{HEADER}\n1,"=1+1",7,@x,1,fa,,vanak,1000,92,1/3\n2,B,7,x,1,fa,,vanak,1000,92,1\n')
    with database.read() as reader:
        assert reader.get_one(Employee, "1").full_name == "=1+1"
        text = b"".join(write_csv(exported_rows(reader, "tehran", PERIOD.code))).decode("utf-8-sig")
        book = write_xlsx(exported_rows(reader, "tehran", PERIOD.code))
    assert next(row for row in csv.DictReader(io.StringIO(text)))["full_name"] == "'=1+1"
    cells = load_workbook(io.BytesIO(book)).active
    assert (cells["B2"].data_type, cells["B2"].value) == ("s", "'=1+1")
    assert counts(bring(text)) == (0, 0, 2, 0, 0)
    with database.read() as reader:
        again = check_participants(reader, "someone", "tehran", PERIOD, read_rows(io.BytesIO(book)))
    assert counts(again.report) == (0, 0, 2, 0, 0)


def test_a_list_that_changed_after_the_check(database: Database, bring: Bring) -> None:
    """What was checked is stored only where it is still true: not after another import, nor where an account is gone
    to somebody else. Then nothing of the file is there.
    """
    start = "employee_no,full_name,account,unit,target_amount\n"
    rows = f"{start}1,A,,vanak,5\n2,B,hr,vanak,7\n"
    with database.read() as reader:
        late, sooner = (
            check_participants(reader, "someone", "tehran", PERIOD, read_rows(io.BytesIO(rows.encode())))
            for _ in range(2)
        )
    bring(f"{start}3,C,,vanak,5\n")
    with pytest.raises(ChangedMeanwhile), database.write() as session:
        store_participants(session, DURING, "someone", late)
    with database.write() as session:
        session.add(employee("9", account="hr"))
    with pytest.raises(ChangedMeanwhile), database.write() as session:
        store_participants(session, DURING, "someone", replace(sooner, known=late_known(session)))

    assert stored(database) == {("3", "vanak"): (5, 92, Fraction(1))}


def late_known(session: Session) -> int | None:
    """The newest entry about participants."""
    return session.scalar(select(func.max(RewardEvent.number)).where(RewardEvent.action == "participants"))


def employee(number: str, account: str) -> Employee:
    facts = {"full_name": "I", "grade": "", "region": "", "cost_centre": "", "language": "fa"}
    return Employee(employee_no=number, account=account, **facts)


def test_a_frozen_period_keeps_its_participants(database: Database, bring: Bring, opened: Opened) -> None:
    """Once the data is frozen no file is taken, not even to look what it would change."""
    run = opened()
    assert counts(bring(TWO, dry=True)) == (2, 0, 0, 3, 0)
    with database.write() as session:
        lock_run(session, AFTER, "hr", find_run(session, run.run_id), ZONE)
    for dry in (True, False):
        with pytest.raises(PeriodLocked):
            bring(TWO, dry=dry)


def test_the_period_before(database: Database, survey: Survey) -> None:
    """Everybody is copied with all days of the new period, once, and only where there is somebody."""
    later = PERIOD.plus(1)
    with database.write() as session:
        with pytest.raises(NothingToCopy):
            copy_participants(session, DURING, "hr", "tehran", later)
        enrol(session, "A", 100, 46)
        assert copy_participants(session, DURING, "hr", "tehran", later) == 1
        with pytest.raises(SomebodyThere):
            copy_participants(session, DURING, "hr", "tehran", later)
        copied = session.scalars(select(Participant).where(Participant.period == later.code)).one()
        assert (copied.eligible_days, copied.target_amount, copied.share) == (later.days, 100, 1)


def test_the_commands(database: Database, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dry run, an import and an export; refused rows are told and end with 1."""
    opened()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CEM_SECRET_KEY", "a secret that is long enough for the tests")
    monkeypatch.setenv("CEM_DATABASE_URL", database.writer.url.render_as_string(hide_password=False))
    file = tmp_path / "people.csv"
    file.write_text("employee_no,full_name,unit,target_amount\nA,Employee A,vanak,5\n")
    choice = ["--plan", "tehran", "--period", PERIOD.code]
    run = CliRunner().invoke
    tried = run(participants, ["import", str(file), *choice, "--dry-run"], catch_exceptions=False)
    assert "1 rows: 0 added, 1 changed, 0 as they were, 2 removed, 0 refused; nothing was stored." in tried.output
    assert len(stored(database)) == 3
    assert run(participants, ["import", str(file), *choice], catch_exceptions=False).exit_code == 0
    assert stored(database) == {("A", "vanak"): (5, 92, Fraction(1))}
    out = tmp_path / "out.xlsx"
    assert run(participants, ["export", str(out), *choice], catch_exceptions=False).exit_code == 0
    assert load_workbook(out).active["A2"].value == "A"
    file.write_text("employee_no,full_name,unit,target_amount\nA,Employee A,vanak,x\n")
    refused = run(participants, ["import", str(file), *choice], catch_exceptions=False)
    assert refused.exit_code == 1
    assert "line 2, column 'target_amount'" in refused.output


def test_a_long_file(database: Database, bring: Bring) -> None:
    """Several batches at once, twice: the second time nothing changes."""
    rows = "".join(f"{number},Employee {number},vanak,1000\n" for number in range(1, 1301))
    text = f"employee_no,full_name,unit,target_amount\n{rows}"
    assert counts(bring(text)) == (1300, 0, 0, 0, 0)
    assert counts(bring(text)) == (0, 0, 1300, 0, 0)
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Participant)) == 1300
    assert RewardPeriod.parse("1404-Q2").days == 93
