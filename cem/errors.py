"""What can go wrong in the application, and the one place where a fault becomes an answer.

CemError
├── SettingsFault         the installation is not complete (command line, exit status 2)
├── BadInput              a file or an argument is wrong (command line, exit status 2)
├── NotSignedIn 303       to the sign-in page, and back
├── Forbidden 403         the role does not allow it
├── NotFound 404
├── Conflict 409          the same key with another content
├── Problem 400           a program's field cannot be taken
├── UnknownChoice 404     a scorecard's address asks for what is not there (cem/scorecards/choices.py)
└── TargetFault 400       a KPI cannot reach this target (cem/scorecards/targets.py)

People get one kind page with what to do; programs get a problem document (RFC 9457) with the field. Neither ever gets a
traceback: that goes to the log, without what the request carried.
"""

import logging
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect

from surveys.errors import SurveyError
from surveys.languages import CODES, N_, choose
from surveys.templating import Templates, html

log = logging.getLogger(__name__)


class CemError(Exception):
    status = 400
    title = N_("Something is not right")
    advice = N_("Please go back and try again.")


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


class Unexpected(CemError):
    status = 500
    title = N_("We made a mistake")
    advice = N_("It is written down and we will look into it. Please try again in a moment.")


def answer_fault(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
    """The answer to any fault: a problem document under `/api`, a page elsewhere."""
    if isinstance(fault, NotSignedIn):
        if request.url.path.startswith("/api/"):
            return _problem(401, "Unauthorized", "Send an API key as 'Authorization: Bearer KEY'.", [])
        return Redirect(f"/sign-in?next={quote(request.url.path)}", status_code=303)
    known = _known(fault)
    if request.url.path.startswith("/api/"):
        return _api_problem(known, fault)
    return show_fault(request, known)


def _known(fault: Exception) -> CemError | SurveyError:
    if isinstance(fault, (CemError, SurveyError)):
        return fault
    if isinstance(fault, HTTPException) and fault.status_code < 500:
        known: CemError = NotFound() if fault.status_code == 404 else CemError()
        known.status = fault.status_code
        return known
    log.error("unexpected fault", exc_info=_without_values(fault))
    return Unexpected()


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
    headers = {"retry-after": str(fault.retry_after)} if isinstance(fault, SurveyError) and fault.retry_after else {}
    body = templates.render(language, "fault.html", fault=fault)
    return html(body, accept_encoding=request.headers.get("accept-encoding", ""), status=fault.status, headers=headers)


def _api_problem(known: CemError | SurveyError, fault: Exception) -> Response[Any]:
    if isinstance(fault, ValidationException):
        extra = fault.extra if isinstance(fault.extra, list) else []
        errors = [{"field": one.get("key", ""), "message": one.get("message", "")} for one in extra]
        return _problem(
            400, "The request is not valid", "Each error names the field and what is wrong with it.", errors
        )
    detail = fault.detail if isinstance(fault, HTTPException) else str(fault) or known.advice
    return _problem(known.status, known.title, detail, getattr(fault, "errors", []))


def _problem(status: int, title: str, detail: str, errors: list[dict[str, str]]) -> Response[dict[str, Any]]:
    document: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        document["errors"] = errors
    return Response(document, status_code=status, media_type="application/problem+json")
