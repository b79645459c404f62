"""The job that counts cases: for each unit and period a row, so that no screen counts a hundred thousand of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from cem.calendar.calendars import read_calendar
from cem.cases.models import Case, CaseNumbers
from cem.cases.numbers import PERIODS, Numbers
from cem.cases.numbers_columns import read_answers, read_columns
from cem.cases.numbers_counting import Answers, count
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from surveys.database import Database

# The company as a whole.
COMPANY = ""
NOTHING = (Answers(),) * len(PERIODS)


@dataclass(frozen=True)
class Counted:
    """The numbers of a unit and a period, and the moment that they hold for."""

    unit: str
    counted_at: datetime
    numbers: Numbers


def nothing_to_count(session: Session, settings: Settings, now: datetime) -> bool:  # noqa: ARG001 - as jobs ask
    """Whether there has never been a case."""
    return session.scalar(select(Case.case_id).limit(1)) is None


def count_due(database: Database, settings: Settings, now: datetime) -> int:
    """Count everything anew: read first, and then write in one short transaction; of how many cases."""
    with database.read() as reader:
        rows = [
            {"unit": unit, "days": numbers.days, "counted_at": now, "document": msgspec.to_builtins(numbers)}
            for unit, numbers in count_all(reader, settings, now)
        ]
        cases = reader.scalar(select(func.count()).select_from(Case)) or 0
    with database.write() as session:
        session.execute(delete(CaseNumbers))
        session.execute(insert(CaseNumbers), rows)
    return cases


def count_all(session: Session, settings: Settings, now: datetime) -> Iterator[tuple[str, Numbers]]:
    """The numbers of the company and of each unit with all below it, for each period."""
    offers, calendar = read_offers(session), read_calendar(session, settings.zone)
    cases, units = read_columns(session, calendar, offers, now)
    answers = read_answers(session, now, calendar)
    places = _places(units)
    for unit in (COMPANY, *offers.units):
        below = offers.subtree(unit) if unit else places.keys() | answers.keys()
        # In the cases' own order, so that what is counted does not depend on the order of units.
        mine = np.sort(np.concatenate([np.empty(0, np.int64), *(places[one] for one in below if one in places)]))
        part = cases.take(mine)
        for place, days in enumerate(PERIODS):
            given = [answers.get(one, NOTHING)[place] for one in below]
            yield unit, count(part, _sum(given), days, now.timestamp())


def read_numbers(session: Session, unit: str, days: int) -> Counted | None:
    """What was counted last; None where nothing was yet."""
    row = session.get(CaseNumbers, (unit, days))
    return None if row is None else Counted(unit, row.counted_at, msgspec.convert(row.document, Numbers))


def read_units(session: Session, units: Sequence[str], days: int) -> dict[str, Counted]:
    """The same of several units."""
    rows = session.scalars(select(CaseNumbers).where(CaseNumbers.unit.in_(units), CaseNumbers.days == days))
    return {row.unit: Counted(row.unit, row.counted_at, msgspec.convert(row.document, Numbers)) for row in rows}


def _places(units: Sequence[str]) -> Mapping[str, Any]:
    """Where the cases of each unit stand among all."""
    found: dict[str, list[int]] = {}
    for place, unit in enumerate(units):
        found.setdefault(unit, []).append(place)
    return {unit: np.array(places, dtype=np.int64) for unit, places in found.items()}


def _sum(parts: Sequence[Answers]) -> Answers:
    return Answers(
        sum(one.valid for one in parts), sum(one.acted_on for one in parts), sum(one.unanswered for one in parts)
    )
