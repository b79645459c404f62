"""Whose case it is: the manager of the unit, or whoever stands in for them."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.cases.models import Absence
from cem.people.models import Account
from cem.roles import Role
from surveys.models import Unit

# A deputy may be away as well; somebody is found, or the next level has it.
LONGEST_CHAIN = 5


def present(session: Session, account: str, today: date) -> str | None:
    """This account, or the deputy who has its cases today; None where a whole chain of deputies is away."""
    for _ in range(LONGEST_CHAIN):
        deputy = session.scalar(
            select(Absence.deputy)
            .where(Absence.account == account, Absence.first_day <= today, Absence.last_day >= today)
            .order_by(Absence.absence_id.desc())
            .limit(1)
        )
        if deputy is None:
            return account
        account = deputy
    return None


def managers(session: Session, unit: str, today: date) -> Iterator[str]:
    """Who answers for a unit, from its own manager upwards, those who are there today; the CX managers last."""
    code: str | None = unit
    found: set[str] = set()
    while code:
        for name in session.scalars(
            select(Account.name)
            .where(Account.role == Role.UNIT_MANAGER, Account.unit == code, Account.disabled_at.is_(None))
            .order_by(Account.name)
        ):
            there = present(session, name, today)
            if there is not None and there not in found:
                found.add(there)
                yield there
        code = session.scalar(select(Unit.parent).where(Unit.code == code))
    for name in of_role(session, Role.CX_MANAGER):
        there = present(session, name, today)
        if there is not None and there not in found:
            found.add(there)
            yield there


def of_role(session: Session, role: Role) -> list[str]:
    """The accounts of a role that are in use."""
    found = select(Account.name).where(Account.role == role, Account.disabled_at.is_(None)).order_by(Account.name)
    return list(session.scalars(found))


def owner_for(session: Session, unit: str, today: date, wished: str = "") -> str | None:
    """Whose case it becomes: the account that a rule names, or the first who answers for the unit."""
    if wished:
        known = session.scalar(select(Account.name).where(Account.name == wished, Account.disabled_at.is_(None)))
        if known is not None and (there := present(session, known, today)) is not None:
            return there
    return next(managers(session, unit, today), None)


def next_level(session: Session, unit: str, owner: str | None, today: date) -> str | None:
    """Who is above the owner for this unit; the last is above themselves."""
    line = list(managers(session, unit, today))
    if owner in line:
        place = line.index(owner) + 1
        return line[place] if place < len(line) else line[-1]
    return line[0] if line else None
