"""Decisions on single answers: the row, the tallies and the audit move together, and everything can be taken back."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from cem.audit import AuditEvent
from cem.quality.decisions import DecisionFault, decide, read_history, read_last, scores_of
from cem.quality.models import QualityDecision
from surveys import tallies
from surveys.database import Database
from surveys.models import Response

Answer = Callable[..., None]
NOW = datetime(2025, 11, 11, 8, tzinfo=UTC)


def ids(database: Database) -> list[uuid.UUID]:
    with database.read() as reader:
        return list(reader.scalars(select(Response.response_id).order_by(Response.response_id)))


def call(
    database: Database, survey_id: uuid.UUID, chosen: list[uuid.UUID], became: str, why: str = "seen", minutes: int = 0
) -> int:
    with database.write() as session:
        now = NOW + timedelta(minutes=minutes)
        return decide(session, now, "ana", survey_id, dict.fromkeys(chosen, why), became)


def test_a_suspect_answer_is_counted_apart_and_comes_back(
    database: Database, survey_id: uuid.UUID, answer: Answer
) -> None:
    """The response moves with its tally; who, when, from what, to what and why are kept; so does the way back."""
    answer(10, 9, 0)
    chosen = ids(database)[:1]
    assert call(database, survey_id, chosen, "suspect", "the same tablet") == 1
    with database.read() as reader:
        assert reader.scalar(select(func.count()).where(Response.quality == "suspect")) == 1
    assert call(database, survey_id, chosen, "valid", "it was a customer", 5) == 1

    with database.read() as reader:
        history = read_history(reader, survey_id, chosen)[chosen[0]]
        told = [(one.actor, one.was, one.became, one.reason, one.at) for one in history]
        events = reader.scalars(select(AuditEvent.action).order_by(AuditEvent.event_id)).all()
        assert reader.scalar(select(func.count()).where(Response.quality == "suspect")) == 0
        assert read_last(reader, survey_id) == {chosen[0]: False}
    assert told == [
        ("ana", "valid", "suspect", "the same tablet", NOW),
        ("ana", "suspect", "valid", "it was a customer", NOW + timedelta(minutes=5)),
    ]
    assert events[-2:] == ["quality:suspect", "quality:valid"]


def test_what_is_so_already_is_not_decided_again(database: Database, survey_id: uuid.UUID, answer: Answer) -> None:
    """A second click changes nothing and leaves no row."""
    answer(10)
    assert call(database, survey_id, ids(database), "valid") == 0
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(QualityDecision)) == 0


@pytest.mark.parametrize(("became", "why"), [("gone", "x"), ("suspect", "  ")])
def test_a_decision_needs_its_reason(
    database: Database, survey_id: uuid.UUID, answer: Answer, became: str, why: str
) -> None:
    """Without a reason, or to become something else than valid or suspect, nothing is decided."""
    answer(10)
    with pytest.raises(DecisionFault):
        call(database, survey_id, ids(database), became, why)


steps = st.lists(st.tuples(st.sets(st.integers(0, 7), min_size=1), st.sampled_from(["valid", "suspect"])), max_size=6)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_tallies_stay_equal_to_a_recount(
    database: Database, survey_id: uuid.UUID, answer: Answer, decisions: list[tuple[set[int], str]]
) -> None:
    """However often answers go there and back, the tallies are those of the responses."""
    if not ids(database):
        answer(0, 3, 7, 10, satisfied=4)
        answer(9, 9, unit="tajrish", touchpoint="call")
        answer(8, 1, quality="suspect", effort=None)
    every = ids(database)
    for places, became in decisions:
        call(database, survey_id, [every[place] for place in places], became)

    with database.read() as session:
        counted = scores_of(session, survey_id)
        assert tallies.differences(session.connection(), survey_id, counted) == []


def test_two_who_decide_at_once(database: Database, survey_id: uuid.UUID, answer: Answer) -> None:
    """Two decide about the same answers in opposite orders: one of them has decided, and the tallies agree."""
    from concurrent.futures import ThreadPoolExecutor

    answer(*range(11), *range(11))
    every = ids(database)
    for became in ("suspect", "valid", "suspect"):
        with ThreadPoolExecutor(2) as threads:
            waiting = [threads.submit(call, database, survey_id, order, became) for order in (every, every[::-1])]
            assert sum(one.result() for one in waiting) == 22

    with database.read() as session:
        assert tallies.differences(session.connection(), survey_id, scores_of(session, survey_id)) == []
