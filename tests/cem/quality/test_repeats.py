"""One customer's several answers, counted in three ways, and the way that somebody chose."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import AuditEvent
from cem.people.accounts import Person
from cem.quality.repeats import (
    CLUSTERED,
    EVERY,
    LATEST,
    Repeats,
    UnknownWay,
    choose_way,
    count_nameless,
    read_repeats,
    read_way,
    repeats_in_words,
)
from cem.roles import Role
from cem.scorecards.choices import Choice, read_choice
from cem.scorecards.offers import read_offers
from metrics import Histogram, clustered_nps, nps
from surveys.database import Database
from surveys.languages import language
from surveys.models import Survey

Send = Callable[..., uuid.UUID]
NOW = datetime(2025, 11, 11, 8, tzinfo=UTC)


@pytest.fixture
def count(database: Database, panel: Survey) -> Callable[[], Repeats | None]:
    """The three ways, of the running month."""

    def read() -> Repeats | None:
        with database.read() as reader:
            asked, offers = choice(reader), read_offers(reader)
            return read_repeats(reader, asked, asked.focus, offers.surveys["panel"].questionnaire)

    return read


def choice(reader: Session) -> Choice:
    """The month of the answers."""
    asked, person = {"survey": "panel", "period": "1m"}, Person("a", "a", Role.ANALYST, None)
    found = read_choice(asked, read_offers(reader), person, "jalali", date(2025, 11, 15))
    assert found is not None
    return found


def test_three_ways_side_by_side(send: Send, count: Callable[[], Repeats | None], database: Database) -> None:
    """Every answer, with the variance of customers, and the latest of each; answers without a customer stand alone."""
    given = {"ali": [10, 10, 9, 2], "sara": [0, 0, 3, 1, 0], "reza": [9], "mina": [7, 8, 10], "omid": [10, 10, 10]}
    for customer, scores in given.items():
        for minutes, score in enumerate(scores):
            send({"recommend": score}, minutes=30 * minutes, customer=customer)
    for minutes in range(8):
        send({"recommend": 8 if minutes else 3}, minutes=minutes)
    send({"a1": 3}, customer="ali", minutes=300)
    found = count()
    with database.read() as reader:
        assert count_nameless(reader, choice(reader)) == 8

    assert found is not None
    every = [score for scores in given.values() for score in scores] + [3] + [8] * 7
    assert found[EVERY].estimate == nps(Histogram.of(every))
    labels = [name for name, scores in given.items() for _ in scores] + [f"nobody {n}" for n in range(8)]
    expected = clustered_nps(every, labels)
    assert found[CLUSTERED].estimate.low == pytest.approx(expected.low)
    assert found[CLUSTERED].estimate.high == pytest.approx(expected.high)
    assert found[LATEST].estimate == nps(Histogram.of([2, 0, 9, 10, 10, 3] + [8] * 7))
    assert (found.answers, found[CLUSTERED].customers, found.repeated) == (24, 13, 11)
    assert found.widening > 0


def test_few_repeats_are_not_told(send: Send, count: Callable[[], Repeats | None]) -> None:
    """The latest answers beside all would tell what one customer said before: so they are not shown."""
    for minutes in range(10):
        send({"recommend": 9}, minutes=minutes, customer="ali" if minutes < 2 else "")
    found = count()

    assert found is not None
    assert found.repeated == 1
    assert found[LATEST].estimate.value is None


def test_suspect_answers_are_no_repeats(send: Send, count: Callable[[], Repeats | None]) -> None:
    """What is left out everywhere is left out here."""
    for minutes in range(10):
        send({"recommend": 9}, minutes=minutes)
    send({"recommend": 0}, customer="ali")
    send({"recommend": 0}, customer="ali", minutes=50, quality="suspect")
    found = count()

    assert found is not None
    assert (found.answers, found.repeated) == (11, 0)
    assert "every answer stands for itself" in repeats_in_words(language("en"), found)


def test_too_few_answers(send: Send, count: Callable[[], Repeats | None]) -> None:
    """Below the minimum nothing is shown."""
    for minutes in range(4):
        send({"recommend": 9}, minutes=minutes)

    assert count() is None


def test_the_way_is_chosen_and_audited(database: Database, panel: Survey) -> None:
    """The usual way until somebody chooses; a choice keeps who and when, and says what it replaced."""
    with database.write() as session:
        assert read_way(session, panel.survey_id).way == EVERY
        choose_way(session, NOW, "cx", panel.survey_id, CLUSTERED)
    with database.write() as session:
        choose_way(session, NOW, "cx", panel.survey_id, LATEST)
        with pytest.raises(UnknownWay):
            choose_way(session, NOW, "cx", panel.survey_id, "all")
    with database.read() as reader:
        way = read_way(reader, panel.survey_id)
        replaced = sorted(str(event["replaced"]) for event in reader.scalars(select(AuditEvent.details)))
    assert (way.way, way.chosen_by, way.chosen_at) == (LATEST, "cx", NOW)
    assert replaced == ["None", "clustered"]
