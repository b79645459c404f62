"""How well comments are read: `python -m benchmarks.text FILE [--folds N] [--seed N]`.

FILE is a CSV with the columns comment and label (HAPPY or SAD). For each outer fold the whole training, its blend and
its calibration included, sees the other folds alone.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

from metrics.text.evaluation import Quality, assess
from metrics.text.lexicon import opinion, read
from metrics.text.model import Model
from metrics.text.training import train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1, help="of the split into folds")
    asked = parser.parse_args()
    with asked.file.open(encoding="utf-8", newline="") as file:
        rows = [(row["comment"], row["label"] == "HAPPY") for row in csv.DictReader(file)]
    texts, positive = [text for text, _ in rows], np.array([label for _, label in rows])
    _words(texts, positive)
    readings = [read(text) for text in texts]
    chances, seconds = np.zeros(len(texts)), 0.0
    folds = StratifiedKFold(asked.folds, shuffle=True, random_state=asked.seed)
    for number, (inside, outside) in enumerate(folds.split(np.zeros(len(texts)), positive), 1):
        file_of = train([readings[place] for place in inside], positive[inside].tolist()).model.to_bytes()
        model = Model.from_bytes(file_of)
        started = time.process_time()
        chances[outside] = [model.probability(read(texts[place])) for place in outside]
        seconds += time.process_time() - started
        right = np.mean((chances[outside] >= 0.5) == positive[outside])
        print(f"fold {number:>2}: accuracy {right:.4f}, model {len(file_of) / 1e6:.1f} MB", flush=True)
    _print(assess(chances.tolist(), positive.tolist()), 1000 * seconds / len(texts))


def _words(texts: list[str], positive: np.ndarray) -> None:
    """What the word lists say alone, as a company without a model has it."""
    started = time.process_time()
    labels = np.array([opinion(text).label for text in texts])
    each = 1000 * (time.process_time() - started) / len(texts)
    decided = np.isin(labels, ["positive", "negative"])
    right = np.mean((labels == "positive")[decided] == positive[decided])
    shares = ", ".join(f"{name} {np.mean(labels == name):.3f}" for name in ("positive", "negative", "mixed", "unknown"))
    print(f"word lists: {shares}; of those decided {right:.4f} right; {each:.2f} ms a comment")


def _print(quality: Quality, each: float) -> None:
    print(f"comments {quality.n}, accuracy {quality.accuracy:.4f}, macro-F1 {quality.macro_f1:.4f}")
    print(f"always the larger class: accuracy {quality.majority:.4f}; guessing: macro-F1 {quality.baseline:.4f}")
    beyond = f"{quality.decided:.3f} of the comments, {quality.decided_right:.4f} of them right"
    print(f"Brier {quality.brier:.4f}; sure from {quality.sure:.2f}: {beyond}")
    print(f"            said SAD  said HAPPY\n    SAD     {quality.confusion[0][0]:>8}  {quality.confusion[0][1]:>10}")
    print(f"    HAPPY   {quality.confusion[1][0]:>8}  {quality.confusion[1][1]:>10}")
    print("calibration: " + ", ".join(f"{bin_.said:.2f}->{bin_.seen:.2f} ({bin_.n})" for bin_ in quality.calibration))
    print(f"{each:.2f} ms of processor time a comment, reading included")


if __name__ == "__main__":
    main()
