"""The scorecard's page, its pulse, and the form that sets a target."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.roles import Action, scope_of
from cem.scorecards.choices import Choice, UnknownChoice, filters, read_choice
from cem.scorecards.drawings import distribution_figure, trend_figure
from cem.scorecards.offers import read_offers
from cem.scorecards.privacy import MINIMUM
from cem.scorecards.scorecard import build_scorecard, count_today
from cem.scorecards.sentences import ENOUGH, change_in_words, sentence
from cem.scorecards.sketches import sketch
from cem.scorecards.targets import read_target, set_target
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now


@dataclass
class TargetForm:
    """`choice` is the query of the page that it was sent from."""

    choice: str = ""
    series: str = ""
    value: str = ""


class ScorecardPages(Controller):
    path = "/scorecards"

    @get("/", sync_to_thread=True, opt={"action": Action.SCORECARDS_READ})
    def show_scorecard(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """The KPIs of a survey over a period, for the part of the company that the person may see."""
        today = day_of(utc_now(), settings.zone)
        offers = read_offers(reader)
        choice = read_choice(request.query_params, offers, request.user, show.language.calendar, today)
        if choice is None or not choice.kpis:
            return show("scorecards/empty.html", choice=choice, offers=offers)
        words = scope_of(request.user.role, Action.COMMENTS_READ) is not None
        card = build_scorecard(reader, choice, offers, today, comments=words)
        figures = trend_figure(show.language, card.focus), distribution_figure(show.language, card.focus)
        return show(
            "scorecards/show.html",
            **filters(choice, offers, show.language, today),
            card=card,
            pulse=_pulse(settings, choice, card.answers_today),
            figures=figures,
            sentence=sentence,
            change_in_words=change_in_words,
            sketch=sketch,
            minimum=MINIMUM,
            enough=ENOUGH,
        )

    @get("/pulse", sync_to_thread=True, opt={"action": Action.SCORECARDS_READ})
    def show_pulse(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[dict[str, str]]:
        """What changes with every answer that the same address counts today."""
        today = day_of(utc_now(), settings.zone)
        choice = read_choice(request.query_params, read_offers(reader), request.user, show.language.calendar, today)
        pulse = _pulse(settings, choice, count_today(reader, choice, today)) if choice and choice.kpis else ""
        return Response({"pulse": pulse}, headers={"cache-control": "no-store"})

    @post("/targets", sync_to_thread=True, status_code=303, opt={"action": Action.TARGETS_SET})
    def set_target(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[TargetForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Set a KPI's target from today on, for the unit that the page showed, and go back to it."""
        now = utc_now()
        today = day_of(now, settings.zone)
        asked = dict(parse_qsl(data.choice)) | {"kpi": data.series}
        choice = read_choice(asked, read_offers(session), request.user, show.language.calendar, today)
        if choice is None or not data.series:
            raise UnknownChoice
        set_target(
            session,
            now,
            request.user.name,
            survey_id=choice.survey_id,
            series=choice.kpi,
            unit=choice.unit,
            valid_from=today,
            value=read_target(data.value, choice.focus),
        )
        return Redirect(choice.address(), status_code=303)


def _pulse(settings: Settings, choice: Choice, answers: int) -> str:
    """The count itself stays hidden: of a small unit on a quiet day it would tell too much."""
    said = f"{choice.query()}#{answers}".encode()
    return blake2b(said, key=settings.secret_key.encode()[:64], digest_size=8).hexdigest()
