"""Which segment each customer of the demo company belongs to; drawn apart, so that no answer depends on it."""

import random
from collections.abc import Iterable, Iterator

from cem.demo.planted import BUSINESS_CALLS
from surveys.responses import Submission

SEED = 14040102
SHARES = {"mass": 52, "affluent": 16, "business": 18, "youth": 14}
# Young customers are on the phone, affluent ones are received in the branch.
_PLACES = {
    "mobile-app": {"mass": 50, "affluent": 10, "business": 12, "youth": 28},
    "branch-visit": {"mass": 50, "affluent": 24, "business": 20, "youth": 6},
}
# Who calls, by what they say of the call afterwards: this plants the fact.
_CALLS = {"good": {**SHARES, "business": 6}, "mixed": SHARES, "bad": {**SHARES, "business": 82}}


class Segments:
    """Draws segments from a generator of its own."""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)

    def draw(self, touchpoint: str, recommend: object = None) -> str:
        """The segment of somebody at this touchpoint who gives this score."""
        shares = _PLACES.get(touchpoint, SHARES)
        if touchpoint in BUSINESS_CALLS.touchpoints and isinstance(recommend, int):
            shares = _CALLS["good" if recommend >= 9 else "mixed" if recommend >= 7 else "bad"]
        return self._chance.choices(list(shares), list(shares.values()))[0]

    def of(self, submissions: Iterable[Submission]) -> Iterator[Submission]:
        """The same responses, each with its customer's segment."""
        for submission in submissions:
            segment = self.draw(submission.touchpoint, submission.answers.get("recommend"))
            yield submission._replace(segment=segment)
