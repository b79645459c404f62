"""Staff pages: who is signed in, in which language, and the frame around what they see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from anyio import CancelScope, to_thread
from litestar import Request, Response
from litestar.response import Stream
from litestar.template.base import csrf_token
from litestar.types import Receive, Scope, Send

from cem.menu import menu_of
from cem.people.accounts import Person
from cem.roles import Action, may
from surveys.languages import CODES, Language, choose, language
from surveys.templating import Templates, html


class EndedStream(Stream):
    """A stream that ends what it came from, however it ends: the framework forgets a stream whose reader has left."""

    def __init__(self, pieces: Iterator[bytes], end: Callable[[], None], **options: Any) -> None:
        super().__init__(pieces, **options)
        self._end = end

    def to_asgi_response(self, *arguments: Any, **options: Any) -> Any:
        respond = super().to_asgi_response(*arguments, **options)

        async def send_and_end(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await respond(scope, receive, send)
            finally:
                with CancelScope(shield=True):
                    await to_thread.run_sync(self._end)

        return send_and_end


@dataclass(frozen=True)
class Show:
    """Renders a template for this request: in its language, with its person and the menu that their role opens."""

    request: Request[Person | None, Any, Any]
    templates: Templates
    language: Language

    def __call__(
        self, template: str, /, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any
    ) -> Response[bytes]:
        body = self.templates.render(self.language, template, **self._frame(), **context)
        response = html(
            body, accept_encoding=self.request.headers.get("accept-encoding", ""), status=status, headers=headers
        )
        if self.request.query_params.get("lang") in CODES:
            response.set_cookie("language", self.language.code, max_age=31_536_000, samesite="lax", path="/")
        return response

    def stream(self, template: str, end: Callable[[], None], /, **context: Any) -> Stream:
        """The same in pieces, each sent when there is enough of it or when the page has to wait.

        `end` is called when the last piece is sent or its reader has left.
        """
        pieces = self.templates.stream(self.language, template, **self._frame(), **context)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return EndedStream(pieces, end, media_type="text/html; charset=utf-8", headers=headers)

    def _frame(self) -> dict[str, Any]:
        """What every page shows around its own."""
        person = self.request.scope.get("user")
        return {
            "person": person,
            "menu": list(menu_of(person, self.request.url.path)) if person else (),
            "may": self._may,
            "csrf_token": csrf_token({"request": self.request}),
            "other_languages": self._other_languages(),
        }

    def _may(self, action: str) -> bool:
        person = self.request.scope.get("user")
        return person is not None and may(person.role, Action(action), measured=person.measured)

    def _other_languages(self) -> list[tuple[Language, str]]:
        """The same page in each other language, with the address's other choices kept."""
        kept = [(key, value) for key, value in self.request.query_params.multi_items() if key != "lang"]
        others = (language(code) for code in CODES if code != self.language.code)
        return [(other, f"{self.request.url.path}?{urlencode([*kept, ('lang', other.code)])}") for other in others]


def provide_show(request: Request[Any, Any, Any]) -> Show:
    wished = request.query_params.get("lang"), request.cookies.get("language")
    spoken = choose(CODES, *wished, accept=request.headers.get("accept-language", ""))
    return Show(request, request.app.state.templates, spoken)
