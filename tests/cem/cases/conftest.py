"""A company whose customers can be answered: causes, remedies, a desk at a moment, answers that open cases."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from cem.cases.desk import Desk
from cem.cases.models import Remedy
from cem.cases.opening import Signal, open_or_attach
from cem.improvements.models import Cause
from cem.settings import Settings
from surveys.database import Base, Database, new_id, utc_now
from surveys.models import Customer, Survey
from surveys.touchpoints import customer_id_of
from tests.cem.cases.customers import Company

TEHRAN = ZoneInfo("Asia/Tehran")
# A Wednesday, 19 November 2025, 15:30 in Tehran: the office closes at 17:00, and on Thursday at 13:00.
WEDNESDAY = datetime(2025, 11, 19, 15, 30, tzinfo=TEHRAN).astimezone(UTC)

CUSTOMERS = ("mina", "sara", "reza")

At = Callable[..., AbstractContextManager[Desk]]
Signalled = Callable[..., Signal]


@pytest.fixture
def loop(database: Database, accounts: None, survey: Survey) -> None:
    """What a case needs to come to its end."""
    with database.write() as session:
        for name in CUSTOMERS:
            session.add(Customer(customer_id=customer_id_of(name), reference=name, language="en"))
        session.add(Cause(code="waiting", parent=None, kind="process", names={"en": "Waiting"}, position=1))
        session.add(Remedy(code="apology", names={"en": "Apology"}, own_limit=None, position=1))
        session.add(Remedy(code="refund", names={"en": "Refund"}, own_limit=1_000_000, position=2))


@pytest.fixture
def at(database: Database, settings: Settings, loop: None) -> At:
    """A desk at a moment, in a transaction of its own: `with at(WEDNESDAY) as desk`."""

    @contextmanager
    def opened(now: datetime = WEDNESDAY, actor: str = "unit_manager") -> Iterator[Desk]:
        with database.write() as session:
            yield Desk.open(session, settings, now, actor)

    return opened


@pytest.fixture
def signal(loop: None, survey: Survey) -> Signalled:
    """An answer that needs somebody, of a customer by name, or of nobody known."""

    def made(customer: str | None = "mina", touchpoint: str = "counter", score: int = 3, **others: object) -> Signal:
        said: dict[str, object] = {
            "survey_id": survey.survey_id,
            "response_id": new_id(WEDNESDAY),
            "customer_id": None if customer is None else customer_id_of(customer),
            "touchpoint": touchpoint,
            "unit": "vanak",
            "channel": "branch",
            "language": "en",
            "segment": "",
            "series": "nps_visit",
            "score": score,
        }
        return Signal(**(said | others))  # type: ignore[arg-type]

    return made


@pytest.fixture
def company(
    database: Database, settings: Settings, loop: None, survey: Survey, client: TestClient[Litestar]
) -> Company:
    """A company whose customers answer now."""
    return Company(database, settings, survey, client)


@pytest.fixture
def opened(at: At, signal: Signalled) -> Callable[..., str]:
    """A case that an answer opened just now; its number. What is named goes to the answer, the severity to the case."""

    def made(severity: int = 3, kind: str = "complaint", **others: object) -> str:
        with at(utc_now(), "cem") as desk:
            told = {"response_id": new_id(desk.now)} | others
            return open_or_attach(desk, signal(**told), rule="unhappy", severity=severity, kind=kind)[0].number

    return made


def send(client: TestClient[Litestar], path: str, **form: str) -> Response:
    """A form of a page, sent once."""
    if "csrf" not in client.cookies:
        client.get("/sign-in")
    return client.post(path, data={"_csrf_token": client.cookies["csrf"], **form}, follow_redirects=False)


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has: what was refused has added none."""
    with database.read() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}
