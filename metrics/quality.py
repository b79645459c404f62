"""Answers that may not be meant: too fast, all alike, sent twice.

Each function flags rows and removes none. A flag is recorded and can be taken back; what is counted without the flagged
is said beside the number. One flag alone proves little: a short questionnaire is answered fast by honest people, and a
customer may truly give ten fives.

References
----------
.. [1] Greszki, R., Meyer, M. and Schoen, H. (2015). Exploring the effects of removing "too fast" responses and
   respondents from web surveys. Public Opinion Quarterly 79, 471-503.
.. [2] Johnson, J. A. (2005). Ascertaining the validity of individual protocols from web-based personality inventories.
   Journal of Research in Personality 39, 103-129.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Flags = NDArray[np.bool_]

# The part of the usual time below which nobody can have read.
TOO_FAST = 1 / 3
FEWEST_TIMES, FEWEST_ITEMS = 20, 5


def speeding(seconds: ArrayLike, fraction: float = TOO_FAST, usual: float | None = None) -> Flags:
    """Who took less than a fraction of the usual time.

    Parameters
    ----------
    seconds
        One per response to one version of a questionnaire; NaN or less than 0 is not known and not flagged.
    fraction
        Of the usual time; a third by custom [1]_.
    usual
        The usual time; left out, the median of these responses, and with fewer than twenty of them nobody is flagged.

    Examples
    --------
    >>> speeding([60, 19, 80, 21], usual=60).tolist()
    [False, True, False, False]
    """
    times = np.asarray(seconds, dtype=float)
    known = times >= 0
    if usual is None:
        if known.sum() < FEWEST_TIMES:
            return np.zeros(len(times), dtype=bool)
        usual = float(np.median(times[known]))
    flags: Flags = known & (times < fraction * usual)
    return flags


def straight_lining(answers: ArrayLike, fewest: int = FEWEST_ITEMS) -> Flags:
    """Who gave one and the same answer to every question of a grid.

    Parameters
    ----------
    answers
        Responses in rows, the questions of one grid in columns, in the order and the direction that they were shown;
        NaN where there is no answer.
    fewest
        Fewer answers than this are not judged: three equal ones are no pattern.

    Examples
    --------
    >>> straight_lining([[5, 5, 5, 5, 5], [5, 4, 5, 5, 5]]).tolist()
    [True, False]
    """
    rows = _rows(answers)
    known = ~np.isnan(rows)
    lowest = np.where(known, rows, np.inf).min(axis=1, initial=np.inf)
    highest = np.where(known, rows, -np.inf).max(axis=1, initial=-np.inf)
    flags: Flags = (known.sum(axis=1) >= fewest) & (lowest == highest)
    return flags


def longest_strings(answers: ArrayLike) -> NDArray[np.intp]:
    """The most equal answers in a row that each response has, for a long questionnaire on one scale [2]_.

    Arguments as of `straight_lining`; a question without an answer is skipped. 0 without answers.

    >>> longest_strings([[3, 3, 3, 4, 4], [1, 2, 1, 2, 1]]).tolist()
    [3, 1]
    """
    rows = _rows(answers)
    longest, length = np.zeros(len(rows), dtype=np.intp), np.zeros(len(rows), dtype=np.intp)
    last = np.full(len(rows), np.nan)
    for column in rows.T:
        known = ~np.isnan(column)
        length = np.where(known, np.where(column == last, length + 1, 1), length)
        last = np.where(known, column, last)
        longest = np.maximum(longest, length)
    return longest


def duplicates(keys: Sequence[Hashable]) -> Flags:
    """Which responses repeat an earlier one, by whatever tells that two are the same; None is never the same.

    Give responses in the order in which they came: the first of its kind is not flagged. A key may be a link's token,
    or a tuple of device, day and all answers.

    >>> duplicates(["a", "b", "a", None, None]).tolist()
    [False, False, True, False, False]
    """
    seen: set[Hashable] = set()
    flags = np.zeros(len(keys), dtype=bool)
    for place, key in enumerate(keys):
        flags[place] = key is not None and key in seen
        seen.add(key)
    return flags


def _rows(answers: ArrayLike) -> NDArray[np.float64]:
    rows = np.asarray(answers, dtype=float)
    if rows.ndim != 2 and rows.size:
        raise ValueError("answers are a table: responses in rows, questions in columns")
    return rows if rows.ndim == 2 else np.empty((0, 0))
