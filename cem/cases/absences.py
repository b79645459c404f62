"""Who is away, and who has their cases meanwhile."""

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.cases.models import Absence
from cem.errors import CemError, Forbidden, NotFound
from cem.people.accounts import Person
from cem.people.models import Account
from cem.roles import PERMISSIONS, Action, Role
from surveys.database import new_id
from surveys.languages import N_

LONGEST_DAYS = 366


class AbsenceFault(CemError):
    title = N_("This absence cannot be kept")
    advice = N_(
        "Write a first and a last day that is not over yet, at most a year apart, and a deputy who works on cases too "
        "and is somebody else. Nothing was changed."
    )


class UnknownAbsence(NotFound):
    title = N_("There is no such absence")
    advice = N_("It may have been removed meanwhile. Open the page again.")


class NotYourAbsence(Forbidden):
    title = N_("Somebody else's absence")
    advice = N_("You can enter your own. A CX manager enters those of others.")


def handlers(session: Session) -> list[Account]:
    """Who may have cases: the accounts in use whose role handles them."""
    roles = [role.value for role in PERMISSIONS[Action.CASES_HANDLE]]
    statement = select(Account).where(Account.role.in_(roles), Account.disabled_at.is_(None))
    return list(session.scalars(statement.order_by(Account.full_name, Account.name)))


def absences(session: Session, today: date, account: str | None = None) -> list[Absence]:
    """Those that are not over, of everybody or of one account."""
    limits = [Absence.last_day >= today, *([] if account is None else [Absence.account == account])]
    return list(session.scalars(select(Absence).where(*limits).order_by(Absence.first_day, Absence.absence_id)))


def away(session: Session, today: date) -> frozenset[str]:
    """The accounts that are away today."""
    limits = Absence.first_day <= today, Absence.last_day >= today
    return frozenset(session.scalars(select(Absence.account).where(*limits)))


def set_absence(
    session: Session, now: datetime, today: date, person: Person, *, account: str, deputy: str, first: date, last: date
) -> Absence:
    """Somebody is away from the first to the last day; their deputy is given their cases by itself."""
    if account != person.name and person.role is not Role.CX_MANAGER:
        raise NotYourAbsence
    known = {one.name for one in handlers(session)}
    if not ({account, deputy} <= known) or account == deputy:
        raise AbsenceFault
    if last < first or last < today or (last - first).days > LONGEST_DAYS:
        raise AbsenceFault
    same = {"account": account, "deputy": deputy, "first_day": first, "last_day": last}
    there = session.scalar(select(Absence).filter_by(**same).limit(1))
    if there is not None:
        return there
    absence = Absence(absence_id=new_id(now), **same)
    session.add(absence)
    details = {"deputy": deputy, "first": first.isoformat(), "last": last.isoformat()}
    audit(session, now, person.name, "absence:set", account, **details)
    return absence


def remove_absence(session: Session, now: datetime, person: Person, absence_id: uuid.UUID) -> None:
    """They are there after all."""
    absence = session.get(Absence, absence_id)
    if absence is None:
        raise UnknownAbsence
    if absence.account != person.name and person.role is not Role.CX_MANAGER:
        raise NotYourAbsence
    session.delete(absence)
    audit(session, now, person.name, "absence:remove", absence.account, first=absence.first_day.isoformat())
