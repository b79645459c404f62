"""What a page's address asks for, read in one way for all pages that show a part of the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request, Response
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.scorecards.choices import Choice, UnknownChoice, read_choice
from cem.scorecards.offers import Offers, read_offers
from cem.settings import Settings
from cem.templating import Show, provide_show
from surveys.database import day_of, utc_now


class NothingToShow(Exception):
    """Nothing is published that a page could be about."""

    def __init__(self, choice: Choice | None, offers: Offers) -> None:
        super().__init__()
        self.choice, self.offers = choice, offers


@dataclass(frozen=True)
class View:
    """What a page shows, on which day, out of what there is."""

    choice: Choice
    offers: Offers
    today: date


@dataclass(frozen=True)
class Asking:
    """An address and who opened it. It is read by the page itself, for a dependency must not raise beside a session."""

    reader: Session
    person: Person
    asked: Mapping[str, str]
    calendar: str
    today: date

    def read(self, *, without_kpi: bool = False, **instead: str) -> View:
        """The view that is asked for, `instead` of parts of the address; NothingToShow where there is none.

        `without_kpi` where a survey that asks for no score is a view too.
        """
        offers = read_offers(self.reader)
        choice = read_choice({**self.asked, **instead}, offers, self.person, self.calendar, self.today)
        if choice is None or not (choice.kpis or without_kpi):
            raise NothingToShow(choice, offers)
        return View(choice, offers, self.today)


def provide_asking(
    request: Request[Person, Any, Any],
    reader: NamedDependency[Session],
    settings: NamedDependency[Settings],
    show: NamedDependency[Show],
) -> Asking:
    today = day_of(utc_now(), settings.zone)
    return Asking(reader, request.user, request.query_params, show.language.calendar, today)


def show_nothing(request: Request[Any, Any, Any], nothing: NothingToShow) -> Response[bytes]:
    """The page that says how a survey gets here."""
    return provide_show(request)("scorecards/empty.html", choice=nothing.choice, offers=nothing.offers)


def read_sent(query: str, session: Session, person: Person, show: Show, today: date) -> View:
    """The view of the page that a form was sent from, as the person may see it."""
    offers = read_offers(session)
    choice = read_choice(dict(parse_qsl(query)), offers, person, show.language.calendar, today)
    if choice is None:
        raise UnknownChoice
    return View(choice, offers, today)
