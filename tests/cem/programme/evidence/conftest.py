"""A small company at a moment, and what the product knows of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cem.cases.models import Case
from cem.programme.evidence.found import Found, Moment
from cem.programme.evidence.registry import REGISTRY
from surveys.database import Database, new_id
from surveys.models import Survey

TEHRAN = ZoneInfo("Asia/Tehran")
# Noon of 10 November 2025 in Tehran.
NOW = datetime(2025, 11, 10, 8, 30, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

Know = Callable[[str], Found | None]
Open = Callable[..., Case]


@pytest.fixture
def know(database: Database) -> Know:
    """What the product itself knows of a criterion."""

    def gathered(code: str) -> Found | None:
        with database.read() as reader:
            return REGISTRY[code](reader, Moment(NOW, TEHRAN))

    return gathered


@pytest.fixture
def open_case(database: Database, survey: Survey) -> Open:
    """A case opened two days ago whose customer wants an answer; both promises fell due yesterday."""

    def opened(**changes: Any) -> Case:
        at = changes.pop("opened_at", NOW - 2 * DAY)
        case_id = new_id(at)
        values: dict[str, Any] = {
            "origin": "rule",
            "kind": "complaint",
            "severity": 3,
            "status": "assigned",
            "touchpoint": "counter",
            "unit": "vanak",
            "channel": "branch",
            "language": "en",
            "segment": "",
            "words": "",
            "wanted": "",
            "series": "",
            "contact_allowed": True,
            "reply_channel": "",
            "reply_address": "",
            "owner": "unit_manager",
            "no_reply_reason": "",
            "reopened": 0,
            "escalated": [],
            "acknowledge_due": at,
            "contact_due": at + DAY,
            "resolve_from": at,
            "resolve_due": at + DAY,
        }
        case = Case(case_id=case_id, number=case_id.hex[-12:], opened_at=at, **values | changes)
        with database.write() as session:
            session.add(case)
        return case

    return opened


def counting(found: Found | None) -> set[str]:
    """The English names of the parts that count."""
    assert found is not None
    return {part.names.get("en", part.text) for part in found.parts if part.counts}


def told(found: Found | None) -> tuple[int | None, int]:
    """How many of how many."""
    assert found is not None
    return found.numerator, found.n
