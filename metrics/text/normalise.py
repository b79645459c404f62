"""One spelling for what people type in many.

The same word comes with Arabic or Persian letters, with a half-space, a space or nothing between its parts, with marks,
with letters held down. What is compared (words, keywords, topics) is compared in this form; what is shown stays as it
was written. Persian is not lemmatised: lemmatisers turn نمی‌کنم into کرد and نبودم into بود, and the negation is gone.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("يىئ", "ی"),
        **dict.fromkeys("ةۀہ", "ه"),
        "ك": "ک",
        "ؤ": "و",
        "ـ": None,
        **{digit: str(value) for digits in ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩") for value, digit in enumerate(digits)},
    }
)
_NON_JOINER = "\u200c"
# Vowel marks, joiners, direction marks, and the selector that follows some emoji.
_MARKS = re.compile("[\u064b-\u065f\u0670\u200b\u200d-\u200f\u202a-\u202e\u2066-\u2069\ufe0f\ufeff]")
_HELD = re.compile(r"([^\W\d_])\1{2,}")
_PREFIX = re.compile(rf"\b(ن?می)[{_NON_JOINER} ]+(?=\w)")
_SUFFIX = re.compile(rf"(?<=\w)[{_NON_JOINER} ]+(ها(?:یی?|م|ت|ش|یم|یش|مون|تون|شون|یمان|یتان|یشان)?|تر(?:ین|ی)?)\b")
_SILENT_HE = re.compile(r"(?<=ه) (?=(?:ای|ام|اند|اید|ایم)\b)")
_SPACES = re.compile(r"[^\S\n]+")


# A comment is looked at from several sides, one after the other.
@lru_cache(maxsize=16)
def normalise(text: str) -> str:
    """The form in which texts are compared.

    Compatibility forms (NFKC), Persian letters with آ as ا, ASCII digits, lower case, no marks; a letter held down is
    written twice; prefixes and endings that stand apart are joined, and half-spaces are removed.

    Examples
    --------
    >>> normalise("خیلییییی خوشمزه‌ ها رو نمي خواهم")
    'خیلیی خوشمزهها رو نمیخواهم'
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", text).translate(_LETTERS).lower())
    plain = _HELD.sub(r"\1\1", plain)
    plain = _PREFIX.sub(r"\1", plain)
    plain = _SUFFIX.sub(r"\1", plain)
    plain = _SILENT_HE.sub("", plain).replace(_NON_JOINER, "")
    return _SPACES.sub(" ", plain).strip()
