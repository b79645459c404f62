"""Comments which say that somebody asked for a score, or which are such a request themselves.

Precise before complete: a number alone is no score (ten minutes, five forms), so a verb of giving or a word for a score
must stand beside it, and somebody must ask. What a customer wishes for the company ("they deserve a ten") is no
request.
"""

import re

from metrics.text.normalise import normalise

_NOT_COUNTED = (
    r"(?! ?(?:دقیقه|ساعت|روز|نفر|بار|سال|ماه|هفته|هزار|میلیون|تومن|تومان|ریال|درصد"
    r"|تا(?! ستاره)|برگ|نسخه|فرم|و نیم|[:/.-]))"
)
_NUMBER = rf"\b(?:10|ده|20|بیست)\b{_NOT_COUNTED}"
_FULL = rf"(?:(?:نمره|امتیاز)(?:ی|ای)? (?:کامل|بالا|خوب|عالی|10|ده|20|بیست|5|پنج)\b|\b(?:5|پنج|10|ده) ستاره|{_NUMBER})"
_SCORE = rf"(?:{_FULL}|\b(?:نمره|امتیاز|ستاره)\b)"
_GIVE = r"(?:ب?دهید|ب?دید|ب?دین|ب?ده|ب?دم|ب?دهم|ب?دیم|بزنید|بزنین|بزن|بزنم|بدهیم|ثبت کنید|ثبت کنم)"
_ASKED = r"(?:گفتند|گفتن|گفت|میگفت|میگفتند|میگن|میگویند|خواست|خواستند|خواستن|میخواست|میخواهند|اصرار|التماس|خواهش|مجبور)"
_WORDS = r"(?:[^\s.!؟?،؛\n]+ ){0,2}?"
_PERSIAN = re.compile(
    rf"\b{_ASKED}\b[^.!؟?\n]{{0,40}}?{_SCORE} {_WORDS}{_GIVE}\b"
    rf"|\bلطفا {_WORDS}{_FULL}(?: (?:را |رو )?{_GIVE}\b| ?(?:$|[.!؟?،\n]))"
    rf"|{_SCORE} {_WORDS}{_GIVE}[^.!؟?\n]{{0,20}}?\b(?:گفتند|گفتن|گفت|خواستند|خواستن|خواست)\b"
    rf"|(?:^|[.!؟?،\n] ?)(?:به ما |بما )?"
    rf"(?:10|ده|نمره کامل|امتیاز کامل|5 ستاره|پنج ستاره) (?:بدهید|بدید|بدین|بزنید|بزنین)\b"
)
_ENGLISH_SCORE = (
    r"(?:(?:an? |the |all |only )?(?:10|tens?|10s|(?:5|five)[ -]?stars?|5s|fives"
    r"|(?:top|full|high|highest|maximum|max|perfect|best|good) (?:scores?|marks?|ratings?|points|grades?))"
    r"(?! ?(?:minutes?|mins?|hours?|days?|weeks?|months?|years?|copies|forms?|times|%"
    r"|percent|dollars|euros|[:/.]\d))\b)"
)
_ENGLISH_GIVE = r"(?:give|gave|giving|rate|rating|score|scoring|mark|put|leave|choose|select|pick|press|tick)"
_SOME = r"(?:[\w']+ ){0,4}?"
_ENGLISH = re.compile(
    rf"\b(?:asked|told|begged|urged|wanted|requested|pressured|forced|instructed|insisted) {_SOME}{_ENGLISH_GIVE} "
    rf"{_SOME}{_ENGLISH_SCORE}"
    rf"|\b(?:asked|begged|insisted) {_SOME}for {_SOME}{_ENGLISH_SCORE}"
    rf"|\bplease {_SOME}{_ENGLISH_GIVE} {_SOME}{_ENGLISH_SCORE}"
)


def asks_for_score(text: str) -> bool:
    """Whether a comment tells of somebody who asked for a score, in Persian or English.

    Examples
    --------
    >>> asks_for_score("They asked me to give a 10"), asks_for_score("They asked me to give ten copies")
    (True, False)
    >>> asks_for_score("گفتند لطفاً ۱۰ بدید"), asks_for_score("گفتند ده دقیقه صبر کنید")
    (True, False)
    """
    plain = normalise(text)
    return bool(_ENGLISH.search(plain) or _PERSIAN.search(plain))
