"""Links that anybody may open: a survey's own address, and the always-on page of a touchpoint."""

import asyncio
import re
import uuid
from collections.abc import Mapping
from typing import ClassVar

from surveys.catalogue import Catalogue, PublishedSurvey
from surveys.database import utc_now
from surveys.drafts import answered, draft_of
from surveys.errors import UnknownLink
from surveys.links import Ticket
from surveys.pages.answering import SurveyPages, Visitor, reception_of
from surveys.pages.forms import Sent
from surveys.pages.visits import Place, Visit, answers_of, in_database, new_ticket

_CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", re.ASCII)


class OpenPages(SurveyPages):
    """A page without an invitation: its ticket says which response it is, and where it was shown."""

    prefix: ClassVar[str]

    def locate(self, catalogue: Catalogue, name: str) -> tuple[uuid.UUID | None, Place]:
        """The survey behind the address's name, and the place that the name itself tells."""
        raise NotImplementedError

    def belongs(self, catalogue: Catalogue, name: str, ticket: Ticket) -> bool:
        """Whether a ticket was given out at this address."""
        raise NotImplementedError

    async def arrive(self, request: Visitor, address: Mapping[str, str]) -> Visit:
        if "r" in address:
            visit = await self._visit_of(request, address["r"])
            return await asyncio.to_thread(_resumed, visit, address.get("lang", ""))
        reception, name = reception_of(request), _name_of(request)
        catalogue = await reception.catalogue.current()
        survey_id, place = self.locate(catalogue, name)
        survey = catalogue.survey(survey_id)
        if address:
            place = _refined(place, catalogue, address)
        ticket = new_ticket(survey, reception.zone, utc_now(), place)
        return Visit(reception, f"{self.prefix}/{name}", survey, ticket, reception.links.ticket(ticket))

    async def come_back(self, request: Visitor, sent: Sent) -> Visit:
        return await self._visit_of(request, sent.ticket)

    async def resume(self, visit: Visit) -> Visit:
        # A single page brings everything itself, and the primary key knows whether it came before.
        if visit.survey.questionnaire.layout == "single":
            return visit
        return await in_database(_resumed, visit, "")

    async def current(self, request: Visitor) -> PublishedSurvey:
        catalogue = await reception_of(request).catalogue.current()
        survey_id = self.locate(catalogue, _name_of(request))[0]
        if survey_id is None or survey_id not in catalogue.by_id:
            raise UnknownLink
        return catalogue.by_id[survey_id]

    async def _visit_of(self, request: Visitor, token: str) -> Visit:
        reception, name = reception_of(request), _name_of(request)
        ticket = reception.links.read_ticket(token)
        catalogue = await reception.catalogue.current()
        if ticket.personal or not self.belongs(catalogue, name, ticket):
            raise UnknownLink
        survey = catalogue.survey(ticket.survey_id)
        if survey.version != ticket.version:
            survey = await reception.catalogue.version(ticket.survey_id, ticket.version)
        return Visit(reception, f"{self.prefix}/{name}", survey, ticket, token)


class PublicPages(OpenPages):
    """A survey's own address; `unit` and `ch` in it say where it hangs."""

    prefix = "/s"
    path = "/s/{name:str}"

    def locate(self, catalogue: Catalogue, name: str) -> tuple[uuid.UUID | None, Place]:
        survey = catalogue.by_id.get(catalogue.slugs[name]) if name in catalogue.slugs else None
        # What is asked about somebody's case is answered by the link that they were given.
        if survey is None or survey.questionnaire.kind == "recovery":
            return None, Place()
        return survey.survey_id, Place()

    def belongs(self, catalogue: Catalogue, name: str, ticket: Ticket) -> bool:
        return catalogue.slugs.get(name) == ticket.survey_id and not ticket.touchpoint


class FeedbackPages(OpenPages):
    """The always-on page of a touchpoint."""

    prefix = "/f"
    path = "/f/{name:str}"

    def locate(self, catalogue: Catalogue, name: str) -> tuple[uuid.UUID | None, Place]:
        collects = catalogue.feedback.get(name)
        if collects is None:
            return None, Place()
        return collects.survey_id, Place(name, collects.owner, collects.channel)

    def belongs(self, catalogue: Catalogue, name: str, ticket: Ticket) -> bool:
        # The page may have another survey since; what was shown is what is answered.
        return name in catalogue.feedback and ticket.touchpoint == name


def _refined(place: Place, catalogue: Catalogue, address: Mapping[str, str]) -> Place:
    """The place with what the address adds: a known unit, a channel that could be one."""
    unit, channel = address.get("unit", ""), address.get("ch", "")
    if unit in catalogue.units:
        place = place._replace(unit=unit)
    return place._replace(channel=channel) if _CHANNEL.fullmatch(channel) else place


def _resumed(visit: Visit, language: str) -> Visit:
    ticket = visit.ticket
    with visit.reception.database.read() as session:
        if answered(session, ticket.survey_id, ticket.response_id):
            return visit._replace(elsewhere=visit.thanks_address(language))
        draft = draft_of(session, ticket.survey_id, ticket.response_id)
        return visit._replace(draft=answers_of(draft, visit.survey))


def _name_of(request: Visitor) -> str:
    name: str = request.scope["path_params"]["name"]
    return name
