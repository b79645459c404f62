import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Histogram, ces, compare, mean_score
from metrics.means import Moments, welch

ratings = st.lists(st.integers(1, 7), min_size=2, max_size=60)
confidences = st.floats(0.5, 0.999)


class TestPublishedValues:
    """The closed form, evaluated in R."""

    def test_skewed(self) -> None:
        """Twelve answers with a mean of 5.75."""
        estimate = ces(Histogram.of([7, 6, 7, 5, 4, 7, 6, 2, 7, 6, 5, 7]))

        assert estimate.value == 5.75
        assert (estimate.low, estimate.high) == pytest.approx((4.4639646299388, 6.34316102527905), rel=1e-9)

    def test_all_at_the_maximum(self) -> None:
        """Ten sevens are not certainty: the lower limit is below 7, the upper is 7."""
        estimate = ces(Histogram.of([7] * 10))

        assert (estimate.value, estimate.high) == (7, 7)
        assert estimate.low == pytest.approx(4.97525282006727, rel=1e-9)


class TestInterval:
    @given(ratings, confidences)
    def test_contains_the_value_and_stays_on_the_scale(self, listed: list[int], confidence: float) -> None:
        """1 <= low <= value <= high <= 7, and the interval is never a point."""
        estimate = ces(Histogram.of(listed), confidence=confidence)

        assert 1 <= estimate.low <= estimate.value <= estimate.high <= 7
        assert estimate.low < estimate.high

    @given(ratings, confidences, confidences)
    def test_is_nested(self, listed: list[int], first: float, second: float) -> None:
        """More confidence never gives a shorter interval."""
        narrow, wide = (ces(Histogram.of(listed), confidence=c) for c in sorted((first, second)))

        assert wide.low <= narrow.low + 1e-9
        assert narrow.high <= wide.high + 1e-9

    @given(ratings)
    def test_is_mirrored(self, listed: list[int]) -> None:
        """Turning the scale round turns the interval round."""
        one, other = ces(Histogram.of(listed)), ces(Histogram.of(8 - rating for rating in listed))

        assert (one.value, one.low, one.high) == pytest.approx((8 - other.value, 8 - other.high, 8 - other.low))

    @given(st.lists(st.integers(1, 7), max_size=40), st.floats(0.01, 100))
    def test_equal_weights_are_no_weights(self, listed: list[int], weight: float) -> None:
        """Only differences between weights matter."""
        plain, weighted = ces(Histogram.of(listed)), ces(Histogram.of(listed, [weight] * len(listed)))

        for field in ("value", "low", "high", "n"):
            assert getattr(weighted, field) == pytest.approx(getattr(plain, field))

    def test_many_answers_take_the_t_interval(self) -> None:
        """From 300 answers on the method is t, unless all agree."""
        assert ces(Histogram([0, 0, 0, 0, 0, 0, 100, 199])).method == "logit_t"
        assert ces(Histogram([0, 0, 0, 0, 0, 0, 100, 200])).method == "t"
        agreeing = ces(Histogram([0, 0, 0, 0, 0, 0, 0, 300]))
        assert agreeing.method == "logit_t"
        assert agreeing.low < 7


class TestEdges:
    def test_too_few(self) -> None:
        """No answers have no mean, one answer has no interval."""
        none, one = ces(Histogram()), ces(Histogram.of([6]))

        assert (none.value, none.low, none.high, none.n) == (None, None, None, 0)
        assert (one.value, one.low, one.high, one.n) == (6, None, None, 1)

    def test_the_scale_is_the_callers_to_say(self) -> None:
        """Said, it leaves out what is not on it; left out, it is 1..7 or 0..10, whichever holds all answers."""
        assert ces(Histogram.of([5, 1, 7, 0]), points=5).n == 2
        assert mean_score(Histogram.of([2, 6, 7])) == mean_score(Histogram.of([2, 6, 7]), 1, 7)
        assert mean_score(Histogram.of([2, 6, 8])) == mean_score(Histogram.of([2, 6, 8]), 0, 10)
        assert mean_score(Histogram.of([2, 6, 8])).value == pytest.approx(16 / 3)

    @pytest.mark.parametrize("wrong", [{"low": 5, "high": 5}, {"low": 0, "high": 11}, {"method": "guess"}])
    def test_impossible_questions_are_refused(self, wrong: dict) -> None:
        """A scale without width, or beyond ten, is an error."""
        with pytest.raises(ValueError, match=r"scale|method"):
            mean_score(Histogram.of([5]), **wrong)


class TestWelch:
    def test_students_sleep(self) -> None:
        """The example of R's t.test: t = -1.8608, df = 17.776, p = .07939."""
        result = welch(Moments(10, 2.33, 4.009), Moments(10, 0.75, 3.200556))

        assert (result.t, result.df, result.p) == pytest.approx((-1.8608, 17.776, 0.07939), rel=1e-4)

    def test_what_cannot_be_said(self) -> None:
        """A single answer, or no variance at all, has a difference without interval, and is not significant."""
        for a, b in (([6], [5, 3]), ([6, 6], [5, 5])):
            result = compare(Histogram.of(b), Histogram.of(a), "ces")
            assert result.difference < 0
            assert (result.low, result.high, result.p, result.significant) == (None, None, None, False)
        with pytest.raises(ValueError, match="two answers"):
            Moments.of(Histogram.of([3]))
