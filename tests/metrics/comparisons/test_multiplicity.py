import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import adjust_p_values

METHODS = ["bonferroni", "holm", "hochberg", "hommel", "bh", "by"]
families = st.lists(st.floats(0, 1), max_size=12)

# Benjamini and Hochberg (1995), section 3.2, with R's p.adjust.
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528]
PUBLISHED += [0.759, 1]
EXPECTED = {
    "bonferroni": [0.0015, 0.006, 0.0285, 0.1425, 0.3015, 0.417, 0.447, 0.516, 0.6885, 1, 1, 1, 1, 1, 1],
    "holm": [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1],
    "hochberg": [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.2682, 0.2682, 0.2752, 0.3213, 1, 1, 1, 1, 1, 1],
    "hommel": [0.0015, 0.0056, 0.0247, 0.095, 0.1608, 0.1946, 0.2086, 0.2408, 0.3213, 1, 1, 1, 1, 1, 1],
    "bh": [
        *[0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571429, 0.0638571428571429, 0.0645, 0.0765, 0.486],
        *[0.581181818181818, 0.714875, 0.753230769230769, 0.813214285714286, 1],
    ],
}


@pytest.mark.parametrize("method", EXPECTED)
def test_published_values(method: str) -> None:
    """Fifteen p-values adjusted as R does."""
    assert adjust_p_values(PUBLISHED, method) == pytest.approx(EXPECTED[method], rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_what_was_not_tested_is_not_in_the_family(method: str) -> None:
    """None and NaN stay undefined and cost the others nothing."""
    family = [0.01, None, 0.04, math.nan, 0.03]
    adjusted = adjust_p_values(family, method)

    assert [adjusted[1], adjusted[3]] == [None, None]
    assert [adjusted[i] for i in (0, 2, 4)] == adjust_p_values([0.01, 0.04, 0.03], method)
    assert adjust_p_values([None], method) == [None]
    assert adjust_p_values([], method) == []


@pytest.mark.parametrize("method", METHODS)
@given(p=families)
def test_adjusting_keeps_the_order_and_never_lowers(method: str, p: list[float]) -> None:
    """Each adjusted p is in 0..1, not below its raw one, and in the same order."""
    adjusted = adjust_p_values(p, method)

    assert all(raw <= q + 1e-12 and q <= 1 for raw, q in zip(p, adjusted, strict=True))
    assert [q for _, q in sorted(zip(p, adjusted, strict=True))] == sorted(adjusted)


@given(families)
def test_stricter_methods_are_stricter(p: list[float]) -> None:
    """BH <= Hommel <= Hochberg <= Holm <= Bonferroni, and BH <= BY."""
    rows = {method: adjust_p_values(p, method) for method in METHODS}

    for lenient, strict in (("bh", "hommel"), ("hommel", "hochberg"), ("hochberg", "holm"), ("holm", "bonferroni")):
        assert all(x <= y + 1e-12 for x, y in zip(rows[lenient], rows[strict], strict=True))
    assert all(x <= y + 1e-12 for x, y in zip(rows["bh"], rows["by"], strict=True))


@pytest.mark.parametrize("method", METHODS)
def test_one_test_needs_no_adjusting(method: str) -> None:
    """A family of one is left as it is."""
    assert adjust_p_values([0.03], method) == [0.03]


def test_impossible_questions_are_refused() -> None:
    """Unknown methods and numbers that are no p-values are errors."""
    with pytest.raises(ValueError, match="method"):
        adjust_p_values([0.5], "sidak")
    with pytest.raises(ValueError, match="p-value"):
        adjust_p_values([1.5])
