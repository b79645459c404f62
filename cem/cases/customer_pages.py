"""`/c/{token}`: what somebody told us and what becomes of it, without a sign-in and without a script.

The token in the address is the secret, and a POST carries it by its address: who has it may act, and nobody can forge
it. Mail programs and link scanners open every link, so opening a page changes nothing, but that what the company wrote
counts as read where a browser says that somebody went there by hand (`Sec-Fetch-User`), or where the customer acts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, post, route
from litestar.di import NamedDependency, Provide
from litestar.params import URLEncodedBody
from litestar.types import ASGIApp
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cem.cases.desk import CUSTOMER, Desk
from cem.cases.models import Case
from cem.cases.own_acts import (
    NotNow,
    ask_for_answer,
    be_quiet,
    give_up_wish,
    not_solved,
    set_invitations,
    solved,
    write,
)
from cem.cases.own_page import Own, find_own, mark_read
from cem.cases.own_sheet import Typed, is_unread, questionnaire_of, show_own
from cem.errors import CemError
from cem.settings import Settings
from surveys.database import utc_now
from surveys.errors import SurveyError, TooMany
from surveys.languages import CODES, N_, Language
from surveys.pages.answering import show_fault
from surveys.pages.forms import read_address
from surveys.pages.replies import see_other
from surveys.pages.visits import choose_language
from surveys.reception import Reception

# Five thousand Persian letters take six bytes each in a form.
LARGEST = 64 * 1024
NOTICES = {
    "sent": N_("Your message has arrived. A colleague reads it."),
    "reopened": N_("We are sorry that it is not solved. It is open again. If you like, write below what is missing."),
    "joined": N_("We are sorry. We are working on it already with another of your messages, and go on there."),
    "solved": N_("Thank you for telling us. We are glad that it is solved."),
    "withdrawn": N_("We stop here, as you asked."),
    "quiet": N_("We no longer write to you about this. What we have to say you find on this page."),
    "asked": N_("We have your wish. A colleague answers you here."),
    "left-alone": N_("We send you no more invitations to surveys."),
    "invited": N_("We may invite you to surveys again."),
}


class TooManyMessages(TooMany):
    title = N_("Too many messages from one place")
    advice = N_("What you wrote is still here below. Please wait a minute and send it again.")


@dataclass
class WordsForm:
    words: str = ""
    address: str = ""


@dataclass
class WishForm:
    wanted: str = ""


@dataclass(frozen=True)
class Guest:
    """Whoever has the link, before their page; it only holds what it takes."""

    request: Request[Any, Any, Any]
    reception: Reception
    settings: Settings
    token: str

    def see(self, session: Session) -> ASGIApp:
        """The page as it is now."""
        own, now = self._find(session, change=False), utc_now()
        if self.request.headers.get("sec-fetch-user") == "?1" and is_unread(session, own):
            with self.reception.database.write() as writing:
                mark_read(writing, own, now)
        return self._show(session, own, notice=NOTICES.get(read_address(self.request).get("done", ""), ""))

    def act(self, session: Session, do: Callable[[Desk, Own], str], typed: Typed | None = None) -> ASGIApp:
        """Do something once, and show the page; where it cannot be done, the page with what was typed says why."""
        try:
            self._brake()
            own, desk = self._find(session, change=True), Desk.open(session, self.settings, utc_now(), CUSTOMER)
            if own.case is not None and own.whole:
                # Who acts in a language is answered in it.
                own.case.language = self.language(own).code
            done = do(desk, own)
            mark_read(session, own, desk.now)
        except (CemError, TooMany, IntegrityError) as fault:
            session.rollback()
            # A rule has opened the case in this very moment.
            trouble = NotNow() if isinstance(fault, IntegrityError) else fault
            return self._show(session, self._find(session, change=False), typed=typed, trouble=trouble)
        return see_other(f"/c/{self.token}?lang={self.language(own).code}&done={done}")

    def _find(self, session: Session, *, change: bool) -> Own:
        return find_own(session, self.reception.links.read_own_page(self.token), change=change)

    def language(self, own: Own) -> Language:
        wished = read_address(self.request).get("lang")
        accept = self.request.headers.get("accept-language", "")
        return choose_language(CODES, wished if wished in CODES else None, own.language, accept=accept)

    def _show(
        self,
        session: Session,
        own: Own,
        *,
        notice: str = "",
        typed: Typed | None = None,
        trouble: CemError | TooMany | None = None,
    ) -> ASGIApp:
        desk = Desk.open(session, self.settings, utc_now(), CUSTOMER)
        page = show_own(
            desk, own, self.language(own), self.token, self.reception, notice=notice, typed=typed, trouble=trouble
        )
        gzipped = "gzip" in self.request.headers.get("accept-encoding", "")
        if trouble is None:
            return page.reply(gzipped=gzipped)
        return page.reply(gzipped=gzipped, status=trouble.status, retry_after=trouble.retry_after)

    def _brake(self) -> None:
        """One address, and one link, may not write as a script does."""
        client = self.request.client
        for key in (client.host if client else "", self.token):
            if not self.reception.limit.allows(key, "own page"):
                raise TooManyMessages


def provide_guest(
    request: Request[Any, Any, Any], reception: NamedDependency[Reception], settings: NamedDependency[Settings]
) -> Guest:
    return Guest(request, reception, settings, request.path_params["token"])


class OwnPages(Controller):
    path = "/c/{token:str}"
    opt = {"public": True}  # noqa: RUF012 - Litestar's own attribute
    include_in_schema = False
    request_max_body_size = LARGEST
    dependencies = {"guest": Provide(provide_guest, sync_to_thread=False)}  # noqa: RUF012 - as above
    exception_handlers = {SurveyError: show_fault, CemError: show_fault}  # noqa: RUF012 - as above

    @route("/", http_method=["GET", "HEAD"], sync_to_thread=True)
    def show(self, guest: NamedDependency[Guest], reader: NamedDependency[Session]) -> ASGIApp:
        """What somebody said, what happens with it, and what was written since."""
        return guest.see(reader)

    @post("/write", sync_to_thread=True, status_code=200)
    def write(
        self, guest: NamedDependency[Guest], data: URLEncodedBody[WordsForm], session: NamedDependency[Session]
    ) -> ASGIApp:
        """A message from the customer."""
        return guest.act(session, lambda desk, own: write(desk, _case(own), data.words), Typed(data.words))

    @post("/not-solved", sync_to_thread=True, status_code=200)
    def object(self, guest: NamedDependency[Guest], session: NamedDependency[Session]) -> ASGIApp:
        """One tap: it is not solved."""
        return guest.act(session, lambda desk, own: not_solved(desk, _case(own)))

    @post("/solved", sync_to_thread=True, status_code=200)
    def confirm(self, guest: NamedDependency[Guest], session: NamedDependency[Session]) -> ASGIApp:
        """One tap: it is solved."""
        return guest.act(session, lambda desk, own: solved(desk, _whole(own)))

    @post("/withdraw", sync_to_thread=True, status_code=200)
    def withdraw(self, guest: NamedDependency[Guest], session: NamedDependency[Session]) -> ASGIApp:
        """Nothing more is wanted."""
        return guest.act(session, lambda desk, own: give_up_wish(desk, _whole(own)))

    @post("/quiet", sync_to_thread=True, status_code=200)
    def quiet(self, guest: NamedDependency[Guest], session: NamedDependency[Session]) -> ASGIApp:
        """No answer by mail or text message."""
        return guest.act(session, lambda desk, own: be_quiet(desk, _whole(own)))

    @post("/ask", sync_to_thread=True, status_code=200)
    def ask(
        self, guest: NamedDependency[Guest], data: URLEncodedBody[WordsForm], session: NamedDependency[Session]
    ) -> ASGIApp:
        """Somebody whose answer opened no case wants one."""

        def asking(desk: Desk, own: Own) -> str:
            if own.response is None:
                raise NotNow
            asked = questionnaire_of(desk.session, own.response)
            return ask_for_answer(desk, own, asked, data.words, data.address, guest.language(own).code)

        return guest.act(session, asking, Typed(data.words, data.address))

    @post("/invitations", sync_to_thread=True, status_code=200)
    def invite(
        self, guest: NamedDependency[Guest], data: URLEncodedBody[WishForm], session: NamedDependency[Session]
    ) -> ASGIApp:
        """No more invitations, or again."""
        return guest.act(session, lambda desk, own: set_invitations(desk, own, wanted=data.wanted == "yes"))


def _case(own: Own) -> Case:
    if own.case is None:
        raise NotNow
    return own.case


def _whole(own: Own) -> Case:
    """The case, where it is this reader's alone to end."""
    if own.case is None or not own.whole:
        raise NotNow
    return own.case
