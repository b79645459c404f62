import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Estimate, Histogram, csat, mean_score, nps, proportion
from metrics.averages import pooled, worth_of


def middle_score(h: Histogram, confidence: float = 0.95) -> Estimate:
    """Somebody's own KPI."""
    return proportion(sum(h.counts[4:7]), h.n, confidence)


histograms = st.lists(st.integers(0, 40), min_size=11, max_size=11).map(Histogram)


@given(histograms)
def test_an_average_is_the_kpi(h: Histogram) -> None:
    """NPS, CSAT and means are averages of what their scores are worth."""
    for kpi, estimate in (("nps", nps(h)), ("csat", csat(h)), ("mean", mean_score(h, 0, 10))):
        average = worth_of(kpi, [h], {"low": 0, "high": 10} if kpi == "mean" else {}).average(h)
        assert (average and average.mean) == pytest.approx(estimate.value)


@given(histograms, histograms)
def test_pooling_averages_is_averaging_all(a: Histogram, b: Histogram) -> None:
    """Mean and variance of two groups follow from their averages alone."""
    worth = worth_of("nps")
    together = pooled(average for h in (a, b) if (average := worth.average(h)))

    assert (together and tuple(together)) == pytest.approx(worth.average(a + b) and tuple(worth.average(a + b)))


@given(histograms, st.floats(0.1, 10))
def test_equal_weights_are_no_weights(h: Histogram, weight: float) -> None:
    """Answers that all weigh the same are as many as they are."""
    plain, weighted = worth_of("nps").average(h), worth_of("nps").average(h.weighted(weight))

    assert (weighted and weighted[1:]) == (plain and pytest.approx(plain[1:]))


def test_what_is_no_average_is_refused() -> None:
    """Nobody knows what a score is worth in one's own function, nor on a scale that is none."""
    with pytest.raises(ValueError, match="average"):
        worth_of(middle_score)
    with pytest.raises(ValueError, match="top 5"):
        worth_of("csat", scale={"top": 5})
