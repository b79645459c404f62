"""The first page of the demo: what it is, who can sign in, and links to try."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cem.cases.models import Case
from cem.cases.plain_words import status_words
from cem.cases.statuses import INVESTIGATING, REOPENED, RESOLVED
from cem.demo.accounts import PASSWORD, SIGN_INS
from cem.roles import ROLE_NAMES
from cem.templating import Show
from surveys import models
from surveys.database import utc_now
from surveys.languages import Language, language
from surveys.links import PersonalLink
from surveys.models import Invitation, Survey, SurveyVersion, Touchpoint, Unit
from surveys.reception import Reception

# So many personal links of each touchpoint.
LINKS_EACH = 2
# An own page of each of these.
FOLLOWED = (RESOLVED, INVESTIGATING, REOPENED)
# Among so many of the newest; the touchpoints that are met most often fill the first ones.
_NEWEST = 500


@dataclass(frozen=True)
class Situation:
    """An invitation that nobody has answered yet, as its customer would describe it."""

    address: str
    # Where its answer is seen to arrive.
    scorecard: str
    touchpoint: dict[str, Any]
    unit: dict[str, Any]
    language: Language
    met_at: datetime


@dataclass(frozen=True)
class Followed:
    """A customer's own page, as its customer sees it: the headline is to be translated."""

    address: str
    headline: str
    unit: dict[str, Any]


@get("/", sync_to_thread=True, opt={"public": True})
def demo_front(
    show: NamedDependency[Show], reader: NamedDependency[Session], reception: NamedDependency[Reception]
) -> Response[bytes]:
    return show(
        "demo/front.html",
        surveys=open_surveys(reader),
        touchpoints=list(reader.scalars(select(Touchpoint).where(Touchpoint.feedback_survey.is_not(None)))),
        situations=open_situations(reader, reception, utc_now()),
        followed=own_pages(reader, reception),
        sign_ins=SIGN_INS,
        role_names=ROLE_NAMES,
        password=PASSWORD,
        zone=reception.zone,
    )


def open_surveys(session: Session) -> list[tuple[str, dict[str, Any]]]:
    """The address and the title of each survey that anybody may answer."""
    current = (SurveyVersion.survey_id == Survey.survey_id) & (SurveyVersion.version == Survey.version)
    rows = session.execute(
        select(Survey.slug, SurveyVersion.document)
        .join(SurveyVersion, current)
        .where(Survey.closed_at.is_(None), Survey.kind.not_in(("always_on", "recovery")))
        .order_by(Survey.slug)
    )
    return [(f"/s/{slug}", document["title"]) for slug, document in rows]


def open_situations(session: Session, reception: Reception, now: datetime) -> list[Situation]:
    """Some personal links that still work, a few of each touchpoint."""
    places = {unit.code: unit.names for unit in session.scalars(select(Unit))}
    names = {touchpoint.code: touchpoint.names for touchpoint in session.scalars(select(Touchpoint))}
    picked: dict[str, list[Invitation]] = {code: [] for code in names}
    for invitation in _unanswered(session, now):
        if len(picked[invitation.touchpoint]) < LINKS_EACH:
            picked[invitation.touchpoint].append(invitation)
    return [
        Situation(
            f"/i/{reception.links.personal(PersonalLink(one.survey_id, one.invitation_id))}",
            "/scorecards?" + urlencode({"unit": one.unit, "touchpoint": one.touchpoint}),
            names[one.touchpoint],
            places[one.unit],
            language(one.language),
            one.created_at,
        )
        for chosen in picked.values()
        for one in chosen
    ]


def own_pages(session: Session, reception: Reception) -> list[Followed]:
    """The newest case of each status that its customer can do something about."""
    found = []
    for status in FOLLOWED:
        newest = select(Case, Unit).join(Unit, Unit.code == Case.unit).where(Case.status == status)
        newest = newest.where(Case.kind == "complaint").order_by(Case.opened_at.desc())
        for case, unit in session.execute(newest.limit(1)):
            if case.survey_id is not None and case.response_id is not None:
                token = reception.links.own_page(case.survey_id, case.response_id)
                found.append(Followed(f"/c/{token}", status_words(case)[0], unit.names))
    return found


def _unanswered(session: Session, now: datetime) -> list[Invitation]:
    answered = exists().where(
        models.Response.survey_id == Invitation.survey_id, models.Response.response_id == Invitation.invitation_id
    )
    return list(
        session.scalars(
            select(Invitation)
            .where(
                Invitation.encounter_id.is_not(None),
                Invitation.expires_at > now,
                Invitation.withdrawn_at.is_(None),
                ~answered,
            )
            .order_by(Invitation.created_at.desc())
            .limit(_NEWEST)
        )
    )
