"""'You said, we did'."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cem.audit import AuditEvent
from cem.cases.forgetting import forget_customer
from cem.cases.models import Case, CaseEvent, CaseMessage
from cem.improvements.causes import read_causes
from cem.improvements.counting import raised_it
from cem.improvements.improvements import (
    Plan,
    ToldFault,
    WrongStatus,
    finish_improvement,
    keep_told,
    plan_improvement,
)
from cem.improvements.models import ClosureNotice, Improvement, RootCause
from cem.improvements.notices import nobody_waits, people_who_raised, send_notices, tell_waiting, told_share
from cem.improvements.root_causes import open_root_cause
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from surveys.database import Database
from surveys.models import Customer, Outgoing
from surveys.touchpoints import customer_id_of

from .conftest import NOW, Raise

TODAY = NOW.date()
TOLD = {"fa": "باجه دوم باز شد.", "en": "A second counter is open."}
Send = Callable[..., int]


@pytest.fixture
def done(database: Database, company: None) -> Improvement:
    """A second counter at Vanak, which customers notice since three days."""
    with database.write() as session:
        root = open_root_cause(session, NOW, "cx_manager", "waiting", "", today=TODAY)
        plan = Plan(title="A second counter", description="", owner=None, unit="vanak", due_on=TODAY)
        row = plan_improvement(session, NOW, "cx_manager", root, plan)
        finish_improvement(session, NOW, "cx_manager", row, TODAY - timedelta(days=3), TODAY)
    return row


@pytest.fixture
def send(database: Database, settings: Settings, done: Improvement) -> Send:
    """Tell everybody who raised it: how many are told by the act, before the job tells them."""

    def sent(texts: dict[str, str] = TOLD) -> int:
        with database.write() as session:
            row = session.get_one(Improvement, done.improvement_id)
            root = session.get_one(RootCause, row.root_cause_id)
            keep_told(session, NOW, "cx_manager", row, texts)
            tree, offers = read_causes(session), read_offers(session)
            return send_notices(session, settings, NOW, "cx_manager", row, root, tree, offers)

    return sent


def letters(database: Database) -> dict[str, str]:
    """What waits in the outbox about the change, by whom it goes to."""
    with database.read() as reader:
        rows = reader.scalars(select(Outgoing)).all()
    return {
        row.recipient: row.payload["text"] for row in rows if any(text in row.payload["text"] for text in TOLD.values())
    }


def test_everybody_who_raised_it_is_told_once(
    database: Database, settings: Settings, raised: Raise, send: Send, done: Improvement
) -> None:
    """By their own channel and in their own language; the others on their own page. Done twice, nobody hears twice."""
    raised(1, reply="mina@example.com")
    raised(1, reply="sara@example.com", language="fa")
    raised(2)
    assert send() == 4
    assert tell_waiting(database, settings, NOW) == 4
    assert tell_waiting(database, settings, NOW) == 0

    told = letters(database)
    assert told.keys() == {"mina@example.com", "sara@example.com"}
    assert "You said, we did\nA second counter is open." in told["mina@example.com"]
    assert "شما گفتید، ما انجام دادیم\nباجه دوم باز شد." in told["sara@example.com"]
    with database.read() as reader:
        row = reader.get_one(Improvement, done.improvement_id)
        assert (row.raised, row.reached) == (4, 2)
        share = told_share([row])
        assert (share.value, share.n) == (50, 4)
        messages = [
            one for one in reader.scalars(select(CaseMessage)) if "counter is open" in one.text or "باجه" in one.text
        ]
        assert len(messages) == 4
        assert len(reader.scalars(select(CaseEvent).where(CaseEvent.kind == "told")).all()) == 4
        assert nobody_waits(reader, settings, NOW)
        sent = reader.scalars(select(AuditEvent).where(AuditEvent.action == "improvement:tell")).one()
    assert sent.details == {"raised": 4, "told": 4}


def test_one_person_with_several_cases(database: Database, settings: Settings, raised: Raise, send: Send) -> None:
    """Who raised it twice, known by who they are or by their address alone, is one person."""
    numbers = raised(2, reply="mina@example.com") + raised(1) + raised(1, days=6)
    with database.write() as session:
        cases = session.scalars(select(Case).where(Case.number.in_(numbers[2:])).order_by(Case.number)).all()
        cases[0].closed_at = NOW
        cases[0].customer_id = cases[1].customer_id

    assert send() == 2
    assert tell_waiting(database, settings, NOW) == 2
    assert len(letters(database)) == 1


def test_who_is_not_told(database: Database, settings: Settings, raised: Raise, send: Send, done: Improvement) -> None:
    """Opted out, withdrawn: raised and not told. Praise, other causes and places, merged, later: not raised."""
    opted, withdrawn, merged = (raised(1, reply=f"{name}@example.com")[0] for name in ("a", "b", "c"))
    raised(1, kind="praise", reply="d@example.com")
    raised(1, "fees", reply="e@example.com")
    raised(1, unit="tajrish", reply="f@example.com")
    raised(1, days=1, reply="g@example.com")
    with database.write() as session:
        customer = session.scalar(select(Case.customer_id).where(Case.number == opted))
        session.execute(update(Customer).where(Customer.customer_id == customer).values(opted_out_at=NOW))
        session.execute(update(Case).where(Case.number == withdrawn).values(status="withdrawn"))
        session.execute(update(Case).where(Case.number == merged).values(status="merged"))

    assert send() == 0
    tell_waiting(database, settings, NOW)
    assert letters(database) == {}
    with database.read() as reader:
        row = reader.get_one(Improvement, done.improvement_id)
        assert (row.raised, row.reached) == (2, 0)


def test_where_it_was_put_right(database: Database, settings: Settings, raised: Raise, done: Improvement) -> None:
    """An improvement at one touchpoint is told to those who raised it there."""
    raised(1)
    with database.write() as session:
        row = session.get_one(Improvement, done.improvement_id)
        root = session.get_one(RootCause, row.root_cause_id)
        tree, offers = read_causes(session), read_offers(session)
        assert len(people_who_raised(session, settings, row, root, tree, offers)) == 1
        row.touchpoint = "call"
        assert people_who_raised(session, settings, row, root, tree, offers) == []


def test_it_is_sent_once_and_with_words(database: Database, raised: Raise, send: Send, done: Improvement) -> None:
    """Words in one language are not enough; a second sending is refused, and so is one before it is done."""
    raised(1)
    with pytest.raises(ToldFault):
        send({"en": "A second counter is open."})
    assert send() == 1
    with pytest.raises(WrongStatus):
        send()
    with database.write() as session:
        row = session.get_one(Improvement, done.improvement_id)
        row.told_at, row.status = None, "running"
    with pytest.raises(WrongStatus):
        send()


def test_many_are_told_in_batches(database: Database, settings: Settings, raised: Raise, send: Send) -> None:
    """More than a batch of people are all told by one run of the job."""
    raised(70)
    assert send() == 70
    assert tell_waiting(database, settings, NOW) == 70
    with database.read() as reader:
        assert reader.scalars(select(ClosureNotice).where(ClosureNotice.told_at.is_(None))).all() == []


def test_an_index_finds_who_raised_it(database: Database, done: Improvement) -> None:
    """The cases of a cause are found by their cause, and those who wait to be told by their own index."""
    with database.read() as reader:
        row, tree, offers = reader.get_one(Improvement, done.improvement_id), read_causes(reader), read_offers(reader)
        root = reader.get_one(RootCause, row.root_cause_id)
        wanted = select(Case.case_id).where(*raised_it(row, root, tree, offers))
    waiting = select(ClosureNotice.case_id).where(ClosureNotice.told_at.is_(None)).limit(1)
    if database.path is None:
        pytest.skip("a small table is read whole by PostgreSQL")
    with database.reader.connect() as connection:
        for statement, index in ((wanted, "ix_customer_case_cause"), (waiting, "ix_closure_notice_waiting")):
            text = statement.compile(connection, compile_kwargs={"literal_binds": True})
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all())
            assert index in plan


def test_a_customer_is_forgotten(database: Database, settings: Settings, raised: Raise, send: Send) -> None:
    """What was counted stays; the notice points at a case that names nobody any more."""
    raised(1, reply="mina@example.com")
    send()
    tell_waiting(database, settings, NOW)
    with database.write() as session:
        customer = session.scalar(select(Case.customer_id))
        assert customer == customer_id_of("vanak-waiting-5-3-complaint-en-mina@example.com-0")
        assert forget_customer(session, customer) == 1
    with database.read() as reader:
        notice = reader.scalars(select(ClosureNotice)).one()
        assert reader.get_one(Case, notice.case_id).customer_id is None
