"""Responses and their tallies."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from metrics import Histogram
from surveys import tallies
from surveys.database import Database, new_id
from surveys.models import Draft, Response, SurveyVersion, Tally
from surveys.questionnaire import Reader, scores
from surveys.responses import Submission, record
from surveys.tallies import Cell, Periods, Where

Submit = Callable[..., Submission]
YEAR = Periods((date(2025, 1, 1),), date(2026, 1, 1))


def count(database: Database, table: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_response_is_stored_and_counted(database: Database, visit: SurveyVersion, submission: Submit) -> None:
    """Its answers are a row, its scores are in the tallies, and 'not applicable' is counted apart."""
    with database.writer.begin() as connection:
        new = record(connection, [submission({"recommend": 9, "satisfied": None, "why": "خوب"})])

    assert len(new) == 1
    with database.read() as session:
        response = session.scalars(select(Response)).one()
        nps = tallies.read(session, Where(visit.survey_id), ["recommend", "satisfied"], YEAR)
        not_applicable = session.scalar(select(Tally.not_applicable).where(Tally.series == "satisfied"))
    assert response.answers == {"recommend": 9, "satisfied": None, "why": "خوب"}
    assert nps[Cell("recommend", 0)] == Histogram.of([9])
    assert nps[Cell("satisfied", 0)].n == 0
    assert not_applicable == 1


def test_the_same_response_twice_is_one(database: Database, submission: Submit) -> None:
    """In one batch or in two, the second changes nothing and is not counted."""
    first = submission({"recommend": 9})
    again = first._replace(answers={"recommend": 0}, scores=(("recommend", 0),))
    with database.writer.begin() as connection:
        assert record(connection, [first, again]) == {first.response_id}
    with database.writer.begin() as connection:
        assert record(connection, [again]) == set()

    with database.read() as session:
        assert session.scalars(select(Response.answers)).all() == [{"recommend": 9}]
        assert session.execute(select(Tally.c9, Tally.c0)).all() == [(1, 0)]


def test_a_stored_response_ends_its_draft(database: Database, visit: SurveyVersion, submission: Submit) -> None:
    """What was kept to be resumed is gone once it is sent; other drafts stay."""
    sent = submission({"recommend": 3})
    with database.write() as session:
        for response_id in (sent.response_id, new_id()):
            session.add(
                Draft(
                    survey_id=visit.survey_id,
                    response_id=response_id,
                    version=1,
                    answers={},
                    updated_at=sent.submitted_at,
                )
            )
    with database.writer.begin() as connection:
        record(connection, [sent])

    assert count(database, Draft) == 1


def test_reading_by_month_and_place(database: Database, visit: SurveyVersion, submission: Submit) -> None:
    """Days fall into the period that they are in, groups are kept apart, and limits leave out the rest."""
    days = [date(2025, 1, 31), date(2025, 2, 1), date(2025, 2, 28), date(2025, 3, 1)]
    with database.writer.begin() as connection:
        record(
            connection,
            [
                submission({"recommend": score}, day=day, unit=unit)
                for day, score, unit in zip(days, (1, 2, 3, 4), ("a", "b", "a", "a"), strict=True)
            ],
        )
    months = Periods((date(2025, 1, 1), date(2025, 2, 1)), date(2025, 3, 1))

    with database.read() as session:
        by_unit = tallies.read(session, Where(visit.survey_id), ["recommend"], months, by="unit")
        one_unit = tallies.read(session, Where(visit.survey_id, units={"b"}), ["recommend"], months)
        nothing = tallies.read(session, Where(visit.survey_id, units=()), ["recommend"], months)
    assert by_unit == {
        Cell("recommend", 0, "a"): Histogram.of([1]),
        Cell("recommend", 1, "b"): Histogram.of([2]),
        Cell("recommend", 1, "a"): Histogram.of([3]),
    }
    assert one_unit == {Cell("recommend", 1): Histogram.of([2])}
    assert nothing == {}


answers = st.fixed_dictionaries(
    {"recommend": st.integers(0, 10)}, optional={"satisfied": st.none() | st.integers(1, 5), "why": st.just("x")}
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(answers, st.sampled_from(["a", "b"]), st.integers(1, 28)), max_size=12), st.integers(1, 5))
def test_a_rebuild_equals_what_was_counted(
    database: Database,
    visit: SurveyVersion,
    reader: Reader,
    submission: Submit,
    given_answers: list[tuple[dict[str, Any], str, int]],
    batch: int,
) -> None:
    """However responses arrive, the tallies are those that a recount of the answers gives."""
    submissions = [submission(a, unit=u, day=date(2025, 5, d)) for a, u, d in given_answers]
    for start in range(0, len(submissions), batch):
        with database.writer.begin() as connection:
            record(connection, submissions[start : start + batch])

    def scores_of(_: int, stored: Any) -> Any:
        return scores(reader.questionnaire, stored)

    with database.writer.begin() as connection:
        assert tallies.differences(connection, visit.survey_id, scores_of) == []
        kept = tallies.stored(connection, visit.survey_id)
        tallies.rebuild(connection, visit.survey_id, scores_of)
        assert tallies.stored(connection, visit.survey_id) == kept


def test_a_wrong_tally_is_found_and_mended(
    database: Database, visit: SurveyVersion, reader: Reader, submission: Submit
) -> None:
    """A counter that was changed by hand differs, and a rebuild puts it right."""
    with database.writer.begin() as connection:
        record(connection, [submission({"recommend": 9})])
        connection.execute(Tally.__table__.update().values(c9=7))

    def scores_of(_: int, stored: Any) -> Any:
        return scores(reader.questionnaire, stored)

    with database.writer.begin() as connection:
        assert len(tallies.differences(connection, visit.survey_id, scores_of)) == 1
        tallies.rebuild(connection, visit.survey_id, scores_of)
        assert tallies.differences(connection, visit.survey_id, scores_of) == []


def test_two_writers_of_the_same_responses(database: Database, submission: Submit) -> None:
    """Two servers are sent the same responses in opposite orders: neither waits for the other in a ring."""
    together = Barrier(2)

    def write(batch: Sequence[Submission]) -> int:
        together.wait()
        with database.writer.begin() as connection:
            return len(record(connection, batch))

    with ThreadPoolExecutor(2) as threads:
        for _ in range(5):
            batch = [submission({"recommend": n % 11}) for n in range(200)]
            assert sum(threads.map(write, (batch, batch[::-1]))) == 200

    assert count(database, Response) == 1000


def test_a_rebuild_while_answers_arrive(
    database: Database, visit: SurveyVersion, reader: Reader, submission: Submit
) -> None:
    """Whichever comes first, every response is counted once in the end."""

    def scores_of(_: int, stored: Any) -> Any:
        return scores(reader.questionnaire, stored)

    def write(score: int) -> None:
        with database.writer.begin() as connection:
            record(connection, [submission({"recommend": score})])

    def rebuild(_: int) -> None:
        with database.writer.begin() as connection:
            tallies.rebuild(connection, visit.survey_id, scores_of)

    with ThreadPoolExecutor(4) as threads:
        for outcome in [threads.submit(act, n % 11) for n in range(60) for act in (write, rebuild)]:
            outcome.result()

    assert count(database, Response) == 60
    with database.writer.begin() as connection:
        assert tallies.differences(connection, visit.survey_id, scores_of) == []


@pytest.mark.parametrize("quality", ["valid", "suspect"])
def test_suspect_answers_are_counted_apart(
    database: Database, visit: SurveyVersion, submission: Submit, quality: str
) -> None:
    """A flagged response is kept, and a KPI is read without it."""
    with database.writer.begin() as connection:
        record(connection, [submission({"recommend": 10}, quality=quality)])

    with database.read() as session:
        found = tallies.read(session, Where(visit.survey_id), ["recommend"], YEAR)
        suspect = tallies.read(session, Where(visit.survey_id, quality="suspect"), ["recommend"], YEAR)
    assert bool(found) is (quality == "valid")
    assert bool(suspect) is (quality == "suspect")
