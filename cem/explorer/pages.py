"""The explorer's pages: a table of two cuts, and the drivers of a KPI, from addresses that can be kept and sent."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Stream
from sqlalchemy.orm import Session

from cem.explorer import counting
from cem.explorer.counting import Make, Outcome, count_in_steps, count_now, count_tallied, expected
from cem.explorer.cuts import QUESTION, SCORE, Cut, offered_cuts, questions
from cem.explorer.disclosure import read_scores, score_ids
from cem.explorer.drilling import Drill
from cem.explorer.drivers import QUADRANTS, REASONS, find_drivers
from cem.explorer.figures import quadrant_figure
from cem.explorer.limits import read_limits
from cem.explorer.tables import kpi_table, share_table
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.asking import Asking
from cem.scorecards.choices import Choice, UnknownChoice, filters
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import MINIMUM
from cem.scorecards.sentences import ENOUGH
from cem.templating import Show
from surveys.cuts import Scores, Side
from surveys.questionnaire import Questionnaire


class ExplorerPages(Controller):
    path = "/explorer"

    @get("/", sync_to_thread=True, opt={"action": Action.EXPLORER_READ})
    def show_table(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes] | Stream:
        """A KPI, or the answers to a question, by any two cuts."""
        asked = request.query_params
        measure = asked.get("measure", "")
        view = asking.read(kpi="" if measure.startswith(QUESTION) else measure)
        offers = view.offers
        choice = read_limits(asked, view.choice, offers)
        questionnaire = offers.surveys[choice.survey].questionnaire
        cuts = _cuts(choice, offers, questionnaire)
        answered = {cut.code: cut for cut in questions(questionnaire)}
        if measure.startswith(QUESTION) and measure not in answered:
            raise UnknownChoice
        rows, columns = _chosen(cuts, asked.get("rows", ""), asked.get("columns", ""), measure)
        table = _table(choice, questionnaire, answered.get(measure), rows, columns)
        outcome = _count(request, reader, choice, offers, table)
        page = {
            **filters(choice, offers, show.language, view.today),
            "limits": {name: cuts[name] for name in ("segment", "language") if name in cuts},
            "cuts": cuts,
            "asking": answered,
            "measure": measure or choice.kpi,
            "rows": rows,
            "columns": columns,
            "outcome": outcome,
            "drill": Drill(choice, answered.get(measure, rows), columns),
            "minimum": MINIMUM,
            "enough": ENOUGH,
        }
        # Who sees how far it is must get each piece as it comes.
        if outcome.slow:
            return show.stream("explorer/show.html", outcome.steps.close, **page)
        return show("explorer/show.html", **page)

    @get("/drivers", sync_to_thread=True, opt={"action": Action.EXPLORER_READ})
    def show_drivers(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """What a KPI depends on, how the company does there, and where to work first."""
        view = asking.read()
        choice, offers = view.choice, view.offers
        choice = read_limits(request.query_params, choice, offers)
        questionnaire = offers.surveys[choice.survey].questionnaire
        cuts = offered_cuts(choice, offers, questionnaire)
        closed = read_scores(reader, choice, offers) is None
        drivers = None if closed else find_drivers(reader, choice, questionnaire)
        return show(
            "explorer/drivers.html",
            **filters(choice, offers, show.language, view.today),
            limits={name: cuts[name] for name in ("segment", "language") if name in cuts},
            drivers=drivers,
            figure=quadrant_figure(show.language, choice.focus, drivers) if drivers and drivers.places else None,
            quadrants=QUADRANTS,
            reasons=REASONS,
        )


def _cuts(choice: Choice, offers: Offers, questionnaire: Questionnaire) -> dict[str, Cut]:
    """What the table may be cut by: not by what the filter has chosen already, nor by the scores that are shown."""
    own = {f"{SCORE}{name}" for name in score_ids(questionnaire, choice.kpi)}
    return {code: cut for code, cut in offered_cuts(choice, offers, questionnaire).items() if code not in own}


def _table(
    choice: Choice, questionnaire: Questionnaire, asked: Cut | None, rows: Cut | None, columns: Cut | None
) -> tuple[list[Side], Make] | None:
    """What has to be read, and what makes the table of it; None where there is nothing to cut by."""
    if columns is None or (rows is None and asked is None):
        return None
    if asked is not None:
        return [asked.side, columns.side], lambda counted: share_table(counted, asked, columns)
    assert rows is not None  # noqa: S101 - seen above
    score = Scores(score_ids(questionnaire, choice.kpi))
    return [score, rows.side, columns.side], lambda counted: kpi_table(counted, choice.focus, rows, columns)


def _count(
    request: Request[Person, Any, Any],
    reader: Session,
    choice: Choice,
    offers: Offers,
    table: tuple[list[Side], Make] | None,
) -> Outcome:
    if table is None:
        return Outcome()
    tallied = count_tallied(reader, choice, offers, *table)
    if tallied is not None:
        return tallied
    if expected(reader, choice) <= counting.SLOW:
        return count_now(reader, choice, offers, *table)
    return count_in_steps(request.app.state.database, request.app.state.slots, choice, offers, *table)


def _chosen(cuts: Mapping[str, Cut], rows: str, columns: str, measure: str) -> tuple[Cut | None, Cut | None]:
    """The two cuts of an address; the first two that are offered where it says nothing, and never the same twice.

    The first are touchpoints and, where the company has them, segments.
    """
    if (rows and rows not in cuts) or (columns and columns not in cuts):
        raise UnknownChoice
    first = rows or next((code for code in cuts if code not in (columns, measure)), "")
    second = columns or next((code for code in cuts if code not in (first, measure)), "")
    if second in (first, measure):
        second = next((code for code in cuts if code not in (first, measure)), "")
    return cuts.get(first), cuts.get(second)
