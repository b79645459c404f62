"""A company that counts, and figures that arrive."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cem.operations.models import OperationalFigure, OperationalMetric
from surveys.database import Database, new_id
from surveys.models import Unit

ARRIVED = datetime(2025, 11, 1, tzinfo=UTC)
FIRST, LAST = date(2025, 10, 1), date(2025, 10, 31)


def metric_row(code: str = "answered", **changes: Any) -> OperationalMetric:
    """A census of shares, where more is better; `changes` say what is otherwise."""
    values: dict[str, Any] = {
        "name_fa": "پاسخ به‌موقع",
        "name_en": "Answered in time",
        "explanation_fa": "پرونده‌های پاسخ‌داده‌شده از همه پرونده‌ها",
        "explanation_en": "Cases answered of all cases",
        "kind": "share",
        "unit_fa": "",
        "unit_en": "",
        "census": True,
        "lower_is_better": False,
        "owner": "cases@bank.example",
        "source": "case desk",
        "expected_every_days": 31,
        "kpi": "",
        "touchpoint": "",
    }
    return OperationalMetric(code=code, **values | changes)


@pytest.fixture
def company(database: Database) -> None:
    """Units bank > vanak, tajrish > shop, and a census of shares, `answered`."""
    with database.write() as session:
        for code, parent in (("bank", None), ("vanak", "bank"), ("tajrish", "bank"), ("shop", "tajrish")):
            if session.get(Unit, code) is None:
                names = {"fa": f"واحد {code}", "en": code.title()}
                session.add(Unit(code=code, parent=parent, names=names, valid_from=date(2020, 1, 1)))
                session.flush()
        session.add(metric_row())


Count = Callable[..., None]


@pytest.fixture
def count(database: Database, company: None) -> Count:
    """Store a figure: `count("vanak", 33, 38)` is October's; `revision` and `at` make it a correction."""

    def store(
        unit: str,
        numerator: object,
        denominator: object,
        *,
        metric: str = "answered",
        first: date = FIRST,
        last: date = LAST,
        revision: int = 1,
        at: datetime = ARRIVED,
    ) -> None:
        with database.write() as session:
            session.add(
                OperationalFigure(
                    figure_id=new_id(at),
                    metric=metric,
                    unit=unit,
                    first_day=first,
                    last_day=last,
                    revision=revision,
                    numerator=Decimal(str(numerator)),
                    denominator=Decimal(str(denominator)),
                    received_at=at,
                    batch=new_id(at),
                )
            )

    return store
