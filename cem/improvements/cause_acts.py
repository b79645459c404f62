"""What the CX manager does with causes: add one, rename, move, retire, or take it up again."""

from typing import Any

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.improvements.causes import keep_cause, retire_cause
from cem.improvements.forms import Sent, text_of
from cem.people.accounts import Person
from cem.roles import Action
from surveys.database import utc_now


class CauseActs(Controller):
    path = "/improvements/causes"

    @post("/", status_code=303, sync_to_thread=True, opt={"action": Action.CAUSES_KEEP})
    def keep(
        self, request: Request[Person, Any, Any], data: URLEncodedBody[Sent], session: NamedDependency[Session]
    ) -> Redirect:
        """Add a cause, rename or move one, or take a retired one up again."""
        names = {code: text_of(data, code) for code in ("fa", "en")}
        parent = text_of(data, "parent") or None
        kind, code = text_of(data, "kind"), text_of(data, "code")
        keep_cause(session, utc_now(), request.user.name, code, names, kind=kind, parent=parent)
        return Redirect("/improvements/causes", status_code=303)

    @post("/retire", status_code=303, sync_to_thread=True, opt={"action": Action.CAUSES_KEEP})
    def retire(
        self, request: Request[Person, Any, Any], data: URLEncodedBody[Sent], session: NamedDependency[Session]
    ) -> Redirect:
        """No case is closed with it any more."""
        retire_cause(session, utc_now(), request.user.name, text_of(data, "code"))
        return Redirect("/improvements/causes", status_code=303)
