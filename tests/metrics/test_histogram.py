import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Histogram

scores = st.lists(st.integers(0, 10), max_size=40)
counts = st.lists(st.integers(0, 50), max_size=11)
weights = st.floats(0.125, 8)


class TestCounts:
    def test_short_rows_are_filled(self) -> None:
        """What is not given is 0, and there are always eleven counts."""
        assert Histogram([1, 2]).counts == (1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        assert Histogram().counts == (0,) * 11

    def test_whole_counts_are_integers(self) -> None:
        """A count of 3.0 is shown as 3, a fractional one stays."""
        h = Histogram(np.array([3.0, 0.5]))

        assert [type(count) for count in h.counts[:2]] == [int, float]
        assert h.n == 3.5

    @pytest.mark.parametrize("wrong", [[-1], [math.nan], [math.inf], [0] * 12])
    def test_impossible_counts_are_refused(self, wrong: list[float]) -> None:
        """Negative, undefined or too many counts are errors."""
        with pytest.raises(ValueError, match="count"):
            Histogram(wrong)

    def test_histograms_are_values(self) -> None:
        """Equal counts are equal histograms with one hash, and nothing can be changed."""
        assert Histogram([1, 2]) == Histogram((1, 2, 0))
        assert len({Histogram([1, 2]), Histogram([1.0, 2.0])}) == 1
        with pytest.raises(AttributeError):
            Histogram().counts = ()  # type: ignore[misc]

    def test_mean_and_sample_variance(self) -> None:
        """Mean and variance are those of the listed scores."""
        listed = [7, 6, 7, 5, 4, 7, 6, 2, 7, 6, 5, 7]
        h = Histogram.of(listed)

        assert h.mean == 5.75
        assert h.variance == pytest.approx(np.var(listed, ddof=1))

    def test_undefined_moments_are_none(self) -> None:
        """No answers have no mean, one answer has no variance."""
        assert Histogram().mean is None
        assert Histogram().variance is None
        assert Histogram.of([4]).variance is None


class TestOf:
    def test_what_is_no_score_is_counted_as_such(self) -> None:
        """None and NaN are missing; off-scale, between steps, text and booleans are invalid; 9.0 is a 9."""
        h = Histogram.of([10, 9.0, 8.5, 11, -1, None, math.nan, "9", True, math.inf, np.int64(3), np.float64(2)])

        assert h == Histogram([0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1])
        assert (h.n, h.missing, h.invalid) == (4, 2, 6)

    def test_weights_are_kept_beside_the_answers(self) -> None:
        """Counts hold weights, n the answers, and Kish's formula gives the effective number."""
        h = Histogram.of([9, 9, 2, None], [1, 3, 2, 9])

        assert (h.counts[9], h.counts[2]) == (4, 2)
        assert (h.n, h.total) == (3, 6)
        assert h.effective_n == pytest.approx(36 / 14)

    def test_an_answer_without_weight_is_left_out(self) -> None:
        """A weight of 0 takes the answer out of n."""
        assert Histogram.of([9, 3], [1, 0]).n == 1

    @pytest.mark.parametrize("wrong", [[1], [1, -1], [1, math.nan], [1, math.inf]])
    def test_impossible_weights_are_refused(self, wrong: list[float]) -> None:
        """Weights are as many as scores, finite and not negative."""
        with pytest.raises(ValueError, match=r"weight|zip"):
            Histogram.of([9, 3], wrong)

    @given(st.lists(st.tuples(st.integers(0, 10), weights), max_size=30), st.randoms())
    def test_order_does_not_matter(self, answers: list[tuple[int, float]], random) -> None:  # noqa: ANN001
        """Shuffled answers give the same histogram, up to rounding of weights."""
        shuffled = answers[:]
        random.shuffle(shuffled)
        first, second = (Histogram.of([s for s, _ in a], [w for _, w in a]) for a in (answers, shuffled))

        assert first.counts == pytest.approx(second.counts)
        assert first.answers == second.answers

    @given(scores)
    def test_weights_of_one_are_no_weights(self, listed: list[int]) -> None:
        """Weighing each answer 1 is not weighing."""
        assert Histogram.of(listed, [1] * len(listed)) == Histogram.of(listed)


class TestArithmetic:
    @given(scores, scores)
    def test_adding_counts_is_counting_together(self, first: list[int], second: list[int]) -> None:
        """The histogram of all answers is the sum, and subtraction takes them away again."""
        a, b = Histogram.of(first), Histogram.of(second)

        assert a + b == Histogram.of(first + second)
        assert (a + b) - b == a

    def test_missing_and_invalid_add_up(self) -> None:
        """What was not counted is carried along."""
        total = Histogram.of([None, 12]) + Histogram.of([None, 5])

        assert (total.n, total.missing, total.invalid) == (1, 2, 1)

    def test_more_than_there_is_cannot_be_taken_away(self) -> None:
        """A negative count is an error, not a histogram."""
        with pytest.raises(ValueError, match="count"):
            Histogram([1]) - Histogram([2])

    @given(st.lists(st.tuples(st.integers(0, 10), weights), min_size=1, max_size=20))
    def test_weighted_answers_can_be_taken_away(self, answers: list[tuple[int, float]]) -> None:
        """Rounding of weights does not make a subtraction fail, and an unweighted part may be mixed in."""
        h = Histogram.of([s for s, _ in answers], [w for _, w in answers])
        rest = (Histogram([1] * 11) + h) - h

        assert rest.counts == pytest.approx([1] * 11)
        assert rest.n == 11

    def test_only_histograms_are_added(self) -> None:
        """Adding anything else is a TypeError."""
        with pytest.raises(TypeError):
            Histogram() + 1  # type: ignore[operator]
        with pytest.raises(TypeError):
            Histogram() - 1  # type: ignore[operator]

    def test_strata_are_weighted_by_their_population(self) -> None:
        """Weighing whole groups and adding them is weighing their answers."""
        shops, web = [10, 9, 3], [2, 7]
        together = Histogram.of(shops).weighted(4) + Histogram.of(web).weighted(0.5)

        assert together == Histogram.of(shops + web, [4, 4, 4, 0.5, 0.5])
        with pytest.raises(ValueError, match="weight"):
            Histogram.of(shops).weighted(0)


class TestOnScale:
    def test_answers_off_the_scale_become_invalid(self) -> None:
        """A 0 and a 9 are no answers of a scale 1..5."""
        h = Histogram.of([0, 1, 5, 9, 3]).on_scale(1, 5)

        assert (h.n, h.invalid) == (3, 2)

    def test_weights_off_the_scale_leave_the_effective_number(self) -> None:
        """Kish's number is that of the answers that stay."""
        h = Histogram.of([0, 4, 5], [5, 1, 2]).on_scale(1, 5)

        assert h.effective_n == Histogram.of([4, 5], [1, 2]).effective_n

    @given(counts)
    def test_effective_counts_of_whole_answers_are_the_counts(self, listed: list[int]) -> None:
        """Without weights nothing is rescaled."""
        h = Histogram(listed)

        assert h.effective_counts is h.counts
        assert h.effective_n == h.n == sum(listed)

    @given(st.lists(st.tuples(st.integers(0, 10), weights), min_size=1, max_size=20))
    def test_effective_counts_add_up_to_the_effective_number(self, answers: list[tuple[int, float]]) -> None:
        """Unequal weights never make answers count for more than they are."""
        h = Histogram.of([s for s, _ in answers], [w for _, w in answers])

        assert sum(h.effective_counts) == pytest.approx(h.effective_n)
        assert 1 - 1e-9 <= h.effective_n <= h.n + 1e-9
