"""How a criterion stands: from the newest evidence, what was measured and what was confirmed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import AuditEvent
from cem.programme.actions import add_action, finish_action
from cem.programme.attachments import LARGEST, Attachment
from cem.programme.evidence.found import Found, Part, share_of
from cem.programme.faults import (
    ActionFault,
    AlreadyDecided,
    FileFault,
    JudgementFault,
    OwnJudgement,
    UnknownCriterion,
    UnknownEntry,
    ValueFault,
)
from cem.programme.judgements import decide, judge
from cem.programme.measurements import measure, withdraw
from cem.programme.models import CriterionEvidence, Judgement
from cem.programme.sheets import MEASURED, PRODUCT, Standing
from cem.programme.standings import read_sheet
from surveys.database import Database

ZONE = ZoneInfo("Asia/Tehran")
TODAY = date(2025, 11, 10)


def evidence(session: Session, code: str, found: Found, day: date = TODAY) -> None:
    session.add(
        CriterionEvidence(
            criterion=code,
            day=day,
            version=1,
            gathered_at=datetime(2025, 11, 10, tzinfo=UTC),
            document=msgspec.to_builtins(found),
        )
    )
    session.flush()


def standing(session: Session, now: datetime, code: str) -> Standing:
    return read_sheet(session, now, ZONE).standing(code)


def test_evidence_and_a_confirmed_judgement(database: Database, now: datetime, later: datetime) -> None:
    """Evidence gives 2; a judgement of 4 counts as 3 once a second person has confirmed it, and not before."""
    with database.write() as session:
        evidence(session, "2.7", Found(60.0, 10, 6))
        one = judge(session, now, "cx", "2.7", 4, "all of them")
        session.flush()
        before = standing(session, now, "2.7")
        decide(session, later, "analyst", str(one.judgement_id), confirmed=True, note="")
        session.flush()
        after = standing(session, later, "2.7")

    assert (before.auto, before.judged, before.score, before.waits, before.source) == (2, None, 2.0, True, PRODUCT)
    assert (after.auto, after.judged, after.score, after.waits, after.gap) == (2, 4, 2.5, False, 2)


def test_the_past_is_not_changed_by_what_came_later(database: Database, now: datetime) -> None:
    """A sheet of an earlier moment knows neither the judgement nor the confirmation that followed."""
    with database.write() as session:
        one = judge(session, now, "cx", "1.7", 1, "a question")
        session.flush()
        decide(session, now + timedelta(days=3), "hr", str(one.judgement_id), confirmed=True, note="")
        session.flush()

        assert standing(session, now - timedelta(days=1), "1.7").waits is False
        assert standing(session, now + timedelta(days=1), "1.7").waits is True
        assert standing(session, now + timedelta(days=4), "1.7").score == 1


def test_who_judged_does_not_confirm(database: Database, now: datetime) -> None:
    """Two people stand behind every judgement; the second word on one that is decided is told."""
    with database.write() as session:
        one = str(judge(session, now, "cx", "1.7", 1, "a question").judgement_id)
        session.flush()
        with pytest.raises(OwnJudgement):
            decide(session, now, "cx", one, confirmed=True, note="")
        with pytest.raises(JudgementFault):
            decide(session, now, "hr", one, confirmed=False, note=" ")
        decide(session, now, "hr", one, confirmed=False, note="not yet")
        with pytest.raises(AlreadyDecided):
            decide(session, now, "analyst", one, confirmed=True, note="")
        with pytest.raises(UnknownEntry):
            decide(session, now, "analyst", "nothing", confirmed=True, note="")

        assert standing(session, now, "1.7").score is None
        assert session.scalar(select(Judgement.decision_note)) == "not yet"


def test_a_new_judgement_takes_the_place_of_ones_own(database: Database, now: datetime, later: datetime) -> None:
    """A person has one opinion at a time; those of others wait beside it."""
    with database.write() as session:
        first = judge(session, now, "cx", "1.7", 1, "a question")
        judge(session, now, "hr", "1.7", 2, "a rubric")
        judge(session, later, "cx", "1.7", 3, "a rubric in use")
        session.flush()

        assert first.confirmed is False
        waiting = select(Judgement.judged_by).where(Judgement.confirmed.is_(None)).order_by(Judgement.judged_by)
        assert list(session.scalars(waiting)) == ["cx", "hr"]


@pytest.mark.parametrize(("given", "note"), [(5, "x"), (-1, "x"), (3, " "), (3, "x" * 2001)])
def test_a_judgement_that_says_nothing(database: Database, now: datetime, given: int, note: str) -> None:
    """It is refused, and nothing is changed."""
    with database.write() as session:
        with pytest.raises(JudgementFault):
            judge(session, now, "cx", "1.7", given, note)
        with pytest.raises(UnknownCriterion):
            judge(session, now, "cx", "9.9", 1, "x")
        assert session.scalars(select(AuditEvent)).all() == []


def test_measured_where_the_product_knows_nothing(database: Database, now: datetime) -> None:
    """The newest value of the last year; what the product counted itself comes before it."""
    with database.write() as session:
        for day, value in ((date(2024, 11, 1), 95.0), (date(2025, 3, 1), 40.0), (date(2025, 9, 1), 55.0)):
            measure(session, now, "cx", "1.8", value=value, n=40, sample=True, source="pulse", day=day, today=TODAY)
        last = measure(session, now, "cx", "1.8", value=90, n=None, source="guess", day=TODAY, today=TODAY)
        session.flush()
        withdraw(session, now, "cx", str(last.value_id))
        session.flush()
        found = standing(session, now, "1.8")
        assert (found.auto, found.source, found.origin, found.evidence_day) == (2, MEASURED, "pulse", date(2025, 9, 1))
        assert found.evidence is not None
        assert (found.evidence.numerator, found.evidence.n, found.evidence.sample) == (22, 40, True)
        with pytest.raises(UnknownEntry):
            withdraw(session, now, "cx", str(last.value_id))

        evidence(session, "1.8", Found(10.0, 10, 1))
        assert standing(session, now, "1.8").source == PRODUCT


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": 100.1},
        {"value": -1.0},
        {"value": float("nan")},
        {"n": 0},
        {"source": " "},
        {"day": date(2025, 11, 11)},
    ],
)
def test_a_value_that_cannot_be(database: Database, now: datetime, wrong: dict[str, object]) -> None:
    """A share above all of it, of nobody, from nowhere or from tomorrow."""
    given = {"value": 50.0, "n": 10, "source": "books", "day": TODAY} | wrong
    with database.write() as session, pytest.raises(ValueFault):
        measure(session, now, "cx", "1.8", today=TODAY, **given)  # type: ignore[arg-type] # one of them is wrong


def test_a_count_may_exceed_a_hundred(database: Database, now: datetime) -> None:
    """A criterion that counts things takes a count."""
    with database.write() as session:
        measure(session, now, "cx", "6.6", value=3, n=None, source="panel", day=TODAY, today=TODAY)
        session.flush()
        assert standing(session, now, "6.6").auto == 3


def test_stale_evidence_is_no_evidence(database: Database, now: datetime) -> None:
    """What was gathered two months ago tells of another company; what fell out of the last night's is gone."""
    with database.write() as session:
        evidence(session, "2.7", Found(60.0, 10, 6), TODAY - timedelta(days=60))
        assert standing(session, now, "2.7").auto is None
        evidence(session, "2.7", Found(60.0, 10, 6), TODAY - timedelta(days=2))
        assert standing(session, now, "2.7").auto == 2
        evidence(session, "2.6", Found(60.0, 10, 6), TODAY)
        assert standing(session, now, "2.7").auto is None


