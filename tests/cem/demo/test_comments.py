"""What is planted in the demo's comments is found in them."""

import pytest
from sqlalchemy import String, cast, func, select

from cem.comments.models import CommentReading
from surveys.database import Database
from surveys.models import Response


def test_every_comment_is_read(demo: Database) -> None:
    """The load leaves none to be read."""
    with demo.read() as session:
        read = session.scalar(select(func.count()).select_from(CommentReading))
        written = session.scalar(select(func.count()).select_from(Response).where(Response.has_comment))

    assert read == written


@pytest.mark.parametrize(
    ("topic", "touchpoint"),
    [("waiting", "branch-visit"), ("technical", "mobile-app"), ("availability", "cash-machine")],
)
def test_planted_topics_are_found(demo: Database, topic: str, touchpoint: str) -> None:
    """Waiting at branches, faults of the app, empty cash machines: at least a fifth of what is written there."""
    named = cast(CommentReading.topics, String).contains(f'"{topic}"')
    with demo.read() as session:
        counted = select(func.count()).select_from(CommentReading).where(CommentReading.touchpoint == touchpoint)
        share = (session.scalar(counted.where(named)) or 0) / (session.scalar(counted) or 1)
        elsewhere = select(func.count()).select_from(CommentReading).where(CommentReading.touchpoint != touchpoint)
        other = (session.scalar(elsewhere.where(named)) or 0) / (session.scalar(elsewhere) or 1)

    assert share > 0.2
    assert share > other
