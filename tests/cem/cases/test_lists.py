"""Every way to narrow down the work list is one walk along an index, however many cases are open."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from cem.cases.asking import Wanted, read_wanted
from cem.cases.desk import number_of
from cem.cases.lists import read_list
from cem.cases.models import Case
from cem.cases.reach import Reach
from cem.scorecards.offers import read_offers
from surveys.database import Database, new_id
from surveys.models import Survey
from tests.cem.cases.conftest import TEHRAN, WEDNESDAY

CASES = 3000
ASKED: list[dict[str, str]] = [
    {},
    {"view": "overdue"},
    {"view": "today"},
    {"view": "closed"},
    {"owner": "mine"},
    {"owner": "none"},
    {"severity": "1"},
    {"status": "waiting_customer"},
    {"kind": "praise"},
    {"touchpoint": "call"},
    {"unit": "vanak"},
    {"unit": "vanak", "view": "closed"},
]


@pytest.fixture
def many(database: Database, loop: None, survey: Survey) -> None:
    """Thousands of cases, most of them open, and few of each rare kind."""
    made = []
    for n in range(CASES):
        moment = WEDNESDAY + timedelta(minutes=n)
        case_id = new_id(moment)
        rare = n % 100 == 0
        closed = moment if n % 10 == 9 else None
        made.append(
            {column.name: None for column in Case.__table__.columns}
            | {
                "case_id": case_id,
                "number": number_of(case_id),
                "opened_at": moment,
                "origin": "staff",
                "kind": "praise" if rare else "complaint",
                "severity": 1 if rare else 3,
                "status": "waiting_customer" if rare else "assigned",
                "touchpoint": "call" if rare else "counter",
                "unit": "vanak" if rare else ("tajrish", "bank")[n % 2],
                "channel": "branch",
                "language": "fa",
                "segment": "",
                "words": "",
                "wanted": "",
                "series": "",
                "contact_allowed": False,
                "reply_channel": "",
                "reply_address": "",
                "owner": None if n % 50 == 1 else "unit_manager" if rare else f"account{n % 7}",
                "acknowledge_due": moment,
                "contact_due": moment,
                "resolve_from": moment,
                "resolve_due": moment,
                "closed_at": closed,
                "no_reply_reason": "",
                "reopened": 0,
                "due_at": None if closed or n % 20 == 3 else moment,
                "escalated": [],
            }
        )
    with database.write() as session:
        session.connection().execute(insert(Case.__table__), made)  # type: ignore[arg-type] # it is a table
    with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def plans(database: Database, wanted: Wanted, reach: Reach) -> list[str]:
    """How the database would answer each statement about cases that a page of the list makes."""
    with database.read() as reader:
        connection = reader.connection()
        if database.path is None:
            # So few rows it would rather sort; with many it cannot afford to.
            connection.execute(text("SET LOCAL enable_sort = off"))
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        asked: list[tuple[str, Any]] = []
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        read_list(reader, reach, wanted)
        explain = "EXPLAIN" if database.path is None else "EXPLAIN QUERY PLAN"
        told = [(said, given) for said, given in asked if "ORDER BY customer_case" in said]
        assert told
        return ["\n".join(map(str, connection.exec_driver_sql(f"{explain} {s}", g).all())) for s, g in told]


def test_each_list_walks_an_index_and_sorts_nothing(database: Database, many: None) -> None:
    """The first page, a later one and the count, for the whole company."""
    with database.read() as reader:
        offers = read_offers(reader)
        everything = Reach("unit_manager", None)
        for asked in ASKED:
            now = WEDNESDAY + timedelta(hours=20)
            first = read_wanted(asked, offers, now, TEHRAN)
            following = read_list(reader, everything, first, size=5).following
            for wanted in (first, read_wanted({**asked, "after": str(following or "")}, offers, now, TEHRAN)):
                for plan in plans(database, wanted, everything):
                    assert "ix_customer_case" in plan, (asked, plan)
                    assert "TEMP B-TREE FOR ORDER BY" not in plan, (asked, plan)
                    assert "Sort" not in plan, (asked, plan)
                    assert "Seq Scan on customer_case" not in plan, (asked, plan)


def test_counting_stops(database: Database, many: None) -> None:
    """Nobody reads a longer list, and no screen counts a hundred thousand cases."""
    with database.read() as reader:
        offers = read_offers(reader)

        def count(**asked: str) -> tuple[int, bool]:
            found = read_list(reader, Reach("unit_manager", None), read_wanted(asked, offers, WEDNESDAY, TEHRAN))
            return found.n, found.more

        assert count() == (500, True)
        assert count(severity="1") == (30, False)


def test_a_manager_of_several_units_reads_them_merged(database: Database, many: None) -> None:
    """Their units' cases and their own in one order, each once."""
    with database.read() as reader:
        offers = read_offers(reader)
        reach = Reach("unit_manager", frozenset({"vanak", "tajrish"}))
        seen: list[Case] = []
        place = ""
        for _ in range(4):
            page = read_list(reader, reach, read_wanted({"after": place}, offers, WEDNESDAY, TEHRAN))
            seen += page.cases
            place = str(page.following)

        assert len({case.case_id for case in seen}) == len(seen) == 100
        assert [case.due_at for case in seen] == sorted(case.due_at for case in seen if case.due_at)
        assert all(case.unit in {"vanak", "tajrish"} or case.owner == "unit_manager" for case in seen)
