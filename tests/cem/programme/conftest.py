"""A moment, and the verbs of the programme with it."""

from datetime import UTC, datetime, timedelta

import pytest

NOW = datetime(2025, 11, 10, 9, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """A Monday morning."""
    return NOW


@pytest.fixture
def later(now: datetime) -> datetime:
    """An hour after it."""
    return now + timedelta(hours=1)
