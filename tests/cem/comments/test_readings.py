"""Reading comments: each once, by score, model or words, and again when what reads has changed."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from cem.comments.learning import TooFewComments, collect, keep_model, learn, model_state
from cem.comments.models import CommentReading
from cem.comments.readings import read_waiting
from cem.settings import Settings
from surveys.database import Database, utc_now

Answer = Callable[..., None]


def readings(database: Database) -> list[CommentReading]:
    """All readings."""
    with database.read() as session:
        return list(session.scalars(select(CommentReading).order_by(CommentReading.response_id)))


def test_each_comment_is_read_once(answer: Answer, database: Database, settings: Settings) -> None:
    """The score says more than the words; between the ends of the scale the words are read."""
    answer(2, words="ساعت ده رفتم")
    answer(8, words="کارمند مودب بود")
    answer(8, words="ساعت ده رفتم")
    answer(10, words="")

    assert read_waiting(database, settings, utc_now()) == 3
    assert read_waiting(database, settings, utc_now()) == 0
    assert {(r.sentiment, r.source) for r in readings(database)} == {
        ("negative", "score"),
        ("positive", "words"),
        ("unknown", "words"),
    }


def test_more_than_a_batch(
    answer: Answer, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many comments are read in several transactions, none left out."""
    monkeypatch.setattr("cem.comments.readings.BATCH", 4)
    for _ in range(10):
        answer(5, words="صف")

    assert read_waiting(database, settings, utc_now()) == 10


def test_few_comments_train_nothing(answer: Answer, database: Database, settings: Settings) -> None:
    """The fault says how many there are and how many it takes."""
    answer(1, words="بد")
    read_waiting(database, settings, utc_now())
    with database.read() as session, pytest.raises(TooFewComments, match="500"):
        learn(collect(session), lambda _done, _of: None)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A company small enough for a test may train."""
    monkeypatch.setattr("cem.comments.learning.LEAST", 100)
    monkeypatch.setattr("cem.comments.learning.LEAST_EACH", 20)
    return None


def test_a_published_model_reads(few: None, answer: Answer, database: Database, settings: Settings) -> None:
    """It learns words that no list holds, is published with its figures, and what has no score is read again by it."""
    for _ in range(60):
        answer(1, words="مغاک شعبه")
        answer(10, words="سپیدار شعبه")
    answer(8, words="سپیدار")
    read_waiting(database, settings, utc_now() - timedelta(minutes=1))
    with database.read() as session:
        trained = learn(collect(session), lambda _done, _of: None)
    with database.write() as session:
        keep_model(session, utc_now(), "tests", trained)
    again = read_waiting(database, settings, utc_now())
    with database.read() as session:
        published, refused = model_state(session)

    assert again == 121
    assert [(r.sentiment, r.source) for r in readings(database) if not r.by_score] == [("positive", "model")]
    assert published is not None
    assert published.quality.n == 120
    assert refused is None
