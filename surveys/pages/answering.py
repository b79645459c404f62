"""The pages of a visit, whichever link it came by: show, continue, send, thank."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from litestar import Controller, Request, Response, post, route
from litestar.enums import HttpMethod
from litestar.types import ASGIApp

from surveys.catalogue import PublishedSurvey
from surveys.database import utc_now
from surveys.errors import InboxUnavailable, SurveyError, TooMany, UnknownLink
from surveys.languages import CODES, Language, choose, language
from surveys.pages.forms import LARGEST, LONGEST_REMEMBERED, Sent, read_address, read_sent
from surveys.pages.replies import Reply, nothing, see_other
from surveys.pages.sheets import (
    Sheet,
    following_block,
    ready_page,
    ready_thanks,
    render_fault,
    render_sheet,
    unfinished_block,
)
from surveys.pages.visits import Visit, choose_language, in_database, keep, submission_of
from surveys.questionnaire import Answer, AnswerFault, Reading, Scored, SingleChoice
from surveys.reception import Reception

Visitor = Request[Any, Any, Any]
# What an address may say beside the answers that it has chosen.
_PLACES = {"lang", "unit", "ch", "r"}
_SHOWING = [HttpMethod.GET, HttpMethod.HEAD]


def show_fault(request: Visitor, fault: SurveyError) -> Response[bytes]:
    """What is wrong with a link, in the dress of the survey pages."""
    spoken = choose_language(CODES, _wished(read_address(request)), accept=_accepts(request, b"language"))
    page = render_fault(reception_of(request).templates, spoken, fault)
    reply = page.reply(gzipped=_gzips(request), status=fault.status, retry_after=fault.retry_after)
    # Litestar's handlers of faults answer with its own kind of response.
    headers = {name.decode(): value.decode() for name, value in reply.headers}
    return Response(reply.body, status_code=fault.status, headers=headers, media_type=headers["content-type"])


class SurveyPages(Controller):
    """What the kinds of links share; each says what its address means in the methods that are not written here."""

    opt = {"public": True}  # noqa: RUF012 - Litestar's own attribute
    include_in_schema = False
    request_max_body_size = LARGEST
    exception_handlers = {SurveyError: show_fault}  # noqa: RUF012 - Litestar's own attribute

    async def arrive(self, request: Visitor, address: Mapping[str, str]) -> Visit:
        """Somebody opens the page; nothing is recorded."""
        raise NotImplementedError

    async def come_back(self, request: Visitor, sent: Sent) -> Visit:
        """The page that was shown is sent; UnknownLink where its ticket is not of this address."""
        raise NotImplementedError

    async def resume(self, visit: Visit) -> Visit:
        """The visit with what the database knows of it, before its answers are taken."""
        raise NotImplementedError

    async def current(self, request: Visitor) -> PublishedSurvey:
        """The survey of this address, open or closed."""
        raise NotImplementedError

    @route("/", http_method=_SHOWING)
    async def show(self, request: Visitor) -> ASGIApp:
        address = read_address(request)
        visit = await self.arrive(request, address)
        if visit.elsewhere:
            return see_other(visit.elsewhere)
        offered, templates = visit.survey.questionnaire.languages, visit.reception.templates
        spoken = choose_language(offered, _wished(address), visit.language, accept=_accepts(request, b"language"))
        chosen = _chosen(visit.survey, address)
        if not visit.draft and "page" not in address:
            ready = ready_page(templates, visit.survey, spoken.code, chosen)
            return ready.reply(visit.token, gzipped=_gzips(request))
        form = visit.survey.reader.to_form({**dict(chosen), **visit.draft}, spoken.code)
        sheet = Sheet(visit.survey, spoken, _asked_block(visit, address), form, visit.draft)
        return render_sheet(templates, sheet, visit.token).reply(gzipped=_gzips(request))

    @post("/", status_code=200)
    async def submit(self, request: Visitor) -> ASGIApp:
        sent = await read_sent(request)
        visit = await self.come_back(request, sent)
        spoken = _language_of(visit, sent)
        block = _block_of(visit, sent)
        try:
            _brake(request, visit, "answers")
            visit = await self.resume(visit)
            if visit.elsewhere:
                return see_other(visit.thanks_address(spoken.code))
            if sent.go:
                return await _turn_aside(visit, sent, spoken, block)
            if block is None:
                reading = visit.survey.reader.read_form(sent.form)
                return await _finish(request, visit, sent, spoken, reading)
            return await _continue(request, visit, sent, spoken, block)
        except (InboxUnavailable, TooMany) as trouble:
            sheet = Sheet(visit.survey, spoken, block, sent.form, visit.draft, trouble=trouble)
            page = render_sheet(visit.reception.templates, sheet, visit.token)
            return page.reply(gzipped=_gzips(request), status=trouble.status, retry_after=trouble.retry_after)

    @post("/draft", status_code=200)
    async def keep_draft(self, request: Visitor) -> ASGIApp:
        sent = await read_sent(request)
        visit = await self.come_back(request, sent)
        _brake(request, visit, "drafts")
        await in_database(keep, visit, sent, _block_of(visit, sent), utc_now())
        return nothing()

    @route("/thanks", http_method=_SHOWING)
    async def thank(self, request: Visitor) -> ASGIApp:
        survey, address, reception = await self.current(request), read_address(request), reception_of(request)
        offered = survey.questionnaire.languages
        spoken = choose_language(offered, _wished(address), accept=_accepts(request, b"language"))
        own_page = _own_page(reception, survey, address)
        ready = ready_thanks(reception.templates, survey, spoken.code, linked=bool(own_page))
        return ready.reply(own_page, gzipped=_gzips(request))


async def _continue(request: Visitor, visit: Visit, sent: Sent, spoken: Language, block: int) -> Reply:
    """A page of several: keep its answers and show the next, or send them all."""
    reading = visit.survey.reader.read_form(sent.form, block, visit.draft)
    if reading.faults:
        return _show_again(request, visit, sent, spoken, block, reading.faults)
    following = following_block(visit.survey, reading.answers, block)
    if following is not None:
        await in_database(keep, visit, sent, block, utc_now())
        return see_other(visit.page_address(spoken.code, following))
    complete = visit.survey.reader.check_answers(reading.answers)
    if complete.faults:
        # Somebody jumped over a page by its address; what they gave here is kept meanwhile.
        await in_database(keep, visit, sent, block, utc_now())
        return see_other(visit.page_address(spoken.code, unfinished_block(visit.survey, reading.answers)))
    return await _finish(request, visit, sent, spoken, replace(complete, reply_to=reading.reply_to))


async def _finish(request: Visitor, visit: Visit, sent: Sent, spoken: Language, reading: Reading) -> Reply:
    if reading.faults:
        return _show_again(request, visit, sent, spoken, None, reading.faults)
    understood = bool(_accepts(request, b"language"))
    submission = submission_of(visit, sent, reading, spoken.code, utc_now(), understood=understood)
    await visit.reception.inbox.put(submission)
    return see_other(visit.thanks_address(spoken.code))


async def _turn_aside(visit: Visit, sent: Sent, spoken: Language, block: int | None) -> Reply:
    """Another language, or a page back; what is typed comes along."""
    await in_database(keep, visit, sent, block, utc_now())
    if sent.go in visit.survey.questionnaire.languages:
        return see_other(visit.page_address(sent.go, block))
    before = None if block is None else following_block(visit.survey, visit.draft, block, -1)
    return see_other(visit.page_address(spoken.code, before))


def _show_again(
    request: Visitor, visit: Visit, sent: Sent, spoken: Language, block: int | None, faults: Sequence[AnswerFault]
) -> Reply:
    sheet = Sheet(visit.survey, spoken, block, sent.form, visit.draft, faults)
    return render_sheet(visit.reception.templates, sheet, visit.token).reply(gzipped=_gzips(request), status=422)


def _own_page(reception: Reception, survey: PublishedSurvey, address: Mapping[str, str]) -> str:
    """The token of the own page that an address carries; empty where it carries none of ours."""
    token = address.get("c", "")
    try:
        return token if token and reception.links.read_own_page(token).survey_id == survey.survey_id else ""
    except UnknownLink:
        return ""


def _wished(address: Mapping[str, str]) -> str | None:
    """The language that an address names; anything else is not worth remembering."""
    return code if (code := address.get("lang")) in CODES else None


def _chosen(survey: PublishedSurvey, address: Mapping[str, str]) -> tuple[tuple[str, Answer], ...]:
    """What an e-mail's link has chosen already: scores and options, so that there are only so many such pages."""
    if address.keys() <= _PLACES:
        return ()
    questions = (q for q in survey.questionnaire.questions if q.id in address and isinstance(q, Scored | SingleChoice))
    return tuple(survey.reader.read_form({f"q.{q.id}": [address[q.id]] for q in questions}).answers.items())


