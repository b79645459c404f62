import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Histogram, compare, compare_to_target, csat, paired_shares, proportion, response_rates
from metrics.comparisons.share_differences import fisher_p, miettinen_nurminen, pooled_z, share_p
from metrics.proportions import LIMITS

shares = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
confidences = st.floats(0.5, 0.999)


class TestPublishedValues:
    """Values of R's binom package and of Newcombe (1998), here so that they are checked everywhere."""

    @pytest.mark.parametrize(
        ("k", "n", "expected"),
        [
            (81, 263, (25.5288519878274, 36.62095769828)),
            (0, 20, (0, 16.1125158052819)),
            (12, 12, (75.75, 100)),
        ],
    )
    def test_wilson(self, k: int, n: int, expected: tuple) -> None:
        """Wilson's limits, in percent."""
        estimate = proportion(k, n)

        assert (estimate.low, estimate.high) == pytest.approx(expected, abs=0.005 if k == 12 else 1e-8)

    def test_csat(self) -> None:
        """8 of 11 valid answers are a 4 or a 5."""
        estimate = csat(Histogram.of([5, 5, 4, 3, 5, 1, 2, 4, 4, 5, None, 5]))

        assert estimate.value == pytest.approx(72.7272727272727)
        assert (estimate.low, estimate.high) == pytest.approx((43.4354698823871, 90.2539407099751))
        assert (estimate.n, estimate.method) == (11, "wilson")

    def test_difference(self) -> None:
        """56 of 70 against 48 of 80: Newcombe's limits and the pooled z."""
        result = compare(Histogram([0, 14, 0, 0, 0, 56]), Histogram([0, 32, 0, 0, 48]), "csat")

        assert (result.difference, result.low, result.high) == pytest.approx((20, 5.24314724023649, 33.3872654036906))
        assert result.p == pytest.approx(0.00804508136819656)
        assert (result.method, result.significant) == ("pooled_z", True)


class TestProportion:
    @given(shares, confidences, st.sampled_from(["wilson", "jeffreys", "clopper_pearson"]))
    def test_contains_the_value_and_stays_on_the_scale(self, share: tuple, confidence: float, method: str) -> None:
        """0 <= low <= value <= high <= 100."""
        estimate = proportion(*share, confidence, method)

        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 100

    @given(shares, st.sampled_from(sorted(LIMITS)))
    def test_is_mirrored(self, share: tuple, method: str) -> None:
        """Counting failures instead of successes mirrors the interval."""
        k, n = share
        one, other = proportion(k, n, method=method), proportion(n - k, n, method=method)

        assert (one.low, one.high) == pytest.approx((100 - other.high, 100 - other.low), abs=1e-9)

    @given(shares)
    def test_the_exact_interval_is_the_widest(self, share: tuple) -> None:
        """Clopper and Pearson's contains Jeffreys'."""
        exact, bayes = proportion(*share, method="clopper_pearson"), proportion(*share, method="jeffreys")

        assert exact.low <= bayes.low + 1e-9
        assert bayes.high <= exact.high + 1e-9

    def test_nothing_of_nothing_is_undefined(self) -> None:
        """0 of 0 is not 0 percent."""
        estimate = proportion(0, 0)

        assert (estimate.value, estimate.low, estimate.high, estimate.n) == (None, None, None, 0)

    @pytest.mark.parametrize("wrong", [(3, 2), (-1, 2), (0, float("inf")), (1, 2, 1), (1, 2, 0.9, "guess")])
    def test_impossible_questions_are_refused(self, wrong: tuple) -> None:
        """More successes than trials, or an unknown method, is an error."""
        with pytest.raises(ValueError, match=r"share|confidence|method"):
            proportion(*wrong)


class TestCsat:
    def test_top_and_points(self) -> None:
        """The share is that of the `top` best of `points`."""
        h = Histogram([0, 1, 2, 3, 4, 5, 6, 7])

        assert csat(h, top=1, points=7).value == pytest.approx(100 * 7 / 28)
        assert csat(h, top=3, points=7).value == pytest.approx(100 * 18 / 28)

    def test_off_scale_answers_are_no_answers(self) -> None:
        """A 0 and a 10 count in neither part of a five-point CSAT."""
        assert csat(Histogram.of([5, 1, 0, 10])) == csat(Histogram.of([5, 1]))

    @pytest.mark.parametrize("scale", [{"top": 0}, {"top": 5}, {"points": 11}])
    def test_impossible_scales_are_refused(self, scale: dict) -> None:
        """The top of nothing, of everything, or of too many points is an error."""
        with pytest.raises(ValueError, match="points"):
            csat(Histogram(), **scale)

    def test_no_answers_is_undefined(self) -> None:
        """Without valid answers there is no CSAT."""
        assert csat(Histogram.of([None, 9])).value is None

    def test_weights_give_their_effective_interval(self) -> None:
        """The value is weighted, the interval that of Kish's number."""
        estimate = csat(Histogram.of([5, 1, 5, 1], [3, 1, 3, 1]))

        assert (estimate.value, estimate.n, estimate.effective_n) == (75, 4, 3.2)
        assert estimate.low == pytest.approx(proportion(2.4, 3.2).low)


