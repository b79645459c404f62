"""Whether a reply reads respectfully: word lists of what hurts, in both languages. It warns, and never decides."""

import re
from collections.abc import Iterator

from surveys.languages import N_, ascii_digits, normal_text

WARNINGS = {
    "greeting": N_("It begins without a greeting."),
    "warmth": N_("It neither thanks nor apologises."),
    "blame": N_("Some words put the blame on the customer: %(words)s"),
    "familiar": N_("It addresses the customer as a familiar person: %(words)s"),
    "capitals": N_("Words in capitals read as shouting: %(words)s"),
    "marks": N_("Several exclamation or question marks in a row read as anger."),
    "undated": N_("It promises something and does not say by when: %(words)s"),
    "short": N_("It is very short; a sentence or two more would show that somebody has read the case."),
}
SHORT = 40
# How far into a text a greeting is looked for.
BEGINNING = 60

_GREETINGS = {
    "en": ("dear", "hello", "hi", "good morning", "good afternoon", "good evening", "greetings", "thank you", "thanks"),
    "fa": ("سلام", "درود", "با احترام", "گرامی", "محترم", "ارجمند", "عزیز", "وقت بخیر", "وقت شما بخیر", "روز بخیر"),
}
_WARM = {
    "en": ("thank", "thanks", "sorry", "apolog", "regret", "grateful", "appreciate"),
    "fa": ("سپاس", "ممنون", "متشکر", "تشکر", "عذر", "پوزش", "متأسف", "متاسف", "ببخشید", "قدردان", "شرمنده"),
}
_BLAME = {
    "en": (
        "your fault",
        "your mistake",
        "your own fault",
        "you should have",
        "you must have",
        "you failed",
        "you forgot",
        "you did not read",
        "you didn't read",
        "you are wrong",
        "you're wrong",
        "you claim",
        "as i already said",
        "as already said",
        "not our problem",
        "calm down",
    ),
    "fa": (
        "اشتباه شما",
        "تقصیر شما",
        "مقصر شما",
        "خودتان باید",
        "شما باید",
        "می‌بایست خودتان",
        "دقت نکرده‌اید",
        "دقت نکردید",
        "نخوانده‌اید",
        "نخواندید",
        "بی‌دقتی شما",
        "سهل‌انگاری شما",
        "ادعای شما",
        "ادعا می‌کنید",
        "به ما مربوط نیست",
        "به ما ربطی ندارد",
        "آرام باشید",
    ),
}
# Not 'کارت', which is a bank card as well, and much more often.
_FAMILIAR = ("تو", "تورو", "توئی", "خودت", "حرفت", "برات", "بهت", "ازت", "می‌تونی", "می‌خوای", "باید بری")
_PROMISES = {
    "en": ("we will", "we'll", "i will", "i'll", "shortly", "as soon as possible", "in due course"),
    "fa": ("خواهیم", "خواهم", "به‌زودی", "بزودی", "به زودی", "در اسرع وقت", "در اولین فرصت"),
}
_DATED = {
    "en": re.compile(
        r"\d|today|tomorrow|tonight|this week|next week|within (?:an?|one|two|three)"
        r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    ),
    "fa": re.compile(r"\d|امروز|فردا|امشب|این هفته|هفته (?:آینده|بعد)|شنبه|جمعه|تا پایان"),
}
_CAPITALS = re.compile(r"\b[A-Z]{3,}(?:\s+[A-Z]{3,})+\b|\b[A-Z]{5,}\b")
_MARKS = re.compile(r"[!?؟]\s?[!?؟]")
_ZWNJ = "\u200c"


def warnings_of(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """What a reader might take amiss, each with the words that it is about; nothing for an unproblematic text.

    `language` is the reader's, `fa` or `en`; both languages' blaming words are looked for in any case.
    """
    return tuple(_found(normal_text(text), language if language in _WARM else "en"))


def _found(text: str, language: str) -> Iterator[tuple[str, str]]:
    plain = _folded(text)
    if len(plain) < SHORT:
        yield "short", ""
    if not _any(_GREETINGS[language], plain[:BEGINNING]):
        yield "greeting", ""
    if not any(word in plain for word in map(_folded, _WARM[language])):
        yield "warmth", ""
    if blamed := _any((*_BLAME["en"], *_BLAME["fa"]), plain):
        yield "blame", blamed
    if familiar := _any(_FAMILIAR, plain):
        yield "familiar", familiar
    if capitals := _CAPITALS.search(text):
        yield "capitals", capitals[0]
    if _MARKS.search(text):
        yield "marks", ""
    for sentence in re.split(r"(?<=[.!?؟])\s+|\n", plain):
        # 'می‌خواهیم' (we want, as in asking pardon) promises nothing.
        promised = _any(_PROMISES[language], sentence.replace("می خواه", "میخواه"))
        if promised and not _DATED[language].search(sentence):
            yield "undated", promised
            break


def _any(words: tuple[str, ...], plain: str) -> str:
    """The first of these that stands in the text as whole words; nothing where none does."""
    for word in words:
        if re.search(rf"(?<!\w){re.escape(_folded(word))}(?!\w)", plain):
            return word
    return ""


def _folded(text: str) -> str:
    """Small letters, plain digits and apostrophes, and the half-space as a space: people write both."""
    return ascii_digits(text).casefold().replace("\u2019", "'").replace(_ZWNJ, " ")
