"""Cells of spreadsheets: text that a customer wrote never becomes a formula.

As OWASP advises against CSV injection, a text that begins with = + - @, a tab or a line break gets an apostrophe before
it; so does one where such a sign follows what cannot be seen, or in its full-width form. A spreadsheet whose country
separates by semicolons takes each text apart there, and at line breaks, so the same holds after those. A text that
begins with an apostrophe gets another: one taken away at each place gives every text back as it was.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from surveys.formats.columns import Missing, Value
from surveys.languages import N_

NOTE = N_(
    "A text that a spreadsheet could take for a formula has an apostrophe (') before it, and so has a text that begins "
    "with one or reads like a code of this list. Take one apostrophe away at the beginning, and after each line break, "
    "tab and semicolon, to have the customer's own words."
)

_BEGINNING = r"(?:\A|(?<=[\t\r\n;]))"
# Spaces and what has no form, without what ends a cell.
_UNSEEN = (
    r"[\x00-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u1680\u180b-\u180e\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff]*"
)
# The signs, small and full-width, raised and lowered.
_SIGNS = "[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207c\u207a\u207b\u208c\u208a\u208b]"
_DANGER = re.compile(rf"{_BEGINNING}(?='|[\t\r\n]|{_UNSEEN}{_SIGNS})")
_GUARD = re.compile(rf"{_BEGINNING}'")
_CODES = frozenset(Missing)


def neutral(text: str) -> str:
    """The text as a spreadsheet may have it."""
    return _DANGER.sub("'", text)


def answered(text: str) -> str:
    """The same for an answer, which must not read like the name of a missing value either."""
    return f"'{text}" if text in _CODES else neutral(text)


def harmless(value: str | float) -> str | float:
    """A value of ours, such as a label: a number stays one."""
    return neutral(value) if isinstance(value, str) else value


def restored(cell: str) -> str:
    """The text that `neutral` or `answered` was given."""
    return _GUARD.sub("", cell)


def written(value: Value) -> str | int:
    """A value as text: codes and days as they are, customers' words harmless, numbers without an exponent."""
    match value:
        case None | Missing.NOT_ANSWERED:
            return ""
        case str():
            return value.value if isinstance(value, Missing) else answered(value)
        case float():
            return f"{Decimal(str(value)):f}"
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
    return value
