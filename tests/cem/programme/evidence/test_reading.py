import re
from typing import Any

import pytest
from sqlalchemy import event

from cem.programme.evidence.found import Moment
from cem.programme.evidence.reading import first_id, last_days
from cem.programme.evidence.registry import REGISTRY
from surveys.database import Database, new_id
from surveys.models import Survey
from tests.cem.conftest import TODAY
from tests.cem.programme.evidence.conftest import DAY, NOW, TEHRAN

# What grows with customers and their answers, and is never read as a whole.
LARGE = ("response", "invitation", "comment_reading", "audit_event", "customer_case", "case_task", "tally")


def test_ids_are_in_the_order_of_time() -> None:
    """What was made at a moment or later has an id from the lowest one of that moment on."""
    assert new_id(NOW - DAY) < first_id(NOW) <= new_id(NOW) < first_id(NOW + DAY)


def test_the_last_days_as_a_period() -> None:
    """Ninety days with today as the last."""
    period = last_days(Moment(NOW, TEHRAN))

    assert (period.end - period.start).days == 90
    assert (period.end - TODAY).days == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_large_table_is_read_as_a_whole(database: Database, survey: Survey) -> None:
    """Each statement finds its rows by an index."""
    asked: list[tuple[str, Any]] = []
    with database.read() as reader:
        connection = reader.connection()
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        for function in REGISTRY.values():
            function(reader, Moment(NOW, TEHRAN))
        plans = {
            statement: [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
            for statement, given in list(asked)
        }

    whole = re.compile(rf"SCAN ({'|'.join(LARGE)})\b")
    read_whole = {step: statement for statement, steps in plans.items() for step in steps if whole.match(step)}
    assert read_whole == {}
