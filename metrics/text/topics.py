"""Topics: which of the company's own topics a comment speaks of.

The taxonomy is the company's, and its rule is one that anybody can read: a comment has a topic where it holds one of
the topic's terms. A term is one or more words; `…*` at its end takes any ending. Both sides are normalised.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from metrics.text.normalise import normalise
from metrics.text.tokens import clauses

ANY_ENDING = "*"
# An ending that a Persian or English noun may have; a term matches with and without them.
ENDINGS = frozenset(
    """
    ها های هایی هام هاتون هاشون هامون هایتان هایشان ی ای م ت ش مون تون شون مان تان شان یم ام اش ات ه یه یی رو و ترین تر
    تری ن s es 's ed ing
    """.split()
)
SHORTEST = 3
MOST_KNOWN = 50_000


class Topics:
    """A taxonomy, ready to read many comments."""

    def __init__(self, terms: Mapping[str, Sequence[str]]) -> None:
        """Take the terms of each topic by its code."""
        self._exact: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._open: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._known: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for code, own in terms.items():
            for term in own:
                phrase = tuple(normalise(term).replace(ANY_ENDING, f"{ANY_ENDING} ").split())
                if phrase:
                    self._index(phrase, code)

    def of(self, text: str) -> tuple[str, ...]:
        """The codes of the topics that a comment speaks of, in order of their first mention.

        Examples
        --------
        >>> Topics({"waiting": ["صف", "معطل*"], "fees": ["کارمزد"]}).of("توی صف‌ها معطلم کردن")
        ('waiting',)
        """
        found: dict[str, None] = {}
        for clause in clauses(text):
            for start, word in enumerate(clause):
                for phrase, code in self._candidates(word):
                    if _follows(clause, start, phrase):
                        found.setdefault(code)
        return tuple(found)

    def _index(self, phrase: tuple[str, ...], code: str) -> None:
        first = phrase[0]
        if first.endswith(ANY_ENDING):
            self._open[first[:-1][:SHORTEST]].append((phrase, code))
        else:
            self._exact[first].append((phrase, code))

    def _candidates(self, word: str) -> list[tuple[tuple[str, ...], str]]:
        """The phrases that may begin with this word; words repeat, so what was found is kept."""
        found = self._known.get(word)
        if found is None:
            exact = [entry for length in range(1, len(word) + 1) for entry in self._exact.get(word[:length], ())]
            open_ = [entry for length in range(1, SHORTEST + 1) for entry in self._open.get(word[:length], ())]
            found = [(phrase, code) for phrase, code in exact + open_ if _is(word, phrase[0])]
            if len(self._known) < MOST_KNOWN:
                self._known[word] = found
        return found


def _follows(clause: Sequence[str], start: int, phrase: Sequence[str]) -> bool:
    return len(clause) >= start + len(phrase) and all(
        _is(word, part) for word, part in zip(clause[start:], phrase, strict=False)
    )


def _is(word: str, part: str) -> bool:
    """Whether a word is the term's: itself or with a noun's ending; with any ending where the term allows it."""
    if part.endswith(ANY_ENDING):
        return word.startswith(part[:-1])
    return word == part or (len(part) >= SHORTEST and word.startswith(part) and word[len(part) :] in ENDINGS)
