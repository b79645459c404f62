"""Which questions a customer is asked, given what has been answered."""

from collections.abc import Mapping

from surveys.questionnaire.document import Answer, Condition, Question, Questionnaire


def holds(condition: Condition, answers: Mapping[str, Answer]) -> bool:
    """Whether a condition holds; 'not applicable' is no answer that could be compared."""
    if condition.all is not None:
        return all(holds(part, answers) for part in condition.all)
    if condition.any is not None:
        return any(holds(part, answers) for part in condition.any)
    answer = answers.get(condition.question or "")
    if condition.answered is not None:
        return (answer is not None) is condition.answered
    return answer is not None and _compares(condition, answer)


def _compares(condition: Condition, answer: float | str | list[str]) -> bool:
    given = answer if isinstance(answer, list) else [answer]
    if condition.is_ is not None:
        return condition.is_ in given
    if condition.any_of is not None:
        return any(value in given for value in condition.any_of)
    # ISO days order as texts do; a draft may still compare what cannot be compared.
    bound = condition.at_most if condition.at_least is None else condition.at_least
    try:
        return bool(answer <= bound if condition.at_least is None else answer >= bound)  # type: ignore[operator]
    except TypeError:
        return False


def shown(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> list[Question]:
    """The questions that are asked; a hidden question counts as unanswered for those after it."""
    visible: dict[str, Answer] = {}
    asked = []
    for question in questionnaire.questions:
        if question.show_if is None or holds(question.show_if, visible):
            asked.append(question)
            if question.id in answers:
                visible[question.id] = answers[question.id]
    return asked
