"""Amounts in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.languages import language
from surveys.number_words import LARGEST, in_words

FA, EN = language("fa"), language("en")


@pytest.mark.parametrize(
    ("number", "english", "persian"),
    [
        (0, "zero", "صفر"),
        (7, "seven", "هفت"),
        (19, "nineteen", "نوزده"),
        (20, "twenty", "بیست"),
        (101, "one hundred one", "صد و یک"),
        (342, "three hundred forty-two", "سیصد و چهل و دو"),
        (1000, "one thousand", "هزار"),
        (1001, "one thousand one", "هزار و یک"),
        (21_000, "twenty-one thousand", "بیست و یک هزار"),
        (1_000_000, "one million", "یک میلیون"),
        (1_001_000, "one million one thousand", "یک میلیون و هزار"),
        (
            85_547_000,
            "eighty-five million five hundred forty-seven thousand",
            "هشتاد و پنج میلیون و پانصد و چهل و هفت هزار",
        ),
        (
            7_500_000_013,
            "seven billion five hundred million thirteen",
            "هفت میلیارد و پانصد میلیون و سیزده",
        ),
        (-12_000, "minus twelve thousand", "منفی دوازده هزار"),
    ],
)
def test_as_a_cheque_says_it(number: int, english: str, persian: str) -> None:
    """In both languages, to billions."""
    assert in_words(EN, number) == english
    assert in_words(FA, number) == persian


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_different_numbers_have_different_words(one: int, other: int) -> None:
    """Nothing is lost in words, and nothing is said twice over."""
    for spoken in (EN, FA):
        assert (in_words(spoken, one) == in_words(spoken, other)) is (one == other)
        assert "  " not in in_words(spoken, one)


def test_beyond_money() -> None:
    """There is no such amount."""
    with pytest.raises(ValueError, match="too large"):
        in_words(EN, LARGEST + 1)
