"""What a comment praises and complains of, by word lists: the opinion of a company that has no model yet.

Precise, with little coverage: the lists say nothing of many comments, and a comment without a hit is *unknown*, never
neutral. A negation turns round what it reaches: what stands before it in Persian (خوب نبود), what follows it in English
(not good). The same reading gives the trained model what it need not learn from few comments.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from metrics.text import english_words, persian_words
from metrics.text.languages import Language, language_of
from metrics.text.sentiment import UNKNOWN, Sentiment
from metrics.text.tokens import ends_clause, tokens
from metrics.text.vader import PLAIN, compound

LISTS = {"fa": persian_words, "en": english_words}
CONCEPTS = (*persian_words.PRAISE, *persian_words.COMPLAINT)
CUES = ("intensifiers", "diminishers", "contrasts", "wishes")
STRONG = frozenset({"excellent", "awful", "leaving", "dirty", "deceit"})

REACH = 3  # words between an opinion and the negation that denies it
DENIED, INTENSIFIED, DIMINISHED = -0.7, 1.5, 0.5
SHORTEST_STEM = 3
ONE_SIDED = 0.75  # the share of the strength that makes a comment positive or negative, and not mixed


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that praise or complain.

    Attributes
    ----------
    concept
        What of, one of `CONCEPTS`.
    start, end
        The place of its first token, and the one after its last.
    strength
        Below 0 for a complaint. 1 or 2 in size; half as much again with 'very' before it, half with 'a little'; a
        denied one changes its sign and keeps 0.7 of its size.
    denied
        Whether a negation reaches it.
    """

    concept: str
    start: int
    end: int
    strength: float
    denied: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A comment as its tokens, its mentions, where its cues are (`CUES`), and the negations that deny no mention."""

    tokens: list[str]
    mentions: list[Mention]
    cues: dict[str, set[int]]
    negations: set[int]

    @property
    def praise(self) -> float:
        """The strengths above 0, added up."""
        return sum(mention.strength for mention in self.mentions if mention.strength > 0)

    @property
    def complaint(self) -> float:
        """The strengths below 0, added up, as a positive number."""
        return -sum(mention.strength for mention in self.mentions if mention.strength < 0)


def read(text: str, language: Language | None = None) -> Reading:
    """Find what a comment praises and complains of.

    Parameters
    ----------
    text
        As it was written.
    language
        'fa' or 'en'; told from the text if left out. 'other' is read with the Persian lists, which hold some words in
        Latin letters too.

    Examples
    --------
    >>> [(m.concept, m.strength) for m in read("Very helpful staff, but it was not easy").mentions]
    [('kind', 1.5), ('easy', -0.7)]
    """
    return _lexicon("en" if (language or language_of(text)) == "en" else "fa").read(tokens(text))


def opinion(text: str, language: Language | None = None) -> Sentiment:
    """The sentiment of a comment where there is no model: 'positive', 'negative', 'mixed' or 'unknown'.

    The probability is None: counting words knows none. An English comment that our lists say nothing of is read once
    more by VADER's longer one, which decides where it is plain.

    Examples
    --------
    >>> opinion("غذا سرد بود").label, opinion("خوب بود اما دیر رسید").label, opinion("ساعت سه").label
    ('negative', 'mixed', 'unknown')
    """
    spoken = language or language_of(text)
    found = read(text, spoken)
    total = found.praise + found.complaint
    if not total:
        return _plain(text) if spoken == "en" else UNKNOWN
    share = found.praise / total
    return Sentiment("positive" if share >= ONE_SIDED else "negative" if share <= 1 - ONE_SIDED else "mixed", None)


def _plain(text: str) -> Sentiment:
    score = compound(text)
    return Sentiment("positive" if score > 0 else "negative", None) if abs(score) >= PLAIN else UNKNOWN


Phrase = tuple[str, ...]

_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=50_000)
def squeeze(token: str) -> str:
    """A token whose doubled letters are single: عاالی is عالی."""
    return _DOUBLED.sub(r"\1", token)


def _phrases(listed: str) -> list[Phrase]:
    return [tuple(squeeze(word) for word in tokens(term.replace("_", " "))) for term in listed.split()]


@cache
def _lexicon(language: str) -> "_Lexicon":
    return _Lexicon(language)


class _Lexicon:
    """One language's lists, ready to be looked up."""

    def __init__(self, language: str) -> None:
        lists = LISTS[language]
        self.terms: dict[str, tuple[str, int]] = {}
        self.longer: dict[str, list[tuple[Phrase, tuple[str, int]]]] = {}
        for sign, by_concept in ((1, lists.PRAISE), (-1, lists.COMPLAINT)):
            for concept, listed in by_concept.items():
                meaning = concept, sign * (2 if concept in STRONG else 1)
                for phrase in _phrases(listed):
                    if len(phrase) == 1:
                        self.terms.setdefault(phrase[0], meaning)
                    else:
                        self.longer.setdefault(phrase[0], []).append((phrase, meaning))
        for phrases in self.longer.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))
        self.cue_phrases: dict[str, list[tuple[Phrase, str]]] = {}
        for cue in CUES:
            for phrase in _phrases(getattr(lists, cue.upper())):
                self.cue_phrases.setdefault(phrase[0], []).append((phrase, cue))
        self.intensifiers = frozenset(_phrases(lists.INTENSIFIERS))
        self.endings = tuple(sorted(lists.ENDINGS.split(), key=len, reverse=True))
        self.unlike = {phrase[0] for phrase in _phrases(lists.UNLIKE)}
        self.never_denied = frozenset(lists.NEVER_DENIED)
        self.negations_before = {squeeze(word) for word in lists.NEGATIONS_BEFORE.split()}
        self.negations_after = {squeeze(word) for word in lists.NEGATIONS_AFTER.split()}
        self.reach_before = lists.REACH_BEFORE
        self.negation_prefix = lists.NEGATION_PREFIX
        self.links = {squeeze(word) for word in lists.LINKS.split()}
        self.stems = lru_cache(maxsize=50_000)(lambda word: tuple(self._stems(word)))

    def read(self, found: list[str]) -> Reading:
        keys = [squeeze(token) for token in found]
        cues = self._places(keys)
        spans = list(self._spans(keys))
        inside = {place for start, end, _, _ in spans for place in range(start, end)}
        negations = {place for place, key in enumerate(keys) if place not in inside and self._negates(key)}
        stops = {place for place, token in enumerate(found) if ends_clause(token)} | cues["contrasts"]
        mentions, denying = [], set()
        for start, end, concept, strength in spans:
            size = strength * self._degree(start, cues)
            by = set() if concept in self.never_denied else self._denying(keys, start, end, stops, negations, inside)
            denying |= by
            mentions.append(Mention(concept, start, end, size * DENIED if by else size, denied=bool(by)))
        return Reading(found, mentions, cues, negations - denying)

    def _denying(
        self, keys: list[str], start: int, end: int, stops: set[int], negations: set[int], inside: set[int]
    ) -> set[int]:
        """The negation that reaches the term from start to end, if any: before it, or after it where there are such."""
        for place in range(start - 1, max(start - 1 - self.reach_before, -1), -1):
            if place in stops or keys[place] in self.links:
                break
            if keys[place] in self.negations_before:
                return {place}
        steps = REACH if self.negations_after else 0
        for place in range(end, len(keys)):
            if place in negations and keys[place] not in self.negations_before:
                return {place}
            if place not in inside:
                steps -= 1
            if steps <= 0 or place in stops or keys[place] in self.links:
                break
        return set()

    def _negates(self, key: str) -> bool:
        prefix = self.negation_prefix
        marked = prefix is not None and key.startswith(prefix) and len(key) > len(prefix) + 1
        return marked or key in self.negations_after or key in self.negations_before

    def _places(self, keys: list[str]) -> dict[str, set[int]]:
        """Where the phrases of each cue begin and run."""
        places: dict[str, set[int]] = {cue: set() for cue in CUES}
        for start, key in enumerate(keys):
            for phrase, cue in self.cue_phrases.get(key, ()):
                if tuple(keys[start : start + len(phrase)]) == phrase:
                    places[cue].update(range(start, start + len(phrase)))
        return places

    def _spans(self, keys: list[str]) -> Iterator[tuple[int, int, str, int]]:
        """Start, end, concept and strength of each term, the longest first at each place."""
        place = 0
        while place < len(keys):
            length, meaning = self._term(keys, place)
            if meaning is not None and not self._only_intensifies(keys, place, length):
                yield place, place + length, *meaning
            place += length

    def _only_intensifies(self, keys: list[str], place: int, length: int) -> bool:
        """'Extraordinarily bad' is no praise: a term that is an intensifier too, right before another."""
        follows = place + length
        return (
            tuple(keys[place:follows]) in self.intensifiers
            and follows < len(keys)
            and self._term(keys, follows)[1] is not None
        )

    def _term(self, keys: list[str], place: int) -> tuple[int, tuple[str, int] | None]:
        """How many tokens the term at a place has, and what it means; (1, None) where there is none."""
        first = keys[place]
        for phrase, meaning in self.longer.get(first, ()):
            last = place + len(phrase) - 1
            if (
                last < len(keys)
                and keys[place + 1 : last] == list(phrase[1:-1])
                and phrase[-1] in self.stems(keys[last])
            ):
                return len(phrase), meaning
        for stem in self.stems(first):
            if stem in self.terms:
                return 1, self.terms[stem]
        return 1, None

    def _stems(self, word: str) -> Iterator[str]:
        yield word
        if word in self.unlike:
            return
        for ending in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
                yield word[: -len(ending)]

    @staticmethod
    def _degree(start: int, cues: dict[str, set[int]]) -> float:
        before = {start - 1, start - 2}
        if before & cues["diminishers"]:
            return DIMINISHED
        return INTENSIFIED if before & cues["intensifiers"] else 1.0