class TestTwoShares:
    @given(shares, shares)
    def test_exchange_changes_the_sign(self, first: tuple, second: tuple) -> None:
        """Comparing the other way round is the same news."""
        a, b = (Histogram([0, n - k, 0, 0, 0, k]) for k, n in (first, second))
        one, other = compare(a, b, "csat"), compare(b, a, "csat")

        assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low))
        assert one.p == pytest.approx(other.p)
        assert one.low - 1e-9 <= one.difference <= one.high + 1e-9

    def test_small_counts_take_fishers_test(self) -> None:
        """A cell below five, observed or expected, is not left to the normal curve."""
        assert share_p(9, 10, 3, 10)[1] == "fisher"
        assert share_p(5, 1000, 5, 10)[1] == "fisher"
        assert share_p(20, 100, 40, 100)[1] == "pooled_z"

    def test_fisher_does_not_mind_which_share_is_counted(self) -> None:
        """Failures have the same p, and no difference has p = 1."""
        assert fisher_p(9, 10, 3, 10) == pytest.approx(0.0197666110978804)
        assert fisher_p(1, 10, 7, 10) == pytest.approx(0.0197666110978804)
        assert pooled_z(0, 8, 0, 5) is None
        assert fisher_p(0, 8, 0, 5) == fisher_p(8, 8, 5, 5) == 1

    @given(shares, shares)
    def test_score_limits_hold_the_difference(self, first: tuple, second: tuple) -> None:
        """Miettinen and Nurminen's interval holds the difference and stays in -1..1."""
        low, high = miettinen_nurminen(*first, *second)
        difference = second[0] / second[1] - first[0] / first[1]

        assert -1 - 1e-9 <= low <= difference + 1e-9
        assert difference - 1e-9 <= high <= 1 + 1e-9


class TestPairedShares:
    def test_second_minus_first(self) -> None:
        """Twelve who became satisfied and two who ceased to be are a gain of 20 points of 50."""
        result = paired_shares(36, 2, 12, 0)

        assert (result.difference, result.p) == pytest.approx((20, 0.00738525390625))

    def test_what_cannot_be_said(self) -> None:
        """Nobody gives nothing; nobody changing gives p = 1."""
        assert paired_shares(0, 0, 0, 0).difference is None
        unchanged = paired_shares(5, 0, 0, 5)
        assert (unchanged.difference, unchanged.p, unchanged.chi_square) == (0, 1, None)
        assert unchanged.low < 0 < unchanged.high

    def test_negative_counts_are_refused(self) -> None:
        """A negative number of customers is an error."""
        with pytest.raises(ValueError, match="negative"):
            paired_shares(1, -1, 0, 0)


class TestTarget:
    def test_edges(self) -> None:
        """No answers say nothing; none of n is certainly not above."""
        assert compare_to_target(0, 0, 0.8) is None
        assert compare_to_target(0, 5, 0.8).p_above == 1
        with pytest.raises(ValueError, match="tested"):
            compare_to_target(1, 2, 1)


class TestResponseRates:
    def test_rates_without_invitations_are_undefined(self) -> None:
        """No invitations have no response rate."""
        rates = response_rates(0)

        assert rates.rr1.value is None
        assert rates.eligible_share is None

    def test_the_cautious_rates_are_the_lowest(self) -> None:
        """RR1 <= RR3 <= RR5, and counting partial answers raises each."""
        rates = response_rates(50, 10, 20, 100, 3, 7, 30, 12)

        assert rates.rr1.value < rates.rr3.value < rates.rr5.value
        assert rates.rr1.value < rates.rr2.value

    def test_unknown_eligibility_alone(self) -> None:
        """When all that is known is unknown, RR3 is as cautious as RR1."""
        assert response_rates(0, unknown_other=10).rr3.value == 0

    def test_negative_counts_are_refused(self) -> None:
        """A negative disposition is an error."""
        with pytest.raises(ValueError, match="negative"):
            response_rates(1, refusal=-1)
