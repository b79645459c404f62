"""Whose improvements somebody keeps: those of the own units, or all."""

from sqlalchemy.orm import Session

from cem.errors import Forbidden
from cem.people.accounts import Person
from cem.roles import Action, Scope, may, scope_of
from cem.scorecards.offers import read_offers
from surveys.languages import N_

Units = frozenset[str] | None


class OtherUnit(Forbidden):
    title = N_("This belongs to another unit")
    advice = N_("You can read it, and the unit's own manager or the CX manager changes it.")


def kept_units(session: Session, person: Person) -> Units:
    """The units whose root causes and improvements somebody may keep; None is all of them, the company's too."""
    return _units(session, person, Action.IMPROVEMENTS_KEEP)


def seen_units(session: Session, person: Person) -> Units:
    """The units whose KPIs somebody may see; None is all of them."""
    return _units(session, person, Action.SCORECARDS_READ)


def keeps(units: Units, unit: str) -> bool:
    """Whether a unit ('' the company) is among these."""
    return units is None or unit in units


def expect_kept(units: Units, unit: str) -> None:
    """OtherUnit where a unit is not among these."""
    if not keeps(units, unit):
        raise OtherUnit


def _units(session: Session, person: Person, action: Action) -> Units:
    if not may(person.role, action, measured=person.measured):
        return frozenset()
    if scope_of(person.role, action) is Scope.OWN_UNITS:
        return read_offers(session).subtree(person.unit) if person.unit else frozenset()
    return None
