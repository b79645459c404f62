"""Quarters are kept once, never change, and a change would be seen."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from cem.programme.faults import QuarterFault, UnknownQuarter
from cem.programme.judgements import decide, judge
from cem.programme.models import ProgrammeSnapshot
from cem.programme.quarters import gather_and_keep
from cem.programme.sheets import from_document, to_document
from cem.programme.snapshots import broken_quarter, keep, keep_quarter, list_quarters, quarter_of, read_quarter
from cem.programme.standings import read_sheet
from cem.programme.trend import course_of
from cem.settings import Settings
from surveys.database import Database

ZONE = ZoneInfo("Asia/Tehran")


def judged(database: Database, now: datetime, score: int) -> None:
    with database.write() as session:
        one = judge(session, now, "cx", "1.7", score, "seen")
        session.flush()
        decide(session, now, "hr", str(one.judgement_id), confirmed=True, note="")


def test_a_quarter_is_kept_once(database: Database, now: datetime, later: datetime) -> None:
    """What is judged afterwards changes today's sheet, and not the quarter's; a second keeping is refused."""
    judged(database, now, 1)
    with database.write() as session:
        kept = keep_quarter(session, now, "cx", ZONE, "jalali")
        assert kept.quarter == "1404-Q3"
    judged(database, later, 2)
    with database.write() as session:
        with pytest.raises(QuarterFault):
            keep_quarter(session, later, "cx", ZONE, "jalali")
        with pytest.raises(UnknownQuarter):
            read_quarter(session, "1404-Q4")
        assert read_quarter(session, "1404-Q3").standing("1.7").score == 1
        assert read_sheet(session, later, ZONE).standing("1.7").score == 2


def test_a_sheet_survives_its_document(database: Database, now: datetime) -> None:
    """What is read back is what was kept."""
    judged(database, now, 2)
    with database.read() as reader:
        sheet = read_sheet(reader, now, ZONE)

    assert from_document(to_document(sheet)) == sheet


def test_a_change_is_seen(database: Database, now: datetime) -> None:
    """Each digest is over its document and the one before, so that no quarter can be changed or taken out."""
    with database.write() as session:
        for code in ("1404-Q1", "1404-Q2", "1404-Q3"):
            keep(session, now.replace(day=int(code[-1])), "cx", code, read_sheet(session, now, ZONE))
        session.flush()
        assert broken_quarter(session) is None
        row = session.get(ProgrammeSnapshot, "1404-Q2")
        assert row is not None
        row.document = row.document | {"version": 2}
        session.flush()
        assert broken_quarter(session) == "1404-Q2"
        session.delete(row)
        session.flush()
        assert broken_quarter(session) == "1404-Q3"


def test_quarters_of_both_calendars() -> None:
    """A company's quarters follow its own calendar."""
    assert quarter_of(date(2025, 11, 10), "jalali") == "1404-Q3"
    assert quarter_of(date(2025, 11, 10), "gregorian") == "2025-Q4"


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        (datetime(2025, 12, 23, tzinfo=UTC), ["1404-Q3"]),
        (datetime(2025, 12, 31, tzinfo=UTC), []),
        (datetime(2025, 11, 10, tzinfo=UTC), []),
    ],
)
def test_the_job_keeps_a_quarter_that_has_ended(
    database: Database, settings: Settings, now: datetime, moment: datetime, kept: list[str]
) -> None:
    """In the first days of the next one, once; a company without a programme keeps nothing."""
    gather_and_keep(database, settings, moment)
    with database.read() as reader:
        assert list_quarters(reader) == []
    judged(database, now, 1)
    gather_and_keep(database, settings, moment)
    gather_and_keep(database, settings, moment)

    with database.read() as reader:
        assert list(reader.scalars(select(ProgrammeSnapshot.quarter))) == kept


def test_the_course_of_a_lesson(database: Database, now: datetime, later: datetime) -> None:
    """The change since the last quarter that was kept, and a stroke where two are known."""
    judged(database, now, 1)
    with database.write() as session:
        keep_quarter(session, now, "cx", ZONE, "jalali")
    judged(database, later, 2)
    with database.read() as reader:
        course = course_of(list_quarters(reader), read_sheet(reader, later, ZONE))

    assert course.percents(1) == [25.0, 50.0]
    assert course.change(1) == 25.0
    assert course.change(2) is None
    assert course.sketch(1) is not None
    assert course.sketch(2) is None
