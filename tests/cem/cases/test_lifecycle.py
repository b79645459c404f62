"""A case from new to closed and back: what each step needs, and that its history tells all of them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cem.cases import closing, handling, tasks
from cem.cases.desk import CUSTOMER, Desk
from cem.cases.escalating import close_quiet, escalate_due
from cem.cases.models import Case, CaseEvent, CaseSignal, Recovery
from cem.cases.opening import open_or_attach
from cem.cases.statuses import NotReady, NotYours, WrongStep
from cem.settings import Settings
from surveys.database import Database
from tests.cem.cases.conftest import WEDNESDAY, At, Signalled

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def case(at: At, signal: Signalled) -> Case:
    """A Sev3 case of Mina, from Wednesday afternoon."""
    with at(actor="cem") as desk:
        return open_or_attach(desk, signal(), rule="unhappy", severity=3, kind="complaint")[0]


def again(desk: Desk, case: Case) -> Case:
    return desk.session.get_one(Case, case.case_id)


def history(desk: Desk, case: Case) -> list[str]:
    events = select(CaseEvent.kind).where(CaseEvent.case_id == case.case_id).order_by(CaseEvent.event_id)
    return list(desk.session.scalars(events))


def test_the_whole_way_to_closed(at: At, case: Case) -> None:
    """Contact, investigation, proposal, reply, resolution, the customer's word, the end; in their order."""
    with at(WEDNESDAY + HOUR) as desk:
        one = again(desk, case)
        handling.log_contact(desk, one, "phone", reached=True, note="She is angry about the queue.")
        handling.investigate(desk, one)
        handling.propose(desk, one)
        handling.reply(desk, one, "We have opened a second counter. We are sorry.")
        closing.resolve(desk, one, "waiting", "fixed")

        assert (one.status, one.contacted_at, one.due_at) == ("resolved", WEDNESDAY + HOUR, None)
    with at(WEDNESDAY + DAY, CUSTOMER) as desk:
        closing.confirm(desk, again(desk, case))
    with at(WEDNESDAY + 2 * DAY) as desk:
        one = again(desk, case)
        closing.close(desk, one)

        assert one.closed_at == WEDNESDAY + 2 * DAY
        steps = ["open", "contact", "investigate", "propose", "reply", "resolve", "confirm", "close"]
        assert history(desk, one) == steps


def test_nothing_is_resolved_without_cause_outcome_and_reply(at: At, case: Case) -> None:
    """The fault says all that is missing, and nothing changes; a reason stands in for the reply."""
    with at() as desk, pytest.raises(NotReady) as fault:
        closing.resolve(desk, again(desk, case), "", "")
    assert fault.value.missing == ("cause", "outcome", "reply")
    with at() as desk:
        one = again(desk, case)
        closing.resolve(desk, one, "waiting", "fixed", no_reply_reason="The customer asked for no answer")

        assert one.status == "resolved"


def test_a_promised_date_is_kept_before_the_end(at: At, case: Case) -> None:
    """The next reply keeps it, and says whether it was in time."""
    with at() as desk:
        one = again(desk, case)
        handling.promise(desk, one, WEDNESDAY + DAY)
        with pytest.raises(NotReady) as fault:
            closing.resolve(desk, one, "waiting", "fixed", no_reply_reason="none needed")
        assert fault.value.missing == ("promise",)
    with at(WEDNESDAY + 2 * DAY) as desk:
        one = again(desk, case)
        handling.reply(desk, one, "As promised: your card is here.")
        event = desk.session.scalars(select(CaseEvent).where(CaseEvent.kind == "reply")).one()

        assert event.details["promise_kept"] is False
        assert one.promised_at is None


def test_not_solved_opens_the_same_case_with_a_new_clock(at: At, case: Case) -> None:
    """Within thirty days; the time to resolve begins anew, and it is counted."""
    with at() as desk:
        one = again(desk, case)
        handling.reply(desk, one, "It is done.")
        closing.resolve(desk, one, "waiting", "fixed")
        closing.close(desk, one)
    with at(WEDNESDAY + 5 * DAY, CUSTOMER) as desk:
        one = closing.reopen(desk, again(desk, case), why="not_solved", senior=True)

        assert (one.status, one.reopened, one.closed_at, one.resolved_at) == ("reopened", 1, None, None)
        assert one.resolve_from == WEDNESDAY + 5 * DAY
        assert one.owner == "cx_manager"


def test_after_thirty_days_it_is_another_case(at: At, case: Case) -> None:
    """And a case that is open for the same customer and touchpoint goes on in place of a closed one."""
    with at() as desk:
        one = again(desk, case)
        closing.resolve(desk, one, "waiting", "fixed", no_reply_reason="no answer wished")
        closing.close(desk, one)
    with at(WEDNESDAY + 31 * DAY) as desk, pytest.raises(WrongStep):
        closing.reopen(desk, again(desk, case), why="not_solved")


