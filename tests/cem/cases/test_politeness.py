"""The check of wording, on letters as they are written: it finds what hurts, and leaves good letters alone."""

import pytest

from cem.cases.politeness import WARNINGS, warnings_of

GOOD = [
    (
        (
            "Dear Ms Ahmadi, thank you for telling us about the queue. We are sorry that you waited for an hour. From "
            "Saturday on a second desk is open at noon. Your branch manager calls you by Thursday, 10:00."
        ),
        "en",
    ),
    (
        (
            "سلام خانم احمدی گرامی. از اینکه ما را در جریان گذاشتید سپاسگزاریم و بابت انتظار پوزش می‌خواهیم. از شنبه "
            "باجه دوم ظهرها باز است و رئیس شعبه تا پنجشنبه ساعت ۱۰ با شما تماس خواهد گرفت."
        ),
        "fa",
    ),
    ("مشتری گرامی، کارت شما فردا آماده است و از صبوری شما سپاسگزاریم. می‌توانید آن را از شعبه بگیرید.", "fa"),
]
BAD = [
    ("Dear customer, thank you, but it was your mistake to send the form so late.", "en", "blame"),
    ("مشتری گرامی، با تشکر از شما؛ این اشتباه شما بوده است و کاری از ما ساخته نیست.", "fa", "blame"),
    ("سلام دوست عزیز، تو باید زودتر می‌آمدی تا مشکل حل شود. سپاس از شما.", "fa", "familiar"),
    ("Dear customer, thank you. WE CANNOT HELP YOU with this account.", "en", "capitals"),
    ("Dear customer, thank you, but why did you not read the form??", "en", "marks"),
    ("Dear customer, thank you for writing. We will look into this matter soon enough.", "en", "undated"),
    ("مشتری گرامی، از شما سپاسگزاریم. به‌زودی با شما تماس می‌گیریم.", "fa", "undated"),
    ("Your account was closed because the yearly fee had not been paid in time.", "en", "greeting"),
    ("Dear customer, the fee of this account is as the contract says, namely 40 rials.", "en", "warmth"),
    ("Done.", "en", "short"),
]


@pytest.mark.parametrize(("text", "language"), GOOD)
def test_a_respectful_letter_passes(text: str, language: str) -> None:
    """Nothing is found in it."""
    assert warnings_of(text, language) == ()


@pytest.mark.parametrize(("text", "language", "code"), BAD)
def test_what_hurts_is_found(text: str, language: str, code: str) -> None:
    """Each by its kind, and each kind has words of its own."""
    found = [one for one, _ in warnings_of(text, language)]

    assert code in found
    assert set(found) <= WARNINGS.keys()
