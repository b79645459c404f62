"""A customer's own page is put together: everything on it in words, with the acts that are possible now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cem.cases.desk import Desk
from cem.cases.messages import AUTOMATIC, LONGEST, MESSAGE, REPLY
from cem.cases.models import CaseMessage
from cem.cases.own_acts import may_confirm, may_object, may_write
from cem.cases.own_page import Own, answers_of, messages_of
from cem.cases.plain_words import coming_next, course, status_words
from cem.cases.recovery import recovery_link
from cem.cases.statuses import WORKING
from cem.comments.wordings import read_questionnaires
from cem.errors import CemError
from cem.responses.answers import Reply, written
from surveys.errors import TooMany
from surveys.languages import CODES, Language, language
from surveys.models import Invitation, Response
from surveys.pages.replies import Html
from surveys.pages.sheets import as_it_is, packed
from surveys.questionnaire import Comment, Questionnaire
from surveys.reception import Reception
from surveys.templating import Templates


@dataclass(frozen=True)
class Typed:
    """What somebody typed and could not be sent."""

    words: str = ""
    address: str = ""


@dataclass(frozen=True)
class Said:
    """An answer that was given on a day, in words."""

    day: date
    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class Acts:
    """What can be done on the page now."""

    write: bool = False
    confirm: bool = False
    object: bool = False
    withdraw: bool = False
    quiet: bool = False
    ask: bool = False
    leave_address: bool = False


def show_own(
    desk: Desk,
    own: Own,
    spoken: Language,
    token: str,
    reception: Reception,
    *,
    notice: str = "",
    typed: Typed | None = None,
    trouble: CemError | TooMany | None = None,
) -> Html:
    """The page as it is sent, with the style that its policy lets in."""
    case, style = own.case, _style(reception.templates)
    headline, sentence = status_words(case) if case else ("", "")
    text = reception.templates.render(
        spoken,
        "own/page.html",
        case=case,
        first=own.first,
        headline=headline,
        sentence=sentence,
        next=coming_next(case, spoken, desk.settings.zone, desk.now) if case else "",
        steps=course(case) if case else [],
        thread=messages_of(desk.session, own),
        mine=MESSAGE,
        automatic=AUTOMATIC,
        said=list(_said(desk.session, own, spoken)),
        logged=case if case and own.whole and case.words else None,
        acts=_acts(desk, own),
        survey=_survey(desk, own, reception),
        invited=None if own.customer is None else own.customer.opted_out_at is None,
        notice=notice,
        typed=typed or Typed(),
        trouble=trouble,
        longest=LONGEST,
        token=token,
        zone=desk.settings.zone,
        other_languages=[language(code) for code in CODES if code != spoken.code],
        style=as_it_is(style),
    )
    return Html(text, [style])


def is_unread(session: Session, own: Own) -> bool:
    """Whether the company has written something that the customer has not seen."""
    if own.case is None:
        return False
    unread = CaseMessage.read_at.is_(None), CaseMessage.kind.in_((REPLY, AUTOMATIC))
    return bool(session.scalar(select(exists().where(own.messages(), *unread))))


def questionnaire_of(session: Session, response: Response) -> Questionnaire:
    """What was asked."""
    return read_questionnaires(session, response.survey_id)[response.version]


def _acts(desk: Desk, own: Own) -> Acts:
    case = own.case
    if case is None:
        named = own.response is not None and not questionnaire_of(desk.session, own.response).anonymous
        return Acts(ask=True, leave_address=named)
    return Acts(
        write=may_write(case, desk),
        confirm=own.whole and may_confirm(case),
        object=may_object(case, desk),
        withdraw=own.whole and case.status in WORKING and case.kind != "praise",
        quiet=own.whole and case.reply_channel != "",
    )


def _survey(desk: Desk, own: Own, reception: Reception) -> str:
    """The path of the recovery survey, while it waits for an answer."""
    recovery = own.recovery
    link = "" if recovery is None else recovery_link(reception.links, recovery)
    if not link or recovery is None:
        return ""
    invitation = desk.session.get(Invitation, (recovery.survey_id, recovery.invitation_id))
    return link if invitation is not None and desk.now < invitation.expires_at else ""


def _said(session: Session, own: Own, spoken: Language) -> Iterator[Said]:
    for response in answers_of(session, own):
        asked = questionnaire_of(session, response)
        replies = tuple(_replies(response, asked, spoken))
        if replies:
            yield Said(response.day, replies)


def _replies(response: Response, asked: Questionnaire, spoken: Language) -> Iterator[Reply]:
    """Question and answer; the words of a comment as they were written, because the reader wrote them."""
    for question in asked.questions:
        if question.id in response.answers:
            answer, own_words = response.answers[question.id], isinstance(question, Comment)
            words = str(answer) if own_words and answer is not None else written(question, answer, spoken)
            yield Reply(question.text, words, own_words)


@lru_cache(maxsize=8)
def _style(templates: Templates) -> str:
    return packed(templates, "survey/survey.css") + packed(templates, "own/own.css")
