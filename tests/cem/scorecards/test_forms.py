"""Notes and benchmarks: who may write them, what is refused, and that both leave an audit row."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.roles import Role
from cem.scorecards.models import Annotation, Benchmark
from surveys.database import Database
from tests.cem.conftest import csrf

SignIn = Callable[[Role], Any]

GOOD = {"series": "nps_visit", "value": "31", "name": "Peers", "source": "A study", "source_date": "2025-01-31"}


def send(client: Any, path: str, **form: str) -> int:
    data = {"_csrf_token": csrf(client, "/scorecards"), "choice": "survey=visit", **form}
    return int(client.post(f"/scorecards/{path}", data=data, follow_redirects=False).status_code)


def test_a_note_is_kept_told_and_withdrawn(database: Database, sign_in: SignIn, survey: Any) -> None:
    """It is read in either calendar; a withdrawal keeps the row and both are in the audit trail."""
    client = sign_in(Role.CX_MANAGER)
    assert send(client, "annotations", day="۱۴۰۴-۰۷-۱۵", fa="صف تازه", en="<b>New queue</b>") == 303
    with database.read() as session:
        note = session.scalars(select(Annotation)).one()
    assert note.day == date(2025, 10, 7)
    assert send(client, "annotations/withdraw", id=str(note.annotation_id)) == 303
    assert send(client, "annotations/withdraw", id=str(note.annotation_id)) == 404
    with database.read() as session:
        assert session.scalars(select(Annotation.withdrawn_by)).one() == "cx_manager"
        actions = session.scalars(select(AuditEvent.action)).all()
    assert {"annotation:write", "annotation:withdraw"} <= set(actions)


@pytest.mark.parametrize(
    "form", [{"day": "2999-01-01", "en": "x"}, {"day": "2025-02-30", "en": "x"}, {"day": "2025-01-01", "en": " "}]
)
def test_what_is_no_note(form: dict[str, str], sign_in: SignIn, survey: Any) -> None:
    """A day to come, no such day, and no words are refused."""
    assert send(sign_in(Role.CX_MANAGER), "annotations", **form) == 400


def test_a_unit_manager_notes_for_the_own_unit(database: Database, sign_in: SignIn, survey: Any) -> None:
    """The note stands on their unit; another's they can neither write nor withdraw."""
    client = sign_in(Role.UNIT_MANAGER)
    assert send(client, "annotations", day="2025-10-07", en="New desk") == 303
    assert send(client, "annotations", day="2025-10-07", en="x", choice="survey=visit&unit=tajrish") == 403
    with database.write() as session:
        note = session.scalars(select(Annotation)).one()
        assert note.unit == "vanak"
        note.unit = "tajrish"
    assert send(client, "annotations/withdraw", id=str(note.annotation_id)) == 404


def test_a_benchmark_needs_its_source(database: Database, sign_in: SignIn, survey: Any) -> None:
    """With value, name, source and date it is kept and audited; without one of them, or out of reach, it is not."""
    client = sign_in(Role.CX_MANAGER)
    for wrong in ({"source": ""}, {"value": "101"}, {"source_date": ""}, {"name": " "}, {"low": "40", "high": "50"}):
        assert send(client, "benchmarks", **GOOD | wrong) == 400, wrong
    assert send(client, "benchmarks", **GOOD, sample="1") == 303
    with database.read() as session:
        kept = session.scalars(select(Benchmark)).one()
    assert (kept.kind, kept.value, kept.differs) == ("nps", 31, ["sample"])
    assert send(client, "benchmarks/withdraw", id=str(kept.benchmark_id)) == 303


def test_who_may_not(sign_in: SignIn, survey: Any) -> None:
    """An executive reads; a benchmark is the CX manager's."""
    client = sign_in(Role.EXECUTIVE)
    assert send(client, "annotations", day="2025-10-07", en="x") == 403
    assert send(client, "benchmarks", **GOOD) == 403
