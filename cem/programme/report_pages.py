"""The six-lessons report on screen and as a PDF."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.programme.pages import HERE
from cem.programme.report import report_page, show_report
from cem.reports.printing import Printer
from cem.roles import Action
from cem.settings import Settings
from cem.studio.exports import attachment
from cem.templating import Show
from surveys.database import utc_now

PDF = "application/pdf"


class ProgrammeReportPages(Controller):
    path = f"{HERE}/report"

    @get("/", sync_to_thread=True, opt={"action": Action.PROGRAMME_READ})
    def show_report(
        self,
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
        quarter: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The report of a quarter that was kept, or as of today."""
        return show_report(reader, settings, show, quarter, utc_now())

    @get("/pdf", sync_to_thread=True, opt={"action": Action.PROGRAMME_READ})
    def print_report(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
        quarter: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The same on paper."""
        printer: Printer = request.app.state.printer
        with printer.turn():
            page = report_page(reader, settings, show.templates, show.language, request.user, quarter, utc_now())
            reader.close()
            content = printer.print_page(page)
        name = attachment("six-lessons.pdf", f"{show.language.gettext('Six-lessons report')}.pdf")
        return Response(content, media_type=PDF, headers={"content-disposition": name, "cache-control": "no-store"})
