"""How cases open: one for each customer and touchpoint, routed, acknowledged and told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from cem.cases.desk import Desk, find_case
from cem.cases.models import Absence, Case, CaseEvent, CaseMessage, CaseSignal
from cem.cases.opening import Logged, in_trouble, log_case, open_or_attach
from cem.cases.statuses import UnknownCase
from cem.people.accounts import set_email
from surveys.database import Database, new_id
from surveys.languages import language
from surveys.models import ContactDetail, Customer, Outgoing
from surveys.touchpoints import customer_id_of
from tests.cem.cases.conftest import WEDNESDAY, At, Signalled

HOUR = timedelta(hours=1)


def opened(desk: Desk, signal: Signalled, severity: int = 3, **others: object) -> tuple[Case, bool]:
    return open_or_attach(desk, signal(**others), rule="unhappy", severity=severity, kind="complaint")


def kinds(desk: Desk, case: Case) -> list[str]:
    events = select(CaseEvent.kind).where(CaseEvent.case_id == case.case_id).order_by(CaseEvent.event_id)
    return list(desk.session.scalars(events))


def test_two_low_scores_in_one_hour_are_one_case(at: At, signal: Signalled) -> None:
    """The same customer and touchpoint: one case with two linked responses."""
    with at() as desk:
        first, new = opened(desk, signal)
        assert new
    with at(WEDNESDAY + HOUR) as desk:
        second, new = opened(desk, signal)

        assert not new
        assert second.case_id == first.case_id
        assert desk.session.scalar(select(func.count()).select_from(CaseSignal)) == 2
        assert kinds(desk, second) == ["open", "signal"]


def test_another_touchpoint_or_nobody_known_is_another_case(at: At, signal: Signalled) -> None:
    """Anonymous customers are never taken for each other."""
    with at() as desk:
        cases = {
            opened(desk, signal)[0].case_id,
            opened(desk, signal, touchpoint="call")[0].case_id,
            opened(desk, signal, customer=None)[0].case_id,
            opened(desk, signal, customer=None)[0].case_id,
        }

    assert len(cases) == 4


def test_a_case_takes_the_worst_severity_of_its_answers(at: At, signal: Signalled) -> None:
    """A worse answer sets the clocks anew, counted from the opening; a milder one changes nothing."""
    with at() as desk:
        case, _ = opened(desk, signal, 3)
    with at(WEDNESDAY + HOUR) as desk:
        case, _ = opened(desk, signal, 1)

        assert case.severity == 1
        assert case.contact_due == WEDNESDAY + timedelta(hours=19)

        case, _ = opened(desk, signal, 4)

        assert case.severity == 1


def test_the_manager_of_the_unit_has_it_and_the_deputy_when_they_are_away(at: At, signal: Signalled) -> None:
    """An absence needs no rule to be changed."""
    with at() as desk:
        assert opened(desk, signal)[0].owner == "unit_manager"
        desk.session.add(
            Absence(
                absence_id=new_id(WEDNESDAY),
                account="unit_manager",
                deputy="cx_manager",
                first_day=date(2025, 11, 19),
                last_day=date(2025, 11, 20),
            )
        )
        desk.session.flush()
        assert opened(desk, signal, customer="sara")[0].owner == "cx_manager"
        assert opened(desk, signal, customer="reza", unit="tajrish")[0].owner == "cx_manager"


def test_the_customer_is_acknowledged_at_once_where_they_can_be_reached(
    at: At, signal: Signalled, database: Database
) -> None:
    """A letter with the number and the own page waits in the outbox, in the same transaction."""
    with database.write() as session:
        signal()
        session.add(ContactDetail(customer_id=customer_id_of("mina"), channel="email", address="mina@customer.example"))
    with at() as desk:
        case, _ = opened(desk, signal)
        message = desk.session.scalars(select(CaseMessage)).one()
        row = desk.session.scalars(select(Outgoing)).one()

        assert case.acknowledged_at == WEDNESDAY
        assert case.status == "assigned"
        assert (message.kind, message.author, message.sent_by) == ("automatic", "cem", "email")
        assert case.number in message.text
        assert row.recipient == "mina@customer.example"
        assert "/c/" in row.payload["text"]


def test_who_wants_no_answer_hears_nothing(at: At, signal: Signalled, database: Database) -> None:
    """A no is a no, though the company knows the address; so is having opted out, unless they ask for an answer."""
    with database.write() as session:
        for name in ("mina", "sara", "reza"):
            customer_id = customer_id_of(name)
            session.add(ContactDetail(customer_id=customer_id, channel="email", address=f"{name}@customer.example"))
            session.get_one(Customer, customer_id).opted_out_at = None if name == "mina" else WEDNESDAY
    with at() as desk:
        declined, _ = opened(desk, signal, customer="mina", declined=True)
        silent, _ = opened(desk, signal, customer="sara")
        asking, _ = opened(desk, signal, customer="reza", contact_allowed=True)

        assert [case.reply_channel for case in (declined, silent, asking)] == ["", "", "email"]
        assert [case.contact_allowed for case in (declined, silent, asking)] == [False, False, True]


def test_who_has_a_severe_case_is_in_trouble(at: At, signal: Signalled) -> None:
    """Nobody is asked how it was while they are being helped; a milder case keeps nobody from being asked."""
    with at() as desk:
        opened(desk, signal, 2)
        opened(desk, signal, 3, customer="sara")

        assert in_trouble(desk.session, customer_id_of("mina"))
        assert not in_trouble(desk.session, customer_id_of("sara"))


def test_a_severe_case_waits_for_a_person_to_acknowledge_it(at: At, signal: Signalled) -> None:
    """The customer has a message all the same; the clock of the acknowledgement runs."""
    with at() as desk:
        case, _ = opened(desk, signal, 1)

        assert case.acknowledged_at is None
        assert case.status == "new"
        assert case.due_at == WEDNESDAY + timedelta(minutes=15)


def test_the_owner_is_told_once(at: At, signal: Signalled, database: Database) -> None:
    """By mail, in words without the customer."""
    with at() as desk:
        set_email(desk.session, WEDNESDAY, "tests", "unit_manager", "manager@bank.example")
    with at(actor="cem") as desk:
        case, _ = opened(desk, signal)
        [row] = desk.session.scalars(select(Outgoing).where(Outgoing.recipient == "manager@bank.example"))

        assert language("fa").digits(case.number) in row.payload["subject"]
        assert f"/cases/{case.number}" in row.payload["text"]


def test_anybody_of_the_staff_logs_what_they_hear(at: At) -> None:
    """The words are the case's own, and the manager of the unit has it."""
    with at(actor="employee") as desk:
        case = log_case(
            desk,
            Logged(
                kind="complaint",
                severity=2,
                words="The machine kept my card.",
                wanted="My card back",
                touchpoint="counter",
                unit="vanak",
                channel="phone",
                language="en",
                reply_channel="sms",
                reply_address="+989121234567",
            ),
        )

        assert case.owner == "unit_manager"
        assert kinds(desk, case) == ["open"]
        assert desk.session.scalars(select(Outgoing.recipient).where(Outgoing.kind == "sms")).one() == "+989121234567"


def test_a_number_is_found_however_it_is_typed(at: At, signal: Signalled) -> None:
    """Persian digits, spaces or nothing in place of the hyphens."""
    with at() as desk:
        case, _ = opened(desk, signal)

        for typed in (language("fa").digits(case.number), case.number.replace("-", " "), case.number.replace("-", "")):
            assert find_case(desk.session, typed) is case
        with pytest.raises(UnknownCase):
            find_case(desk.session, "nothing")
