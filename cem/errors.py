"""What can go wrong in the application, and the one place where a fault becomes an answer.

CemError
├── SettingsFault         the installation is not complete (command line, exit status 2)
├── BadInput              a file or an argument is wrong (command line, exit status 2)
├── NotSignedIn 303       to the sign-in page, and back
├── Forbidden 403         the role does not allow it
├── NotFound 404
├── Conflict 409          the same key with another content
├── Problem 400           a program's field cannot be taken
├── Unavailable 503       the database does not answer
└── Unexpected 500        our own mistake

These are everybody's. A fault of one room, such as a target that a KPI cannot reach, stands in that room beside what
raises it, with its own title and advice.

People get one kind page with what to do; programs get a problem document (RFC 9457) with the field. Neither ever gets a
traceback: that goes to the log, without what the request carried.
"""

import logging
from sqlite3 import SQLITE_ERROR
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from surveys.errors import SurveyError
from surveys.languages import CODES, N_, choose
from surveys.templating import Templates, html

log = logging.getLogger(__name__)


class CemError(Exception):
    status = 400
    title = N_("Something is not right")
    advice = N_("Please go back and try again.")
    retry_after: int | None = None


class SettingsFault(CemError):
    pass


class BadInput(CemError):
    pass


class NotSignedIn(CemError):
    status = 303


class Forbidden(CemError):
    status = 403
    title = N_("Your role does not open this page")
    advice = N_("If you need it for your work, ask your administrator.")


class NotFound(CemError):
    status = 404
    title = N_("There is no such page")
    advice = N_("Perhaps the address is mistyped, or the page has moved.")


class Conflict(CemError):
    status = 409
    title = N_("This key was used for something else")
    advice = N_("Send a new key, or the same content as the first time.")


class Problem(CemError):
    """A field of a program's request that cannot be taken."""

    title = N_("The request is not valid")

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.errors = [{"field": field, "message": message}]


class Unavailable(CemError):
    status = 503
    title = N_("Our records cannot be reached just now")
    advice = N_("Nothing was changed. Please try again in a moment.")
    retry_after = 5


class Unexpected(CemError):
    status = 500
    title = N_("We made a mistake")
    advice = N_("It is written down and we will look into it. Please try again in a moment.")


def answer_fault(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
    """The answer to any fault: a problem document under `/api`, a page elsewhere."""
    if isinstance(fault, NotSignedIn):
        if request.url.path.startswith("/api/"):
            advice = "Send an API key as 'Authorization: Bearer KEY'."
            return _problem(401, "Unauthorized", advice, [], {"www-authenticate": "Bearer"})
        return Redirect(f"/sign-in?next={quote(_way_back(request))}", status_code=303)
    known = _known(fault)
    if request.url.path.startswith("/api/"):
        return _api_problem(known, fault)
    return show_fault(request, known)


def _way_back(request: Request[Any, Any, Any]) -> str:
    """Where somebody goes on after the sign-in: the page that they asked for; what they sent cannot be sent again."""
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _known(fault: Exception) -> CemError | SurveyError:
    if isinstance(fault, (CemError, SurveyError)):
        return fault
    if isinstance(fault, HTTPException) and fault.status_code < 500:
        known: CemError = NotFound() if fault.status_code == 404 else CemError()
        known.status = fault.status_code
        return known
    if _is_away(fault):
        log.error("the database does not answer: %s", type(fault).__name__)
        return Unavailable()
    log.error("unexpected fault", exc_info=_without_values(fault))
    return Unexpected()


def _is_away(fault: Exception) -> bool:
    """Whether the database is away, full or held by others; a statement that SQLite refuses is our own mistake."""
    if isinstance(fault, OperationalError):
        return getattr(fault.orig, "sqlite_errorcode", None) != SQLITE_ERROR
    return isinstance(fault, PoolTimeout)


def _without_values(fault: Exception) -> Exception:
    """The fault's place without its text: a database's message quotes the row, which may be a customer's words."""
    nameless: type[Exception] = type(type(fault).__name__, (Exception,), {})
    return nameless().with_traceback(fault.__traceback__)


def show_fault(request: Request[Any, Any, Any], fault: CemError | SurveyError) -> Response[Any]:
    language = choose(
        CODES,
        request.query_params.get("lang"),
        request.cookies.get("language"),
        accept=request.headers.get("accept-language", ""),
    )
    templates: Templates = request.app.state.templates
    body = templates.render(language, "fault.html", fault=fault)
    accepted = request.headers.get("accept-encoding", "")
    return html(body, accept_encoding=accepted, status=fault.status, headers=_retry(fault))


def _retry(fault: CemError | SurveyError) -> dict[str, str]:
    return {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}


def _api_problem(known: CemError | SurveyError, fault: Exception) -> Response[Any]:
    if isinstance(fault, ValidationException):
        extra = fault.extra if isinstance(fault.extra, list) else []
        errors = [{"field": one.get("key", ""), "message": one.get("message", "")} for one in extra]
        return _problem(
            400, "The request is not valid", "Each error names the field and what is wrong with it.", errors
        )
    # An unexpected fault's own words are a database's, with its values.
    detail = fault.detail if isinstance(fault, HTTPException) and known.status < 500 else str(known) or known.advice
    return _problem(known.status, known.title, detail, getattr(known, "errors", []), _retry(known))


def _problem(
    status: int, title: str, detail: str, errors: list[dict[str, str]], headers: dict[str, str] | None = None
) -> Response[dict[str, Any]]:
    document: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        document["errors"] = errors
    return Response(document, status_code=status, media_type="application/problem+json", headers=headers)
