"""Whether a change has had an effect: the difference of two differences."""

import doctest
import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

import metrics.comparisons.effects
from metrics import Estimate, Histogram, compare, csat, difference_in_differences, mean_score, nps

histograms = st.lists(st.integers(0, 30), min_size=11, max_size=11).map(Histogram)
FOUR = st.tuples(histograms, histograms, histograms, histograms)
KPIS = ["nps", "csat", "ces", "mean", nps]
RANGES = {"nps": 400, "csat": 200, "ces": 24, "mean": 40, nps: 400}
EMPTY, SOME = Histogram(), Histogram.of([1, 2, 3, 5, 7, 5, 4])
# Which score an NPS of so many detractors, passives and promoters has, and each KPI's value of a score.
NET, SATISFIED = (0, 7, 10), (1, 2, 3, 4, 5)


def raw_regression(cells: list[Histogram], worth: dict[int, float]) -> tuple[float, float]:
    """The coefficient of 'treated x after' by least squares on single answers, with its robust error (HC0)."""
    rows, given = [], []
    for (treated, later), h in zip(((1, 0), (1, 1), (0, 0), (0, 1)), cells, strict=True):
        for score, count in enumerate(h.counts):
            rows += [[1, treated, later, treated * later]] * int(count)
            given += [worth.get(score, 0)] * int(count)
    x, y = np.array(rows, float), np.array(given, float)
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ x.T @ y
    residuals = y - x @ coefficients
    covariance = inverse @ (x.T * residuals**2) @ x @ inverse
    return float(coefficients[3]), math.sqrt(covariance[3, 3])


def drawn(generator: np.random.Generator, n: int, shares: dict[int, float]) -> Histogram:
    """So many answers of a population."""
    counts = [0] * 11
    for score, count in zip(shares, generator.multinomial(n, list(shares.values())), strict=True):
        counts[score] = int(count)
    return Histogram(counts)


class TestValue:
    def test_the_others_change_is_taken_away(self) -> None:
        """NPS rose by 30 where something was done and by 20 elsewhere: 10 are left."""
        before, after = Histogram([60, *[0] * 8, 40, 100]), Histogram([30, *[0] * 8, 40, 130])
        elsewhere = Histogram([30, *[0] * 6, 20, 0, 0, 150])
        effect = difference_in_differences(before, after, before, elsewhere)

        assert effect.change == compare(after, before)
        assert effect.control_change == compare(elsewhere, before)
        assert effect.value == effect.change.difference - effect.control_change.difference
        assert (effect.before, effect.control_after) == (nps(before), nps(elsewhere))
        assert effect.change.significant
        assert not effect.significant
        assert effect.enough()

    def test_four_limits_by_hand(self) -> None:
        """Each limit borrows the four distances that move it."""
        cells = [Histogram([0, k, 0, 0, 0, 50 - k]) for k in (20, 9, 18, 16)]
        effect = difference_in_differences(*cells, "csat")
        value, low, high = np.array([(e.value, e.low, e.high) for e in map(csat, cells)]).T
        rises = np.array([False, True, True, False])
        down, up = np.where(rises, value - low, high - value), np.where(rises, high - value, value - low)

        assert effect.value == pytest.approx(22 - 4)
        assert effect.low == pytest.approx(18 - np.linalg.norm(down))
        assert effect.high == pytest.approx(18 + np.linalg.norm(up))

    @pytest.mark.parametrize("kpi", ["nps", "csat", "ces"])
    def test_a_regression_on_single_answers_agrees(self, kpi: str) -> None:
        """With many answers: the same value, and the interval and p of the interaction with robust errors."""
        generator = np.random.default_rng(20_261_201)
        treated = (0.2, 0.2, 0.1, 0.3, 0.2), (0.1, 0.2, 0.1, 0.3, 0.3)
        control = (0.3, 0.1, 0.2, 0.2, 0.2), (0.2, 0.1, 0.2, 0.3, 0.2)
        scores = (3, 6, 8, 9, 10) if kpi == "nps" else (1, 2, 3, 4, 5)
        cells = [drawn(generator, 4000, dict(zip(scores, p, strict=True))) for p in treated + control]
        worth = {
            "nps": {3: -100, 6: -100, 9: 100, 10: 100},
            "csat": {4: 100, 5: 100},
            "ces": {score: score for score in range(8)},
        }[kpi]
        value, error = raw_regression(cells, worth)
        effect = difference_in_differences(*cells, kpi)

        assert effect.value == pytest.approx(value)
        assert (effect.low, effect.high) == pytest.approx(
            (value - 1.96 * error, value + 1.96 * error), abs=0.03 * error
        )
        assert effect.p == pytest.approx(2 * norm.sf(abs(value / error)), abs=0.01)


