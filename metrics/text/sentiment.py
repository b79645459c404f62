"""What a comment is held to say: for, against, both, or nothing that could be told."""

from dataclasses import dataclass
from typing import Literal

Label = Literal["positive", "negative", "mixed", "unknown"]


@dataclass(frozen=True, slots=True)
class Sentiment:
    """A label, and the probability that the comment is positive; None where nothing knows one.

    'unknown' is a state of its own and never counted as neutral.
    """

    label: Label
    probability: float | None


UNKNOWN = Sentiment("unknown", None)
