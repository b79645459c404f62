"""The public pages over HTTP, and a visitor without scripts who fills what is shown."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from httpx import Response as Answer
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from surveys.catalogue import LiveCatalogue
from surveys.database import Base, Database, new_id, utc_now
from surveys.inbox import Inbox
from surveys.limits import Limit
from surveys.links import Links, PersonalLink
from surveys.models import Invitation, Journey, Response, SurveyVersion, Touchpoint, Unit
from surveys.pages import SURVEY_PAGES
from surveys.publishing import publish
from surveys.questionnaire import Questionnaire, read_yaml
from surveys.reception import Reception
from surveys.templating import Templates

LINKS = Links("a secret of the tests, long enough")
YESTERDAY = utc_now() - timedelta(days=1)
BROWSER = {"accept-language": "en", "accept-encoding": "gzip"}

VISIT = """
id: visit
kind: transactional
languages: [en, fa]
title: {fa: بازدید شما, en: Your visit}
introduction: {fa: چند پرسش, en: A few questions}
consent: {fa: پاسخ شما را می‌خوانیم., en: We read your answer.}
thanks: {fa: سپاسگزاریم, en: Thank you very much}
blocks:
  - id: main
    questions:
      - {type: nps, id: recommend, purpose: p, text: {fa: توصیه, en: Recommend}, required: true}
      - type: single_choice
        id: reason
        purpose: p
        text: {fa: دلیل, en: Reason}
        show_if: {question: recommend, at_most: 6}
        options: [{code: queue, text: {fa: صف, en: Queue}}, {code: staff, text: {fa: کارکنان, en: Staff}}]
      - {type: csat, id: satisfied, purpose: p, text: {fa: رضایت, en: Satisfied}, not_applicable: true}
      - {type: date, id: day, purpose: p, text: {fa: روز, en: Day}}
      - {type: number, id: minutes, purpose: p, text: {fa: دقیقه, en: Minutes}, integer: true, least: 0}
      - {type: comment, id: why, purpose: p, text: {fa: چرا, en: Why}, longest: 200}
"""

PAGED = """
id: paged
kind: relational
languages: [en, fa]
layout: paged
title: {fa: چند صفحه, en: Several pages}
consent: {fa: می‌خوانیم., en: We read your answer.}
thanks: {fa: سپاس, en: Thank you}
blocks:
  - id: one
    questions:
      - {type: nps, id: recommend, purpose: p, text: {fa: توصیه, en: Recommend}, required: true}
  - id: two
    questions:
      - type: comment
        id: wrong
        purpose: p
        text: {fa: ایراد, en: What went wrong}
        show_if: {question: recommend, at_most: 6}
  - id: three
    questions:
      - {type: csat, id: satisfied, purpose: p, text: {fa: رضایت, en: Satisfied}, required: true}
