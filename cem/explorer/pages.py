"""The explorer's pages: a table of two cuts, and the drivers of a KPI, from addresses that can be kept and sent."""

import time
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from cem.explorer.cuts import QUESTION, Cut, offered_cuts, questions
from cem.explorer.drivers import QUADRANTS, REASONS, find_drivers
from cem.explorer.figures import quadrant_figure
from cem.explorer.tables import Table, kpi_table, share_table
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.choices import Choice, UnknownChoice, filters, read_choice
from cem.scorecards.disclosure import closed_series
from cem.scorecards.offers import read_offers
from cem.scorecards.privacy import MINIMUM
from cem.scorecards.sentences import ENOUGH
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.questionnaire import Questionnaire, Scored


class ExplorerPages(Controller):
    path = "/explorer"

    @get("/", sync_to_thread=True, opt={"action": Action.EXPLORER_READ})
    def show_table(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """A KPI, or the answers to a question, by any two cuts."""
        today = day_of(utc_now(), settings.zone)
        offers, asked = read_offers(reader), request.query_params
        measure = asked.get("measure", "")
        series = "" if measure.startswith(QUESTION) else measure
        choice = read_choice({**asked, "kpi": series}, offers, request.user, show.language.calendar, today)
        if choice is None or not choice.kpis:
            return show("scorecards/empty.html", choice=choice, offers=offers)
        questionnaire = offers.surveys[choice.survey].questionnaire
        cuts = offered_cuts(choice, offers, questionnaire)
        asking = {cut.code: cut for cut in questions(questionnaire)}
        if measure.startswith(QUESTION) and measure not in asking:
            raise UnknownChoice
        rows, columns = _chosen(cuts, asked.get("rows", ""), asked.get("columns", ""), measure)
        started = time.perf_counter()
        closed = choice.kpi in closed_series(reader, choice, offers)
        table = None if closed else _table(reader, choice, questionnaire, asking.get(measure), rows, columns)
        return show(
            "explorer/show.html",
            **filters(choice, offers, show.language, today),
            cuts=cuts,
            asking=asking,
            measure=measure or choice.kpi,
            rows=rows,
            columns=columns,
            table=table,
            seconds=time.perf_counter() - started,
            minimum=MINIMUM,
            enough=ENOUGH,
        )

    @get("/drivers", sync_to_thread=True, opt={"action": Action.EXPLORER_READ})
    def show_drivers(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """What a KPI depends on, how the company does there, and where to work first."""
        today = day_of(utc_now(), settings.zone)
        offers = read_offers(reader)
        choice = read_choice(request.query_params, offers, request.user, show.language.calendar, today)
        if choice is None or not choice.kpis:
            return show("scorecards/empty.html", choice=choice, offers=offers)
        closed = choice.kpi in closed_series(reader, choice, offers)
        drivers = None if closed else find_drivers(reader, choice, offers.surveys[choice.survey].questionnaire)
        return show(
            "explorer/drivers.html",
            **filters(choice, offers, show.language, today),
            drivers=drivers,
            figure=quadrant_figure(show.language, choice.focus, drivers) if drivers and drivers.places else None,
            quadrants=QUADRANTS,
            reasons=REASONS,
        )


def _table(
    reader: Session,
    choice: Choice,
    questionnaire: Questionnaire,
    asked: Cut | None,
    rows: Cut | None,
    columns: Cut | None,
) -> Table | None:
    if asked is not None:
        return share_table(reader, choice, asked, columns) if columns else None
    if rows is None or columns is None:
        return None
    ids = [q.id for q in questionnaire.questions if isinstance(q, Scored) and q.series == choice.kpi]
    return kpi_table(reader, choice, ids, rows, columns)


def _chosen(cuts: dict[str, Cut], rows: str, columns: str, measure: str) -> tuple[Cut | None, Cut | None]:
    """The two cuts of an address; the first that are offered where it says nothing, and never the same twice."""
    if (rows and rows not in cuts) or (columns and columns not in cuts):
        raise UnknownChoice
    first = rows or next((code for code in cuts if code not in (columns, measure)), "")
    second = columns or next((code for code in reversed(cuts) if code not in (first, measure)), "")
    if second in (first, measure):
        second = next((code for code in cuts if code not in (first, measure)), "")
    return cuts.get(first), cuts.get(second)
