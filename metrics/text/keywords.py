"""Keywords: the words that one group of customers uses more than another, counted by customers and not by words.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008): a rare word needs more to stand out, and
a word that everybody uses is no keyword. Whether a difference is real is decided over all words at once.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from metrics.comparisons.multiplicity import adjust_p_values
from metrics.quantiles import normal_p
from metrics.text.english_words import FUNCTION_WORDS as ENGLISH
from metrics.text.function_words import PERSIAN
from metrics.text.tokens import clauses

MINIMUM = 5  # customers, in both groups together
ALPHA = 0.05
LONGEST = 2  # words
# What joins words and says nothing alone; a negation and a word of praise or blame are never among them.
FUNCTION_WORDS = frozenset((*ENGLISH.split(), *PERSIAN.split()))


@dataclass(frozen=True, slots=True)
class Keyness:
    """How much more the first group uses each term: log-likelihood by both of its definitions, and the log-odds' z."""

    two_cell: NDArray[np.float64]
    four_cell: NDArray[np.float64]
    z: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A term, how many customers of each group use it, and the standardised log-odds (above 0: the first group's)."""

    term: str
    first: int
    second: int
    z: float
    adjusted_p: float

    @property
    def customers(self) -> int:
        """The customers of both groups who use it."""
        return self.first + self.second


def keyness(
    first: Sequence[float], second: Sequence[float], totals: tuple[float, float], prior: Sequence[float], mass: float
) -> Keyness:
    """Compare the counts of terms in two groups.

    Parameters
    ----------
    first, second
        How often each group has each term.
    totals
        How many of all terms each group has.
    prior, mass
        The Dirichlet prior's count of each term, and of all terms together.
    """
    a, b, expected = (np.asarray(part, float) for part in (first, second, prior))
    total_a, total_b = totals
    share = (a + b) / (total_a + total_b)
    two = 2 * (_surprise(a, total_a * share) + _surprise(b, total_b * share))
    rest = _surprise(total_a - a, total_a * (1 - share)) + _surprise(total_b - b, total_b * (1 - share))
    odds_a = np.log((a + expected) / (total_a + mass - a - expected))
    odds_b = np.log((b + expected) / (total_b + mass - b - expected))
    deviation = np.sqrt(1 / (a + expected) + 1 / (b + expected))
    return Keyness(two, two + 2 * rest, (odds_a - odds_b) / deviation)


def keywords(first: Iterable[str], second: Iterable[str], *, minimum: int = MINIMUM) -> list[Keyword]:
    """The terms by which two groups of customers really differ, the strongest first.

    Parameters
    ----------
    first, second
        One text for each customer of a group; what a customer repeats counts once.
    minimum
        How many customers must use a term before it is looked at.
    """
    counted = [Counter(term for text in group for term in set(terms(text))) for group in (first, second)]
    return compare_terms(counted[0], counted[1], minimum=minimum)


def compare_terms(first: Mapping[str, int], second: Mapping[str, int], *, minimum: int = MINIMUM) -> list[Keyword]:
    """The same from counts: how many customers of each group use each term."""
    used = sorted(term for term in first.keys() | second.keys() if first.get(term, 0) + second.get(term, 0) >= minimum)
    totals = float(sum(first.values())), float(sum(second.values()))
    if not used or not all(totals):
        return []
    a, b = ([group.get(term, 0) for term in used] for group in (first, second))
    # The prior is what all customers say, weighing as much as a tenth of the smaller group's words.
    mass = min(totals) / 10
    prior = (np.add(a, b) * mass) / sum(totals)
    z = keyness(a, b, totals, prior.tolist(), mass).z
    adjusted = [1.0 if p is None else p for p in adjust_p_values([normal_p(float(value)) for value in z])]
    found = [Keyword(*row) for row in zip(used, a, b, map(float, z), adjusted, strict=True)]
    real = sorted((word for word in found if word.adjusted_p < ALPHA), key=lambda word: (-abs(word.z), word.term))
    return _without_parts(real)


def terms(text: str) -> list[str]:
    """Words and pairs of neighbours within a clause; none begins or ends with a word that only joins."""
    found = []
    for clause in clauses(text):
        for length in range(1, LONGEST + 1):
            for start in range(len(clause) - length + 1):
                part = clause[start : start + length]
                if not ({part[0], part[-1]} & FUNCTION_WORDS) and all(len(word) > 1 for word in part):
                    found.append(" ".join(part))
    return found


def _surprise(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Observed times the logarithm of its ratio to what was expected; nothing observed is 0."""
    return np.asarray(xlogy(observed, observed) - xlogy(observed, expected), float)


def _without_parts(found: Collection[Keyword]) -> list[Keyword]:
    """A word that is hardly ever used outside a stronger pair is that pair, and the other way round."""
    kept: list[Keyword] = []
    for word in found:
        parts = set(word.term.split())
        alike = (
            other
            for other in kept
            if (parts <= set(other.term.split()) or parts >= set(other.term.split()))
            and min(word.customers, other.customers) >= 0.8 * max(word.customers, other.customers)
        )
        if next(alike, None) is None:
            kept.append(word)
    return kept
