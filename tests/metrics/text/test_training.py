"""Training: the model as plain data, judged out of fold; what is noise is not published."""

import csv
import random
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest

from metrics.text.evaluation import assess, macro_f1
from metrics.text.lexicon import read
from metrics.text.model import Model, Part, Segment, score_part
from metrics.text.training import Trained, _merge, train
from tests.metrics.conftest import reference_folder

# The company's own words, which no list of praise and complaint holds.
LIKED = "سپیدار کوشا چنار دلگشا".split()
DISLIKED = "مغاک خلنگ ژولیده پتیاره".split()
BOTH = "شعبه حساب کارت دیروز باجه رفتم خانم آقا برنامه وام قسط".split()


def comments(number: int, right: float = 1.0) -> tuple[list[str], list[bool]]:
    """Made comments whose own words tell their side with this probability."""
    chance, texts, positive = random.Random(3), [], []
    for n in range(number):
        side = n % 2 == 0
        told = side if chance.random() < right else not side
        words = [*chance.sample(BOTH, 4), chance.choice(LIKED if told else DISLIKED)]
        chance.shuffle(words)
        texts.append(" ".join(words))
        positive.append(side)
    return texts, positive


@pytest.fixture(scope="module")
def trained() -> Trained:
    """A model of 200 made comments, of which one in twenty is on the wrong side."""
    texts, positive = comments(200, right=0.95)
    return train([read(text) for text in texts], positive)


def test_it_learns_the_company_s_own_words(trained: Trained) -> None:
    """Out of fold it is as right as the comments are; unseen ones are told apart."""
    assert trained.quality.accuracy > 0.85
    assert trained.quality.worth_publishing
    assert trained.model.sentiment("رفتم شعبه سپیدار").label == "positive"
    assert trained.model.sentiment("کارت من مغاک").label == "negative"


def test_noise_is_not_published() -> None:
    """Labels that the words do not explain give no model to show."""
    texts, positive = comments(200, right=0.5)
    quality = train([read(text) for text in texts], positive).quality

    assert not quality.worth_publishing
    assert 0.35 < quality.accuracy < 0.65


def test_a_model_survives_its_file(trained: Trained) -> None:
    """The same probabilities after writing and reading; a file that is none of ours is refused."""
    data = trained.model.to_bytes()
    again = Model.from_bytes(data)
    text = "دیروز چنار وام گرفتم"

    assert again.probability(read(text)) == pytest.approx(trained.model.probability(read(text)), abs=1e-9)
    with pytest.raises((ValueError, OSError)):
        Model.from_bytes(b"nothing of ours")


def test_what_is_merged_scores_as_what_was_blended(trained: Trained) -> None:
    """Models of the same view become one without changing a score; one with other rarities stands apart."""
    size = len(trained.model.vocabularies["words"])
    chance = np.random.default_rng(1)
    rarities = [np.linspace(1, 3, size, dtype=np.float32), None, np.linspace(1, 3, size, dtype=np.float32), None, None]
    rarities[4] = np.linspace(2, 5, size, dtype=np.float32)
    parts = [
        Part((Segment("words", chance.normal(size=size).astype(np.float32), idf),), float(number), 1.0)
        for number, idf in enumerate(rarities)
    ]
    shares = [0.5, -1.0, 2.0, 0.25, 1.5]
    counted = {"words": (np.arange(0, size, 2), np.linspace(1, 2, len(range(0, size, 2))))}
    merged = _merge(parts, shares)

    blended = sum(share * score_part(part, counted) for part, share in zip(parts, shares, strict=True))
    assert sum(score_part(part, counted) for part in merged) == pytest.approx(blended, rel=1e-5)
    assert len(merged) == 3


def test_a_company_s_real_comments() -> None:
    """A few hundred Persian comments on food orders teach it to read three in four as they were meant."""
    file = reference_folder().parent / "data" / "snappfood_dev.csv"
    if not file.exists():
        pytest.skip(f"the comments are not at {file.parent}")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(islice(csv.DictReader(lines), 600))
    quality = train([read(row["comment"]) for row in rows], [row["label"] == "HAPPY" for row in rows]).quality

    assert quality.accuracy > 0.75
    assert quality.macro_f1 > 0.75


def test_the_model_doubts(trained: Trained) -> None:
    """Between the two bounds it says neither."""
    probability = trained.model.sentiment("سپیدار مغاک").probability

    assert probability is not None
    assert 0 <= probability <= 1
    assert 0.5 <= trained.model.sure <= 0.9


def test_predicting_needs_no_scikit_learn() -> None:
    """The server's imports stay small: neither scikit-learn nor scipy.sparse is loaded."""
    script = (
        "import sys, metrics.text.model; print([m for m in sys.modules if m.startswith(('sklearn', 'scipy.sparse'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_measures_of_a_small_table() -> None:
    """Macro-F1 and the baseline by hand: 3 of 4 right."""
    quality = assess([0.9, 0.8, 0.2, 0.6], [True, True, False, False])

    assert quality.confusion == ((1, 1), (0, 2))
    assert quality.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert macro_f1([[0, 2], [0, 2]]) == pytest.approx(1 / 3)
    assert quality.baseline == 0.5
    assert quality.majority == 0.5
