"""Storing a file of participants that was read and checked before: one transaction of statements, and no questions.

People who send answers wait while it is written, so nothing is looked up here, and rows go in by the thousand.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cem.people.models import Employee
from cem.rewards.enrolling import Changes
from cem.rewards.models import Participant
from cem.rewards.participant_rows import Enrolment
from surveys.languages import CODES

# So many rows are made ready at once: a file may be long.
PIECE = 2000
_DIALECTS: Mapping[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
_KEY = ("plan_code", "period", "employee_no", "unit")
_PART = ("target_amount", "eligible_days", "share")


def store_changes(session: Session, plan_code: str, period: str, changes: Changes) -> None:
    """Write people, then their parts, then take away the parts that end."""
    mine = {"plan_code": plan_code, "period": period}
    # Each row of a file has the same columns.
    facts = tuple(changes.people[0].facts) if changes.people else ()
    _run(session, _upsert(session, Employee, ("employee_no",), facts), map(_employee, changes.people))
    parts = ({**mine, **_part(one)} for one in changes.parts)
    _run(session, _upsert(session, Participant, _KEY, _PART), parts)
    ends = (Participant.__table__.c[name] == bindparam(f"its_{name}") for name in _KEY)
    gone = delete(Participant).where(*ends)
    _run(session, gone, (dict(_named("its_", (plan_code, period, *key))) for key in changes.gone))


def _named(before: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((before + name, value) for name, value in zip(_KEY, values, strict=True))


def _employee(one: Enrolment) -> dict[str, Any]:
    usual = {"grade": "", "region": "", "cost_centre": "", "language": CODES[0], "account": None}
    return {"employee_no": one.employee_no, **usual, **one.facts}


def _part(one: Enrolment) -> dict[str, Any]:
    return {"employee_no": one.employee_no, "unit": one.unit, **dict(zip(_PART, one.part, strict=True))}


def _upsert(session: Session, model: type[Any], key: Sequence[str], columns: Sequence[str]) -> Any:
    """A row that is there already has these columns written anew."""
    statement = _DIALECTS[session.get_bind().dialect.name].insert(model.__table__)
    told = {name: statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=key, set_=told) if told else statement


def _run(session: Session, statement: Any, rows: Iterator[dict[str, Any]]) -> None:
    connection = session.connection()
    while piece := list(islice(rows, PIECE)):
        connection.execute(statement, piece)
