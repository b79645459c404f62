"""Personal data is taken out, and what only looks like it stays."""

import pytest

from metrics.text.personal_data import find_personal_data, scrub


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("با ۰۹۱۲۳۴۵۶۷۸۹ تماس بگیرید", "telephone"),
        ("شماره‌ام ۰۹۱۲ ۳۴۵ ۶۷۸۹ است", "telephone"),
        ("۰۹۱۲۳۴۵۶۷۸۹رو زنگ بزنید", "telephone"),
        ("Call +98 912 345 6789", "telephone"),
        ("call +44 20 7946 0958 please", "telephone"),
        ("۰۲۱-۸۸۷۷۶۶۵۵", "telephone"),
        ("کارت ۴۱۱۱ ۱۱۱۱ ۱۱۱۱ ۱۱۱۱ را خورد", "card"),
        ("my card 4111-1111-1111-1111", "card"),
        ("IR06 2960 0000 0010 0324 2000 01", "account"),
        ("شبا ۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱", "account"),
        ("GB82 WEST 1234 5698 7654 32 is mine", "account"),
        ("کد ملی ۰۰۱۳۵۴۲۴۱۹", "identity"),
        ("بنویسید به ali.rezaei@example.com لطفا", "e-mail"),
        ("www.example.com/page?id=3 را ببینید", "address"),
        ("https://example.com/a.", "address"),
        ("پیج @my_account دارم", "address"),
    ],
)
def test_each_kind_is_found(text: str, kind: str) -> None:
    """In either language's digits, with the gaps that people write."""
    assert [finding.kind for finding in find_personal_data(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "۲۵۰۰۰۰۰ ریال کم شد",
        "۹۰۰۰۰۰۰۰۰۰ ریال",
        "در تاریخ ۱۴۰۳/۰۵/۱۲ ساعت ۱۰:۳۰ آمدم",
        "کد ملی ۰۰۱۳۵۴۲۴۱۸",
        "4111 1111 1111 1112",
        "1111111111",
        "it took 3.5 hours, 2 of 10",
        "شعبه ۱۲۳۴ باجه ۵",
        "GB83 WEST 1234 5698 7654 32",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    """Amounts, dates, and numbers whose check digits do not agree."""
    assert find_personal_data(text) == []
    assert scrub(text) == text


def test_only_the_number_goes() -> None:
    """An amount beside a number stays, and the words around it do."""
    assert scrub("0912-345-6789 500000 تومان") == "[telephone] 500000 تومان"


def test_long_texts_take_no_time() -> None:
    """No text makes the search slow: ten thousand signs of each hard kind."""
    for hard in ("1 " * 5000, "a." * 5000, "IR" + "0" * 9998, "@" * 10_000, "+" * 10_000):
        assert scrub(hard) is not None
