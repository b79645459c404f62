"""`/health`: 200 only when a write would succeed."""

from typing import Any

from litestar import Request, Response, get
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from surveys.database import NIL
from surveys.models import Draft
from surveys.reception import Reception


@get("/health", sync_to_thread=True, opt={"public": True})
def health(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    reception: Reception = request.app.state.reception
    try:
        with reception.database.writer.begin() as connection:
            # Takes the write lock and touches a table, and changes nothing.
            connection.execute(delete(Draft).where(Draft.survey_id == NIL))
    except SQLAlchemyError:
        return Response({"status": "the database takes no writes"}, status_code=503)
    if not reception.inbox.open:
        return Response({"status": "the inbox is full or closed"}, status_code=503)
    return Response({"status": "ok"})
