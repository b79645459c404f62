import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import nps_sample, proportion, share_sample, two_mean_sample, two_nps_sample, two_share_sample
from metrics.sampling.power import detectable_nps, detectable_share, two_mean_power, two_nps_power
from metrics.sampling.sizes import nps_variance

shares = st.floats(0.02, 0.98)


@given(shares, st.floats(0.01, 0.2))
def test_the_planned_interval_is_as_narrow_as_planned(share: float, margin: float) -> None:
    """With as many answers as Wilson's plan says, Wilson's interval has the margin that was asked for."""
    n = share_sample(margin, share, method="wilson").exact
    estimate = proportion(share * n, n)

    assert (estimate.high - estimate.low) / 200 == pytest.approx(margin, rel=1e-6)


@given(shares, st.floats(0.01, 0.2), st.integers(50, 100_000))
def test_a_sample_is_no_larger_than_its_population(share: float, margin: float, population: int) -> None:
    """The finite population correction lowers the plan, and never above all there are."""
    plain, finite = share_sample(margin, share), share_sample(margin, share, population=population)

    assert finite.exact <= max(1, min(plain.exact, population)) + 1e-9


@given(st.floats(5, 50), st.floats(0.5, 0.95))
def test_what_is_planned_is_what_can_be_detected(difference: float, power: float) -> None:
    """The planned answers detect the planned difference, with the planned chance."""
    variances = nps_variance(0.2, 0.5), nps_variance(0.1, 0.7)
    n = two_nps_sample(difference, variances, power=power).exact

    assert detectable_nps(n, n, variances, power=power) == pytest.approx(difference)
    assert two_nps_power(n, n, difference, variances) == pytest.approx(power, abs=1e-3)


@given(st.floats(0.1, 2), st.floats(0.5, 0.95))
def test_the_planned_power_is_reached(effect: float, power: float) -> None:
    """The t test of as many values has the power that was asked for."""
    n = two_mean_sample(effect, power=power).exact

    assert two_mean_power(n, effect) == pytest.approx(max(power, two_mean_power(2, effect)), abs=1e-6)


@given(shares, shares, st.sampled_from(["normal", "arcsine"]))
def test_groups_may_change_places(first: float, second: float, method: str) -> None:
    """Which share is called the first does not matter."""
    if abs(first - second) > 0.01:
        one, other = two_share_sample(first, second, method=method), two_share_sample(second, first, method=method)
        assert one.exact == pytest.approx(other.exact)


def test_a_null_effect_keeps_the_significance() -> None:
    """Without a difference a test is positive as often as its significance says."""
    assert two_mean_power(30, 0) == pytest.approx(0.05)
    assert two_nps_power(100, 300, 0) == pytest.approx(0.05)


def test_unequal_groups_and_shares() -> None:
    """A large group does not make up for a small one; shares near the end need fewer answers."""
    assert detectable_nps(30, 100_000) > detectable_nps(100, 100)
    assert detectable_share(200, 200, 0.95) < detectable_share(200, 200)
    assert detectable_nps(0, 10) is None


def test_impossible_plans_are_refused() -> None:
    """Margins, shares, effects and rates that cannot be are errors."""
    for plan in (
        lambda: share_sample(0),
        lambda: share_sample(0.05, 1.2),
        lambda: share_sample(0.05, method="guess"),
        lambda: share_sample(0.05, response_rate=0),
        lambda: share_sample(0.05, confidence=95),
        lambda: nps_sample(0),
        lambda: nps_sample(5, 0.7, 0.7),
        lambda: two_share_sample(0.5, 0.5),
        lambda: two_share_sample(0.5, 0.6, method="guess"),
        lambda: two_share_sample(0.5, 0.6, power=80),
        lambda: two_nps_sample(0),
        lambda: two_mean_sample(0),
        lambda: two_mean_sample(1e-9),
        lambda: two_mean_power(1, 0.5),
    ):
        with pytest.raises(ValueError, match=r".+"):
            plan()
