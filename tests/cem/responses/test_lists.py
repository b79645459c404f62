"""A page far down a list costs what the first one costs: counted in what the database does, not in time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from cem.responses.lists import Place, Wanted, read_behind
from cem.scorecards.choices import Choice
from cem.scorecards.offers import read_offers
from surveys.database import Database, new_id
from surveys.languages import language
from surveys.models import Survey
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record
from tests.cem.conftest import VISIT

FIRST = date(2025, 3, 21)
PAGES, PAGE = 1000, 5


@pytest.fixture
def long(database: Database, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    """A thousand pages and a half of responses on two hundred days, five a page; where each is, the newest first."""
    monkeypatch.setattr("cem.responses.lists.PAGE", PAGE)
    questionnaire, answers = read_yaml(VISIT), {"recommend": 9}
    sent = []
    for number in range(PAGES * PAGE + PAGE // 2):
        day = FIRST + timedelta(days=number % 200)
        moment = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        submission = Submission(
            survey_id=survey.survey_id,
            response_id=new_id(moment),
            version=1,
            day=day,
            touchpoint="counter",
            unit="vanak",
            channel="branch",
            language="en",
            quality="valid",
            signals=[],
            has_comment=False,
            answers=answers,
            submitted_at=moment,
            seconds=60,
            scores=scores(questionnaire, answers),
        )
        sent.append(submission)
    with database.write() as session:
        record(session.connection(), sent)
    with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return sorted((Place(one.day, one.response_id) for one in sent), key=lambda p: (p.day, p.response_id), reverse=True)


def rows_read(session: Session, do: Callable[[], Any]) -> int:
    """What the database does for this: SQLite's steps, or the rows that PostgreSQL touches in all its nodes."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return _steps(connection, do)
    asked: list[tuple[str, Any]] = []
    event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    do()
    listed = [(said, given) for said, given in asked if "ORDER BY response.day DESC" in said]
    assert len(listed) == 1
    plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {listed[0][0]}", listed[0][1]).scalar_one()
    return _touched(plan[0]["Plan"])


def _steps(connection: Connection, do: Callable[[], Any]) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(count, 10)
    do()
    driver.set_progress_handler(None, 0)
    return steps


def _touched(node: dict[str, Any]) -> int:
    """The rows that a plan's node reads, with those that it throws away, and of all below it."""
    thrown = sum(value for name, value in node.items() if name.startswith("Rows Removed"))
    return int(node["Actual Rows"] + thrown) + sum(_touched(below) for below in node.get("Plans", []))


def test_page_one_thousand_costs_what_page_one_costs(
    database: Database, choose: Callable[..., Choice], long: list[Place]
) -> None:
    """The same rows are read for both, and they are those that follow one another in the list."""
    choice = choose(period="12m")
    with database.read() as reader:
        offers = read_offers(reader)
        found = {}

        def show(after: Place | None) -> None:
            wanted = Wanted(after=after)
            found[after] = read_behind(reader, choice, offers, wanted, language("en"), words=True)

        far = long[PAGE * (PAGES - 1) - 1]
        show(far)  # what a connection prepares once
        first, last = rows_read(reader, lambda: show(None)), rows_read(reader, lambda: show(far))

    assert [Place(one.day, one.response_id) for one in found[None].page] == long[:PAGE]
    assert [Place(one.day, one.response_id) for one in found[far].page] == long[PAGE * (PAGES - 1) :][:PAGE]
    assert last <= first * 1.1
