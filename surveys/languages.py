"""The two languages: texts, digits, dates and order, in one place.

Every number and date that a person reads passes through a `Language`; codes, addresses and files keep ASCII digits and
Gregorian days. Babel's own `fa` formats give Latin digits and Gregorian months, so digits are mapped here and Jalali
dates come from persiantools.
"""

import gettext as stdlib_gettext
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from persiantools.jdatetime import JalaliDate

PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
_TO_PERSIAN = str.maketrans("0123456789%", PERSIAN_DIGITS + "٪")
_TO_ASCII = str.maketrans(PERSIAN_DIGITS + "٠١٢٣٤٥٦٧٨٩" + "٫٬", "0123456789" * 2 + ".,")
_PERSIAN_LETTER = {"ي": "ی", "ى": "ی", "ك": "ک", "ـ": ""}
_ARABIC_LETTERS = re.compile("[يىكـ]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ALPHABET = {letter: place for place, letter in enumerate("آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی")}

# First-strong isolates: a number or a Latin name keeps its own direction inside a Persian sentence and the other way.
ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
LEFT_TO_RIGHT_ISOLATE = "\u2066"
MINUS = "\u2212"

ENGLISH_MONTHS = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
PERSIAN_MONTHS = tuple("فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split())


def N_(text: str) -> str:  # noqa: N802 - the marker's name is gettext's own convention
    """Mark a text for translation where it is defined; it is translated where it is shown."""
    return text


def ascii_digits(text: str) -> str:
    """Persian and Arabic digits and separators as ASCII, the rest unchanged."""
    return text.translate(_TO_ASCII)


def normal_text(text: str) -> str:
    """Text as it is stored: composed, Persian letters, no control characters but line breaks."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    # Most texts have nothing to replace: looking for it costs a seventh of translating every letter.
    return _ARABIC_LETTERS.sub(lambda m: _PERSIAN_LETTER[m[0]], _CONTROLS.sub("", composed)).strip()


def jalali_to_date(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Jalali date; ValueError where there is no such day."""
    return JalaliDate(year, month, day).to_gregorian()


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, Jalali or Gregorian; a Jalali year is below 1700."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date, calendar: str) -> "Month":
        if calendar == "jalali":
            jalali = JalaliDate(day)
            return cls(jalali.year, jalali.month)
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        year, _, month = text.partition("-")
        parsed = cls(int(year), int(month))
        if not (1 <= parsed.month <= 12 and 1300 <= parsed.year <= 2200):
            raise ValueError(f"not a month: {text!r}")
        return parsed

    @property
    def first_day(self) -> date:
        if self.year < 1700:
            return jalali_to_date(self.year, self.month, 1)
        return date(self.year, self.month, 1)

    def plus(self, months: int) -> "Month":
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Language:
    """How one language writes texts, numbers and dates."""

    code: str
    name: str
    direction: str
    calendar: str
    months: tuple[str, ...]
    translations: stdlib_gettext.NullTranslations = field(repr=False, compare=False)

    @property
    def persian(self) -> bool:
        return self.code == "fa"

    def gettext(self, text: str) -> str:
        return self.translations.gettext(text) if text else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.translations.ngettext(singular, plural, n)

    def fill(self, text: str, values: Mapping[str, object]) -> str:
        """A translated text with its values, digits in this language."""
        return self.gettext(text) % {name: self.digits(str(value)) for name, value in values.items()}

    def own(self, texts: Mapping[str, str] | None) -> str:
        """This language's text of a document, or the first that there is."""
        if not texts:
            return ""
        return texts.get(self.code) or next(iter(texts.values()))

    def digits(self, text: object) -> str:
        return str(text).translate(_TO_PERSIAN) if self.persian else str(text)

    def number(self, value: float, places: int = 0, *, signed: bool = False) -> str:
        """A number with grouped thousands; isolated, so that its sign stays on its side."""
        written = f"{abs(value):,.{places}f}"
        zero = float(written.replace(",", "")) == 0
        sign = "" if zero else MINUS if value < 0 else "+" if signed else ""
        if self.persian:
            written = written.replace(",", "٬").replace(".", "٫")
        return LEFT_TO_RIGHT_ISOLATE + self.digits(sign + written) + POP_ISOLATE

    def percent(self, value: float, places: int = 0) -> str:
        return LEFT_TO_RIGHT_ISOLATE + self.number(value, places)[1:-1] + ("٪" if self.persian else "%") + POP_ISOLATE

    def month(self, month: Month) -> str:
        names = PERSIAN_MONTHS if month.year < 1700 else ENGLISH_MONTHS
        return f"{names[month.month - 1]} {self.digits(month.year)}"

    def date(self, day: date) -> str:
        if self.calendar == "jalali":
            jalali = JalaliDate(day)
            return f"{self.digits(jalali.day)} {self.months[jalali.month - 1]} {self.digits(jalali.year)}"
        return f"{day.day} {self.months[day.month - 1]} {day.year}"

    def moment(self, when: datetime, zone: ZoneInfo) -> str:
        local = when.astimezone(zone)
        return (
            f"{self.date(local.date())}، {self.digits(f'{local:%H:%M}')}"
            if self.persian
            else (f"{self.date(local.date())}, {local:%H:%M}")
        )

    def sort_key(self, text: str) -> tuple[tuple[int, str], ...]:
        """Alphabetical order: code points put پ چ ژ ک گ ی in the wrong places."""
        return tuple((_ALPHABET.get(c, ord(c) + 100), c) for c in normal_text(text).casefold())


def locale_folder() -> Path:
    """The catalogues, beside the package in a checkout and inside it in a wheel."""
    root = Path(__file__).resolve().parent.parent
    installed = root / "cem" / "locale"
    return installed if installed.is_dir() else root / "locale"


def _catalogue(code: str) -> stdlib_gettext.NullTranslations:
    """The `.po` file itself, compiled in memory: there is nothing to build and nothing to forget."""
    path = locale_folder() / f"{code}.po"
    if not path.exists():
        return stdlib_gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return stdlib_gettext.GNUTranslations(compiled)


@cache
def language(code: str) -> Language:
    if code == "fa":
        return Language("fa", "فارسی", "rtl", "jalali", PERSIAN_MONTHS, _catalogue("fa"))
    if code == "en":
        return Language("en", "English", "ltr", "gregorian", ENGLISH_MONTHS, stdlib_gettext.NullTranslations())
    raise KeyError(code)


CODES = ("fa", "en")


def choose(offered: tuple[str, ...], *wishes: str | None, accept: str = "") -> Language:
    """The first wish (address, cookie) that is offered, then the browser's order, then the first offered."""
    for wish in wishes:
        if wish in offered:
            return language(wish)
    ranked = []
    for place, part in enumerate(accept.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), place, tag[:2].lower()))
        except ValueError:
            continue
    for _, _, code in sorted(ranked):
        if code in offered:
            return language(code)
    return language(offered[0])