"""


class _Fields(HTMLParser):
    """The fields of a page's form with what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: list[tuple[str, str]] = []
        self.offered: set[tuple[str, str]] = set()
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self._area = given["name"]
            self.values.append((self._area, ""))
        if tag != "input" or "name" not in given:
            return
        if given.get("type") in {"radio", "checkbox"}:
            self.offered.add((given["name"], given["value"]))
            if "checked" not in given:
                return
        self.values.append((given["name"], given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[-1] = (self._area, data.removeprefix("\n"))
            self._area = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


@dataclass
class Shown:
    """A page that came back, and the form in it."""

    answer: Answer
    fields: dict[str, list[str]] = field(default_factory=dict)
    offered: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        parsed = _Fields(self.answer.text)
        for name, value in parsed.values:
            self.fields.setdefault(name, []).append(value)
        self.offered = parsed.offered

    @property
    def text(self) -> str:
        return self.answer.text

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def ticket(self) -> str:
        return self.fields["ticket"][0]


class Visitor:
    """A browser without scripts."""

    def __init__(self, client: TestClient[Litestar]) -> None:
        self.client = client

    def open(self, address: str, **headers: str) -> Shown:
        return Shown(self.client.get(address, headers=BROWSER | headers, follow_redirects=False))

    def send(self, address: str, page: Shown, answers: dict[str, Any] | None = None, /, **more: str) -> Shown:
        """Send the page's form with these answers in place of what it held."""
        fields: dict[str, Any] = dict(page.fields)
        for name, value in (answers or {}).items():
            fields[f"q.{name}"] = value
        return Shown(self.client.post(address, data=fields | more, headers=BROWSER, follow_redirects=False))

    def follow(self, shown: Shown) -> Shown:
        assert shown.status == 303, shown.text
        return self.open(shown.answer.headers["location"])


@dataclass
class World:
    """A published survey of each layout, a place, and what has been stored."""

    database: Database
    reception: Reception
    visit: SurveyVersion
    paged: SurveyVersion

    def responses(self) -> list[Response]:
        with self.database.read() as session:
            return list(session.scalars(select(Response).order_by(Response.response_id)))

    def rows(self) -> dict[str, int]:
        with self.database.read() as session:
            tables = Base.metadata.sorted_tables
            return {t.name: session.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}

    def invite(self, version: SurveyVersion, **columns: Any) -> str:
        """The address of a new personal link."""
        invitation_id = new_id()
        values: dict[str, Any] = {
            "customer_id": new_id(),
            "touchpoint": "branch",
            "unit": "vanak",
            "channel": "sms",
            "language": "fa",
            "created_at": YESTERDAY,
            "expires_at": utc_now() + timedelta(days=10),
        }
        with self.database.write() as session:
            session.add(Invitation(survey_id=version.survey_id, invitation_id=invitation_id, **(values | columns)))
        return f"/i/{LINKS.personal(PersonalLink(version.survey_id, invitation_id))}"

    def publish(self, questionnaire: Questionnaire) -> SurveyVersion:
        with self.database.write() as session:
            return publish(session, questionnaire, utc_now())

    def refresh(self) -> None:
        """What was changed is seen by the next request; otherwise within a second."""
        self.reception.catalogue._read_at = float("-inf")


@pytest.fixture(scope="session")
def templates() -> Templates:
    return Templates()


@pytest.fixture(scope="session")
def visit_questionnaire() -> Questionnaire:
    return read_yaml(VISIT)


@pytest.fixture
def world(database: Database, templates: Templates, visit_questionnaire: Questionnaire) -> World:
    with database.write() as session:
        opened = date(2020, 1, 1)
        session.add(Unit(code="bank", parent=None, names={}, valid_from=opened))
        session.flush()
        session.add(Unit(code="vanak", parent="bank", names={}, valid_from=opened))
        session.add(Journey(code="banking", names={}))
        session.flush()
        visit = publish(session, visit_questionnaire, YESTERDAY)
        paged = publish(session, read_yaml(PAGED), YESTERDAY)
        session.add(
            Touchpoint(
                code="branch",
                names={},
                journey="banking",
                stage="use",
                channel="in_person",
                owner="vanak",
                standard={},
                feedback_survey=visit.survey_id,
            )
        )
    reception = Reception(
        database=database,
        inbox=Inbox(database.writer),
        links=LINKS,
        templates=templates,
        catalogue=LiveCatalogue(database),
        zone=ZoneInfo("Asia/Tehran"),
        limit=Limit(1000),
    )
    return World(database, reception, visit, paged)


@pytest.fixture
def serve(world: World) -> Iterator[Callable[..., Visitor]]:
    """Serves the pages, with anything of the reception replaced."""
    clients: list[TestClient[Litestar]] = []

    def served(**replaced: Any) -> Visitor:
        parts = {name: getattr(world.reception, name) for name in Reception.__dataclass_fields__} | replaced
        world.reception = Reception(**parts)

        @asynccontextmanager
        async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
            if "inbox" in replaced:
                yield
                return
            with world.reception.inbox:
                yield

        app = Litestar(SURVEY_PAGES, lifespan=[lifespan], openapi_config=None)
        app.state.reception = world.reception
        client = TestClient(app)
        client.__enter__()
        clients.append(client)
        return Visitor(client)

    yield served
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def visitor(serve: Callable[..., Visitor]) -> Visitor:
    return serve()


@pytest.fixture(scope="session")
def ten_questions() -> Questionnaire:
    """Ten questions of every weight, in both languages."""
    document = msgspec.to_builtins(read_yaml(VISIT))
    questions = [*document["blocks"][0]["questions"]]
    questions += [
        {**questions[0], "id": "again", "series": "again"},
        {**questions[1], "id": "second", "options": [{"code": f"o{n}", "text": TEXT} for n in range(6)]},
        {
            "type": "multiple_choice",
            "id": "many",
            "purpose": "p",
            "options": [{"code": f"o{n}", "text": TEXT} for n in range(8)],
        },
        {"type": "ces", "id": "effort", "purpose": "p", "text": TEXT},
    ]
    for question in questions:
        question["text"] = TEXT
    blocks = [{"id": "main", "questions": questions}]
    return msgspec.convert({**document, "id": "ten", "blocks": blocks}, Questionnaire)


TEXT = {
    "en": "After this visit, how likely are you to recommend our bank to a friend or a colleague of yours?",
    "fa": "با توجه به این مراجعه، چقدر احتمال دارد بانک ما را به دوستان یا همکاران خود پیشنهاد کنید؟",
}
