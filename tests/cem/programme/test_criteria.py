"""The criteria as a document: 54 in six lessons, both languages, bands that rise."""

from cem.programme.criteria import read_criteria
from cem.programme.evidence.registry import REGISTRY

BESIDE = {"L0.3", "L0.5"}


def test_six_lessons_of_nine_criteria() -> None:
    """In their order, each criterion in the lesson that its code names; the last three lessons are our own."""
    criteria = read_criteria()

    assert [lesson.number for lesson in criteria.lessons] == [1, 2, 3, 4, 5, 6]
    assert [one.code for one in criteria.all] == [
        f"{lesson}.{place}" for lesson in range(1, 7) for place in range(1, 10)
    ]
    assert [lesson.own for lesson in criteria.lessons] == [False, False, False, True, True, True]
    assert criteria.find("4.9") is not None
    assert criteria.find("7.1") is None


def test_every_text_is_in_both_languages() -> None:
    """Names, what is counted, and the anchors 0, 2 and 4."""
    criteria = read_criteria()
    for lesson in criteria.lessons:
        assert all(lesson.names[code] for code in ("fa", "en"))
    for one in criteria.all:
        assert set(one.anchors) == {0, 2, 4}
        for texts in (one.names, one.counted, *one.anchors.values()):
            assert set(texts) == {"fa", "en"}, one.code
            assert all(texts.values()), one.code


def test_bands_rise_within_what_can_be() -> None:
    """Each is more than the one before, and a percentage is no more than 100."""
    for one in read_criteria().all:
        assert list(one.bands) == sorted(set(one.bands)), one.code
        assert one.bands[0] > 0
        assert one.is_count or one.bands[-1] <= 100


def test_the_registry_names_criteria() -> None:
    """A function for something that nobody asks for would be computed for nobody."""
    assert REGISTRY.keys() <= {one.code for one in read_criteria().all} | BESIDE
