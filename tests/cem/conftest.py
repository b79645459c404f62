"""The whole application on each database, people who sign in to it, and a company whose customers answer."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from litestar import Litestar
from litestar.testing import TestClient

from cem.app import create_app
from cem.cli import main
from cem.people.accounts import Person, add_account
from cem.roles import Role
from cem.scorecards.choices import Choice, read_choice
from cem.scorecards.offers import read_offers
from cem.serving import write_settings
from cem.settings import Settings
from surveys.database import Database, new_id, utc_now
from surveys.models import Journey, Segment, Survey, Touchpoint, Unit
from surveys.publishing import publish
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record

# Only for testing: the cheapest argon2, or the suite would spend its time on passwords.
CHEAPEST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery"

SignIn = Callable[[Role], "TestClient[Litestar]"]


@pytest.fixture
def settings(database: Database) -> Settings:
    """Settings of a small installation."""
    return Settings(
        secret_key="a secret that is long enough for the tests",
        database_url=database.writer.url.render_as_string(hide_password=False),
        base_url="http://testserver.local",
        posts_per_minute=100_000,
    )


@pytest.fixture
def app(settings: Settings, database: Database) -> Litestar:
    """The product."""
    return create_app(settings, database=database, hasher=CHEAPEST)


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    """A browser that nobody has signed in."""
    with TestClient(app, base_url="http://testserver.local") as client:
        yield client


@pytest.fixture
def accounts(database: Database) -> None:
    """One account for each role, named after it; the unit manager answers for `vanak`."""
    with database.write() as session:
        session.add(Unit(code="bank", names={"en": "Bank", "fa": "بانک"}, valid_from=date(2020, 1, 1)))
        session.flush()
        session.add(Unit(code="vanak", parent="bank", names={"en": "Vanak", "fa": "ونک"}, valid_from=date(2020, 1, 1)))
        session.add(
            Unit(code="tajrish", parent="bank", names={"en": "Tajrish", "fa": "تجریش"}, valid_from=date(2020, 1, 1))
        )
        session.flush()
        for role in Role:
            add_account(
                session,
                CHEAPEST,
                utc_now(),
                "tests",
                name=role.value,
                full_name=f"The {role.value}",
                password=PASSWORD,
                role=role,
                unit="vanak" if role is Role.UNIT_MANAGER else None,
            )


def csrf(client: TestClient[Litestar], path: str = "/sign-in") -> str:
    """The token that a form of this page carries."""
    client.get(path)
    return client.cookies["csrf"]


@pytest.fixture
def sign_in(client: TestClient[Litestar], accounts: None) -> SignIn:
    """Sign in as a role."""

    def as_role(role: Role) -> TestClient[Litestar]:
        form = {"name": role.value, "password": PASSWORD, "_csrf_token": csrf(client)}
        response = client.post("/sign-in", data=form, follow_redirects=False)
        assert response.status_code == 303, response.text
        return client

    return as_role


VISIT = """
id: visit
kind: transactional
languages: [fa, en]
title: {fa: مراجعه, en: Visit}
consent: {fa: همکاران ما پاسخ‌ها را می‌خوانند., en: Our colleagues read the answers.}
thanks: {fa: سپاس, en: Thank you}
blocks:
  - id: all
    questions:
      - {type: nps, id: recommend, series: nps_visit, purpose: p, text: {fa: پیشنهاد می‌کنید, en: Recommend}}
      - {type: csat, id: satisfied, series: csat_visit, purpose: p, text: {fa: راضی هستید, en: Satisfied}}
      - {type: ces, id: effort, series: ces_visit, purpose: p, text: {fa: آسان بود, en: Easy}}
      - {type: rating, id: staff, purpose: p, low: 1, high: 10, text: {fa: کارکنان چطور بودند, en: The staff}}
      - type: single_choice
        id: reason
        purpose: p
        text: {fa: چرا, en: Why}
        options: [{code: waiting, text: {fa: انتظار, en: Waiting}}, {code: staff, text: {fa: کارکنان, en: Staff}}]
      - {type: comment, id: words, purpose: p, text: {fa: نظرتان, en: Your words}}