def test_reopening_beside_an_open_case_goes_on_there(at: At, case: Case, signal: Signalled) -> None:
    """There is never a second open case of the same customer and touchpoint."""
    with at() as desk:
        one = again(desk, case)
        closing.resolve(desk, one, "waiting", "fixed", no_reply_reason="no answer wished")
        closing.close(desk, one)
        other, new = open_or_attach(desk, signal(), rule="unhappy", severity=3, kind="complaint")

        assert new
        assert closing.reopen(desk, one, why="not_solved") is other
        assert one.status == "closed"


def test_unreachable_needs_three_attempts_on_two_channels(at: At, case: Case) -> None:
    """Three calls are not enough; two calls and a message are."""
    with at() as desk:
        one = again(desk, case)
        for _ in range(3):
            handling.log_contact(desk, one, "phone", reached=False)
        with pytest.raises(NotReady):
            closing.give_up(desk, one)
        handling.log_contact(desk, one, "sms", reached=False)
        closing.give_up(desk, one)

        assert (one.status, one.contacted_at) == ("unreachable", None)


def test_a_merged_case_gives_its_answers_to_the_other(at: At, case: Case, signal: Signalled) -> None:
    """Its history says where it went."""
    with at() as desk:
        other, _ = open_or_attach(desk, signal(touchpoint="call"), rule="unhappy", severity=3, kind="complaint")
        closing.merge(desk, again(desk, case), other)

        assert len(desk.session.scalars(select(CaseSignal).where(CaseSignal.case_id == other.case_id)).all()) == 2
        assert again(desk, case).merged_into == other.case_id
        assert history(desk, other)[-1] == "merged_here"
        with pytest.raises(WrongStep):
            closing.merge(desk, other, other)


def test_a_remedy_above_the_limit_waits_for_somebody_else(at: At, case: Case) -> None:
    """Whoever offered it does not approve it, and nothing is resolved before somebody did."""
    with at() as desk:
        one = again(desk, case)
        small = tasks.offer_remedy(desk, one, "refund", 900_000)
        large = tasks.offer_remedy(desk, one, "refund", 5_000_000)

        assert (small.granted, large.granted) == (True, None)
        with pytest.raises(NotReady) as fault:
            closing.resolve(desk, one, "waiting", "compensated", no_reply_reason="told by phone")
        assert fault.value.missing == ("remedies",)
        with pytest.raises(NotYours):
            tasks.decide_remedy(desk, one, large.remedy_id, granted=True)
    with at(actor="cx_manager") as desk:
        tasks.decide_remedy(desk, again(desk, case), large.remedy_id, granted=True)
        with pytest.raises(WrongStep):
            tasks.offer_remedy(desk, again(desk, case), "apology", 1000)


def test_other_units_contribute_and_the_owner_stays(at: At, case: Case) -> None:
    """A case with an open task is not resolved."""
    with at() as desk:
        one = again(desk, case)
        task = tasks.ask_unit(desk, one, "tajrish", "Please send the receipt.", WEDNESDAY + DAY)
        with pytest.raises(NotReady):
            closing.resolve(desk, one, "waiting", "fixed", no_reply_reason="told by phone")
        tasks.finish_task(desk, one, task.task_id, "Sent.")
        closing.resolve(desk, one, "waiting", "fixed", no_reply_reason="told by phone")

        assert one.owner == "unit_manager"


def test_a_resolved_complaint_gets_one_recovery_survey(at: At, case: Case) -> None:
    """Three days later; opened again and resolved again it gets no second."""
    with at() as desk:
        one = again(desk, case)
        closing.resolve(desk, one, "waiting", "fixed", no_reply_reason="told by phone")
        closing.reopen(desk, one, why="mistake")
        closing.resolve(desk, one, "waiting", "fixed", no_reply_reason="told by phone")
        recovery = desk.session.scalars(select(Recovery)).one()

        assert (recovery.due_at, recovery.before) == (WEDNESDAY + 3 * DAY, 3)


def test_clocks_are_told_upwards_and_once(at: At, case: Case, database: Database, settings: Settings) -> None:
    """At half the owner, at 80 per cent the next, at the end the level above; running again tells nobody anew."""
    done = escalate_due(database, settings, case.contact_due)

    assert done >= 1
    assert escalate_due(database, settings, case.contact_due) == 0
    with at() as desk:
        marks = desk.session.scalars(select(CaseEvent.details).where(CaseEvent.kind == "escalate")).all()
        assert (marks[0]["clock"], marks[0]["mark"]) == ("contact", 100)


def test_what_stays_quiet_closes_by_itself(at: At, case: Case, database: Database, settings: Settings) -> None:
    """Seven days after it was resolved."""
    with at() as desk:
        closing.resolve(desk, again(desk, case), "waiting", "fixed", no_reply_reason="told by phone")

    assert close_quiet(database, settings, WEDNESDAY + 6 * DAY) == 0
    assert close_quiet(database, settings, WEDNESDAY + 7 * DAY) == 1
