"""What may be answered now: in memory, and a second old at most."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from surveys.catalogue import SECONDS, Catalogue, LiveCatalogue, Place
from surveys.database import Database, new_id
from surveys.errors import SurveyClosed, UnknownLink
from surveys.models import Journey, Survey, SurveyVersion, Touchpoint, Unit
from surveys.publishing import publish
from surveys.questionnaire import Questionnaire, read_yaml

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SURVEY = """
id: visit
kind: transactional
languages: [en]
title: {en: Visit}
consent: {en: The experience team reads this.}
thanks: {en: Thanks}
blocks: [{id: all, questions: [{type: nps, id: recommend, purpose: The KPI., text: {en: Recommend}}]}]
"""


def questionnaire(slug: str = "visit", title: str = "Visit") -> Questionnaire:
    return read_yaml(SURVEY.replace("id: visit", f"id: {slug}").replace("{en: Visit}", f"{{en: {title}}}"))


def store(database: Database, slug: str = "visit", title: str = "Visit") -> SurveyVersion:
    with database.write() as session:
        return publish(session, questionnaire(slug, title), NOW)


def after_a_second(catalogue: LiveCatalogue) -> Catalogue:
    """What is seen once the picture is as old as it may become."""
    catalogue._read_at -= SECONDS
    return asyncio.run(catalogue.current())


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    yield asked
    event.remove(database.reader, "before_cursor_execute", note)


def test_a_new_version_is_seen(database: Database) -> None:
    """Within its second the old version is shown, after it the new one."""
    first = store(database)
    catalogue = LiveCatalogue(database)
    before = asyncio.run(catalogue.current())
    store(database, title="Your visit")

    assert before.survey(first.survey_id).version == 1
    assert after_a_second(catalogue).survey(first.survey_id).version == 2
    assert after_a_second(catalogue).survey(first.survey_id).questionnaire.title == {"en": "Your visit"}


def test_a_version_that_was_shown_is_read_as_it_asked(database: Database) -> None:
    """Whoever opened the page before a new version sends answers to the old one; a server that never showed it too."""
    first = store(database)
    store(database, title="Your visit")
    catalogue = LiveCatalogue(database)

    old = asyncio.run(catalogue.version(first.survey_id, 1))
    assert (old.version, old.questionnaire.title) == (1, {"en": "Visit"})
    with statements(database) as asked:
        assert asyncio.run(catalogue.version(first.survey_id, 1)) is old
    assert asked == []


@pytest.mark.parametrize("version", [0, 2, 65535])
def test_a_version_that_is_none(database: Database, version: int) -> None:
    """It is an unknown link, not a fault."""
    first = store(database)
    for survey_id in (first.survey_id, uuid.UUID(int=7)):
        with pytest.raises(UnknownLink):
            asyncio.run(LiveCatalogue(database).version(survey_id, version))


def test_the_database_is_asked_once_a_second(database: Database) -> None:
    """A burst of requests shares one reading, and a version that is known is not read again."""
    store(database)
    catalogue = LiveCatalogue(database)

    async def burst() -> list[Catalogue]:
        return await asyncio.gather(*(catalogue.current() for _ in range(50)))

    with statements(database) as first:
        seen = asyncio.run(burst())
    with statements(database) as again:
        asyncio.run(burst())
    with statements(database) as later:
        after_a_second(catalogue)

    assert {id(one) for one in seen} == {id(seen[0])}
    assert len(first) == 4  # surveys, touchpoints, units, and the version that was not known
    assert again == []
    assert len(later) == 3


def test_a_closed_survey_goes(database: Database) -> None:
    """It takes no more answers and says so; opened again, it does."""
    first = store(database)
    catalogue = LiveCatalogue(database)
    asyncio.run(catalogue.current())
    with database.write() as session:
        session.get_one(Survey, first.survey_id).closed_at = NOW
    with pytest.raises(SurveyClosed):
        after_a_second(catalogue).survey(first.survey_id)

    with database.write() as session:
        session.get_one(Survey, first.survey_id).closed_at = None
    assert after_a_second(catalogue).survey(first.survey_id).version == 1


def test_a_survey_that_is_none(database: Database) -> None:
    """An id or a name that nobody published is an unknown link."""
    store(database)
    catalogue = asyncio.run(LiveCatalogue(database).current())

    assert "nothing" not in catalogue.slugs
    for survey_id in (None, new_id()):
        with pytest.raises(UnknownLink):
            catalogue.survey(survey_id)


def test_an_always_on_page_comes_and_goes(database: Database) -> None:
    """A touchpoint that gets a survey is there with its owner and channel, and gone when the survey is withdrawn."""
    visit, other = store(database), store(database, slug="other")
    with database.write() as session:
        session.add(Unit(code="vanak", names={}, valid_from=date(2020, 1, 1)))
        session.add(Journey(code="daily", names={}))
        session.flush()
        place = {"journey": "daily", "stage": "use", "channel": "branch", "owner": "vanak", "standard": {}}
        session.add(Touchpoint(code="desk", names={}, **place))
    catalogue = LiveCatalogue(database)
    seen = [asyncio.run(catalogue.current())]
    for survey_id in (visit.survey_id, other.survey_id, None):
        with database.write() as session:
            session.get_one(Touchpoint, "desk").feedback_survey = survey_id
        seen.append(after_a_second(catalogue))

    assert [dict(one.feedback) for one in seen] == [
        {},
        {"desk": Place(visit.survey_id, "vanak", "branch")},
        {"desk": Place(other.survey_id, "vanak", "branch")},
        {},
    ]
    assert seen[-1].units == {"vanak"}
    assert dict(seen[-1].slugs) == {"visit": visit.survey_id, "other": other.survey_id}


def test_a_database_that_was_away(database: Database) -> None:
    """A reading that fails is told to its request, and the next one tries again."""
    first = store(database)
    catalogue = LiveCatalogue(database)
    with database.writer.begin() as connection:
        connection.execute(text("ALTER TABLE survey RENAME TO survey_away"))
    try:
        with pytest.raises(DBAPIError):
            asyncio.run(catalogue.current())
    finally:
        with database.writer.begin() as connection:
            connection.execute(text("ALTER TABLE survey_away RENAME TO survey"))

    assert asyncio.run(catalogue.current()).survey(first.survey_id).version == 1
