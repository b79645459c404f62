"""The page where somebody sets their digests, and the one where a mail's link ends them."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.digests.frequencies import FREQUENCY_NAMES, Frequency
from cem.digests.sending import compose, put_now
from cem.digests.subscriptions import subscribe, subscriber_of, unsubscribe
from cem.errors import CemError
from cem.people.accounts import Person
from cem.roles import Action
from cem.settings import Settings
from cem.templating import Show
from surveys.database import utc_now
from surveys.delivery.outbox import count_waiting, latest
from surveys.languages import CODES, N_, language
from surveys.links import Links

HOME = "/digests"


class NoAddress(CemError):
    title = N_("Your account has no e-mail address")
    advice = N_("Ask your administrator to add it. Nothing was changed.")


class NothingToSend(CemError):
    title = N_("There is nothing to send yet")
    advice = N_("A digest needs a published survey with a score. Nothing was changed.")


class UnknownWish(CemError):
    title = N_("There is no such digest")
    advice = N_("Choose a language and how often, and try again. Nothing was changed.")


@dataclass
class WishForm:
    language: str = ""
    frequency: str = ""


class DigestPages(Controller):
    path = HOME

    @get("/", sync_to_thread=True, opt={"action": Action.SCORECARDS_READ})
    def show_digests(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """What the person gets and how often, what it looks like now, and what became of the last ones."""
        one = subscriber_of(reader, request.user.name, show.language)
        return show(
            "digests/show.html",
            one=one,
            letter=compose(reader, settings, show.templates, one, utc_now()),
            frequencies=FREQUENCY_NAMES,
            languages=[language(code) for code in CODES],
            sends=settings.mail_server is not None,
            waiting=count_waiting(reader),
            sent=latest(reader, one.keys),
            zone=settings.zone,
        )

    @post("/", sync_to_thread=True, status_code=303, opt={"action": Action.SCORECARDS_READ})
    def subscribe(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[WishForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
    ) -> Redirect:
        """Get digests from now on, in this language and so often."""
        one = subscriber_of(session, request.user.name, show.language)
        if one.email is None:
            raise NoAddress
        if data.language not in CODES or data.frequency not in FREQUENCY_NAMES:
            raise UnknownWish
        subscribe(session, utc_now(), one, language(data.language), Frequency(data.frequency))
        return Redirect(HOME, status_code=303)

    @post("/now", sync_to_thread=True, status_code=303, opt={"action": Action.SCORECARDS_READ})
    def send_now(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Put the current digest into the outbox, for the person alone."""
        now = utc_now()
        one = subscriber_of(reader, request.user.name, show.language)
        if one.email is None:
            raise NoAddress
        letter = compose(reader, settings, show.templates, one, now)
        if letter is None:
            raise NothingToSend
        put_now(session, now, one, letter)
        return Redirect(HOME, status_code=303)

    @post("/end", sync_to_thread=True, status_code=303, opt={"action": Action.SCORECARDS_READ})
    def end(
        self, request: Request[Person, Any, Any], show: NamedDependency[Show], session: NamedDependency[Session]
    ) -> Redirect:
        """No more digests."""
        one = subscriber_of(session, request.user.name, show.language)
        unsubscribe(session, utc_now(), one.account_id, "page")
        return Redirect(HOME, status_code=303)


class StopPages(Controller):
    """Opened from a mail, without signing in: the link itself says whose it is.

    Mail programs and scanners open every link, so opening it changes nothing. The POST takes no token against forged
    forms: a mail program sends it without a page (RFC 8058), and nobody can forge the link.
    """

    path = "/digests/stop/{token:str}"

    @get("/", sync_to_thread=True, opt={"public": True})
    def ask(
        self, token: FromPath[str], show: NamedDependency[Show], settings: NamedDependency[Settings]
    ) -> Response[bytes]:
        """A button; UnknownLink where nobody was sent such a link."""
        Links(settings.secret_key).read_stop(token)
        return show("digests/stop.html", stopped=False)

    @post("/", sync_to_thread=True, status_code=200, opt={"public": True})
    def stop(
        self,
        token: FromPath[str],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """No more digests, at once; the second time alike."""
        unsubscribe(session, utc_now(), Links(settings.secret_key).read_stop(token), "link")
        return show("digests/stop.html", stopped=True)
