"""Root causes: a cause is looked into with five whys, by rule or by hand, and closed with what was concluded."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.cases.routing import managers, of_role
from cem.errors import CemError, Conflict, NotFound
from cem.improvements.models import Cause, RootCause
from cem.people.models import Account
from cem.roles import Action, Role, scope_of
from surveys.database import new_id
from surveys.languages import N_, normal_text
from surveys.models import Unit

COUNT, SHARE, SEVERITY, HAND = "count", "share", "severity", "hand"
REASONS = {
    COUNT: N_("Many cases"),
    SHARE: N_("A large share of the unit's cases"),
    SEVERITY: N_("A case of the highest severity"),
    HAND: N_("Opened by hand"),
}
WHYS, LONGEST_WHY, LONGEST_CONCLUSION = 5, 300, 500


class UnknownRootCause(NotFound):
    title = N_("There is no such root cause")
    advice = N_("Open the list of root causes and choose again.")


class RootCauseFault(CemError):
    title = N_("This root cause cannot be opened")
    advice = N_("Choose a cause that is in use and a unit that exists. Nothing was changed.")


class AlreadyOpen(Conflict):
    title = N_("This root cause is open already")
    advice = N_("It is looked into for this unit: go on there.")


class Concluded(Conflict):
    title = N_("This root cause is closed")
    advice = N_("What was concluded stays as it is. If the cause comes back, it is opened anew.")


class ConclusionMissing(CemError):
    title = N_("The conclusion is missing")
    advice = N_("Write in a sentence what was found and what becomes of it. The root cause stays open.")


class UnknownOwner(CemError):
    title = N_("There is no such owner")
    advice = N_("Choose somebody whose role keeps improvements. Nothing was changed.")


def find_root_cause(session: Session, root_cause_id: uuid.UUID, *, change: bool = False) -> RootCause:
    """UnknownRootCause where there is none; held until the transaction ends where it is to be changed."""
    found = session.get(RootCause, root_cause_id, with_for_update=change or None)
    if found is None:
        raise UnknownRootCause
    return found


def open_root_cause(
    session: Session,
    now: datetime,
    actor: str,
    cause: str,
    unit: str,
    *,
    today: date,
    reason: str = HAND,
    counted: dict[str, Any] | None = None,
) -> RootCause:
    """Begin to look into a cause for a unit ('' the company). AlreadyOpen where that is done already."""
    cause, unit = normal_text(cause), normal_text(unit)
    known = session.get(Cause, cause)
    if known is None or known.retired_at is not None or (unit and session.get(Unit, unit) is None):
        raise RootCauseFault
    row = RootCause(
        root_cause_id=new_id(now),
        cause=cause,
        unit=unit,
        reason=reason,
        counted=counted or {},
        opened_at=now,
        opened_by=actor,
        owner=_first_owner(session, unit, today),
        whys=[],
        closed_at=None,
        closed_by=None,
        conclusion="",
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise AlreadyOpen from None
    details = {"cause": cause, "unit": unit, "reason": reason, "counted": row.counted}
    audit(session, now, actor, "root-cause:open", str(row.root_cause_id), **details)
    return row


def keep_whys(
    session: Session, now: datetime, actor: str, row: RootCause, whys: Sequence[str], owner: str | None
) -> None:
    """Write down the whys, the first being nearest to the customer, and who looks into it."""
    _expect_open(row)
    check_owner(session, owner)
    texts = [" ".join(normal_text(why).split())[:LONGEST_WHY] for why in whys[:WHYS]]
    row.whys = [text for text in texts if text]
    row.owner = owner
    audit(session, now, actor, "root-cause:whys", str(row.root_cause_id), whys=row.whys, owner=owner)


def conclude(session: Session, now: datetime, actor: str, row: RootCause, conclusion: str) -> None:
    """Close a root cause with what was concluded. Its improvements go on."""
    _expect_open(row)
    text = normal_text(conclusion)[:LONGEST_CONCLUSION]
    if len(text) < 2:
        raise ConclusionMissing
    row.conclusion, row.closed_at, row.closed_by = text, now, actor
    audit(session, now, actor, "root-cause:close", str(row.root_cause_id), conclusion=text)


def owners(session: Session) -> list[Account]:
    """Who may own a root cause or an improvement: those in use whose role keeps them."""
    roles = [role for role in Role if scope_of(role, Action.IMPROVEMENTS_KEEP) is not None]
    found = select(Account).where(Account.role.in_(roles), Account.disabled_at.is_(None)).order_by(Account.full_name)
    return list(session.scalars(found))


def check_owner(session: Session, owner: str | None) -> None:
    """UnknownOwner for somebody who may not own one."""
    if owner is not None and owner not in {account.name for account in owners(session)}:
        raise UnknownOwner


def _first_owner(session: Session, unit: str, today: date) -> str | None:
    if unit:
        return next(managers(session, unit, today), None)
    return next(iter(of_role(session, Role.CX_MANAGER)), None)


def _expect_open(row: RootCause) -> None:
    if row.closed_at is not None:
        raise Concluded
