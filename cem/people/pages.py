"""Sign in, sign out."""

import re
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.menu import first_page
from cem.people.accounts import SIGNED_IN, Person, sign_in, sign_out
from cem.people.signed_in import COOKIE
from cem.roles import Action
from cem.settings import Settings
from cem.templating import Show
from surveys.database import Database, utc_now
from surveys.languages import N_
from surveys.limits import Limit

HOME = "/home"
REFUSED = N_("That name and password do not fit. After five failures an account rests for 15 minutes.")
TOO_MANY = N_("Too many tries from your address. Please wait a minute.")
# Browsers take a backslash for a slash and leave tabs and line breaks out: `/<tab>/elsewhere` leads to elsewhere.
_WITHIN = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")


@dataclass
class SignInForm:
    name: str = ""
    password: str = ""
    next: str = HOME


class SignInPages(Controller):
    """The door: open to everyone, because it is where one becomes someone."""

    @get("/sign-in", sync_to_thread=True, opt={"public": True})
    def show_form(self, show: NamedDependency[Show], next: FromQuery[str] = HOME) -> Response[bytes]:  # noqa: A002 - the address's word
        return show("people/sign_in.html", next=_inside(next), name="", fault="")

    @post("/sign-in", sync_to_thread=True, status_code=200, opt={"public": True})
    def submit(
        self,
        request: Request[Any, Any, Any],
        data: URLEncodedBody[SignInForm],
        show: NamedDependency[Show],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        limit: Limit = request.app.state.sign_in_limit
        database: Database = request.app.state.database
        hasher: PasswordHasher = request.app.state.hasher
        if not limit.allows(request.client.host if request.client else ""):
            return show("people/sign_in.html", status=429, next=_inside(data.next), name=data.name, fault=TOO_MANY)
        name = data.name.strip()
        # No account has such a name, and PostgreSQL refuses to look for one with a NUL.
        token = sign_in(database, hasher, utc_now(), name, data.password) if name.isprintable() else None
        if token is None:
            return show("people/sign_in.html", status=403, next=_inside(data.next), name=data.name, fault=REFUSED)
        response: Response[Any] = Redirect(_inside(data.next), status_code=303)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(SIGNED_IN.total_seconds()),
            httponly=True,
            secure=settings.secure,
            samesite="lax",
        )
        return response

    @get(HOME, sync_to_thread=False, opt={"action": Action.SIGNED_IN})
    def begin(self, request: Request[Person, Any, Any]) -> Redirect:
        """The first page that somebody's role opens."""
        return Redirect(first_page(request.user), status_code=303)

    @post("/sign-out", sync_to_thread=True, status_code=303, opt={"action": Action.SIGNED_IN})
    def leave(self, request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Redirect:
        sign_out(session, request.cookies.get(COOKIE, ""))
        response = Redirect("/sign-in", status_code=303)
        response.delete_cookie(COOKIE)
        return response


def _inside(address: str) -> str:
    """An address of this site, never somebody else's: a sign-in must not lead away."""
    return address if _WITHIN.fullmatch(address) else HOME
