"""The demo company's cases are ones that the product's own verbs could have left behind."""

from collections import defaultdict
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.calendar.calendars import read_calendar
from cem.cases.clocks import refresh
from cem.cases.escalating import close_quiet, escalate_due
from cem.cases.models import Case, CaseEvent, CaseMessage, CaseSignal
from cem.cases.statuses import ENDED, KINDS, OUTCOMES, SOLVED, STATUS_NAMES
from cem.cases.terms import read_terms
from cem.demo.timeline import Timeline
from cem.settings import Settings
from surveys.database import Database
from surveys.models import Response


def cases(session: Session) -> list[Case]:
    return list(session.scalars(select(Case)))


def test_every_case_stands_where_its_moments_say(demo: Database, timeline: Timeline) -> None:
    """What is closed has ended, what is resolved has cause and outcome, and what is due is what its clocks say."""
    with demo.read() as session:
        terms, calendar = read_terms(session), read_calendar(session, timeline.zone)
        found = cases(session)
        for case in found:
            before = case.due_at, case.escalate_at
            refresh(case, terms, calendar)

            assert (case.due_at, case.escalate_at) == before
            assert (case.closed_at is not None) == (case.status in ENDED)
            assert (case.resolved_at is not None) or case.status not in {*SOLVED, "closed"}
            assert case.status in STATUS_NAMES
            assert case.kind in KINDS
            if case.resolved_at is not None:
                assert case.outcome in OUTCOMES
                assert case.cause
                assert case.contacted_at is not None
        session.expunge_all()
    assert len(found) > 1500
    assert 40 < sum(case.closed_at is None for case in found) < 250
    assert any(case.due_at is not None and case.due_at < timeline.now for case in found)
    assert {case.severity for case in found} == {1, 2, 3, 4}


def test_one_open_case_for_each_customer_and_touchpoint(demo: Database) -> None:
    """And each case has the answer that opened it."""
    with demo.read() as session:
        found = cases(session)
        signals = {(one.survey_id, one.response_id) for one in session.scalars(select(CaseSignal))}
        answers = {(survey, response) for survey, response in session.execute(
            select(Response.survey_id, Response.response_id))}  # fmt: skip
    held = [(case.customer_id, case.touchpoint) for case in found if case.customer_id and case.closed_at is None]

    assert len(held) == len(set(held))
    assert signals == {(case.survey_id, case.response_id) for case in found}
    assert signals <= answers


def test_histories_run_forward(demo: Database, timeline: Timeline) -> None:
    """Every history begins with the opening, goes on in time, and ends before now; its ids keep that order."""
    events: dict[object, list[CaseEvent]] = defaultdict(list)
    with demo.read() as session:
        for event in session.scalars(select(CaseEvent).order_by(CaseEvent.event_id)):
            events[event.case_id].append(event)
        latest = max(session.scalars(select(CaseMessage.at)))
        assert events.keys() == {case.case_id for case in cases(session)}
    for history in events.values():
        assert history[0].kind == "open"
        steps = [one for one in history if one.kind != "escalate"]
        assert all(earlier.at <= later.at for earlier, later in pairwise(steps))
        assert history[-1].at <= timeline.now
    assert latest <= timeline.now


def test_nothing_is_left_for_the_jobs_at_once(demo: Database, settings: Settings, timeline: Timeline) -> None:
    """Whoever starts the demo is not drowned in mail about yesterday."""
    assert escalate_due(demo, settings, timeline.now) == 0
    assert close_quiet(demo, settings, timeline.now) == 0
