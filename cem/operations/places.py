"""From an address to what a page of operations shows: a period and a part of the company that the person may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from cem.errors import Forbidden, NotFound
from cem.people.accounts import Person
from cem.roles import Action, Scope, scope_of
from cem.scorecards.offers import Offers
from cem.scorecards.periods import Period, read_period
from surveys.languages import N_

DEFAULT_PERIOD = "12m"


class UnknownPlace(NotFound):
    title = N_("There is no such page of operations")
    advice = N_("The address asks for a metric, period or unit that is not here. Open the list and choose again.")


@dataclass(frozen=True)
class Place:
    """A period and a unit ('' is the company); `units` are the unit and all below it (None: all).

    `top` is the unit that the person's view ends at; the company has none.
    """

    period: Period
    unit: str
    top: str
    units: frozenset[str] | None

    def query(self, **changes: str) -> str:
        parts = {"period": self.period.name, "unit": self.unit} | changes
        return urlencode({name: value for name, value in parts.items() if value})

    def address(self, code: str = "", **changes: str) -> str:
        """The page of a metric, or the list, at this place or one that differs in a part."""
        return f"/operations{f'/{code}' if code else ''}?{self.query(**changes)}"


def read_place(asked: Mapping[str, str], offers: Offers, person: Person, calendar: str, today: date) -> Place:
    """UnknownPlace for what is not there, Forbidden for a unit that is not the person's own."""
    try:
        period = read_period(asked.get("period") or DEFAULT_PERIOD, calendar, today)
    except ValueError:
        raise UnknownPlace from None
    unit, top = asked.get("unit", ""), ""
    if scope_of(person.role, Action.OPERATIONS_READ) is Scope.OWN_UNITS:
        if not person.unit:
            raise Forbidden
        top = person.unit
        # A unit that is not there and one that is not theirs are answered alike.
        if unit and unit not in offers.subtree(top):
            raise Forbidden
        unit = unit or top
    elif unit and unit not in offers.units:
        raise UnknownPlace
    return Place(period, unit, top, offers.subtree(unit) if unit else None)
