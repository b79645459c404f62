"""The work list: a page of the cases that are asked for, in their order, and how many there are, up to a limit.

Every page is read through an index in its own order, from the place where the one before ended. Where somebody's cases
come from several sides (their units, their own, tasks of their units), each side is read that way and they are merged.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from cem.cases.asking import MINE, NOBODY, OPEN, OVERDUE, TODAY, Place, Wanted
from cem.cases.models import Case, CaseTask
from cem.cases.reach import Reach
from surveys.database import NIL

PAGE = 25
# Counting stops here: nobody reads a longer list, and no screen counts a hundred thousand cases.
MOST_COUNTED = 500
# So many units are read one by one; more of them are nearly the whole company.
MOST_UNITS = 40


@dataclass(frozen=True)
class Listed:
    """A page of cases, how many there are in all (`more` where counting stopped), and where the next page begins."""

    cases: tuple[Case, ...]
    n: int
    more: bool
    following: Place | None


def read_list(reader: Session, reach: Reach, wanted: Wanted, *, size: int = PAGE) -> Listed:
    """A page of the list, as far as somebody's reach goes."""
    found = _page(reader, reach, wanted, size + 1)
    cases = tuple(found[:size])
    following = None
    if len(found) > size:
        last = cases[-1]
        following = Place(last.closed_at if wanted.over else last.due_at, last.case_id)
    n = reader.scalar(select(func.count()).select_from(_ids(reach, wanted, MOST_COUNTED + 1).subquery())) or 0
    return Listed(cases, min(n, MOST_COUNTED), n > MOST_COUNTED, following)


def _page(reader: Session, reach: Reach, wanted: Wanted, size: int) -> list[Case]:
    """In the order of the list: what is due first, then what no clock runs for.

    The places come from the indexes alone, which hold all that a list is narrowed down by; only what is shown is read.
    """
    places = _places(reader, reach, wanted, size)
    found = {case.case_id: case for case in reader.scalars(select(Case).where(Case.case_id.in_(places)))}
    return [found[case_id] for case_id in places if case_id in found]


def _places(reader: Session, reach: Reach, wanted: Wanted, size: int) -> list[uuid.UUID]:
    if wanted.over:
        return _read(reader, reach, wanted, size, Case.closed_at.is_not(None), wanted.after)
    found: list[uuid.UUID] = []
    if wanted.after is None or wanted.after.at is not None:
        found = _read(reader, reach, wanted, size, Case.due_at.is_not(None), wanted.after)
    if len(found) < size and wanted.view == OPEN:
        after = wanted.after if wanted.after is not None and wanted.after.at is None else None
        found += _read(reader, reach, wanted, size - len(found), Case.due_at.is_(None), after)
    return found


def _read(
    reader: Session, reach: Reach, wanted: Wanted, size: int, part: ColumnElement[bool], after: Place | None
) -> list[uuid.UUID]:
    """The next cases of one part of the list, each side through its index, and merged."""
    limits = [*_limits(wanted), part]
    by = _by(wanted)
    if after is not None and after.at is None:
        limits.append(Case.case_id > after.case_id)
    elif after is not None:
        place = tuple_(by, Case.case_id)
        here = (after.at, after.case_id)
        limits.append(place < here if wanted.over else place > here)
    # Either all of them are due, or none is.
    found: dict[uuid.UUID, tuple[datetime, bytes]] = {}
    for side in _sides(reach, wanted):
        keys = select(by, Case.case_id).where(*side, *limits).order_by(*_order(wanted)).limit(size)
        found |= {case_id: (at or wanted.now, case_id.bytes) for at, case_id in reader.execute(keys)}
    return sorted(found, key=found.__getitem__, reverse=wanted.over)[:size]


def _by(wanted: Wanted) -> InstrumentedAttribute[Any]:
    return Case.closed_at if wanted.over else Case.due_at


def _order(wanted: Wanted) -> list[Any]:
    keys = (_by(wanted), Case.case_id)
    return [key.desc() for key in keys] if wanted.over else list(keys)


def _ids(reach: Reach, wanted: Wanted, most: int) -> Select[Any]:
    """The ids of the list, so many of each side that the limit is reached where it is."""
    limits = [*_limits(wanted), *([] if wanted.over or wanted.view == OPEN else [Case.due_at.is_not(None)])]
    parts = [
        select(Case.case_id).where(*side, *limits).order_by(*_order(wanted)).limit(most).subquery()
        for side in _sides(reach, wanted)
    ]
    if len(parts) == 1:
        return select(parts[0].c.case_id)
    return select(union(*(select(part.c.case_id) for part in parts)).limit(most).subquery().c.case_id)


def _sides(reach: Reach, wanted: Wanted) -> Iterator[list[ColumnElement[bool]]]:
    """The sides that somebody's cases come from; each is one range of an index."""
    within = [] if wanted.units is None else [Case.unit.in_(sorted(wanted.units))]
    if wanted.owner == MINE:
        yield [Case.owner == reach.account, *within]
        return
    units = wanted.units
    if reach.units is not None:
        units = reach.units if units is None else reach.units & units
    if units is None:
        yield []
    elif len(units) > MOST_UNITS:
        yield [Case.unit.in_(sorted(units))]
    else:
        yield from ([Case.unit == unit] for unit in sorted(units))
    if reach.units is not None:
        yield [Case.owner == reach.account, *within]
        asked = select(CaseTask.case_id).where(CaseTask.unit.in_(sorted(reach.units)), CaseTask.done_at.is_(None))
        yield [Case.case_id.in_(asked), *within]
    elif units is not None and not units:
        yield [Case.case_id == NIL]


def _limits(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """What every case of the list is."""
    yield Case.closed_at.is_not(None) if wanted.over else Case.closed_at.is_(None)
    if wanted.view == OVERDUE:
        yield Case.due_at < wanted.now
    if wanted.view == TODAY:
        yield Case.due_at >= wanted.today
        yield Case.due_at < wanted.tomorrow
    if wanted.owner == NOBODY:
        yield Case.owner.is_(None)
    if wanted.severity is not None:
        yield Case.severity == wanted.severity
    for column, value in ((Case.status, wanted.status), (Case.kind, wanted.kind), (Case.touchpoint, wanted.touchpoint)):
        if value:
            yield column == value
