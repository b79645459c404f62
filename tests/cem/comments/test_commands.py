"""`cem comments` on an installation of its own: what each command says, and what it leaves in the database."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from cem.audit import AuditEvent
from cem.comments.models import CommentReading, TextModel
from surveys.database import Database

Answer = Callable[..., None]
Cem = Callable[..., Result]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A company small enough for a test may train, and be told of topics."""
    monkeypatch.setattr("cem.comments.learning.LEAST", 80)
    monkeypatch.setattr("cem.comments.learning.LEAST_EACH", 20)
    monkeypatch.setattr("metrics.text.proposals.LEAST", 40)


def count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_read(cem: Cem, answer: Answer, database: Database) -> None:
    """The new comments are read once; who has written nothing is not counted."""
    answer(2, words="یک ساعت معطل شدم")
    answer(10, words="کارمند مودب بود")
    answer(9)

    assert cem("comments", "read").output == "2 comments read.\n"
    assert cem("comments", "read").output == "0 comments read.\n"
    assert count(database, CommentReading) == 2


def test_few_comments_train_nothing(cem: Cem, answer: Answer, database: Database) -> None:
    """The fault says how many there are and how many it takes; no model is stored."""
    answer(1, words="بد")
    result = cem("comments", "train")

    assert result.exit_code != 0
    assert "There are 1 comments with a score that says yes or no (0 yes, 1 no)." in result.stderr
    assert count(database, TextModel) == 0


def test_train(few: None, cem: Cem, answer: Answer, database: Database) -> None:
    """A model that has learnt something is published with its figures and an audit row, and reads the comments anew."""
    for _ in range(50):
        answer(1, words="مغاک شعبه")
        answer(10, words="سپیدار شعبه")
    result = cem("comments", "train")

    assert (result.exit_code, result.output.splitlines()[0]) == (0, "100 comments, 0 of them corrected by people.")
    assert "accuracy 1.000, macro-F1 1.000" in result.output
    assert "Published." in result.output
    assert cem("comments", "read").output == "100 comments read.\n"
    with database.read() as session:
        assert session.scalars(select(AuditEvent.action)).all() == ["text-model:train"]


def test_a_model_that_learnt_nothing(few: None, cem: Cem, answer: Answer, database: Database) -> None:
    """The same words under good and bad scores teach nothing: it is kept with its reason, and does not read."""
    for _ in range(50):
        answer(1, words="شعبه رفتم")
        answer(10, words="شعبه رفتم")
    result = cem("comments", "train")

    assert result.exit_code == 0
    assert "Not published:" in result.output
    with database.read() as session:
        model = session.scalars(select(TextModel)).one()
    assert (model.published_at, model.reason) == (None, "below-baseline")


def test_evaluate_word_lists(cem: Cem, tmp_path: Path) -> None:
    """Without a model the word lists are measured: how many they decide, and how many rightly."""
    file = tmp_path / "labelled.csv"
    file.write_text("label,comment\npositive,خیلی خوب و عالی بود\nsad,افتضاح بود\nnegative,ساعت ده\nmaybe,شاید\n")
    result = cem("comments", "evaluate", file)

    assert result.output == "No model is published; word lists decide 2 of 3 and are right in 2.\n"


def test_evaluate_a_model(few: None, cem: Cem, answer: Answer, tmp_path: Path) -> None:
    """With a model its figures on the file are told, each mistake on its side."""
    for _ in range(50):
        answer(1, words="مغاک شعبه")
        answer(10, words="سپیدار شعبه")
    cem("comments", "train")
    file = tmp_path / "labelled.csv"
    file.write_text("\ufeffcomment,label\nسپیدار,positive\nسپیدار,negative\nمغاک,0\nمغاک,NEGATIVE\n", encoding="utf-8")
    result = cem("comments", "evaluate", file)

    assert "accuracy 0.750" in result.output
    assert "negative: 2 found, 1 taken for positive" in result.output
    assert "positive: 1 found, 0 taken for negative" in result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("words,label\nخوب,positive\n", "labelled.csv needs the columns comment and label."),
        ("comment,label\nخوب,perhaps\n", "labelled.csv has no row whose label is positive or negative."),
        ("", "labelled.csv needs the columns comment and label."),
    ],
)
def test_a_file_that_cannot_be_measured(cem: Cem, tmp_path: Path, content: str, said: str) -> None:
    """What is missing is told, with status 2."""
    file = tmp_path / "labelled.csv"
    file.write_text(content)
    result = cem("comments", "evaluate", file)

    assert (result.exit_code, result.stderr) == (2, f"cem: {said}\n")


def test_propose(few: None, cem: Cem, answer: Answer, database: Database) -> None:
    """Words that come together in comments without a topic are proposed with examples; nothing is stored."""
    for words in ("پارکینگ خودرو دوچرخه خیابان کوچه", "گلدان پنجره تابلو نقاشی فرش", "موسیقی بلندگو صدا همهمه سکوت"):
        for some in list(combinations(words.split(), 3)) * 3:
            answer(8, words=" ".join(some))
    cem("comments", "read")
    result = cem("comments", "propose", "--number", "3")

    assert result.exit_code == 0
    assert {"پارکینگ", "گلدان", "سکوت"} <= {word for line in result.output.splitlines() for word in line.split(", ")}
    assert "30 comments, stability 0." in result.output
    assert "    - پارکینگ خودرو" in result.output
    assert "3 topics came back from five starting points." in result.output
    assert count(database, AuditEvent) == 0


def test_too_few_to_propose(cem: Cem, answer: Answer) -> None:
    """It says how many there are and how many it takes, with status 2."""
    answer(8, words="گلدان پنجره")
    cem("comments", "read")
    result = cem("comments", "propose")

    assert (result.exit_code, result.stderr) == (2, "cem: 1 comments have no topic yet; proposals need 200.\n")
