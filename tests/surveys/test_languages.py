"""Digits, dates, order and the catalogue."""

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from surveys.languages import (
    Month,
    ascii_digits,
    choose,
    jalali_to_date,
    language,
    normal_text,
)

FA, EN = language("fa"), language("en")


def bare(text: str) -> str:
    """Without the marks that isolate direction."""
    return re.sub("[\u2066-\u2069]", "", text)


def test_numbers_are_written_as_each_language_writes_them() -> None:
    """Persian digits, separators and percent sign; a true minus; isolated from their surroundings."""
    assert bare(FA.number(-12345.67, 1, signed=True)) == "−۱۲٬۳۴۵٫۷"
    assert bare(EN.number(12345.67, 1, signed=True)) == "+12,345.7"
    assert bare(FA.percent(45.25, 1)) == "۴۵٫۲٪"
    assert bare(EN.percent(45.25, 1)) == "45.2%"
    assert FA.number(3)[0] == "\u2066"


def test_a_rounded_zero_has_no_sign() -> None:
    """Nothing is shown as minus zero."""
    assert bare(EN.number(-0.04, 1, signed=True)) == "0.0"


def test_dates() -> None:
    """Nowruz 1404 in both calendars."""
    assert FA.date(date(2025, 3, 21)) == "۱ فروردین ۱۴۰۴"
    assert EN.date(date(2025, 3, 21)) == "21 Mar 2025"
    assert FA.date(date(2025, 3, 20)) == "۳۰ اسفند ۱۴۰۳"  # 1403 is a leap year


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.sampled_from(["jalali", "gregorian"]))
def test_a_day_lies_in_its_month(day: date, calendar: str) -> None:
    """A month runs from its first day to the day before the next month's first."""
    month = Month.of(day, calendar)

    assert month.first_day <= day < month.plus(1).first_day
    assert Month.parse(str(month)) == month


@pytest.mark.parametrize("text", ["1404-13", "1404", "x-1", "0-0", "1404-00", "99999-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    """Anything but year and month is a ValueError."""
    with pytest.raises(ValueError, match=r".+"):
        Month.parse(text)


def test_no_such_jalali_day() -> None:
    """1404 is no leap year: Esfand has 29 days."""
    with pytest.raises(ValueError, match=r".+"):
        jalali_to_date(1404, 12, 30)


def test_typed_text_is_made_one() -> None:
    """Arabic letters and digits become Persian letters and ASCII digits; controls go; the half-space stays."""
    assert normal_text("كتاب علي\x00 می\u200cشود\r\nدو") == "کتاب علی می\u200cشود\nدو"
    assert ascii_digits("۱۲٣٫۵") == "123.5"


def test_persian_order() -> None:
    """پ چ ژ گ stand in their places, which code points would not give them."""
    words = ["گل", "پا", "بابا", "ژاله", "زرد", "چای", "یاس", "هوا"]

    assert sorted(words, key=FA.sort_key) == ["بابا", "پا", "چای", "زرد", "ژاله", "گل", "هوا", "یاس"]


@pytest.mark.parametrize(
    ("wish", "accept", "chosen"),
    [
        ("en", "fa", "en"),
        (None, "en-GB,en;q=0.9,fa;q=0.3", "en"),
        (None, "fr;q=0.9,fa;q=0.3", "fa"),
        ("de", "", "fa"),
        (None, "en;q=nonsense", "fa"),
    ],
)
def test_choosing_a_language(wish: str | None, accept: str, chosen: str) -> None:
    """The address's wish, then the browser's order, then the first that is offered."""
    assert choose(("fa", "en"), wish, accept=accept).code == chosen


def marked_texts(root: Path) -> dict[str, str]:
    """Every text that the product marks for translation, with its place."""
    methods = [("**/templates/**.html", "jinja2"), ("templates/**.html", "jinja2"), ("**.py", "python")]
    texts = {}
    for folder in ("metrics", "surveys", "cem", "templates"):
        method = methods if folder != "templates" else [("**.html", "jinja2"), ("**.txt", "jinja2")]
        found = extract_from_dir(
            root / folder,
            method,
            {"**.html": {"newstyle_gettext": "true", "trimmed": "true"}},
            keywords={"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)},
        )
        for file, line, message, *_ in found:
            for text in (message,) if isinstance(message, str) else message:
                texts[text] = f"{folder}/{file}:{line}"
    return texts


def test_every_text_has_its_persian(root: Path) -> None:
    """The catalogue is complete, has no fuzzy guess, keeps every placeholder, and holds nothing that is gone."""
    with (root / "locale" / "fa.po").open("rb") as file:
        catalogue = read_po(file, locale="fa")
    texts = marked_texts(root)
    persian = {}
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in ids:
            if text and not message.fuzzy:
                persian[text] = strings
    placeholder = re.compile(r"%\(\w+\)[a-z]")

    assert {text: place for text, place in texts.items() if not all(persian.get(text, ("",)))} == {}
    assert [text for text in persian if text not in texts] == []
    assert [
        text
        for text, strings in persian.items()
        if any(set(placeholder.findall(text)) != set(placeholder.findall(string)) for string in strings)
    ] == []
