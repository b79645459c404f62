"""What the sample is like: repeated answers, the population that it stands for, and its small units."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.quality.axes import Axis
from cem.quality.margins import (
    COMPANY,
    DIMENSIONS,
    Margin,
    categories,
    category_name,
    dimension_name,
    parse_amounts,
    read_margins,
    set_margin,
)
from cem.quality.pages import chosen, frame
from cem.quality.plan_figures import curve_figure
from cem.quality.planner import assume, parse, plan, suppose
from cem.quality.repeats import WAYS, choose_way, count_nameless, read_repeats, read_way, repeats_in_words
from cem.quality.small_units import REASONS, RELIABLE, read_units
from cem.quality.weights import CONCERNS, weigh
from cem.roles import Action
from cem.scorecards.asking import Asking
from cem.scorecards.disclosure import closed_series
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now


class SamplePages(Controller):
    path = "/quality"

    @get("/repeats", sync_to_thread=True, opt={"action": Action.QUALITY_READ})
    def show_repeats(
        self,
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """A KPI with repeated answers counted in three ways, and the way that was chosen."""
        view = asking.read()
        choice, offers = view.choice, view.offers
        closed = choice.kpi in closed_series(reader, choice, offers)
        questionnaire = offers.surveys[choice.survey].questionnaire
        repeats = None if closed else read_repeats(reader, choice, choice.focus, questionnaire)
        return show(
            "quality/repeats.html",
            **frame(choice, offers, show, view.today, "/quality/repeats"),
            repeats=repeats,
            nameless=count_nameless(reader, choice) if repeats else 0,
            axis=Axis.of(choice.focus, [one.estimate for one in repeats.ways]) if repeats else None,
            in_words=repeats_in_words,
            ways=WAYS,
            way=read_way(reader, choice.survey_id),
        )

    @get("/weights", sync_to_thread=True, opt={"action": Action.QUALITY_READ})
    def show_weights(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """A KPI beside the same weighted to what the customers are like; `edit` asks for one dimension's form."""
        view = asking.read()
        choice, offers = view.choice, view.offers
        margins, asked = read_margins(reader, choice.survey_id), request.query_params.getall("by", [])
        by = {name: margin for name, margin in margins.items() if name in asked} if asked else margins
        closed = choice.kpi in closed_series(reader, choice, offers)
        questionnaire = offers.surveys[choice.survey].questionnaire
        kpi, spoken = choice.focus, show.language
        weighted = None if closed else weigh(reader, choice, kpi, questionnaire, by, offers, spoken)
        raked = weighted.raked if weighted else None
        edit = request.query_params.get("edit", "")
        return show(
            "quality/weights.html",
            **frame(choice, offers, show, view.today, "/quality/weights"),
            margins=margins,
            by=by,
            weighted=weighted,
            axis=Axis.of(kpi, (raked.estimate, raked.unweighted)) if raked else None,
            concerns=CONCERNS,
            dimensions=DIMENSIONS,
            edit=edit if edit in DIMENSIONS else "",
            categories=categories(offers, edit),
            category_name=lambda dimension, category: category_name(spoken, offers, dimension, category),
            dimension_name=lambda dimension: dimension_name(spoken, dimension),
        )

    @post("/margins", sync_to_thread=True, status_code=303, opt={"action": Action.QUALITY_SET})
    def set_margin(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """What the customers are like in one dimension, for this survey or the company."""
        now = utc_now()
        today, dimension = day_of(now, settings.zone), data.get("dimension", "")
        choice = chosen(data.get("choice", ""), session, request, show, today)
        known = categories(read_offers(session), dimension)
        amounts = {category: amount for category, amount in parse_amounts(data).items() if category in known}
        margin = Margin(dimension, amounts, data.get("source", ""), today)
        whose = choice.survey_id if data.get("scope") == "survey" else COMPANY
        set_margin(session, now, request.user.name, whose, margin)
        return Redirect(f"/quality/weights?{choice.query()}", status_code=303)

    @post("/repeats", sync_to_thread=True, status_code=303, opt={"action": Action.QUALITY_SET})
    def choose_way(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """How the survey counts repeated answers from now on."""
        now = utc_now()
        choice = chosen(data.get("choice", ""), session, request, show, day_of(now, settings.zone))
        choose_way(session, now, request.user.name, choice.survey_id, data.get("way", ""))
        return Redirect(f"/quality/repeats?{choice.query()}", status_code=303)

    @get("/units", sync_to_thread=True, opt={"action": Action.QUALITY_READ})
    def show_units(
        self,
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """Raw and shrunken scores of the units side by side, with the reliability of each; no ranks."""
        view = asking.read()
        choice, offers = view.choice, view.offers
        closed = choice.kpi in closed_series(reader, choice, offers)
        return show(
            "quality/units.html",
            **frame(choice, offers, show, view.today, "/quality/units"),
            small=None if closed else read_units(reader, choice, choice.focus, offers),
            reasons=REASONS,
            reliable=RELIABLE,
        )

    @get("/planner", sync_to_thread=True, opt={"action": Action.QUALITY_READ})
    def show_planner(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """How many answers and invitations a question needs, and what the answers that come can show."""
        view = asking.read()
        choice, offers = view.choice, view.offers
        kpi, questionnaire = choice.focus, offers.surveys[choice.survey].questionnaire
        closed = kpi.series in closed_series(reader, choice, offers)
        usual = suppose(kpi) if closed else assume(reader, choice, kpi, questionnaire)
        # The numbers of another KPI's form are not this one's.
        same = request.query_params.get("of") == f"{choice.survey}.{kpi.series}"
        given = request.query_params if same else {"goal": request.query_params.get("goal", "")}
        try:
            assumed = parse(given, usual)
            planned = plan(kpi, assumed)
        except ValueError:
            assumed, planned = usual, None
        return show(
            "quality/planner.html",
            **frame(choice, offers, show, view.today, "/quality/planner"),
            assumed=assumed,
            plan=planned,
            figure=curve_figure(show.language, kpi, planned) if planned else None,
        )
