import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from cem.improvements.models import Cause, Improvement, RootCause
from surveys.database import Database, new_id
from surveys.models import Survey
from tests.cem.conftest import TODAY, Answer
from tests.cem.programme.evidence.conftest import DAY, NOW, Know, counting, told

Improve = Callable[..., None]


@pytest.fixture
def improve(database: Database, survey: Survey) -> Improve:
    """An improvement under way, with a KPI, an expected effect and an owner, from a root cause of many cases."""
    causes: dict[str, uuid.UUID] = {}
    with database.write() as session:
        session.add(Cause(code="waiting", parent=None, kind="process", names={"en": "Waiting"}, position=1))
        session.flush()
        for place, reason in enumerate(("count", "hand")):
            causes[reason] = new_id(NOW)
            session.add(
                RootCause(
                    root_cause_id=causes[reason],
                    cause="waiting",
                    unit=("", "vanak")[place],
                    reason=reason,
                    counted={},
                    opened_at=NOW,
                    opened_by="cx_manager",
                    whys=[],
                    conclusion="",
                )
            )

    def planned(title: str, reason: str = "count", **changes: Any) -> None:
        values: dict[str, Any] = {
            "description": "",
            "owner": "unit_manager",
            "unit": "",
            "created_at": NOW - DAY,
            "created_by": "cx_manager",
            "due_on": TODAY,
            "status": "running",
            "survey_id": survey.survey_id,
            "series": "nps_visit",
            "touchpoint": "",
            "expected": 5.0,
            "control_units": [],
            "told": {},
            "raised": 0,
            "reached": 0,
            "verdict": "",
        }
        with database.write() as session:
            session.add(
                Improvement(improvement_id=new_id(NOW), root_cause_id=causes[reason], title=title, **values | changes)
            )

    return planned


def test_improvements_with_an_aim(improve: Improve, know: Know) -> None:
    """One of four has all; an expected change of nothing is one too; what is done or dropped is not open."""
    improve("whole", expected=0.0)
    improve("no KPI", survey_id=None, series="")
    improve("no effect", expected=None)
    improve("no owner", owner=None)
    improve("done", done_on=TODAY, status="done")
    improve("dropped", status="abandoned")

    found = know("3.6")

    assert told(found) == (1, 4)
    assert counting(found) == {"whole"}


def test_improvements_that_customers_began(improve: Improve, know: Know) -> None:
    """One of two: what was taken up by hand is somebody's own idea; what is older than a year does not count."""
    improve("asked for")
    improve("own idea", reason="hand")
    improve("old", created_at=NOW - 366 * DAY)

    found = know("3.8")

    assert told(found) == (1, 2)
    assert counting(found) == {"asked for"}


def test_effects_that_were_tested(improve: Improve, answer: Answer, know: Know) -> None:
    """Of three old enough: one has ten answers before and after, one has no KPI, one too few answers at its place."""
    done = TODAY - timedelta(days=30)
    answer(*[6] * 10, day=done - timedelta(days=5))
    answer(*[9] * 10, day=done + timedelta(days=10))
    improve("tested", done_on=done, status="done")
    improve("no KPI", done_on=done, status="done", survey_id=None, series="")
    improve("elsewhere", done_on=done, status="done", unit="tajrish")
    improve("early", done_on=TODAY - timedelta(days=20), status="done")
    improve("long ago", done_on=date(2024, 1, 1), status="done")

    found = know("5.7")

    assert told(found) == (1, 3)
    assert counting(found) == {"tested"}


def test_the_first_week_is_left_out(improve: Improve, answer: Answer, know: Know) -> None:
    """Answers of the days in which customers get to notice it are neither before nor after."""
    done = TODAY - timedelta(days=30)
    answer(*[6] * 10, day=done - timedelta(days=5))
    answer(*[9] * 10, day=done + timedelta(days=6))
    improve("not yet", done_on=done, status="done")

    assert told(know("5.7")) == (0, 1)
