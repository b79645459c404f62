"""VADER: what an English comment says for or against, by a published list of 7,500 words and signs.

Its scores are those of its authors (Hutto & Gilbert 2014, ICWSM); the list and its rules come from a package of their
own. Our lists name what is praised and know the words of service; this one knows more words.
"""

from vader import polarity_scores

# Its authors call 0.05 positive. A comment is labelled for a person to act on, so it has to be plainer than that.
PLAIN = 0.4


def compound(text: str) -> float:
    """The sum of a comment's valences, brought to the range from -1 (against) to 1 (for).

    Examples
    --------
    >>> compound("VADER is smart, handsome, and funny!")
    0.8439
    """
    return float(polarity_scores(text)["compound"])
