"""Training: a model of a company's own comments, with what it is worth on comments that it has not seen.

Needs scikit-learn, and is imported by name by the command that trains. Linear models see the comment differently
(TF-IDF, and presence weighted by naive Bayes' log-count ratios after Wang and Manning 2012); a logistic regression of
their out-of-fold scores blends and calibrates them. Rarities and ratios are learnt from the training folds alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from metrics.text.evaluation import Quality, assess
from metrics.text.features import VIEWS
from metrics.text.lexicon import Reading
from metrics.text.model import Floats, Model, Part, Segment

SEED = 0
FOLDS = 5
MOST = 20_000  # comments; more teach little and cost memory
RAREST = 2  # comments that a text must be in
CALIBRATED = 1.0  # the inverse strength of the blend's own penalty

Counts = Mapping[str, csr_matrix]
Labels = NDArray[np.intp]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How one of the blended models is made: its views with their scale, by TF-IDF or naive Bayes, and its penalty."""

    views: Mapping[str, float]
    bayes: bool
    c: float
    rarest: int = RAREST


PLANS = (
    Plan(dict.fromkeys(("words", "letters", "meanings", "patterns", "beginnings"), 1.0), bayes=False, c=0.3),
    Plan(dict.fromkeys(("words", "letters", "meanings", "patterns", "beginnings"), 1.0), bayes=False, c=1.0),
    Plan({"words": 1.0, "letters": 1.0, "meanings": 0.7}, bayes=False, c=3.0),
    Plan({"patterns": 1.0}, bayes=False, c=3.0),
    Plan({"letters": 1.0}, bayes=False, c=2.0),
    Plan({"letters": 1.0}, bayes=True, c=0.005, rarest=3),
)


class Weighed(NamedTuple):
    """The matrix that is learnt from, the rarities that lengths need, and what turns weights into those of counts."""

    side: csr_matrix
    idf: NDArray[np.float64] | None
    worth: NDArray[np.float64]


@dataclass(frozen=True)
class Trained:
    """A model, and its quality out of fold: every comment was judged by models that had not seen it."""

    model: Model
    quality: Quality


def train(readings: Sequence[Reading], positive: Sequence[bool], told: Told = lambda _done, _of: None) -> Trained:
    """Train on comments whose sentiment is known.

    Parameters
    ----------
    readings, positive
        The comments as `lexicon.read` gives them, and whether each is positive. Both kinds are needed, `FOLDS` times.
    told
        Is told how many of all steps are done.
    """
    labels = np.asarray(positive, np.intp)
    steps = FOLDS + 1
    vocabularies, counts = _count(readings)
    scores = np.zeros((len(labels), len(PLANS)))
    chunks = list(_folds(labels))
    for done, (inside, outside) in enumerate(chunks, 1):
        scores[outside] = _scores(_fit(counts, labels, inside), counts, outside)
        told(done, steps)
    chances = np.zeros(len(labels))
    for inside, outside in chunks:  # the blend, too, is judged by comments that it has not seen
        chances[outside] = _blend(scores[inside], labels[inside]).predict_proba(scores[outside])[:, 1]
    quality = assess(chances.tolist(), labels.astype(bool).tolist())
    blend = _blend(scores, labels)
    merged = _merge(_fit(counts, labels, np.arange(len(labels))), blend.coef_[0].tolist())
    told(steps, steps)
    return Trained(Model(vocabularies, merged, float(blend.intercept_[0]), quality.sure), quality)


def _count(readings: Sequence[Reading]) -> tuple[dict[str, dict[str, int]], dict[str, csr_matrix]]:
    """The texts of each view that enough comments hold, and how often each comment does."""
    vocabularies, matrices = {}, {}
    for view, look in VIEWS.items():
        bags = [Counter(look(reading)) for reading in readings]
        common = Counter(text for bag in bags for text in bag)
        known = {text: place for place, text in enumerate(sorted(t for t, n in common.items() if n >= RAREST))}
        rows, places, times = [0], list[int](), list[float]()
        for bag in bags:
            found = [(known[text], n) for text, n in bag.items() if text in known]
            places.extend(place for place, _ in found)
            times.extend(n for _, n in found)
            rows.append(len(places))
        matrices[view] = csr_matrix(
            (np.array(times), np.array(places), np.array(rows)), shape=(len(bags), len(known)), dtype=np.float64
        )
        vocabularies[view] = known
    return vocabularies, matrices


def _folds(labels: Labels) -> Iterator[tuple[Labels, Labels]]:
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    yield from split.split(np.zeros(len(labels)), labels)


