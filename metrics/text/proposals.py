"""New topics for a company to consider: words that come together in comments, and come together again.

Needs scikit-learn, and is imported by name by what proposes. Non-negative matrix factorisation of TF-IDF, from several
seeds; a topic is proposed only if most of its words come back from the other seeds. A person decides and names it.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer

from metrics.text.keywords import terms

LEAST = 200  # comments
SEEDS = range(5)
WORDS = 8
STABLE = 0.5  # mean Jaccard index with the nearest topic of each other seed
MINIMUM = 5  # customers


@dataclass(frozen=True, slots=True)
class Proposal:
    """Words that belong together, how many comments are mostly about them, examples' places, and how stable it is."""

    words: tuple[str, ...]
    comments: int
    stability: float
    examples: tuple[int, ...]


def propose(
    texts: Sequence[str], number: int = 8, told: Callable[[int, int], None] = lambda _done, _of: None
) -> list[Proposal]:
    """Topics of these comments, the largest first; none where there are fewer than `LEAST`."""
    if len(texts) < LEAST:
        return []
    reader = TfidfVectorizer(analyzer=terms, min_df=max(MINIMUM, len(texts) // 200), max_df=0.4, sublinear_tf=True)
    try:
        matrix = reader.fit_transform(texts)
    except ValueError:  # no word is common enough
        return []
    names = reader.get_feature_names_out()
    if len(names) < 2 * number:
        return []
    runs = []
    for seed in SEEDS:
        runs.append(_factor(matrix, number, seed))
        told(seed + 1, len(SEEDS))
    weights, parts = runs[0]
    tops = [[frozenset(np.argsort(-row)[:WORDS].tolist()) for row in run[1]] for run in runs]
    main = np.where(weights.max(axis=1) > 0, weights.argmax(axis=1), -1)
    found = []
    for topic, row in enumerate(parts):
        stability = float(np.mean([max(_jaccard(tops[0][topic], other) for other in run) for run in tops[1:]]))
        inside = np.flatnonzero(main == topic)
        if stability < STABLE or len(inside) < MINIMUM:
            continue
        examples = inside[np.argsort(-weights[inside, topic])][:3]
        words = tuple(str(names[place]) for place in np.argsort(-row)[:WORDS] if row[place] > 0)
        found.append(Proposal(words, len(inside), stability, tuple(int(place) for place in examples)))
    return sorted(found, key=lambda proposal: -proposal.comments)


def _factor(matrix: object, number: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    model = NMF(number, init="nndsvdar", random_state=seed, max_iter=400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the seeds' agreement tells more than the last decimal
        weights = model.fit_transform(matrix)
    return np.asarray(weights, float), np.asarray(model.components_, float)


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)
