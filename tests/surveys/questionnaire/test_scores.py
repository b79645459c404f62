"""What the tallies count of a response."""

import pytest

from surveys.questionnaire import Questionnaire, scores


def test_scores_of_scored_questions(branch_visit: Questionnaire) -> None:
    """Every answered score comes under its series, 'not applicable' as None, other answers not at all."""
    answers = {"recommend": 3, "reason": "staff", "effort": None, "suggestion": "More chairs."}

    assert scores(branch_visit, answers) == (("nps_branch", 3), ("ces_branch", None))


def test_series_is_the_id_unless_named(every_question: Questionnaire) -> None:
    """A question that names no series is tallied under its id."""
    assert scores(every_question, {"app_quality": 0}) == (("app_quality", 0),)


def test_wrong_answers_are_not_counted(branch_visit: Questionnaire) -> None:
    """An answer that was never read is refused, not counted."""
    with pytest.raises(TypeError, match="not a score"):
        scores(branch_visit, {"recommend": "9"})
