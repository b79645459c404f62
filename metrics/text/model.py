"""A trained model as plain data: which texts it knows, and what each is worth.

Needs numpy alone, so that a server predicts without the library that trained. Its bytes are a zip of arrays (npz)
without pickles: reading a model runs no code.
"""

import io
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from metrics.text.features import VIEWS
from metrics.text.lexicon import ONE_SIDED, Reading, read
from metrics.text.sentiment import Sentiment

FORMAT = 1
_BETWEEN = "\x00"

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part's weights for the texts of one view.

    With `idf` the counts are damped, weighted by rarity and brought to length 1 (TF-IDF), and the weights have the
    rarity in them; without it a text counts once.
    """

    view: str
    weights: Floats
    idf: Floats | None


@dataclass(frozen=True, slots=True)
class Part:
    """One linear model and its share in the blend."""

    segments: tuple[Segment, ...]
    intercept: float
    share: float


@dataclass(frozen=True)
class Model:
    """A blend of linear models whose score is the log-odds that a comment is positive.

    Attributes
    ----------
    vocabularies
        The place of each text of each view.
    parts
        What is blended.
    bias
        The blend's own intercept.
    sure
        From this probability on the model says which; between it and its mirror it abstains.
    """

    vocabularies: Mapping[str, Mapping[str, int]]
    parts: tuple[Part, ...]
    bias: float
    sure: float

    def probability(self, reading: Reading) -> float:
        """The probability that a comment is positive."""
        counted = {view: self._count(reading, view) for view in self.vocabularies}
        score = self.bias + sum(part.share * score_part(part, counted) for part in self.parts)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

    def sentiment(self, text: str) -> Sentiment:
        """What a comment says; 'mixed' where the model is not sure and the word lists find both sides."""
        reading = read(text)
        probability = self.probability(reading)
        if probability >= self.sure:
            return Sentiment("positive", probability)
        if probability <= 1 - self.sure:
            return Sentiment("negative", probability)
        total = reading.praise + reading.complaint
        both = total > 0 and 1 - ONE_SIDED < reading.praise / total < ONE_SIDED
        return Sentiment("mixed" if both else "unknown", probability)

    def to_bytes(self) -> bytes:
        """The model as a file."""
        arrays: dict[str, NDArray[np.generic]] = {}
        for view, places in self.vocabularies.items():
            arrays[f"view {view}"] = np.frombuffer(_BETWEEN.join(places).encode(), np.uint8)
        outline = []
        for number, part in enumerate(self.parts):
            for segment in part.segments:
                arrays[f"weights {number} {segment.view}"] = segment.weights
                if segment.idf is not None:
                    arrays[f"idf {number} {segment.view}"] = segment.idf
            outline.append([[segment.view for segment in part.segments], part.intercept, part.share])
        head = {"format": FORMAT, "bias": self.bias, "sure": self.sure, "parts": outline}
        arrays["head"] = np.frombuffer(msgspec.json.encode(head), np.uint8)
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type] # numpy's stub takes a name for its flag
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Model":
        """Read a file; ValueError where it is none of ours."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            if "head" not in arrays:
                raise ValueError("this file is no text model")
            head = msgspec.json.decode(arrays["head"].tobytes())
            if head["format"] != FORMAT:
                raise ValueError(f"a text model of format {head['format']} is not known here")
            vocabularies = {
                view: _places(arrays[f"view {view}"].tobytes().decode()) for view in VIEWS if f"view {view}" in arrays
            }
            parts = tuple(
                Part(
                    tuple(
                        Segment(view, arrays[f"weights {number} {view}"], arrays.get(f"idf {number} {view}"))
                        for view in views
                    ),
                    intercept,
                    share,
                )
                for number, (views, intercept, share) in enumerate(head["parts"])
            )
            return cls(vocabularies, parts, head["bias"], head["sure"])

    def _count(self, reading: Reading, view: str) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The places of the known texts of a comment, and how often each is there, damped."""
        known = self.vocabularies[view]
        counts = Counter(map(known.get, VIEWS[view](reading)))
        counts.pop(None, None)
        places = np.fromiter(counts.keys(), np.intp, len(counts))
        return places, 1 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))


def score_part(part: Part, counted: Mapping[str, tuple[NDArray[np.intp], NDArray[np.float64]]]) -> float:
    """The score of one linear model."""
    score = part.intercept
    for segment in part.segments:
        places, damped = counted[segment.view]
        if not len(places):
            continue
        if segment.idf is None:
            score += float(segment.weights[places].sum(dtype=np.float64))
        else:
            length = float(np.sqrt(np.square(damped * segment.idf[places]).sum()))
            score += float(damped @ segment.weights[places]) / length if length else 0.0
    return score


def _places(joined: str) -> dict[str, int]:
    return {text: place for place, text in enumerate(joined.split(_BETWEEN))}
