from itertools import product
from math import comb

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metrics import Histogram, clustered_nps, compare, nps, paired_nps

counts = st.integers(0, 60)
groups = st.tuples(counts, counts, counts).filter(any)
confidences = st.floats(0.5, 0.999)


def of_counts(detractors: float, passives: float, promoters: float) -> Histogram:
    """A histogram of these groups."""
    return Histogram([detractors, 0, 0, 0, 0, 0, 0, passives, 0, promoters])


class TestPublishedValues:
    """Values computed by R's NPS and PropCIs packages, here so that they are checked everywhere."""

    @pytest.mark.parametrize(
        ("listed", "score", "adjusted_wald"),
        [
            ((15, 25, 60), (29.2569155426446, 58.1257020183881), (29.3431112017341, 58.0355295749649)),
            ((2, 8, 20), (32.8226920677219, 77.2805498244937), (32.5766685376577, 76.5142405532514)),
            ((0, 0, 10), (44.4934400274222, 100), (47.5035515447902, 100)),
            ((0, 7, 0), (-35.4330435066687, 35.4330435066687), (-24.0045583817765, 24.0045583817765)),
        ],
    )
    def test_intervals(self, listed: tuple, score: tuple, adjusted_wald: tuple) -> None:
        """Score and adjusted Wald limits are those of R."""
        h = of_counts(*listed)

        for method, expected in (("score", score), ("adjusted_wald", adjusted_wald)):
            estimate = nps(h, method=method)
            assert (estimate.low, estimate.high) == pytest.approx(expected, rel=1e-7, abs=1e-6)
            assert estimate.method == method

    def test_two_groups(self) -> None:
        """The adjusted z and the MOVER limits of NPS 45 against 20."""
        result = compare(of_counts(40, 30, 130), of_counts(60, 40, 100))

        assert result.difference == 25
        assert result.p == pytest.approx(0.00307021691816622, rel=1e-8)
        assert (result.low, result.high) == pytest.approx((8.36220816524255, 41.0987063599499), rel=1e-6)
        assert result.significant

    def test_two_promoters(self) -> None:
        """Two promoters of two leave almost everything open."""
        assert nps(Histogram.of([9, 10])).low == pytest.approx(-31.5, abs=0.05)


class TestEdges:
    @pytest.mark.parametrize("method", ["score", "adjusted_wald", "wald"])
    def test_no_answers_is_undefined(self, method: str) -> None:
        """Without answers there is no NPS, and certainly not 0."""
        estimate = nps(Histogram.of([None, 11]), method=method)

        assert (estimate.value, estimate.low, estimate.high, estimate.n, estimate.effective_n) == (None,) * 3 + (0, 0)
        assert not estimate.enough(0)

    def test_one_answer_says_how_little_it_is(self) -> None:
        """One promoter gives 100 with an interval of more than 150 points."""
        estimate = nps(Histogram.of([10]))

        assert estimate.value == estimate.high == 100
        assert estimate.high - estimate.low > 150

    def test_enough_counts_answers_not_weights(self) -> None:
        """Three answers that weigh thousands are three answers."""
        estimate = nps(Histogram.of([9, 10, 3], [5000, 4000, 3000]))

        assert not estimate.enough()
        assert estimate.enough(3)

    @pytest.mark.parametrize(("argument", "value"), [("method", "guess"), ("confidence", 0), ("confidence", 1)])
    def test_impossible_questions_are_refused(self, argument: str, value: object) -> None:
        """Unknown methods and confidences outside 0..1 are errors, with or without answers."""
        with pytest.raises(ValueError, match=argument):
            nps(Histogram(), **{argument: value})


