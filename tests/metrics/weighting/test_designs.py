import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Design, design_mean, design_share, design_total

values = st.lists(st.integers(0, 10), min_size=2, max_size=30).filter(lambda listed: len(set(listed)) > 1)


@given(values)
def test_without_a_design_it_is_the_plain_mean(listed: list[int]) -> None:
    """Nothing said of the design gives the textbook standard error and a design effect of 1."""
    estimate = design_mean(listed, Design(len(listed)))

    assert estimate.value == pytest.approx(np.mean(listed))
    assert estimate.standard_error == pytest.approx(np.std(listed, ddof=1) / len(listed) ** 0.5)
    assert (estimate.deff, estimate.df) == (pytest.approx(1), len(listed) - 1)


@given(values, st.integers(2, 4))
def test_duplicated_rows_are_caught_by_clusters(listed: list[int], times: int) -> None:
    """Copies shrink the naive standard error by about the root of their number, and the clustered one not at all."""
    n = len(listed)
    once = design_mean(listed, Design(n)).standard_error
    naive = design_mean(listed * times, Design(n * times)).standard_error
    clustered = design_mean(listed * times, Design(n * times, clusters=[*range(n)] * times)).standard_error

    assert clustered == pytest.approx(once)
    assert naive == pytest.approx(once * ((n - 1) / (n * times - 1)) ** 0.5)


@given(values, st.floats(0.01, 1000))
def test_equal_weights_are_no_weights(listed: list[int], weight: float) -> None:
    """Only differences between weights matter to a mean."""
    plain = design_mean(listed, Design(len(listed)))
    weighted = design_mean(listed, Design(len(listed), weights=[weight] * len(listed)))

    assert (weighted.value, weighted.standard_error) == pytest.approx((plain.value, plain.standard_error))


def test_a_census_has_no_sampling_error() -> None:
    """When all clusters of the population answered, the standard error is 0."""
    design = Design(4, clusters="aabb", population=[2] * 4)

    assert design_mean([1, 2, 3, 4], design).standard_error == 0


def test_a_cluster_belongs_to_its_stratum() -> None:
    """The same label in two strata is two clusters."""
    design = Design(4, clusters=[1, 2, 1, 2], strata="xxyy")

    assert design.degrees_of_freedom == 2


def test_what_cannot_be_said() -> None:
    """No answers give nothing; a lone cluster has no standard error; equal values have no design effect."""
    assert design_mean([], Design(0)) is None
    assert design_total([], Design(0)) is None
    assert design_mean([1, 2], Design(2), domain=[False, False]) is None
    alone = design_mean([1, 2], Design(2, clusters="aa"))
    assert (alone.value, alone.standard_error, alone.low, alone.deff) == (1.5, None, None, None)
    assert design_mean([0.1] * 3, Design(3)).deff is None


def test_shares() -> None:
    """A share stays in 0..100, and at 0 or 100 percent the design has no interval to give."""
    design = Design(6, clusters="aabbcc")
    for method in ("logit", "beta", "mean"):
        estimate = design_share([True, False, True, True, False, True], design, method=method)
        assert 0 <= estimate.low < estimate.value < estimate.high <= 100
    assert design_share([True] * 6, design).low is None
    assert design_share([True] * 6, design).value == 100
    assert design_share([], Design(0)).value is None
    with pytest.raises(ValueError, match="method"):
        design_share([True, False], Design(2), method="guess")


def test_impossible_designs_are_refused() -> None:
    """Sequences of another length, weights that are none, and a population below its sample are errors."""
    with pytest.raises(ValueError, match="2 answers"):
        Design(2, clusters="abc")
    for weights in ([1, -1], [0, 0], [1, float("nan")]):
        with pytest.raises(ValueError, match="weights"):
            Design(2, weights=weights)
    with pytest.raises(ValueError, match="population"):
        design_mean([1, 2, 3], Design(3, population=[2] * 3))