def _fit(counts: Counts, labels: Labels, inside: Labels) -> list[Part]:
    """The linear model of each plan on these comments, its weights ready for the counts of `model`."""
    inner, own = {view: matrix[inside] for view, matrix in counts.items()}, labels[inside]

    @cache  # several plans see the same
    def weighed(view: str, bayes: bool, rarest: int, scale: float) -> Weighed:
        return _weigh(inner[view], own, bayes=bayes, rarest=rarest, scale=scale)

    return [
        _fit_plan(plan, {v: weighed(v, plan.bayes, plan.rarest, scale) for v, scale in plan.views.items()}, own)
        for plan in PLANS
    ]


def _fit_plan(plan: Plan, views: Mapping[str, Weighed], labels: Labels) -> Part:
    # The dual has a variable for each comment and not for each text: ten times as fast, with the same weights.
    fitted = LogisticRegression(C=plan.c, solver="liblinear", dual=True, max_iter=1000, random_state=SEED)
    fitted.fit(hstack([one.side for one in views.values()]).tocsr(), labels)
    segments, start = [], 0
    for view, one in views.items():
        weights = fitted.coef_[0][start : start + len(one.worth)] * one.worth
        start += len(one.worth)
        idf = None if one.idf is None else one.idf.astype(np.float32)
        segments.append(Segment(view, weights.astype(np.float32), idf))
    return Part(tuple(segments), float(fitted.intercept_[0]), 1.0)


def _merge(parts: Sequence[Part], shares: Sequence[float]) -> tuple[Part, ...]:
    """The blend as fewer linear models: what weighs the same counts in the same way is added up beforehand.

    So how many are blended costs an answer nothing, and a stored model no more than its views.
    """
    merged: list[dict[str, Segment]] = []
    for part, share in zip(parts, shares, strict=True):
        for segment in part.segments:
            weights = np.float32(share) * segment.weights
            for held in merged:
                same = held.get(segment.view)
                if same is None or _alike(same.idf, segment.idf):
                    before = 0 if same is None else same.weights
                    held[segment.view] = Segment(segment.view, before + weights, segment.idf)
                    break
            else:
                merged.append({segment.view: Segment(segment.view, weights, segment.idf)})
    intercept = sum(share * part.intercept for part, share in zip(parts, shares, strict=True))
    return tuple(Part(tuple(held.values()), 0.0 if number else intercept, 1.0) for number, held in enumerate(merged))


def _alike(one: Floats | None, other: Floats | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)


def _weigh(matrix: csr_matrix, labels: Labels, *, bayes: bool, rarest: int, scale: float) -> Weighed:
    comments = np.asarray(matrix.getnnz(axis=0), float)
    common = comments >= rarest
    if bayes:
        present = matrix.sign()
        held = np.asarray(present[labels == 1].sum(axis=0)).ravel() + 1
        lacked = comments - held + 2
        ratio = np.where(common, np.log(held / held.sum()) - np.log(lacked / lacked.sum()), 0) * scale
        return Weighed(present.multiply(ratio).tocsr(), None, ratio)
    idf = np.where(common, np.log((1 + matrix.shape[0]) / (1 + comments)) + 1, 0)
    damped = _damped(matrix).multiply(idf).tocsr()
    lengths = np.sqrt(np.asarray(damped.multiply(damped).sum(axis=1)).ravel())
    side = damped.multiply(scale / np.where(lengths > 0, lengths, 1)[:, None]).tocsr()
    return Weighed(side, idf, idf * scale)


def _damped(matrix: csr_matrix) -> csr_matrix:
    damped = matrix.copy()
    damped.data = 1 + np.log(damped.data)
    return damped


def _scores(parts: Sequence[Part], counts: Counts, rows: Labels) -> NDArray[np.float64]:
    """What each part gives these comments: `model.score_part` for many at once."""
    columns = []
    for part in parts:
        score = np.full(len(rows), part.intercept)
        for segment in part.segments:
            matrix = counts[segment.view][rows]
            if segment.idf is None:
                score += matrix.sign() @ segment.weights.astype(float)
            else:
                damped = _damped(matrix)
                lengths = np.sqrt(damped.multiply(damped) @ np.square(segment.idf.astype(float)))
                score += (damped @ segment.weights.astype(float)) / np.where(lengths > 0, lengths, 1)
        columns.append(score)
    return np.column_stack(columns)


def _blend(scores: NDArray[np.float64], labels: Labels) -> LogisticRegression:
    return LogisticRegression(C=CALIBRATED, max_iter=1000).fit(scores, labels)
