"""Conditions as CSS: a question appears when it is due, on the same page and without a script.

A condition becomes a selector that the form matches while the condition holds. What CSS cannot compare (a typed number)
is left open: the question is shown, and the server drops its answer where it should not have been asked.
"""

from collections.abc import Mapping

from surveys.questionnaire import (
    Answer,
    Choice,
    Condition,
    Contact,
    Question,
    Scored,
    holds,
)

# True and False are certain; a text is a selector; None means that CSS cannot tell.
Tells = str | bool | None


def hiding_rules(asked: Mapping[str, Question], earlier: Mapping[str, Answer]) -> str:
    """The style rules that hide the questions of a page whose conditions do not hold."""
    rules = []
    for question in asked.values():
        tells = _shown(question, asked, earlier)
        if isinstance(tells, str):
            rules.append(f"form:not({tells}) #{question.id}{{display:none}}")
    return f"@supports selector(:has(*)){{{''.join(rules)}}}" if rules else ""


def possible(question: Question, asked: Mapping[str, Question], earlier: Mapping[str, Answer]) -> bool:
    """Whether the page may come to ask this question, given the answers of the pages before it."""
    return _shown(question, asked, earlier) is not False


def _shown(question: Question, asked: Mapping[str, Question], earlier: Mapping[str, Answer]) -> Tells:
    return True if question.show_if is None else _tells(question.show_if, asked, earlier)


def _tells(condition: Condition, asked: Mapping[str, Question], earlier: Mapping[str, Answer]) -> Tells:
    if condition.all is not None:
        return _all([_tells(part, asked, earlier) for part in condition.all])
    if condition.any is not None:
        return _any([_tells(part, asked, earlier) for part in condition.any])
    question = asked.get(condition.question or "")
    if question is None:
        return holds(condition, earlier)
    # An answer that is itself hidden counts as none.
    parent, compared = _shown(question, asked, earlier), _compared(condition, question)
    if condition.answered is False:
        return compared if parent is True else None
    return _all([parent, compared])


def _all(parts: list[Tells]) -> Tells:
    if False in parts:
        return False
    selectors = [part for part in parts if isinstance(part, str)]
    if selectors:
        return "".join(selectors)  # what CSS cannot tell is taken to hold
    return None if None in parts else True


def _any(parts: list[Tells]) -> Tells:
    if True in parts:
        return True
    if None in parts:
        return None
    selectors = [part for part in parts if isinstance(part, str)]
    return f":is({','.join(selectors)})" if selectors else False


def _compared(condition: Condition, question: Question) -> Tells:
    if condition.answered is not None:
        given = f":has({_given(question)})"
        return given if condition.answered else f":not({given})"
    if isinstance(question, Scored):
        codes = [str(point) for point in question.points if holds(condition, {question.id: point})]
    elif isinstance(question, Choice):
        codes = [option.code for option in question.options if holds(condition, {question.id: option.code})]
    else:
        return None
    return f":has({_checked(question, codes)})" if codes else False


def _given(question: Question) -> str:
    """What the form holds when the question is answered; 'not applicable' is no answer."""
    if isinstance(question, Scored):
        return _checked(question, [str(point) for point in question.points])
    typed = f"#{question.id} .text:not(:placeholder-shown)"
    if isinstance(question, Choice):
        checked = _checked(question, [option.code for option in question.options])
        return f"{checked},{typed}" if isinstance(question, Contact) else checked
    return typed


def _checked(question: Question, codes: list[str]) -> str:
    return f":is({','.join(f'#{question.id}-{code}' for code in codes)}):checked"
