"""The scorecard's page, its pulse, and the form that sets a target."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from types import ModuleType
from typing import Any, Protocol
from urllib.parse import parse_qsl

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.cases import numbers_words
from cem.cases.numbering import Counted, read_numbers
from cem.cases.numbers import nearest
from cem.operations.lines import change_in_words as operations_in_words
from cem.operations.lines import write, write_target
from cem.operations.section import read_section
from cem.people.accounts import Person
from cem.quality.repeats import Repeats, read_repeats, repeats_in_words
from cem.roles import Action, scope_of
from cem.scorecards.asking import Asking
from cem.scorecards.choices import Choice, UnknownChoice, filters, read_choice
from cem.scorecards.days import write_day
from cem.scorecards.drawings import distribution_figure
from cem.scorecards.figures import Figure
from cem.scorecards.findings.search import SHOWN
from cem.scorecards.offers import Offers, read_offers
from cem.scorecards.privacy import MINIMUM
from cem.scorecards.scorecard import Scorecard, build_scorecard, count_today
from cem.scorecards.sentences import ENOUGH, change_in_words, course_in_words, sentence
from cem.scorecards.sketches import sketch
from cem.scorecards.targets import read_target, set_target
from cem.scorecards.trends import trend_figure
from cem.scorecards.waterfalls import change_figure
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import Language

# Repeats are counted from the answers themselves, so for no more of them than nobody has to wait for.
COUNTED_AT_ONCE = 10_000


@dataclass
class TargetForm:
    """`choice` is the query of the page that it was sent from."""

    choice: str = ""
    series: str = ""
    value: str = ""


class Shows(Protocol):
    """What renders a page."""

    @property
    def language(self) -> Language: ...

    def __call__(self, template: str, /, **context: Any) -> Response[bytes]: ...


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
        return show_scorecard(reader, settings, show, request.user, request.query_params, utc_now())

    @get("/findings", sync_to_thread=True, opt={"action": Action.SCORECARDS_READ})
    def show_findings(
        self,
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """All that a choice's numbers prove, where its scorecard shows the most important alone."""
        view = asking.read()
        choice, offers = view.choice, view.offers
        card = build_scorecard(reader, choice, offers, view.today, comments=False)
        return show("scorecards/findings_page.html", **filters(choice, offers, show.language, view.today), card=card)

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


def show_scorecard(
    reader: Session, settings: Settings, show: Shows, person: Person, asked: Mapping[str, str], now: datetime
) -> Response[bytes]:
    """The scorecard of an address for a person, on whatever shows pages: a screen or paper."""
    today, language = day_of(now, settings.zone), show.language
    offers = read_offers(reader)
    choice = read_choice(asked, offers, person, language.calendar, today)
    if choice is None or not choice.kpis:
        return show("scorecards/empty.html", choice=choice, offers=offers)
    words = scope_of(person.role, Action.COMMENTS_READ) is not None
    card = build_scorecard(reader, choice, offers, today, comments=words)
    may_read = scope_of(person.role, Action.RESPONSES_READ) is not None
    may_count = scope_of(person.role, Action.OPERATIONS_READ) is not None
    return show(
        "scorecards/show.html",
        **filters(choice, offers, language, today),
        card=card,
        pulse=_pulse(settings, choice, card.answers_today),
        figures=_figures(language, choice, card, links=may_read),
        change=_change_figure(language, choice, offers, card),
        repeats=_repeats(reader, choice, offers, card),
        shown_findings=SHOWN,
        today_written=write_day(language, today),
        course_in_words=course_in_words,
        repeats_in_words=repeats_in_words,
        sentence=sentence,
        change_in_words=change_in_words,
        sketch=sketch,
        minimum=MINIMUM,
        enough=ENOUGH,
        operations=read_section(reader, choice, card.tiles, language.calendar, today) if may_count else None,
        operations_in_words=operations_in_words,
        write=write,
        write_target=write_target,
        closed_loop=_closed_loop(reader, choice, person),
        zone=settings.zone,
    )


def _closed_loop(reader: Session, choice: Choice, person: Person) -> tuple[int, Counted, ModuleType] | None:
    """What the cases of the scorecard's unit add up to, over the days that come closest to its period."""
    days = nearest(choice.period.months)
    counted = read_numbers(reader, choice.unit, days) if scope_of(person.role, Action.CASES_COUNT) else None
    return (days, counted, numbers_words) if counted else None


def _repeats(reader: Session, choice: Choice, offers: Offers, card: Scorecard) -> Repeats | None:
    """How many answers are repeats of one customer; None where none is, or where counting would take its time."""
    tile = card.focus
    if not tile.shown or tile.estimate is None or tile.estimate.n > COUNTED_AT_ONCE:
        return None
    found = read_repeats(reader, choice, tile.kpi, offers.surveys[choice.survey].questionnaire)
    return found if found and found.repeated else None


def _pulse(settings: Settings, choice: Choice, answers: int) -> str:
    """The count itself stays hidden: of a small unit on a quiet day it would tell too much."""
    said = f"{choice.query()}#{answers}".encode()
    return blake2b(said, key=settings.secret_key.encode()[:64], digest_size=8).hexdigest()


def _figures(
    language: Language, choice: Choice, card: Scorecard, *, links: bool
) -> tuple[Figure | None, Figure | None]:
    """The trend and the distribution; with `links` each row of their tables leads to its responses."""
    trend = trend_figure(language, card.focus, card.course, card.notes)
    distribution = distribution_figure(language, card.focus)
    if not links:
        return trend, distribution
    if trend and card.course:
        months = tuple(choice.responses(period=str(point.month)) for point in card.course.points)
        trend = replace(trend, links=months)
    if distribution:
        scores = tuple(choice.responses(score=str(score)) for score in card.focus.kpi.points)
        distribution = replace(distribution, links=scores)
    return trend, distribution


def _change_figure(language: Language, choice: Choice, offers: Offers, card: Scorecard) -> Figure | None:
    if not card.part:
        return None
    places = offers.touchpoints if card.part == "touchpoint" else offers.units
    return change_figure(language, choice.focus, card.part, card.split, {c: p.names for c, p in places.items()})