class TestSymmetry:
    @given(FOUR, st.sampled_from(KPIS))
    def test_exchange_changes_the_sign(self, cells: tuple[Histogram, ...], kpi: object) -> None:
        """The control group's effect is the same with the other sign, and so is time run backwards."""
        before, after, control_before, control_after = cells
        one = difference_in_differences(*cells, kpi)
        for other in (
            difference_in_differences(control_before, control_after, before, after, kpi),
            difference_in_differences(after, before, control_after, control_before, kpi),
        ):
            assert one.significant == other.significant
            if one.low is not None:
                assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))
                assert one.p == pytest.approx(other.p)

    @given(FOUR, st.sampled_from(KPIS), st.sampled_from([0.8, 0.95, 0.999]))
    def test_interval_and_test_agree(self, cells: tuple[Histogram, ...], kpi: object, confidence: float) -> None:
        """It is significant where the interval leaves 0 out, holds its value, and stays within what is possible."""
        effect = difference_in_differences(*cells, kpi, confidence)

        if effect.low is not None:
            assert effect.low <= effect.value <= effect.high
            assert -RANGES[kpi] <= effect.low
            assert effect.high <= RANGES[kpi]
            if min(abs(effect.low), abs(effect.high)) > 1e-9:
                assert effect.significant == (effect.low > 0 or effect.high < 0)

    @given(histograms, histograms, st.sampled_from(["nps", "csat"]))
    def test_the_same_change_is_no_effect(self, before: Histogram, after: Histogram, kpi: str) -> None:
        """What has happened to all alike has p = 1."""
        effect = difference_in_differences(before, after, before, after, kpi)

        if effect.value is not None:
            assert effect.value == 0
            assert effect.p == pytest.approx(1)


class TestCoverage:
    @pytest.mark.parametrize(
        ("kpi", "populations", "truth"),
        [
            ("nps", [(NET, (0.15, 0.25, 0.60)), (NET, (0.03, 0.12, 0.85))] + [(NET, (0.30, 0.30, 0.40))] * 2, 37),
            ("csat", [(SATISFIED, (0.05, 0, 0, 0, 0.95))] * 2 + [(SATISFIED, (0.30, 0, 0, 0, 0.70))] * 2, 0),
            ("ces", [(SATISFIED, (0.02, 0.03, 0.05, 0.20, 0.70))] * 4, 0),
        ],
        ids=["nps", "csat", "ces"],
    )
    def test_it_holds_the_truth(
        self, kpi: str, populations: list[tuple[tuple[int, ...], tuple[float, ...]]], truth: float
    ) -> None:
        """Of 95 in 100, with few and unequally many answers and near the end of the scale; 1,000 fixed draws."""
        generator, held = np.random.default_rng(8131), 0
        scale = {"points": 5} if kpi == "ces" else {}
        for _ in range(1000):
            cells = [
                drawn(generator, n, dict(zip(scores, shares, strict=True)))
                for n, (scores, shares) in zip((40, 25, 90, 60), populations, strict=True)
            ]
            effect = difference_in_differences(*cells, kpi, **scale)
            held += effect.low <= truth <= effect.high

        assert 935 <= held <= 990


class TestTooLittle:
    @pytest.mark.parametrize("kpi", [*KPIS, partial(mean_score, low=1, high=7)])
    @pytest.mark.parametrize("place", range(4))
    def test_a_group_without_answers(self, kpi: object, place: int) -> None:
        """Nothing is raised and nothing is significant; the part that can be said is said."""
        cells = [SOME] * 4
        cells[place] = EMPTY
        effect = difference_in_differences(*cells, kpi)

        assert (effect.value, effect.low, effect.high, effect.p) == (None,) * 4
        assert not effect.significant
        assert not effect.enough(1)
        whole = effect.control_change if place < 2 else effect.change
        assert whole.difference == 0

    def test_a_value_without_an_interval(self) -> None:
        """A mean of one answer has a value and says no more."""
        effect = difference_in_differences(SOME, Histogram.of([7]), SOME, SOME, "ces")

        assert effect.value == pytest.approx(7 - SOME.mean)
        assert (effect.low, effect.high, effect.p) == (None, None, None)
        assert not effect.significant
        assert effect.after.n == 1

    def test_how_many_are_enough(self) -> None:
        """The smallest of the four groups decides."""
        effect = difference_in_differences(SOME, SOME, SOME, SOME)

        assert effect.enough(7)
        assert not effect.enough()


def test_an_own_kpi() -> None:
    """A company's own function is compared like the KPI that it is."""

    def top(h: Histogram, confidence: float = 0.95) -> Estimate:
        return csat(h, top=1, confidence=confidence)

    cells = [Histogram([0, 9, 8, 7, 6, k]) for k in (9, 20, 12, 13)]
    own, known = difference_in_differences(*cells, top), difference_in_differences(*cells, "csat", top=1)

    assert (own.value, own.low, own.high, own.p) == (known.value, known.low, known.high, known.p)


def test_what_is_refused() -> None:
    """A misspelt KPI, or a confidence that is none."""
    with pytest.raises(ValueError, match="unknown KPI"):
        difference_in_differences(SOME, SOME, SOME, SOME, "npss")
    with pytest.raises(ValueError, match="confidence"):
        difference_in_differences(SOME, SOME, SOME, SOME, confidence=95)


def test_the_example() -> None:
    """What the documentation shows is so."""
    assert doctest.testmod(metrics.comparisons.effects).failed == 0