def _asked_block(visit: Visit, address: Mapping[str, str]) -> int | None:
    page = address.get("page", "")
    if page.isascii() and page.isdigit() and len(page) < 4:
        blocks = visit.survey.questionnaire.blocks
        wanted = following_block(visit.survey, visit.draft, max(1, min(int(page), len(blocks))) - 2)
        if wanted is not None:
            return wanted
    return unfinished_block(visit.survey, visit.draft)


def _block_of(visit: Visit, sent: Sent) -> int | None:
    """The block that a sent page showed; UnknownLink where the questionnaire has no such page."""
    if visit.survey.questionnaire.layout != "paged":
        return None
    if sent.page is None or not 1 <= sent.page <= len(visit.survey.questionnaire.blocks):
        raise UnknownLink
    return sent.page - 1


def _language_of(visit: Visit, sent: Sent) -> Language:
    offered = visit.survey.questionnaire.languages
    return language(sent.language) if sent.language in offered else choose(offered)


def _brake(request: Visitor, visit: Visit, what: str) -> None:
    client = request.scope["client"]
    if not visit.reception.limit.allows(client[0] if client else "", what):
        raise TooMany


def reception_of(request: Visitor) -> Reception:
    reception: Reception = request.app.state.reception
    return reception


def _accepts(request: Visitor, what: bytes) -> str:
    # Every request asks this twice; a look at the list is quicker than an index of all headers.
    wanted = b"accept-" + what
    headers = request.scope["headers"]
    return next((value[:LONGEST_REMEMBERED].decode("latin-1") for name, value in headers if name == wanted), "")


def _gzips(request: Visitor) -> bool:
    return "gzip" in _accepts(request, b"encoding")
