"""Normalisation, words, languages, opinions and topics of short comments."""

import pytest

from metrics.text.languages import language_of
from metrics.text.lexicon import opinion, read
from metrics.text.normalise import normalise
from metrics.text.topics import Topics

# Written for this test, about what banks and shops are praised and blamed for.
SAMPLE = [
    ("کارمند شعبه خیلی مودب و صبور بود", "positive"),
    ("از خدمات شما کاملا راضی هستم", "positive"),
    ("همه چیز عالی بود، ممنون", "positive"),
    ("کارم سریع انجام شد", "positive"),
    ("برنامه ساده و راحت است", "positive"),
    ("یک ساعت معطل شدم", "negative"),
    ("متصدی باجه بداخلاق بود", "negative"),
    ("اصلا راضی نبودم", "negative"),
    ("کارمزدها خیلی گران است", "negative"),
    ("هیچکس جوابگو نیست", "negative"),
    ("خدماتتون افتضاحه", "negative"),
    ("The staff were friendly and helpful", "positive"),
    ("Everything was perfect, thank you", "positive"),
    ("Quick and easy", "positive"),
    ("The clerk was rude to me", "negative"),
    ("Terrible service, I will never come back", "negative"),
    ("The app crashed twice", "negative"),
    ("Not good at all", "negative"),
    ("برخورد خوب بود ولی خیلی معطل شدم", "mixed"),
    ("Friendly staff but a terrible app", "mixed"),
    ("ساعت ده رفتم", "unknown"),
    ("I went on Tuesday", "unknown"),
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مي روم", "می‌روم"),
        ("كتاب ها", "کتاب‌ها"),
        ("عالییییی", "عالیی"),
        ("۱۲۳", "123"),
        ("آب", "اب"),
        ("خـــوب", "خوب"),
        ("GREAT", "great"),
    ],
)
def test_one_spelling(one: str, other: str) -> None:
    """What people type in two ways is compared as one."""
    assert normalise(one) == normalise(other)


def test_negations_survive() -> None:
    """Nothing turns نمی‌کنم into کرد: the negation is what was meant."""
    assert normalise("نمی کنم") == "نمیکنم"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ارسال سریع بود", "fa"),
        ("خدمات خوب", "fa"),
        ("Great service!", "en"),
        ("الخدمة ممتازة جدا", "other"),
        ("Das war sehr gut", "other"),
        ("👍👍", "other"),
        ("", "other"),
    ],
)
def test_language(text: str, language: str) -> None:
    """Persian and English are told apart from all else."""
    assert language_of(text) == language


@pytest.mark.parametrize(("text", "label"), SAMPLE)
def test_opinion(text: str, label: str) -> None:
    """What the word lists say of comments that were written for this test; no hit is 'unknown', never neutral."""
    assert opinion(text).label == label


def test_a_negation_turns_round_what_it_reaches() -> None:
    """After the word in Persian, before it in English, and not beyond a contrast."""
    assert read("not helpful").mentions[0].strength < 0
    assert read("بدون تاخیر رسید").praise > 0
    assert read("The staff was not rude").complaint == 0


def test_topics_by_the_rules_of_a_taxonomy() -> None:
    """A term with its usual endings, a phrase, any ending after a star, and nothing across a full stop."""
    topics = Topics({"waiting": ["صف", "معطل*", "long line"], "fees": ["کارمزد", "fee"]})

    assert topics.of("توی صف‌هاتون معطلمون کردید") == ("waiting",)
    assert topics.of("hidden fees and a long line") == ("fees", "waiting")
    assert topics.of("صفحه باز نشد") == ()
    assert topics.of("too long. line up") == ()
    assert topics.of("") == ()
