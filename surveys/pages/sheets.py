"""Rendering: a questionnaire, or one page of it, with what is typed, chosen and wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import Markup

from surveys.catalogue import PublishedSurvey
from surveys.errors import SurveyError
from surveys.languages import Language, language
from surveys.pages.conditions import hiding_rules, possible
from surveys.pages.fields import fields_of
from surveys.pages.replies import Html, ReadyPage
from surveys.questionnaire import Answer, AnswerFault, Block, Form, Question
from surveys.templating import Templates

# Stands where the ticket goes while a page is made ready: the last of them, because an author may have written one too.
_HOLE = "\u0001ticket\u0001"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown at once: the whole questionnaire, or the block of a paged one."""

    survey: PublishedSurvey
    language: Language
    block: int | None = None
    form: Form = field(default_factory=dict)
    # What is known from the other pages of a paged questionnaire.
    answers: Mapping[str, Answer] = field(default_factory=dict)
    faults: Sequence[AnswerFault] = ()
    trouble: SurveyError | None = None


def following_block(survey: PublishedSurvey, answers: Mapping[str, Answer], block: int, step: int = 1) -> int | None:
    """The next block (or the one before, with a step of -1) that asks anything; None in a single-page layout."""
    if survey.questionnaire.layout != "paged":
        return None
    blocks = survey.questionnaire.blocks
    numbers = range(block + 1, len(blocks)) if step > 0 else range(block - 1, -1, -1)
    return next((number for number in numbers if _possible(blocks[number], answers)), None)


def unfinished_block(survey: PublishedSurvey, answers: Mapping[str, Answer]) -> int | None:
    """Where somebody goes on who left: the first page that misses an answer, else the first without any."""
    if survey.questionnaire.layout != "paged":
        return None
    asked = {number: _possible(block, answers) for number, block in enumerate(survey.questionnaire.blocks)}
    asked = {number: questions for number, questions in asked.items() if questions}
    missing = (n for n, questions in asked.items() if any(q.required and q.id not in answers for q in questions))
    untouched = (n for n, questions in asked.items() if not any(q.id in answers for q in questions))
    return next(missing, next(untouched, max(asked, default=0)))


def _possible(block: Block, answers: Mapping[str, Answer], open_: Sequence[Question] = ()) -> list[Question]:
    """The questions that a block may come to ask, while those of `open_` can still be answered in any way."""
    asked = {question.id: question for question in (*open_, *block.questions)}
    return [question for question in block.questions if possible(question, asked, answers)]


def render_sheet(templates: Templates, sheet: Sheet, ticket: str) -> Html:
    questionnaire = sheet.survey.questionnaire
    blocks = questionnaire.blocks if sheet.block is None else questionnaire.blocks[sheet.block : sheet.block + 1]
    on_page = {question.id: question for block in blocks for question in block.questions}
    every = tuple(on_page.values())
    shown = [
        (block, fields_of(_possible(block, sheet.answers, every), sheet.language, sheet.form, sheet.faults))
        for block in blocks
    ]
    rules, style, script = hiding_rules(on_page, sheet.answers), _style(templates), _script(templates)
    text = templates.render(
        sheet.language,
        "survey/page.html",
        questionnaire=questionnaire,
        blocks=shown,
        problems=[one for _, fields in shown for one in fields if one.error],
        trouble=sheet.trouble,
        other_languages=[language(code) for code in questionnaire.languages if code != sheet.language.code],
        ticket=ticket,
        rules=as_it_is(rules),
        style=as_it_is(style),
        script=as_it_is(script),
        **_progress(sheet),
    )
    return Html(text, [style, rules] if rules else [style], [script])


@lru_cache(maxsize=512)
def ready_page(
    templates: Templates, survey: PublishedSurvey, code: str, chosen: tuple[tuple[str, Answer], ...] = ()
) -> ReadyPage:
    """What somebody sees who has sent nothing yet; the same for everyone but for the ticket."""
    form = survey.reader.to_form(dict(chosen), code)
    sheet = Sheet(survey, language(code), following_block(survey, {}, -1), form)
    return ReadyPage(render_sheet(templates, sheet, _HOLE), _HOLE)


@lru_cache(maxsize=512)
def ready_thanks(templates: Templates, survey: PublishedSurvey, code: str, *, linked: bool) -> ReadyPage:
    """The page that thanks; where it is `linked`, the token of somebody's own page goes into its gap."""
    style = _style(templates)
    text = templates.render(
        language(code),
        "survey/thanks.html",
        questionnaire=survey.questionnaire,
        own_page=_HOLE if linked else "",
        style=as_it_is(style),
    )
    return ReadyPage(Html(text if linked else text.replace("</html>", f"</html>{_HOLE}"), [style]), _HOLE)


def render_fault(templates: Templates, spoken: Language, fault: SurveyError) -> Html:
    style = _style(templates)
    return Html(templates.render(spoken, "survey/fault.html", fault=fault, style=as_it_is(style)), [style])


def _progress(sheet: Sheet) -> dict[str, object]:
    """Where this page stands; the number of pages only where no later answer can change it."""
    blocks, here = sheet.survey.questionnaire.blocks, sheet.block
    if here is None:
        return {"page": None, "step": None, "pages": None, "has_back": False, "last": True, "may_end": True}
    later, open_ = blocks[here + 1 :], blocks[here].questions
    step = sum(bool(_possible(block, sheet.answers)) for block in blocks[: here + 1])
    due = [block for block in later if any(question.show_if is None for question in block.questions)]
    return {
        "page": here + 1,
        "step": step,
        "pages": step + len(later) if due == list(later) else None,
        "has_back": step > 1,
        "last": not any(_possible(block, sheet.answers, open_) for block in later),
        "may_end": not due,
    }


def as_it_is(text: str) -> Markup:
    """Our own style or script, whose hash the policy names."""
    return Markup(text)  # noqa: S704 - no respondent's or author's words are in it


@lru_cache(maxsize=8)
def _style(templates: Templates) -> str:
    return packed(templates, "survey/survey.css")


@lru_cache(maxsize=8)
def _script(templates: Templates) -> str:
    return packed(templates, "survey/survey.js")


def packed(templates: Templates, name: str) -> str:
    """A file of ours without its comments and indentation."""
    loader = templates.environment.loader
    assert loader is not None  # noqa: S101 - Templates sets it
    source = loader.get_source(templates.environment, name)[0]
    lines = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL).splitlines()
    return "".join(line.strip() for line in lines)
