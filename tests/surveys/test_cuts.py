"""Responses counted by what they hold, on both databases."""

from collections.abc import Callable
from datetime import date

import pytest

from surveys.cuts import Answers, Column, cross
from surveys.database import Database
from surveys.models import SurveyVersion
from surveys.responses import Submission, record
from surveys.tallies import Where

Submit = Callable[..., Submission]
YEAR = (date(2025, 1, 1), date(2026, 1, 1))
SCORE = Answers(("recommend",))


@pytest.fixture
def answered(database: Database, submission: Submit) -> None:
    """Six responses; some leave something out, and one chose two options."""
    given = [
        ({"recommend": 9, "reason": "fees"}, {"unit": "vanak"}),
        ({"recommend": 9, "reason": "fees"}, {"unit": "vanak"}),
        ({"recommend": 3, "reason": "staff"}, {"unit": "tajrish", "language": "en"}),
        ({"recommend": 3}, {"unit": "tajrish"}),
        ({"recommend": 5, "reason": None}, {"unit": "tajrish", "quality": "suspect"}),
        ({"recommend": 7, "uses": ["app", "web"]}, {"unit": "vanak", "day": date(2025, 3, 1)}),
    ]
    with database.writer.begin() as connection:
        record(connection, [submission(answers, **named) for answers, named in given])


@pytest.mark.usefixtures("answered")
def test_answers_by_a_column(database: Database, visit: SurveyVersion) -> None:
    """Each combination with the number of its responses; flagged ones are not among them."""
    with database.read() as session:
        found = cross(session, Where(visit.survey_id), *YEAR, [SCORE, Column("unit")])

    assert found == {(9, "vanak"): 2, (7, "vanak"): 1, (3, "tajrish"): 2}


@pytest.mark.usefixtures("answered")
def test_what_was_not_answered_is_in_no_combination(database: Database, visit: SurveyVersion) -> None:
    """Neither 'not applicable' nor a question that was left out is an answer."""
    with database.read() as session:
        found = cross(session, Where(visit.survey_id), *YEAR, [SCORE, Answers(("reason",)), Column("language")])

    assert found == {(9, "fees", "fa"): 2, (3, "staff", "en"): 1}


@pytest.mark.usefixtures("answered")
def test_each_chosen_option_counts(database: Database, visit: SurveyVersion) -> None:
    """Somebody who uses app and web is counted under both."""
    with database.read() as session:
        found = cross(session, Where(visit.survey_id), *YEAR, [Answers(("uses",))])

    assert found == {("app",): 1, ("web",): 1}


@pytest.mark.usefixtures("answered")
def test_a_question_that_changed_its_id(database: Database, visit: SurveyVersion) -> None:
    """Answers under any of a question's ids are its answers."""
    with database.read() as session:
        found = cross(session, Where(visit.survey_id), *YEAR, [Answers(("because", "reason"))])

    assert found == {("fees",): 2, ("staff",): 1}


@pytest.mark.usefixtures("answered")
def test_the_limits_are_those_of_the_tallies(database: Database, visit: SurveyVersion) -> None:
    """Units, quality and days limit a cut as they limit a scorecard; the last day is not in it."""
    with database.read() as session:
        one = cross(session, Where(visit.survey_id, units={"tajrish"}), *YEAR, [SCORE])
        suspect = cross(session, Where(visit.survey_id, quality="suspect"), *YEAR, [SCORE])
        spring = cross(session, Where(visit.survey_id), date(2025, 3, 1), date(2025, 3, 2), [SCORE])
        before = cross(session, Where(visit.survey_id), date(2025, 2, 1), date(2025, 3, 1), [SCORE])

    assert (one, suspect, spring, before) == ({(3,): 2}, {(5,): 1}, {(7,): 1}, {})


def test_an_answer_of_several_lines_is_one_answer(database: Database, visit: SurveyVersion, submission: Submit) -> None:
    """Whatever an answer holds, it is neither taken apart nor taken for another."""
    answers = [{"recommend": 9, "reason": reason} for reason in ('one\ntwo, "three"', "one", "یک\n", "یک\n")]
    with database.writer.begin() as connection:
        record(connection, [submission(one) for one in answers])

    with database.read() as session:
        found = cross(session, Where(visit.survey_id), *YEAR, [Answers(("reason",)), SCORE])

    assert found == {('one\ntwo, "three"', 9): 1, ("one", 9): 1, ("یک\n", 9): 2}


def test_a_column_that_is_not_there_is_refused() -> None:
    """Only what every response is filed under is a column."""
    with pytest.raises(ValueError, match="not filed under"):
        Column("answers")
