"""Whole numbers in words, as they stand on a cheque: figures are easily changed or misread, words are not."""

from surveys.languages import Language

_ENGLISH_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_ENGLISH_TENS = " ten twenty thirty forty fifty sixty seventy eighty ninety".split(" ")
_ENGLISH_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion")
_PERSIAN_SMALL = (
    "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده"
).split()
_PERSIAN_TENS = " ده بیست سی چهل پنجاه شصت هفتاد هشتاد نود".split(" ")
_PERSIAN_HUNDREDS = " صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد".split(" ")
_PERSIAN_SCALES = ("", "هزار", "میلیون", "میلیارد", "تریلیون", "کوادریلیون", "کوینتیلیون")
LARGEST = 10**21 - 1


def in_words(language: Language, number: int) -> str:
    """A whole number in words; ValueError beyond any amount of money.

    >>> from surveys.languages import language
    >>> in_words(language("en"), 84_016_000)
    'eighty-four million sixteen thousand'
    >>> in_words(language("fa"), 84_016_000)
    'هشتاد و چهار میلیون و شانزده هزار'
    """
    if abs(number) > LARGEST:
        raise ValueError(f"{number} is too large to be said")
    if number < 0:
        return f"{'منفی' if language.persian else 'minus'} {in_words(language, -number)}"
    if number == 0:
        return _PERSIAN_SMALL[0] if language.persian else _ENGLISH_SMALL[0]
    say, scales, between = (_persian, _PERSIAN_SCALES, " و ") if language.persian else (_english, _ENGLISH_SCALES, " ")
    # A thousand is «هزار» in Persian, without its one.
    parts = [
        scale if (group, scale) == (1, "هزار") else f"{say(group)} {scale}".strip()
        for group, scale in zip(_groups(number), scales, strict=False)
        if group
    ]
    return between.join(reversed(parts))


def _groups(number: int) -> list[int]:
    """Groups of three digits, the lowest first."""
    groups = []
    while number:
        number, group = divmod(number, 1000)
        groups.append(group)
    return groups


def _english(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    parts = [f"{_ENGLISH_SMALL[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        parts.append(_ENGLISH_TENS[tens] + (f"-{_ENGLISH_SMALL[ones]}" if ones else ""))
    elif rest:
        parts.append(_ENGLISH_SMALL[rest])
    return " ".join(parts)


def _persian(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    parts = [_PERSIAN_HUNDREDS[hundreds]] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        parts.append(_PERSIAN_TENS[tens])
        rest = ones
    if rest:
        parts.append(_PERSIAN_SMALL[rest])
    return " و ".join(parts)
