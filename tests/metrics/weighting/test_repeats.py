"""Repeated answers counted from histograms, against the one by one computation and a regression with clusters."""

import math
import random
from collections.abc import Callable

import pytest

from metrics import Histogram, clustered_estimate, clustered_nps, csat, mean_score, nps
from metrics.weighting.designs import Design, design_mean


@pytest.fixture
def customers() -> list[list[int]]:
    """The scores of 150 customers, who resemble themselves."""
    chance = random.Random(11)
    listed = []
    for _ in range(150):
        usual = chance.gauss(7, 2.5)
        listed.append(
            [min(10, max(0, round(usual + chance.gauss(0, 1)))) for _ in range(chance.choice([1, 1, 1, 2, 3, 5]))]
        )
    return listed


def split(customers: list[list[int]]) -> tuple[Histogram, list[list[int]]]:
    once = Histogram.of([scores[0] for scores in customers if len(scores) == 1])
    return once, [scores for scores in customers if len(scores) > 1]


def test_it_is_the_clustered_nps(customers: list[list[int]]) -> None:
    """Counted from a histogram, value, limits and effective answers are those of `clustered_nps`."""
    scores = [score for given in customers for score in given]
    labels = [number for number, given in enumerate(customers) for _ in given]
    expected = clustered_nps(scores, labels)
    found = clustered_estimate(*split(customers))

    assert found.customers == 150
    assert found.estimate.value == pytest.approx(expected.value)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((expected.low, expected.high))
    assert found.estimate.effective_n == pytest.approx(expected.effective_n)


@pytest.mark.parametrize(
    ("kpi", "scale", "worth"),
    [("csat", {"top": 2, "points": 10}, lambda s: 100 * (s > 8)), ("mean", {"low": 0, "high": 10}, float)],
)
def test_the_variance_is_the_linearised_one(
    customers: list[list[int]], kpi: str, scale: dict[str, int], worth: Callable[[int], float]
) -> None:
    """The design effect of shares and means is that of a design with the customers as clusters."""
    given = [[max(1, score) for score in scores] if kpi == "csat" else scores for scores in customers]
    values = [worth(score) for scores in given for score in scores]
    design = Design(len(values), clusters=[number for number, scores in enumerate(given) for _ in scores])
    expected = design_mean(values, design)
    found = clustered_estimate(*split(given), kpi, **scale)

    assert expected is not None
    assert expected.standard_error is not None
    assert found.estimate.value == pytest.approx(expected.value)
    plain = sum((value - expected.value) ** 2 for value in values) / len(values) ** 2
    assert found.deff == pytest.approx(expected.standard_error**2 / plain)


def test_without_repeats_it_is_the_plain_interval() -> None:
    """Everybody once, in large numbers: the KPI's own interval, but for t instead of the normal quantile."""
    answers = Histogram([100, 0, 50, 0, 60, 0, 0, 300, 300, 400, 500])
    for kpi, own in (("nps", nps(answers)), ("mean", mean_score(answers, 0, 10))):
        found = clustered_estimate(answers, [], kpi, **({} if kpi == "nps" else {"low": 0, "high": 10}))
        assert found.deff == pytest.approx(1, abs=2e-3)
        assert (found.estimate.low, found.estimate.high) == pytest.approx((own.low, own.high), abs=0.05)


def test_edges() -> None:
    """Nobody, one customer, and customers who all agree: no interval, or the width of so many customers."""
    assert clustered_estimate(Histogram(), []).estimate.value is None
    one = clustered_estimate(Histogram(), [[10, 9, 3]])
    assert (one.estimate.low, one.customers, one.deff) == (None, 1, None)
    agree = clustered_estimate(Histogram(), [[10, 10]] * 12)
    assert (agree.estimate.value, agree.estimate.high, agree.deff) == (100, 100, None)
    assert agree.estimate.low is not None
    assert agree.estimate.low < (nps(Histogram.of([10] * 12)).low or 0)


def test_off_the_scale_is_left_out() -> None:
    """A score that the KPI's scale does not have makes no cluster."""
    found = clustered_estimate(Histogram.of([5, 1]), [[9, 9], [5, 4]], "csat", top=2, points=5)

    assert (found.customers, found.estimate.n) == (3, 4)
    assert found.estimate.value == csat(Histogram.of([5, 1, 5, 4])).value
    assert math.isfinite(found.estimate.low or math.nan)
