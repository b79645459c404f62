"""Comments that tell of somebody asking for a score, and those that only hold a number."""

import pytest

from metrics.text.coaching import asks_for_score

ASKING = [
    "گفتند لطفاً ۱۰ بدید",
    "لطفا ۱۰",
    "لطفا ۱۰ بدهید",
    "ده بدید",
    "خواستند نمره کامل بدهم",
    "کارمند از من خواست که امتیاز ۱۰ بدم",
    "موقع رفتن گفت حتماً بهمون ده بده",
    "اصرار داشتند که امتیاز بالا بدهم",
    "نمرۀ كامل بديد گفتند",
    "please give 10",
    "Please give us a ten!",
    "they asked me to give a 10",
    "The clerk told me to rate them 5 stars",
    "I was asked to give full marks",
    "asked me for a good score",
]
HONEST = [
    "گفتند ده دقیقه صبر کنید",
    "لطفا ساعت ده شب هم پاسخ بدهید",
    "لطفا تا ۱۰ شب باز باشید",
    "لطفا ۱۰ هزار تومان را پس بدهید",
    "لطفا امتیاز باشگاه مشتریان را بدهید",
    "به این شعبه ۱۰ می‌دهم",
    "نمره من ۱۰ است",
    "گفت مدارک بده",
    "ده بار زنگ زدم",
    "They asked me to give ten copies",
    "please give me 10 minutes",
    "I give them a 10",
    "very good, 10 out of 10",
    "They asked me to give my id",
    "Please pick up the phone, waited 10 minutes",
    "",
]


@pytest.mark.parametrize("text", ASKING)
def test_somebody_asked(text: str) -> None:
    """Told in either language, with Persian or Arabic letters and any digits."""
    assert asks_for_score(text)


@pytest.mark.parametrize("text", HONEST)
def test_nobody_asked(text: str) -> None:
    """A number, a praise or another wish is no request for a score."""
    assert not asks_for_score(text)
