"""The scorecard's page as a PDF."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.reports.printing import Printer
from cem.reports.scorecards import scorecard_page
from cem.roles import Action
from cem.settings import Settings
from cem.studio.exports import attachment
from cem.templating import Show
from surveys.database import utc_now

PDF = "application/pdf"


class ReportPages(Controller):
    path = "/scorecards/pdf"

    @get("/", sync_to_thread=True, opt={"action": Action.SCORECARDS_READ})
    def print_scorecard(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """The page of the same address without `/pdf`, on paper."""
        printer: Printer = request.app.state.printer
        asked, now = dict(request.query_params), utc_now()
        with printer.turn():
            page = scorecard_page(reader, settings, show.templates, show.language, request.user, asked, now)
            # Printing takes seconds, and needs no connection.
            reader.close()
            content = printer.print_page(page)
        name = attachment("scorecard.pdf", f"{show.language.gettext('Scorecard')}.pdf")
        return Response(content, media_type=PDF, headers={"content-disposition": name, "cache-control": "no-store"})
