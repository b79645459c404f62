"""Keywords: counted by customers, and real or not said."""

import random

from metrics.text.keywords import keywords, terms


def test_terms_keep_negations_and_leave_what_only_joins() -> None:
    """Pairs stay within a clause; 'و' and 'the' say nothing alone."""
    assert "صف طولانی" in terms("صف طولانی بود و کسی نبود")
    assert "نبود" in terms("کسی نبود")
    assert "بود" not in terms("خوب بود")
    assert "line queue" not in terms("a long line, queue")


def test_what_parts_two_groups_is_found() -> None:
    """Words of one group stand out; those of both do not; the direction is the sign."""
    happy = [f"کارمند مودب بود شعبه {n % 3}" for n in range(60)]
    sad = [f"صف طولانی بود شعبه {n % 3}" for n in range(60)]
    found = {word.term: word for word in keywords(happy, sad)}

    assert any("مودب" in term and word.z > 0 for term, word in found.items())
    assert any("صف" in term and word.z < 0 for term, word in found.items())
    assert "شعبه" not in found


def test_a_customer_counts_once() -> None:
    """Who repeats a word a hundred times is one customer, and four are too few."""
    happy = ["عالی " * 100 for _ in range(4)] + ["راضی" for _ in range(50)]
    found = {word.term for word in keywords(happy, ["ناراضی"] * 50)}

    assert "عالی" not in found
    assert {"راضی", "ناراضی"} <= found


def test_noise_has_no_keywords() -> None:
    """Two groups that draw from the same words differ in none, nearly always."""
    chance = random.Random(7)
    vocabulary = [f"واژه{letter}" for letter in "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"]

    def group() -> list[str]:
        return [" ".join(chance.sample(vocabulary, 5)) for _ in range(150)]

    assert sum(bool(keywords(group(), group())) for _ in range(20)) <= 2


def test_nothing_to_compare() -> None:
    """An empty group has no keywords."""
    assert keywords([], ["خوب"]) == []
