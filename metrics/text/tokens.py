"""A normalised text as words and signs."""

import re
from functools import lru_cache

from metrics.text.normalise import normalise

# A face made of signs, a word (in Latin with its apostrophe), a run of stops, or any other sign alone: an emoji is one.
_TOKEN = re.compile(r"[:;=][-']?[()d]|[^\W_]+(?:['’][a-z]+)?|[.!?؟،,؛;:…\n]+|[^\w\s]")
_STOP = re.compile(r"[.!?؟،,؛;:…\n]+")
_LETTER = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=16)
def _found(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(normalise(text)))


def tokens(text: str) -> list[str]:
    """Words, emoji and punctuation in order, in the form that `normalise` gives.

    Examples
    --------
    >>> tokens("عالی بود!! 😍 didn't wait :)")
    ['عالی', 'بود', '!!', '😍', "didn't", 'wait', ':)']
    """
    return list(_found(text))


def words(text: str) -> list[str]:
    """The tokens that have a letter."""
    return [token for token in tokens(text) if _LETTER.search(token)]


def ends_clause(token: str) -> bool:
    """Whether a token is punctuation that ends a clause."""
    return _STOP.fullmatch(token) is not None


def clauses(text: str) -> list[list[str]]:
    """The words of each clause, so that no pair of words spans a full stop or a comma."""
    found: list[list[str]] = [[]]
    for token in tokens(text):
        if ends_clause(token):
            found.append([])
        elif _LETTER.search(token):
            found[-1].append(token)
    return [clause for clause in found if clause]
