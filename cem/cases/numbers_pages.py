"""The page of the closed loop's numbers: of a unit with all below it, for a period, as they were counted last."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.cases import numbers_words as words
from cem.cases.numbering import read_numbers, read_units
from cem.cases.numbers import PERIODS
from cem.cases.numbers_figures import COLOURS, backlog_figure
from cem.errors import Forbidden, NotFound
from cem.people.accounts import Person
from cem.people.models import Account
from cem.roles import Action, Scope, scope_of
from cem.scorecards.offers import Offers, read_offers
from cem.scorecards.sentences import ENOUGH
from cem.settings import Settings
from cem.templating import Show
from surveys.languages import N_, ascii_digits

HERE = "/cases/numbers"
USUAL = 90


class UnknownNumbers(NotFound):
    title = N_("There are no such numbers")
    advice = N_("The address asks for a unit or a period that is not here. Open the numbers and choose again.")


@dataclass(frozen=True)
class Asked:
    """A unit ('' is the company) and a period; `top` is the unit that the person's view ends at."""

    unit: str
    days: int
    top: str

    def address(self, **changes: str | int) -> str:
        parts: dict[str, str | int] = {"unit": self.unit, "days": self.days, **changes}
        return f"{HERE}?{urlencode({name: value for name, value in parts.items() if value})}"


class Axis:
    """The one axis of all shares: 0 to 100 percent."""

    low, high = 0.0, 100.0

    def place(self, value: float) -> float:
        return round(value, 2)


class NumberPages(Controller):
    path = HERE

    @get("/", sync_to_thread=True, opt={"action": Action.CASES_COUNT})
    def show_numbers(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """Every KPI of the closed loop, each with n and interval, and as of when."""
        offers = read_offers(reader)
        asked = read_asked(request.query_params, offers, request.user)
        counted = read_numbers(reader, asked.unit, asked.days)
        below = offers.children(asked.unit)
        numbers = counted.numbers if counted else None
        return show(
            "cases/numbers.html",
            asked=asked,
            offers=offers,
            units=offers.subtree(asked.top) if asked.top else frozenset(offers.units),
            counted=counted,
            numbers=numbers,
            below=read_units(reader, below, asked.days) if counted and len(below) > 1 else {},
            backlog=backlog_figure(show.language, numbers) if numbers else None,
            colours=COLOURS,
            people=_names(reader, request.user, [one.account for one in numbers.handlers.busiest] if numbers else []),
            words=words,
            periods=PERIODS,
            axis=Axis(),
            enough=ENOUGH,
            zone=settings.zone,
        )


def read_asked(query: Mapping[str, str], offers: Offers, person: Person) -> Asked:
    """UnknownNumbers for what is not there, Forbidden for a unit that is not the person's own."""
    unit, days, top = query.get("unit", ""), ascii_digits(query.get("days") or str(USUAL)), ""
    if days not in {str(one) for one in PERIODS}:
        raise UnknownNumbers
    if scope_of(person.role, Action.CASES_COUNT) is Scope.OWN_UNITS:
        if not person.unit:
            raise Forbidden
        top = person.unit
        if unit and unit not in offers.subtree(top):
            raise Forbidden
        unit = unit or top
    elif unit and unit not in offers.units:
        raise UnknownNumbers
    return Asked(unit, int(days), top)


def _names(session: Session, person: Person, accounts: list[str]) -> dict[str, str]:
    """Who handles cases is known by name to those who see the cases themselves."""
    if scope_of(person.role, Action.CASES_READ) is None or not accounts:
        return {}
    found = session.execute(select(Account.name, Account.full_name).where(Account.name.in_(accounts)))
    return {name: full_name for name, full_name in found}  # noqa: C416 - rows are not pairs to mypy
