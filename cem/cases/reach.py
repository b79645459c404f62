"""Which cases somebody may see: those of their units, those that are theirs, and those that ask their unit for help."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from cem.cases.desk import find_case
from cem.cases.models import Case, CaseTask
from cem.cases.statuses import UnknownCase
from cem.people.accounts import Person
from cem.roles import Action, Scope, scope_of
from cem.scorecards.offers import read_offers


@dataclass(frozen=True)
class Reach:
    """How far somebody sees; `units` is None where all of them are."""

    account: str
    units: frozenset[str] | None

    def clauses(self) -> tuple[Any, ...]:
        """What limits a query for cases to those that may be seen."""
        if self.units is None:
            return ()
        asked = exists().where(CaseTask.case_id == Case.case_id, CaseTask.unit.in_(self.units))
        return (or_(Case.unit.in_(self.units), Case.owner == self.account, asked),)

    def handles(self, case: Case) -> bool:
        """Whether the case itself is in these hands, and not only a task of it."""
        return self.units is None or case.unit in self.units or case.owner == self.account


def reach_of(session: Session, person: Person, action: Action = Action.CASES_READ) -> Reach:
    """How far a person's role lets them see, or act."""
    if scope_of(person.role, action) is Scope.OWN_UNITS:
        return Reach(person.name, read_offers(session).subtree(person.unit) if person.unit else frozenset())
    return Reach(person.name, None)


def case_within(session: Session, person: Person, number: str, *, change: bool = False) -> Case:
    """The case of a number, as far as this person sees it; one out of sight is not there."""
    case = find_case(session, number, change=change)
    reach = reach_of(session, person)
    seen = select(Case.case_id).where(Case.case_id == case.case_id, *reach.clauses())
    if session.scalar(seen) is None:
        raise UnknownCase
    return case
