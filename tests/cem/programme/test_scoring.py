"""Scores of criteria and lessons, as the programme's rules write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cem.programme.scoring import HIGHEST, band, lesson_score, score

LEVELS = st.one_of(st.none(), st.integers(0, HIGHEST))


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, 0), (9.99, 0), (10, 1), (24.9, 1), (25, 2), (50, 3), (79.99, 3), (80, 4), (100, 4)]
)
def test_bands(value: float, expected: int) -> None:
    """Each band is the least value of its score; below the first it is 0."""
    assert band(value, (10, 25, 50, 80)) == expected


def test_a_cap_holds_a_score_down() -> None:
    """Such as an opt-out that was not honoured."""
    assert band(100, (80, 90, 97, 99.5), cap=1) == 1


@pytest.mark.parametrize(
    ("evidence", "judged", "expected"),
    [(4, 3, 3.5), (3, 4, 3.5), (2, 2, 2), (None, 2, 2), (1, 3, 1.5), (3, None, 3), (None, 4, 2), (None, None, None)],
)
def test_evidence_and_judgement(evidence: int | None, judged: int | None, expected: float | None) -> None:
    """A judgement lifts by one above the evidence at most, and counts for 2 at most without any."""
    assert score(evidence, judged) == expected


def test_the_worked_check() -> None:
    """Six criteria whose mean is 2.5833 make 64.6%."""
    pairs = [(4, 3), (3, 4), (2, 2), (None, 2), (1, 3), (3, None)]
    scored = lesson_score((score(*pair), 1.0) for pair in pairs)

    assert scored.percent == pytest.approx(64.583, abs=0.001)
    assert (scored.assessed, scored.of, scored.enough) == (6, 6, True)


def test_what_is_not_assessed_is_not_zero() -> None:
    """It is left out, and with less than 60% assessed there is no verdict."""
    scored = lesson_score([(4.0, 1), (2.0, 1), (None, 1), (None, 1)])

    assert scored.percent == 75
    assert (scored.assessed, scored.of, scored.enough) == (2, 4, False)
    assert lesson_score([(None, 1)]).percent is None
    assert lesson_score([(4.0, 1)] * 3 + [(None, 1)] * 2).enough


def test_weights_count() -> None:
    """A criterion of weight 3 counts as three."""
    assert lesson_score([(4.0, 3), (0.0, 1)]).percent == 75


@given(LEVELS, LEVELS)
def test_a_score_stays_between_and_below(evidence: int | None, judged: int | None) -> None:
    """Never outside 0 to 4, never more than half a step above the evidence, and more evidence never makes it less."""
    found = score(evidence, judged)

    assert found is None or 0 <= found <= HIGHEST
    if evidence is not None:
        assert found is not None
        assert found <= evidence + 0.5
    if evidence is not None and evidence < HIGHEST:
        more = score(evidence + 1, judged)
        assert more is not None
        assert found is not None
        assert more >= found
