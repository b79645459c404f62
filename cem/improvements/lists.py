"""The lists of root causes and improvements, page by page, newest first."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.improvements.effects import PROVEN
from cem.improvements.improvements import ABANDONED, DONE, OPEN
from cem.improvements.models import Improvement, RootCause
from cem.people.models import Account
from cem.scorecards.offers import Offers
from surveys.languages import N_

Row = TypeVar("Row", RootCause, Improvement)

PAGE = 25
IMPROVEMENT_VIEWS = {
    "": N_("All"),
    "open": N_("Planned and running"),
    "done": N_("Done"),
    "proven": N_("Effect proven"),
    "abandoned": N_("Abandoned"),
}
ROOT_CAUSE_VIEWS = {"": N_("Open"), "closed": N_("Concluded"), "all": N_("All")}
_IMPROVEMENTS: Mapping[str, tuple[Any, ...]] = {
    "open": (Improvement.status.in_(OPEN),),
    "done": (Improvement.status == DONE,),
    "proven": (Improvement.status == DONE, Improvement.verdict == PROVEN),
    "abandoned": (Improvement.status == ABANDONED,),
}
_ROOT_CAUSES: Mapping[str, tuple[Any, ...]] = {
    "": (RootCause.closed_at.is_(None),),
    "closed": (RootCause.closed_at.is_not(None),),
}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for: a view of the list, a unit with all below it, and after which row."""

    view: str = ""
    unit: str = ""
    before: uuid.UUID | None = None

    def query(self, **changes: object) -> str:
        """The query of a page with these changes; what is empty is left out."""
        chosen = {"view": self.view, "unit": self.unit, **changes}
        return urlencode({name: str(value) for name, value in chosen.items() if value})


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """A page of rows; `following` leads to the next one, where there is one."""

    rows: Sequence[Row]
    following: uuid.UUID | None


def read_wanted(given: Mapping[str, str], views: Mapping[str, str], offers: Offers) -> Wanted:
    """What is not known is not asked for."""
    view, unit = given.get("view", ""), given.get("unit", "")
    try:
        before = uuid.UUID(given["before"]) if given.get("before") else None
    except ValueError:
        before = None
    return Wanted(view if view in views else "", unit if unit in offers.units else "", before)


def list_root_causes(reader: Session, wanted: Wanted, offers: Offers) -> Listed[RootCause]:
    key = RootCause.root_cause_id
    statement = select(RootCause).where(*_ROOT_CAUSES.get(wanted.view, ()), *_in_unit(RootCause, wanted, offers))
    return _page(reader, statement, key, wanted.before)


def list_improvements(reader: Session, wanted: Wanted, offers: Offers) -> Listed[Improvement]:
    key = Improvement.improvement_id
    statement = select(Improvement).where(*_IMPROVEMENTS.get(wanted.view, ()), *_in_unit(Improvement, wanted, offers))
    return _page(reader, statement, key, wanted.before)


def improvements_of(reader: Session, root_cause_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Improvement]]:
    """The improvements of these root causes, oldest first."""
    found: dict[uuid.UUID, list[Improvement]] = {one: [] for one in root_cause_ids}
    rows = select(Improvement).where(Improvement.root_cause_id.in_(root_cause_ids))
    for row in reader.scalars(rows.order_by(Improvement.improvement_id)):
        found[row.root_cause_id].append(row)
    return found


def root_causes_of(reader: Session, rows: Sequence[Improvement]) -> dict[uuid.UUID, RootCause]:
    """The root causes of these improvements."""
    wanted = select(RootCause).where(RootCause.root_cause_id.in_({row.root_cause_id for row in rows}))
    return {one.root_cause_id: one for one in reader.scalars(wanted)}


def people_of(reader: Session, names: Sequence[str | None]) -> dict[str, str]:
    """What these accounts are called."""
    wanted = select(Account.name, Account.full_name).where(Account.name.in_({name for name in names if name}))
    return {row[0]: row[1] for row in reader.execute(wanted)}


def _in_unit(table: type[RootCause] | type[Improvement], wanted: Wanted, offers: Offers) -> tuple[Any, ...]:
    return (table.unit.in_(sorted(offers.subtree(wanted.unit))),) if wanted.unit else ()


def _page(reader: Session, statement: Any, key: Any, before: uuid.UUID | None) -> Listed[Any]:
    if before is not None:
        statement = statement.where(key < before)
    rows = list(reader.scalars(statement.order_by(key.desc()).limit(PAGE + 1)))
    return Listed(rows[:PAGE], getattr(rows[PAGE - 1], key.key) if len(rows) > PAGE else None)
