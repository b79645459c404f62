"""From evidence and judgement to a score; pure.

Evidence gives 0 to 4 by the criterion's bands. A judgement may lift a criterion above its evidence by one step at most,
and counts for no more than 2 where there is no evidence: a programme is not a questionnaire about oneself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HIGHEST = 4
# How far a judgement may stand above the evidence, and how high without any.
ABOVE_EVIDENCE, WITHOUT_EVIDENCE = 1, 2
# The share of a lesson's criteria that must be assessed before it is given a colour.
ENOUGH_ASSESSED = 0.6


def band(value: float, bands: Sequence[float], cap: int = HIGHEST) -> int:
    """The score that a value gives: how many of the bands it reaches, at most `cap`."""
    return min(cap, sum(value >= lowest for lowest in bands))


def score(evidence: int | None, judged: int | None) -> float | None:
    """A criterion's score from 0 to 4; None where nothing is known, which is never 0."""
    match evidence, judged:
        case None, None:
            return None
        case int(), None:
            return float(evidence)
        case None, int():
            return float(min(judged, WITHOUT_EVIDENCE))
        case int(), int():
            return (evidence + min(judged, evidence + ABOVE_EVIDENCE)) / 2
    raise AssertionError


@dataclass(frozen=True)
class LessonScore:
    """In percent of what could be reached, over the criteria that are assessed; None where none is."""

    percent: float | None
    assessed: int
    of: int

    @property
    def enough(self) -> bool:
        """Whether so much is assessed that the score may be called good or bad."""
        return self.of > 0 and self.assessed / self.of >= ENOUGH_ASSESSED


def lesson_score(scores: Iterable[tuple[float | None, float]]) -> LessonScore:
    """The lesson's score of its criteria's scores and weights."""
    every = list(scores)
    known = [(value, weight) for value, weight in every if value is not None]
    total = sum(weight for _, weight in known)
    percent = 100 / HIGHEST * sum(value * weight for value, weight in known) / total if total else None
    return LessonScore(percent, len(known), len(every))