def test_a_lesson_counts_what_is_assessed(database: Database, now: datetime) -> None:
    """Two of nine are no verdict, and the percentage is theirs alone."""
    with database.write() as session:
        evidence(session, "4.1", Found(100.0, 4, 4))
        evidence(session, "4.4", Found(45.0, 20, 9))
        lesson = read_sheet(session, now, ZONE).lesson(4)

    assert (lesson.percent, lesson.assessed, lesson.of, lesson.enough) == (62.5, 2, 9, False)


def test_parts_that_fail_come_first() -> None:
    """Whoever opens the evidence wants to see what is missing."""
    found = share_of([Part(True, names={"en": "a"}), Part(False, names={"en": "b"})])

    assert found is not None
    assert (found.value, found.numerator, found.n) == (50.0, 1, 2)
    assert [part.counts for part in found.parts] == [False, True]
    assert share_of([]) is None


@pytest.mark.usefixtures("accounts")
def test_actions(database: Database, now: datetime, later: datetime) -> None:
    """With an owner and a day; done once, and told as overdue when the day has passed."""
    with database.write() as session:
        good = {"words": "Write it", "expected": "half of them", "owner": "hr", "due_on": TODAY, "today": TODAY}
        for wrong in ({"owner": "nobody"}, {"words": ""}, {"expected": ""}, {"due_on": TODAY - timedelta(days=1)}):
            with pytest.raises(ActionFault):
                add_action(session, now, "cx", "1.7", **good | wrong)  # type: ignore[arg-type] # one of them is wrong
        action = add_action(session, now, "cx", "1.7", **good)  # type: ignore[arg-type] # as above
        session.flush()
        shown = standing(session, now, "1.7").actions[0]
        assert (shown.owner, shown.done) == ("The hr", False)
        assert shown.overdue(TODAY + timedelta(days=1))
        finish_action(session, later, "cx", str(action.action_id), "written")
        session.flush()
        assert standing(session, later, "1.7").actions[0].done
        assert not standing(session, now, "1.7").actions[0].done
        with pytest.raises(UnknownEntry):
            finish_action(session, later, "cx", str(action.action_id), "written again")


def test_attachments() -> None:
    """The last part of the name, never a path; nothing larger than 2 MB; an empty field is no file."""
    assert Attachment.read("C:\\files\\minutes.pdf", b"x").name == "minutes.pdf"
    assert Attachment.read("../../etc/passwd", b"x").name == "passwd"
    assert Attachment.read("", b"") == Attachment()
    with pytest.raises(FileFault):
        Attachment.read("large.bin", b"x" * (LARGEST + 1))
