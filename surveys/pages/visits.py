"""A visit: somebody has a page of a survey before them, and what they send becomes one response."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from surveys.catalogue import PublishedSurvey
from surveys.database import day_of, new_id, start_of
from surveys.drafts import draft_of, keep_draft
from surveys.errors import InboxUnavailable
from surveys.languages import Language, choose
from surveys.links import Ticket
from surveys.models import Draft
from surveys.pages.forms import Sent
from surveys.questionnaire import Answer, Comment, Reading, scores
from surveys.reception import Reception
from surveys.responses import Submission

# Nobody reads two questions in less; a page that lay open longer says so, and counts all the same.
TOO_FAST = timedelta(seconds=2)
LATE = timedelta(hours=24)
STRONG = frozenset({"honeypot", "too_fast"})

Result = TypeVar("Result")


class Visit(NamedTuple):
    reception: Reception
    path: str
    survey: PublishedSurvey
    ticket: Ticket
    token: str
    draft: Mapping[str, Answer] = MappingProxyType({})
    # Where the visit goes on instead, when there is nothing to answer here.
    elsewhere: str = ""
    # What the invitation says that its customer speaks.
    language: str = ""
    # The invited customer's; it stands in no page.
    segment: str = ""

    @property
    def address(self) -> str:
        return quote(self.path)

    def page_address(self, spoken: str, block: int | None) -> str:
        """The address that shows this visit's page again, with what is kept of it."""
        resumes = {} if self.ticket.personal else {"r": self.token}
        page = {} if block is None else {"page": str(block + 1)}
        return f"{self.address}?{urlencode(resumes | {'lang': spoken} | page)}"

    def thanks_address(self, spoken: str) -> str:
        """The page that thanks, with the link to what becomes of the answer."""
        own_page = self.reception.links.own_page(self.ticket.survey_id, self.ticket.response_id)
        return f"{self.address}/thanks?lang={spoken}&c={own_page}"


class Place(NamedTuple):
    """Where a page collects; what is not known is empty."""

    touchpoint: str = ""
    unit: str = ""
    channel: str = ""


@lru_cache(maxsize=1024)
def choose_language(offered: tuple[str, ...], *wishes: str | None, accept: str) -> Language:
    return choose(offered, *wishes, accept=accept)


def new_ticket(survey: PublishedSurvey, zone: ZoneInfo, now: datetime, place: Place) -> Ticket:
    """For a page that is shown for the first time; the id of an anonymous response tells the day alone."""
    since = _known_moment(survey, zone, now)
    return Ticket(survey.survey_id, new_id(since), survey.version, now, False, *place)


def keep(visit: Visit, sent: Sent, block: int | None, now: datetime) -> None:
    """Keep what is answered so far, silently without what is not valid."""
    survey, ticket = visit.survey, visit.ticket
    moment = _known_moment(survey, visit.reception.zone, now)
    with visit.reception.database.write() as session:
        draft = draft_of(session, ticket.survey_id, ticket.response_id)
        answers = survey.reader.read_form(sent.form, block, answers_of(draft, survey)).answers
        if answers or draft:
            keep_draft(session, ticket.survey_id, ticket.response_id, survey.version, answers, moment)


def answers_of(draft: Draft | None, survey: PublishedSurvey) -> Mapping[str, Answer]:
    """What a draft holds for this version; another version may have asked otherwise."""
    return draft.answers if draft is not None and draft.version == survey.version else {}


def submission_of(
    visit: Visit, sent: Sent, reading: Reading, language: str, now: datetime, *, understood: bool
) -> Submission:
    """The response that was read; `understood` says that the browser names its languages, as browsers do."""
    survey, ticket, answers = visit.survey, visit.ticket, reading.answers
    questionnaire, age = survey.questionnaire, now - ticket.issued
    signals = {
        "honeypot": sent.honeypot,
        # One score that stood in an e-mail is sent at once by honest people too.
        "too_fast": age < TOO_FAST and len(answers) > 1,
        "late": age > LATE,
        "no_language_header": not understood,
    }
    raised = [name for name, there in signals.items() if there]
    return Submission(
        survey_id=ticket.survey_id,
        response_id=ticket.response_id,
        version=survey.version,
        day=day_of(now, visit.reception.zone),
        touchpoint=ticket.touchpoint,
        unit=ticket.unit,
        channel=ticket.channel,
        language=language,
        quality="valid" if STRONG.isdisjoint(raised) else "suspect",
        signals=raised,
        has_comment=any(isinstance(q, Comment) and answers.get(q.id) for q in questionnaire.questions),
        answers=answers,
        submitted_at=None if questionnaire.anonymous else now,
        seconds=None if questionnaire.anonymous else max(0, int(age.total_seconds())),
        scores=scores(questionnaire, answers),
        segment="" if questionnaire.anonymous else visit.segment,
        reply_to=None if questionnaire.anonymous else reading.reply_to,
    )


async def in_database(act: Callable[..., Result], *arguments: object) -> Result:
    """Run what needs the database in a thread; InboxUnavailable where it does not answer."""
    try:
        return await asyncio.to_thread(act, *arguments)
    except (OperationalError, PoolTimeout) as fault:
        raise InboxUnavailable from fault


def _known_moment(survey: PublishedSurvey, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment that may be kept: of an anonymous survey, the day alone."""
    return start_of(day_of(now, zone), zone) if survey.questionnaire.anonymous else now
