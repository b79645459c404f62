"""How far the answers can be trusted: what looks odd, who decides about it, and by which rules."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.quality.axes import Axis
from cem.quality.checks import check_survey, find
from cem.quality.decisions import DecisionFault, decide
from cem.quality.figures import COLOURS, days_figure, signal_name
from cem.quality.overview import Effect, read_effects, read_found
from cem.quality.reviews import Asked, read_matching, read_review
from cem.quality.rules import KINDS, NAMES, parse_rules, read_rules, set_rules
from cem.quality.sentences import effect_in_words, reason_in_words
from cem.quality.trials import LARGEST, TooLarge, count_answers, moves_of
from cem.roles import Action
from cem.scorecards.asking import Asking, read_sent
from cem.scorecards.choices import Choice, UnknownChoice, filters
from cem.scorecards.disclosure import closed_series
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import MINIMUM
from cem.settings import Settings
from cem.templating import Show
from surveys.database import Database, day_of, utc_now


@dataclass
class DecisionForm:
    """`choice` is the query of the page that it was sent from; `everything` stands for all that match it."""

    choice: str = ""
    # A form with one box ticked sends a text, not a list of one.
    response: list[str] | str = ""
    everything: str = ""
    became: str = ""
    reason: str = ""


class QualityPages(Controller):
    path = "/quality"

    @get("/", sync_to_thread=True, opt={"action": Action.QUALITY_READ})
    def show_overview(
        self,
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """Every signal, on which days and places, and each KPI with and without the suspect answers."""
        view = asking.read()
        choice, offers = view.choice, view.offers
        found = read_found(reader, choice)
        effects = read_effects(reader, choice, closed_series(reader, choice, offers))
        return show(
            "quality/show.html",
            **frame(choice, offers, show, view.today, "/quality"),
            found=found,
            effects=[(effect, _axis(effect)) for effect in effects],
            figure=days_figure(show.language, found, choice.period),
            in_words=effect_in_words,
            signal_name=signal_name,
            colours=COLOURS,
        )

    @get("/responses", sync_to_thread=True, opt={"action": Action.QUALITY_DECIDE})
    def show_responses(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """The answers that show a signal, to be called valid or suspect."""
        view = asking.read()
        choice, offers = view.choice, view.offers
        asked = _asked(request.query_params)
        return show(
            "quality/responses.html",
            **frame(choice, offers, show, view.today, "/quality/responses"),
            asked=asked,
            review=read_review(reader, choice, asked),
            signals=NAMES,
            signal_name=signal_name,
            reason_in_words=reason_in_words,
            query=choice.query(signal=asked.signal, quality=asked.quality),
        )

    @post("/decisions", sync_to_thread=True, status_code=303, opt={"action": Action.QUALITY_DECIDE})
    def decide(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[DecisionForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Call the chosen answers, or all that match, valid or suspect."""
        now = utc_now()
        given = dict(parse_qsl(data.choice))
        choice = read_sent(data.choice, session, request.user, show, day_of(now, settings.zone)).choice
        matching, chosen = set(read_matching(session, choice, _asked(given))), set(_ids(data.response))
        # What is decided about was on the page: an id from elsewhere is nobody's.
        ids = matching if data.everything else set() if choice.anonymous else matching & chosen
        if not ids:
            raise DecisionFault
        decide(session, now, request.user.name, choice.survey_id, dict.fromkeys(ids, data.reason), data.became)
        return Redirect(f"/quality/responses?{data.choice}", status_code=303)

    @get("/rules", sync_to_thread=True, opt={"action": Action.QUALITY_READ})
    def show_rules(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """The rules of a survey; with `try`, what rules like these would mark in the period, and move."""
        view = asking.read()
        choice, offers = view.choice, view.offers
        rules = read_rules(reader, choice.survey_id)
        large = count_answers(reader, choice) > LARGEST
        trial = None
        if "try" in request.query_params and not large:
            rules = parse_rules(request.query_params, rules)
            trial = find(reader, choice.survey_id, rules, choice.period.start, choice.period.end)
        return show(
            "quality/rules.html",
            **frame(choice, offers, show, view.today, "/quality/rules"),
            rules=rules,
            kinds=KINDS,
            names=NAMES,
            large=large,
            trial=trial,
            moves=moves_of(reader, choice, trial) if trial else (),
        )

    @post("/rules", sync_to_thread=True, status_code=303, opt={"action": Action.QUALITY_SET})
    def set_rules(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """These rules from now on."""
        now = utc_now()
        choice = chosen(data.get("choice", ""), session, request, show, day_of(now, settings.zone))
        rules = parse_rules(data, read_rules(session, choice.survey_id))
        set_rules(session, now, request.user.name, choice.survey_id, rules)
        return Redirect(f"/quality/rules?{choice.query()}", status_code=303)

    @post("/checks", sync_to_thread=True, status_code=303, opt={"action": Action.QUALITY_SET})
    def check(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Check the answers of the period now, instead of at night."""
        now = utc_now()
        choice = chosen(data.get("choice", ""), reader, request, show, day_of(now, settings.zone))
        if count_answers(reader, choice) > LARGEST:
            raise TooLarge
        database: Database = request.app.state.database
        check_survey(database, now, choice.survey_id, choice.period.start, choice.period.end)
        return Redirect(f"/quality?{choice.query()}", status_code=303)


def frame(choice: Choice, offers: Offers, show: Show, today: date, here: str) -> dict[str, Any]:
    """What every page of quality needs: its filters, and where it is."""
    return {**filters(choice, offers, show.language, today), "here": here, "minimum": MINIMUM}


def chosen(query: str, session: Session, request: Request[Person, Any, Any], show: Show, today: date) -> Choice:
    """The choice of the page that a form was sent from."""
    choice = read_sent(query, session, request.user, show, today).choice
    if not choice.kpis:
        raise UnknownChoice
    return choice


def _axis(effect: Effect) -> Axis:
    return Axis.of(effect.kpi, (effect.valid, effect.every))


def _asked(given: Any) -> Asked:
    return Asked(str(given.get("signal", "")), str(given.get("quality", "")))


def _ids(given: list[str] | str) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text) for text in ([given] if isinstance(given, str) else given) if text]
    except ValueError:
        raise DecisionFault from None
