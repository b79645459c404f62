"""No text of a customer becomes a formula, and every text comes back."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.formats.cells import answered, neutral, restored, written
from surveys.formats.columns import Missing

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫⁺⁻⁼"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    "before", ["", " ", "\u00a0", "\ufeff", "\u200c", "\u200f", "\u2066", "\u3000", "\ufffe", "  \u200e "]
)
def test_a_sign_is_neutralised_wherever_it_hides(sign: str, before: str) -> None:
    """After nothing, spaces, a byte order mark or direction marks, in any of its forms."""
    assert neutral(f"{before}{sign}1+1") == f"'{before}{sign}1+1"


@pytest.mark.parametrize("text", ["\t=1", "\tx", "\rx", "\nx"])
def test_a_tab_or_a_break_at_the_beginning(text: str) -> None:
    """They begin a cell in some programs."""
    assert neutral(text).startswith("'")


@pytest.mark.parametrize("separator", [";", "\n", "\t"])
def test_a_cell_that_a_wrong_separator_makes(separator: str) -> None:
    """Where a country separates by semicolons, what follows one begins a cell."""
    assert neutral(f"good{separator} =cmd") == f"good{separator}' =cmd"


@pytest.mark.parametrize("text", ["خوب بود", "A-1", "1 = 1", "a, =b", "#N/A", "", "«=»", "don't"])
def test_plain_texts_stay(text: str) -> None:
    """What is no formula is left alone."""
    assert neutral(text) == text


@pytest.mark.parametrize("code", list(Missing))
def test_words_that_read_like_a_code(code: Missing) -> None:
    """A customer who writes `not_asked` was asked."""
    assert answered(str(code)) != code
    assert restored(answered(str(code))) == code


@given(st.text(st.sampled_from([*SIGNS, *" \t\r\n;,'x\ufeff\u200cن"])) | st.text())
def test_every_text_comes_back(text: str) -> None:
    """Taking the apostrophes away gives the customer's own words, and no cell begins with a sign."""
    cell = neutral(text)

    assert restored(cell) == text
    for part in re.split(r"[\t\r\n;]", cell):
        assert not part.strip(" \ufeff\u200c\ufffe").startswith(tuple(SIGNS))


def test_numbers_and_days() -> None:
    """A negative number is a number, without an exponent; days and moments are ISO."""
    assert [written(-5), written(-0.5), written(1e21)] == [-5, "-0.5", "1000000000000000000000"]
    assert written(date(2025, 10, 7)) == "2025-10-07"
    assert written(datetime(2025, 10, 7, 9, 0, 1, 5, tzinfo=UTC)) == "2025-10-07T09:00:01+00:00"
    assert [written(None), written(Missing.NOT_ANSWERED), written(Missing.NOT_ASKED)] == ["", "", "not_asked"]
