"""The scores of a response, as the tallies count them."""

from collections.abc import Mapping

from surveys.questionnaire.document import Answer, Questionnaire, Scored


def scores(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> tuple[tuple[str, int | None], ...]:
    """(series, score) of every scored question that was answered; None for 'not applicable'."""
    return tuple(
        (question.series, _score(answers[question.id]))
        for question in questionnaire.questions
        if isinstance(question, Scored) and question.id in answers
    )


def _score(answer: Answer) -> int | None:
    if answer is None or type(answer) is int:
        return answer
    raise TypeError(f"not a score: {answer!r}")
