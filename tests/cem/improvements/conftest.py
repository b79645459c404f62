"""What the outer loop works on: causes, resolved cases, people."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from cem.cases.desk import Desk
from cem.cases.models import Case
from cem.cases.opening import Logged, log_case
from cem.improvements.models import Cause
from cem.settings import Settings
from surveys.database import Database, utc_now
from surveys.models import Customer, Survey
from surveys.touchpoints import customer_id_of

# What these tests count lies in a window that ends now, as the pages and the job have it.
NOW = utc_now()
Raise = Callable[..., list[str]]


@pytest.fixture
def company(database: Database, accounts: None, survey: Survey) -> None:
    """Units, accounts, a survey, and three causes."""
    with database.write() as session:
        for position, (code, kind) in enumerate((("waiting", "process"), ("fees", "policy"), ("rude", "people"))):
            names = {"en": code.title(), "fa": f"علت {code}"}
            session.add(Cause(code=code, parent=None, kind=kind, names=names, position=position))


@pytest.fixture
def raised(database: Database, settings: Settings, company: None) -> Raise:
    """Cases that were raised some days ago, with their cause: `raised(5, "waiting", unit="vanak")`; their numbers."""

    def raise_them(
        count: int,
        cause: str | None = "waiting",
        *,
        unit: str = "vanak",
        days: int = 5,
        severity: int = 3,
        kind: str = "complaint",
        language: str = "en",
        reply: str = "",
        now: datetime = NOW,
    ) -> list[str]:
        made = []
        with database.write() as session:
            desk = Desk.open(session, settings, now - timedelta(days=days), "unit_manager")
            for place in range(count):
                reference = f"{unit}-{cause}-{days}-{severity}-{kind}-{language}-{reply}-{place}"
                customer = customer_id_of(reference)
                if session.get(Customer, customer) is None:
                    session.add(Customer(customer_id=customer, reference=reference, language=language))
                logged = Logged(
                    kind=kind,
                    severity=severity,
                    words="It took an hour",
                    wanted="",
                    touchpoint="counter",
                    unit=unit,
                    channel="branch",
                    language=language,
                    customer_id=customer,
                    reply_channel="email" if reply else "",
                    reply_address=reply,
                )
                case: Case = log_case(desk, logged)
                case.cause = cause
                made.append(case.number)
        return made

    return raise_them
