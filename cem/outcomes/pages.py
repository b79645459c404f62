"""The page of outcomes: a KPI against what customers did next, from an address that can be kept and sent."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from cem.outcomes.figures import survival_figure
from cem.outcomes.findings import amount, link_findings, segment_findings, value_findings
from cem.outcomes.money import DISCOUNT, YEARS
from cem.outcomes.outcomes import Assumptions, build_outcomes
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.asking import Asking
from cem.scorecards.choices import UnknownChoice, filters
from cem.scorecards.disclosure import closed_series
from cem.scorecards.privacy import MINIMUM
from cem.scorecards.sentences import ENOUGH
from cem.templating import Show
from surveys.languages import ascii_digits

MULTIPLIER = 2.0


class OutcomePages(Controller):
    path = "/outcomes"

    @get("/", sync_to_thread=True, opt={"action": Action.OUTCOMES_READ})
    def show_outcomes(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """Who stays, who spends and what customers are worth, by what they answered."""
        view, language = asking.read(), show.language
        choice, offers = view.choice, view.offers
        assumed = read_assumptions(request.query_params)
        closed = choice.kpi in closed_series(reader, choice, offers)
        questionnaire = offers.surveys[choice.survey].questionnaire
        outcomes = build_outcomes(reader, choice, questionnaire, assumed, closed=closed)
        kpi = choice.focus
        return show(
            "outcomes/show.html",
            **filters(choice, offers, language, view.today),
            outcomes=outcomes,
            assumed=assumed,
            figure=survival_figure(language, kpi, outcomes) if outcomes else None,
            links=list(link_findings(language, outcomes)) if outcomes else [],
            values=list(value_findings(language, outcomes)) if outcomes else [],
            segments=list(segment_findings(language, kpi, outcomes)) if outcomes else [],
            minimum=MINIMUM,
            enough=ENOUGH,
            years=YEARS,
            amount=amount,
        )


def read_assumptions(asked: Mapping[str, str]) -> Assumptions:
    """UnknownChoice for what is no number, or one that nobody would assume."""
    return Assumptions(_number(asked, "discount", DISCOUNT, 100), _number(asked, "multiplier", MULTIPLIER, 20))


def _number(asked: Mapping[str, str], name: str, usual: float, most: float) -> float:
    try:
        value = float(ascii_digits(asked.get(name, "") or str(usual)))
    except ValueError:
        raise UnknownChoice from None
    if not 0 <= value <= most:
        raise UnknownChoice
    return value
