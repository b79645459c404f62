import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Histogram, NpsPrior, SharePrior, chance_of_nps, chance_of_share

groups = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))


def of_groups(detractors: float, passives: float, promoters: float) -> Histogram:
    """A histogram of these groups."""
    return Histogram([detractors, 0, 0, 0, 0, 0, 0, passives, 0, promoters])


@given(groups, st.floats(-99, 99), st.floats(0, 50))
def test_a_higher_target_is_less_probable(counts: tuple[int, int, int], target: float, more: float) -> None:
    """The chance is one of 0..1 and falls with the target."""
    h = of_groups(*counts)
    near, far = chance_of_nps(h, target).probability, chance_of_nps(h, target + more).probability

    assert 0 <= far <= near + 1e-9 <= 1 + 1e-9


@given(groups, st.floats(-99, 99))
def test_promoters_and_detractors_may_change_places(counts: tuple[int, int, int], target: float) -> None:
    """To be above a target is, turned round, not to be above its negative."""
    detractors, passives, promoters = counts
    chance = chance_of_nps(of_groups(*counts), target).probability
    mirrored = chance_of_nps(of_groups(promoters, passives, detractors), -target).probability

    assert chance + mirrored == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize(
    ("counts", "target"),
    [
        ((0, 0, 0), -50),
        ((0, 0, 1), 50),
        ((5, 0, 0), -90),
        ((20, 3, 20), -10),
        ((1000, 500, 3000), 44),
        ((0, 900, 0), 0),
    ],
)
def test_chances_by_simulation(counts: tuple[int, int, int], target: float) -> None:
    """Draws from the Dirichlet posterior reach the target as often as the integral says."""
    shares = np.random.default_rng(1).dirichlet(np.array(counts) + 0.5, 200_000)

    expected = np.mean(100 * (shares[:, 2] - shares[:, 0]) >= target)
    assert chance_of_nps(of_groups(*counts), target).probability == pytest.approx(expected, abs=0.005)


def test_the_ends() -> None:
    """Everybody reaches -100, nobody 100, and without a prior there is no posterior."""
    h = of_groups(5, 0, 0)

    assert chance_of_nps(h, -100).probability == chance_of_nps(h, -150).probability == 1
    assert chance_of_nps(h, 100).probability == 0
    assert chance_of_nps(of_groups(10, 1_000_000, 10), 50).probability == 0
    assert chance_of_nps(Histogram(), 0).probability == pytest.approx(0.5)
    with pytest.raises(ValueError, match="positive"):
        chance_of_nps(h, 0, NpsPrior(0, 1, 1))


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0, 1))
def test_a_share_and_its_rest(k: int, rest: int, target: float) -> None:
    """A share above its target is a rest below its own; the interval holds the mean of a share that is not extreme."""
    chance = chance_of_share(k, k + rest, target)
    other = chance_of_share(rest, k + rest, 1 - target)

    assert chance.probability + other.probability == pytest.approx(1, abs=1e-9)
    assert 0 <= chance.low <= chance.high <= 1
    assert 0 < chance.value < 1


def test_shares_at_the_ends() -> None:
    """Targets beyond 0 and 1 are certain and impossible; without answers the prior speaks."""
    assert chance_of_share(3, 4, -0.1).probability == 1
    assert chance_of_share(3, 4, 1.1).probability == 0
    assert chance_of_share(0, 0, 0.5, SharePrior(2, 2)).probability == pytest.approx(0.5)
    for k, n, prior in ((5, 4, SharePrior(1, 1)), (1, 4, SharePrior(0, 1))):
        with pytest.raises(ValueError, match="no share"):
            chance_of_share(k, n, 0.5, prior)
