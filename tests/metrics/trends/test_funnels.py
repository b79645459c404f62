import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Histogram, kpi_funnel
from metrics.trends.funnels import funnel, share_funnel

units = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=15)


@given(units)
def test_kpi_and_share_draw_one_funnel(counts: list[tuple[int, int]]) -> None:
    """CSAT's funnel is that of its shares, in percent."""
    groups = {str(place): Histogram([0, a, 0, 0, 0, b]) for place, (a, b) in enumerate(counts)}
    drawn = kpi_funnel(groups, "csat")
    shares = share_funnel([b for _, b in counts], [a + b for a, b in counts])

    assert (drawn is None) == (shares is None)
    if drawn is not None:
        assert drawn.dispersion == pytest.approx(shares.dispersion)
        assert [u and u.place for u in drawn.units] == [u and u.place for u in shares.units]
        assert [u and u.alarm[1] for u in drawn.units] == pytest.approx([u and 100 * u.alarm[1] for u in shares.units])


@given(units)
def test_limits_narrow_with_the_answers(counts: list[tuple[int, int]]) -> None:
    """A unit with more answers has the narrower limits, and the alarm lies outside the warning."""
    drawn = share_funnel([b for _, b in counts], [a + b for a, b in counts])

    widths = {}
    for (a, b), unit in zip(counts, drawn.units if drawn else [None] * len(counts), strict=True):
        if unit is not None:
            assert unit.alarm[0] < unit.warning[0] < drawn.target < unit.warning[1] < unit.alarm[1]
            widths[a + b] = unit.alarm[1] - unit.alarm[0]
    by_answers = [widths[n] for n in sorted(widths)]
    assert by_answers == sorted(by_answers, reverse=True)


def test_overdispersed_units_get_wider_limits() -> None:
    """Where units differ for reasons of their own, few are out; where one alone does, it still is."""
    generator = np.random.default_rng(2)
    many = generator.binomial(2000, generator.beta(40, 10, size=40))
    drawn = share_funnel(many.tolist(), [2000] * 40)
    single = share_funnel([*generator.binomial(2000, 0.8, size=39).tolist(), 1400], [2000] * 40)

    assert drawn.widened
    assert sum(unit.place == "alarm" for unit in drawn.units) <= 2
    assert (single.widened, single.units[-1].place) == (False, "alarm")


def test_what_cannot_be_drawn() -> None:
    """No answers, or answers that all agree, give no funnel; a unit without answers has no place on it."""
    assert kpi_funnel({}) is None
    assert kpi_funnel({"a": Histogram()}) is None
    assert kpi_funnel({"a": Histogram([0] * 9 + [5])}) is None
    assert share_funnel([], []) is None
    assert share_funnel([3, 4], [3, 4]) is None
    assert funnel([None], [1], 0) is None
    assert kpi_funnel({"a": Histogram([3] + [0] * 8 + [5]), "b": Histogram()}).units[1] is None


def test_a_given_target_is_the_centre() -> None:
    """All units may lie on one side of a target that someone set."""
    drawn = kpi_funnel({"a": Histogram([30] + [0] * 9 + [70]), "b": Histogram([40] + [0] * 9 + [60])}, target=80)

    assert drawn.target == 80
    assert all(unit.z < 0 for unit in drawn.units)