"""
TODAY = date(2025, 11, 10)  # 19 Aban 1404

SEGMENTS = {"mass": "Mass", "affluent": "Affluent", "business": "Small business"}

Answer = Callable[..., None]
Choose = Callable[..., Choice]


@pytest.fixture
def survey(database: Database) -> Survey:
    """A published survey, units bank > vanak, tajrish, and two touchpoints."""
    with database.write() as session:
        version = publish(session, read_yaml(VISIT), utc_now())
        for code, parent in (("bank", None), ("vanak", "bank"), ("tajrish", "bank")):
            if session.get(Unit, code) is None:
                names = {"fa": f"واحد {code}", "en": code.title()}
                session.add(Unit(code=code, parent=parent, names=names, valid_from=date(2020, 1, 1)))
                session.flush()
        session.add(Journey(code="visit", names={"en": "Visit"}))
        session.flush()
        for code, channel in (("counter", "branch"), ("call", "contact_centre")):
            session.add(
                Touchpoint(
                    code=code,
                    names={"fa": f"نقطه {code}", "en": code.title()},
                    journey="visit",
                    stage="served",
                    channel=channel,
                    owner="bank",
                    standard={},
                    transactional_survey=version.survey_id,
                )
            )
        survey = session.get(Survey, version.survey_id)
        assert survey is not None
    return survey


@pytest.fixture
def segments(database: Database) -> None:
    """Three segments of customers."""
    with database.write() as session:
        for position, (code, name) in enumerate(SEGMENTS.items()):
            names = {"en": name, "fa": f"بخش {position}"}
            session.add(Segment(code=code, position=position, names=names, valid_from=date(2020, 1, 1)))


@pytest.fixture
def answer(database: Database, survey: Survey) -> Answer:
    """Store responses: `answer(9, 9, 3)` gives these NPS scores today at the counter of Vanak."""
    questionnaire = read_yaml(VISIT)

    def give(
        *recommend: int,
        day: date = TODAY,
        unit: str = "vanak",
        touchpoint: str = "counter",
        quality: str = "valid",
        words: str = "",
        hour: int = 8,
        segment: str = "",
        signals: tuple[str, ...] = (),
        **others: Any,
    ) -> None:
        asked = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        with database.write() as session:
            for score in recommend:
                answers = {"recommend": score, **others} | ({"words": words} if words else {})
                submission = Submission(
                    survey_id=survey.survey_id,
                    response_id=new_id(asked),
                    version=1,
                    day=day,
                    touchpoint=touchpoint,
                    unit=unit,
                    channel="branch" if touchpoint == "counter" else "contact_centre",
                    language="en",
                    quality=quality,
                    signals=list(signals),
                    has_comment=bool(words),
                    answers=answers,
                    submitted_at=asked.replace(hour=hour),
                    seconds=60,
                    scores=scores(questionnaire, answers),
                    segment=segment,
                )
                record(session.connection(), [submission])

    return give


@pytest.fixture
def person() -> Callable[..., Person]:
    """Somebody with a role."""

    def with_role(role: Role = Role.EXECUTIVE, unit: str | None = None) -> Person:
        return Person(role.value, role.value, role, unit)

    return with_role


@pytest.fixture
def choose(database: Database, survey: Survey, person: Callable[..., Person]) -> Choose:
    """The choice of an address, on the fixtures' day."""

    def read(role: Role = Role.EXECUTIVE, own: str | None = None, calendar: str = "jalali", **asked: str) -> Choice:
        with database.read() as reader:
            choice = read_choice(asked, read_offers(reader), person(role, own), calendar, TODAY)
        assert choice is not None
        return choice

    return read


@pytest.fixture
def survey_id(survey: Survey) -> uuid.UUID:
    """The survey's id."""
    return survey.survey_id


@pytest.fixture
def cem(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`cem` in a folder whose cem.toml names the database."""
    address = database.writer.url.render_as_string(hide_password=False)
    write_settings(tmp_path / "cem.toml", "a secret of the tests, long enough", address, "http://cem.example/")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run