class TestScoreInterval:
    @given(groups, confidences)
    def test_contains_the_value_and_stays_on_the_scale(self, listed: tuple, confidence: float) -> None:
        """-100 <= low <= value <= high <= 100."""
        estimate = nps(of_counts(*listed), confidence)

        assert -100 <= estimate.low <= estimate.value <= estimate.high <= 100

    @given(groups, confidences, confidences)
    def test_is_nested(self, listed: tuple, first: float, second: float) -> None:
        """More confidence never gives a shorter interval."""
        narrow, wide = (nps(of_counts(*listed), c) for c in sorted((first, second)))

        assert wide.low <= narrow.low + 1e-9
        assert narrow.high - 1e-9 <= wide.high

    @given(groups, confidences)
    def test_is_mirrored(self, listed: tuple, confidence: float) -> None:
        """Exchanging promoters and detractors changes the sign of everything."""
        detractors, passives, promoters = listed
        one = nps(of_counts(detractors, passives, promoters), confidence)
        other = nps(of_counts(promoters, passives, detractors), confidence)

        assert (one.value, one.low, one.high) == (-other.value, -other.high, -other.low)

    @given(groups, st.integers(2, 20))
    def test_shrinks_with_more_of_the_same(self, listed: tuple, times: int) -> None:
        """The same shares of more answers are known better."""
        few, many = nps(of_counts(*listed)), nps(of_counts(*(times * count for count in listed)))

        assert many.value == pytest.approx(few.value)
        assert many.high - many.low < few.high - few.low

    @given(st.lists(st.integers(0, 10), min_size=1, max_size=40), st.floats(0.01, 1000))
    def test_equal_weights_are_no_weights(self, scores: list[int], weight: float) -> None:
        """Only differences between weights matter."""
        plain, weighted = nps(Histogram.of(scores)), nps(Histogram.of(scores, [weight] * len(scores)))

        for field in ("value", "low", "high", "n", "effective_n"):
            assert getattr(weighted, field) == pytest.approx(getattr(plain, field), abs=1e-9)

    @pytest.mark.parametrize(
        ("shares", "covered"), [((0.15, 0.25, 0.60), 0.963), ((0.03, 0.12, 0.85), 0.965), ((0.45, 0.05, 0.50), 0.951)]
    )
    def test_keeps_its_coverage_at_ten_answers(self, shares: tuple, covered: float) -> None:
        """Over every possible result of ten answers the interval holds the truth as often as enumerated before."""
        truth, chance = 100 * (shares[2] - shares[0]), 0.0
        for detractors, promoters in product(range(11), repeat=2):
            if (passives := 10 - detractors - promoters) < 0:
                continue
            estimate = nps(of_counts(detractors, passives, promoters))
            if estimate.low <= truth <= estimate.high:
                ways = comb(10, detractors) * comb(10 - detractors, promoters)
                chance += ways * shares[0] ** detractors * shares[1] ** passives * shares[2] ** promoters

        assert chance == pytest.approx(covered, abs=0.0006)

    def test_unequal_weights_widen(self) -> None:
        """The interval is that of the effective number of answers."""
        h = Histogram.of([10, 10, 3, 3] * 10, [1, 3] * 20)
        weighted, plain = nps(h), nps(Histogram.of([10, 3] * 20))

        assert weighted.value == plain.value == 0
        assert weighted.effective_n == pytest.approx(32)
        assert weighted.high > plain.high


class TestMeaning:
    @given(groups, st.integers(1, 20))
    def test_passive_customers_move_nps_towards_zero(self, listed: tuple, more: int) -> None:
        """A passive customer dilutes, whatever the sign."""
        detractors, passives, promoters = listed
        assume(detractors != promoters)
        before, after = nps(of_counts(*listed)).value, nps(of_counts(detractors, passives + more, promoters)).value

        assert abs(after) < abs(before)
        assert after * before > 0

    def test_where_the_groups_begin(self) -> None:
        """0..6 are detractors, 7 and 8 passives, 9 and 10 promoters."""
        assert [nps(Histogram.of([score])).value for score in range(11)] == [-100] * 7 + [0, 0, 100, 100]


class TestClusters:
    def test_a_repeated_row_adds_nothing(self) -> None:
        """Answering five times alike is one customer's opinion, not five."""
        scores = [10, 9, 3, 7, 10, 8, 2, 9, 10, 6, 9, 10]
        once = clustered_nps(scores, range(12))
        often = clustered_nps(scores * 5, [*range(12)] * 5)

        assert often.value == once.value
        # The plain variance divides by n here and by n - 1 in the clusters, so the effective n may differ by one.
        assert often.effective_n == pytest.approx(12, abs=1.01)
        assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.05)

    def test_customers_who_all_agree(self) -> None:
        """Agreement of three customers in thirty answers is the agreement of three."""
        estimate = clustered_nps([10] * 30, ["a", "b", "c"] * 10)

        assert estimate.value == estimate.high == 100
        assert estimate.low < 0
        assert (estimate.n, estimate.effective_n) == (30, 3)

    def test_what_cannot_be_said(self) -> None:
        """No answers give nothing, one customer gives a value without an interval."""
        assert clustered_nps([None, 11], ["a", "b"]).value is None
        alone = clustered_nps([9, 3, 9], ["a"] * 3, [1, 1, 2])
        assert (alone.value, alone.low, alone.high) == (50, None, None)


class TestPaired:
    def test_half_a_pair_is_left_out(self) -> None:
        """Only who answered both times counts."""
        result = paired_nps([9, 3, None, 11], [3, 9, 10, 10])

        assert (result.n, result.before, result.after, result.change) == (2, 0, 0, 0)
        assert result.p == 1

    def test_what_cannot_be_said(self) -> None:
        """Without pairs nothing, and without variation no interval and no p."""
        assert paired_nps([], []).change is None
        same = paired_nps([6, 6], [9, 10])
        assert (same.change, same.p, same.low) == (200, None, None)

    def test_lengths_must_agree(self) -> None:
        """A customer without a partner is a mistake of the caller."""
        with pytest.raises(ValueError, match="zip"):
            paired_nps([9], [9, 8])
