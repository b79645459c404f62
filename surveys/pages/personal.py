"""Personal links: one invitation, one response."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from surveys.catalogue import PublishedSurvey
from surveys.database import Database, utc_now
from surveys.drafts import answered, draft_of
from surveys.errors import LinkExpired, LinkUsed, LinkWithdrawn, UnknownLink
from surveys.links import PersonalLink, Ticket
from surveys.models import Draft, Invitation
from surveys.pages.answering import SurveyPages, Visitor, reception_of
from surveys.pages.forms import Sent
from surveys.pages.visits import Visit, answers_of, in_database


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation, whether it was answered, and what of an answer is kept."""

    invitation: Invitation
    answered: bool
    draft: Draft | None

    def check(self, now: datetime) -> None:
        if self.invitation.withdrawn_at is not None:
            raise LinkWithdrawn
        if now > self.invitation.expires_at:
            raise LinkExpired


class PersonalPages(SurveyPages):
    path = "/i/{token:str}"

    async def arrive(self, request: Visitor, address: Mapping[str, str]) -> Visit:  # noqa: ARG002 - the token says all
        reception, token = reception_of(request), request.scope["path_params"]["token"]
        link = reception.links.read_personal(token)
        invited = await asyncio.to_thread(_invited, reception.database, link)
        if invited.answered:
            raise LinkUsed
        invited.check(utc_now())
        survey = (await reception.catalogue.current()).survey(link.survey_id)
        if invited.draft is not None and invited.draft.version != survey.version:
            survey = await reception.catalogue.version(link.survey_id, invited.draft.version)
        ticket = _ticket(survey, invited.invitation)
        # An anonymous response must not carry the invitation's id, so it is given at the public address.
        elsewhere = _public_address(survey, invited.invitation) if survey.questionnaire.anonymous else ""
        return Visit(
            reception,
            f"/i/{token}",
            survey,
            ticket,
            reception.links.ticket(ticket),
            answers_of(invited.draft, survey),
            elsewhere,
            invited.invitation.language,
        )

    async def come_back(self, request: Visitor, sent: Sent) -> Visit:
        reception, token = reception_of(request), request.scope["path_params"]["token"]
        link, ticket = reception.links.read_personal(token), reception.links.read_ticket(sent.ticket)
        if not ticket.personal or (ticket.survey_id, ticket.response_id) != (link.survey_id, link.invitation_id):
            raise UnknownLink
        survey = await reception.catalogue.version(ticket.survey_id, ticket.version)
        return Visit(reception, f"/i/{token}", survey, ticket, sent.ticket)

    async def resume(self, visit: Visit) -> Visit:
        ticket, reception = visit.ticket, visit.reception
        link = PersonalLink(ticket.survey_id, ticket.response_id)
        invited = await in_database(_invited, reception.database, link)
        if invited.answered:
            return visit._replace(elsewhere=visit.address)
        # Whoever opened the page in time may take their time with it.
        invited.check(ticket.issued)
        (await reception.catalogue.current()).survey(link.survey_id)
        return visit._replace(draft=answers_of(invited.draft, visit.survey), segment=invited.invitation.segment)

    async def current(self, request: Visitor) -> PublishedSurvey:
        reception = reception_of(request)
        link = reception.links.read_personal(request.scope["path_params"]["token"])
        catalogue = await reception.catalogue.current()
        if link.survey_id not in catalogue.by_id:
            raise UnknownLink
        return catalogue.by_id[link.survey_id]


def _invited(database: Database, link: PersonalLink) -> Invited:
    key = link.survey_id, link.invitation_id
    with database.read() as session:
        invitation = session.get(Invitation, key)
        if invitation is None:
            raise UnknownLink
        return Invited(invitation, answered(session, *key), draft_of(session, *key))


def _ticket(survey: PublishedSurvey, invitation: Invitation) -> Ticket:
    place: dict[str, Any] = {name: getattr(invitation, name) for name in ("touchpoint", "unit", "channel")}
    return Ticket(survey.survey_id, invitation.invitation_id, survey.version, utc_now(), personal=True, **place)


def _public_address(survey: PublishedSurvey, invitation: Invitation) -> str:
    place = {"unit": invitation.unit, "ch": invitation.channel, "lang": invitation.language}
    return f"/s/{survey.questionnaire.id}?{urlencode(place)}"
