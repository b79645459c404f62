"""The outer loop of the demo company shows what it can do."""

from sqlalchemy import func, select

from cem.demo.timeline import Timeline
from cem.improvements.causes import read_causes
from cem.improvements.improvements import ABANDONED
from cem.improvements.models import CauseCount, ClosureNotice, Improvement, RootCause
from cem.improvements.notices import tell_waiting
from cem.improvements.promotion import promote_causes
from cem.scorecards.models import Annotation
from cem.settings import Settings
from surveys.database import Database


def test_what_was_changed(demo: Database) -> None:
    """Two improvements are proven on planted changes, one is done without proof, others run or are planned."""
    with demo.read() as session:
        rows = {row.title: row for row in session.scalars(select(Improvement))}
    done = {row.verdict for row in rows.values() if row.status == "done"}
    proven = [row for row in rows.values() if row.verdict == "proven"]

    assert done == {"proven", "not_proven"}
    assert {row.touchpoint for row in proven} == {"branch-visit", "mobile-app"}
    assert {row.status for row in rows.values()} == {"done", "running", "planned"}
    assert ABANDONED not in {row.status for row in rows.values()}
    assert all(row.effect_low is not None and row.effect_low > 0 for row in proven)


def test_each_is_noted_once(demo: Database) -> None:
    """What was noted on the trend before is not noted again by the improvement."""
    with demo.read() as session:
        notes = session.scalars(select(Annotation).where(Annotation.withdrawn_at.is_(None))).all()
    places = [(note.day, note.unit, note.touchpoint, note.words.get("fa")) for note in notes]

    assert len(places) == len(set(places))
    assert len(places) == 3


def test_who_was_told(demo: Database, settings: Settings, timeline: Timeline) -> None:
    """Many were told, nobody waits, and what was counted is what the notices say."""
    with demo.read() as session:
        row = session.scalars(select(Improvement).order_by(Improvement.raised.desc())).first()
        assert row is not None
        told = select(func.count()).where(ClosureNotice.improvement_id == row.improvement_id)
        assert row.raised > 50
        assert 0 < row.reached == session.scalar(told.where(ClosureNotice.sent_by != "")) <= row.raised
        assert session.scalar(select(func.count()).where(ClosureNotice.told_at.is_(None))) == 0
    assert tell_waiting(demo, settings, timeline.now) == 0


def test_root_causes_come_and_go(demo: Database, settings: Settings, timeline: Timeline) -> None:
    """Promoted by each rule, concluded in words, a handful open; the night's rule finds little more to do."""
    with demo.read() as session:
        rows = session.scalars(select(RootCause)).all()
        causes = read_causes(session)
        assert session.scalar(select(func.count()).select_from(CauseCount))
    still = [row for row in rows if row.closed_at is None]

    assert {row.reason for row in rows} == {"count", "share", "severity", "hand"}
    assert 4 <= len(still) <= 25
    assert len(rows) - len(still) > 10
    assert all(row.conclusion for row in rows if row.closed_at is not None)
    assert {row.cause for row in rows} <= set(causes.causes)
    assert promote_causes(demo, settings, timeline.now) <= 3
