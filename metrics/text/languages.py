"""Which language a comment is in: the share of its letters by script, four letters that Arabic lacks, common words.

Persian and English are told apart from all else; anything else is 'other', and nothing here pretends to read it.
"""

import re
from typing import Literal

from metrics.text import english_words
from metrics.text.normalise import normalise
from metrics.text.tokens import words

Language = Literal["fa", "en", "other"]

PERSIAN_ONLY = re.compile("[پچژگ]")
# Urdu, Pashto, Kurdish, Uighur.
OTHER_ARABIC_SCRIPT = re.compile("[ٹڈڑںےټډړښځڅڕێۆەڵۇۈ]")
PERSIAN_WORDS = frozenset(
    normalise(
        """
        است بود نبود هست نیست شد نشد شده این آن که با به در را رو هم خیلی خوب خوبه بد عالی ممنون مرسی متشکرم سلام ولی
        اما برای تا یک دو من ما شما همه هر دیر زود سرد راضی غذا سریع ارسال داشت نداشت دارد داره ندارد نداره کرد کردم
        کنید
        """
    ).split()
)
ARABIC_WORDS = frozenset(
    normalise("في من على إلى هذا هذه التي الذي كان إن لا لم ليس كانت مع عن هو هي ما كل شكرا بعد قبل أن").split()
)
# Words that begin with ال in Persian too.
PERSIAN_ARTICLES = frozenset("الان البته الکی الحمدلله العاده الویه الفردو الکتریکی الماس المان الگو الخصوص".split())

_ARABIC_SCRIPT = re.compile("[ا-ی]")
_ANY_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile("[a-z]")
_ENGLISH_TERMS = frozenset(
    word
    for listed in (*english_words.PRAISE.values(), *english_words.COMPLAINT.values())
    for word in listed.replace("_", " ").split()
)
_ENGLISH_FUNCTION_WORDS = frozenset(english_words.FUNCTION_WORDS.split())


def language_of(text: str) -> Language:
    """The language of a text.

    Returns
    -------
    'fa', 'en' or 'other'
        'other' too for a text without letters, for Persian in Latin letters, and for other languages in either script.

    Examples
    --------
    >>> language_of("ارسال سریع بود"), language_of("Great service!"), language_of("الخدمة ممتازة جدا")
    ('fa', 'en', 'other')
    """
    plain = normalise(text)
    letters = len(_ANY_LETTER.findall(plain))
    persian, latin = len(_ARABIC_SCRIPT.findall(plain)), len(_LATIN.findall(plain))
    if persian * 2 > letters:
        return "fa" if _is_persian(text, plain) else "other"
    if latin * 2 > letters:
        return "en" if _is_english(plain) else "other"
    return "other"


def _is_persian(text: str, plain: str) -> bool:
    if OTHER_ARABIC_SCRIPT.search(text):
        return False
    if PERSIAN_ONLY.search(plain):
        return True
    found = words(plain)
    persian = sum(word in PERSIAN_WORDS for word in found)
    articles = sum(word.startswith("ال") and len(word) > 4 and word not in PERSIAN_ARTICLES for word in found)
    arabic = sum(word in ARABIC_WORDS for word in found) + articles + text.count("ة")
    return persian >= arabic


def _is_english(plain: str) -> bool:
    found = words(plain)
    function_words = sum(word in _ENGLISH_FUNCTION_WORDS for word in found)
    known = function_words + sum(word in _ENGLISH_TERMS for word in found)
    return known * 3 >= len(found) and (function_words > 0 or len(found) <= 3)
