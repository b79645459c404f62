from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Estimate, Histogram, compare, compare_many, csat, mean_score, nps
from metrics.comparisons.heterogeneity import chi_square, linear_trend, welch_anova
from metrics.means import Moments

histograms = st.lists(st.integers(0, 40), min_size=11, max_size=11).map(Histogram)
KPIS = ["nps", "csat", "ces", "mean", nps]


def top_answers(h: Histogram, confidence: float = 0.95) -> Estimate:
    """A KPI of a company's own."""
    return csat(h, top=1, points=10, confidence=confidence)


class TestCompare:
    @pytest.mark.parametrize("kpi", [*KPIS, top_answers])
    def test_no_answers_say_nothing(self, kpi: object) -> None:
        """Against a group without answers there is no difference, no p and nothing significant."""
        result = compare(Histogram(), Histogram.of([5, 4, 3, 5]), kpi)

        assert (result.difference, result.low, result.high, result.p) == (None,) * 4
        assert result.significant is False

    @pytest.mark.parametrize("kpi", [*KPIS, top_answers])
    def test_the_first_minus_the_second(self, kpi: object) -> None:
        """A rise is positive, whatever the KPI, and here significant."""
        worse, better = Histogram([0, 40, 40, 10, 5, 5]), Histogram([0, 0, 0, 0, 0, 20, 20, 0, 0, 40, 40])
        if kpi in {"csat", "ces"}:
            better = Histogram([0, 1, 2, 3, 40, 60])
        result = compare(better, worse, kpi)

        assert result.difference > 0
        assert result.low > 0
        assert result.significant
        assert result.p < 0.05

    @given(histograms, histograms, st.sampled_from([*KPIS, top_answers]))
    def test_exchange_changes_the_sign(self, a: Histogram, b: Histogram, kpi: object) -> None:
        """Comparing the other way round is the same news with the other sign."""
        one, other = compare(a, b, kpi), compare(b, a, kpi)

        assert one.p == pytest.approx(other.p)
        assert one.significant == other.significant
        if one.low is not None:
            assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low))

    @given(histograms, st.sampled_from(["nps", "csat"]))
    def test_no_difference_is_not_significant(self, h: Histogram, kpi: str) -> None:
        """A group compared with itself has p = 1 and limits around 0."""
        result = compare(h, h, kpi)

        if result.difference is not None:
            assert result.difference == 0
            assert result.low < 0 < result.high
            assert result.p == pytest.approx(1)

    def test_confidence_decides_what_is_significant(self) -> None:
        """The p of .0031 is significant at 95% and not at 99.9%."""
        before = Histogram([60, 0, 0, 0, 0, 0, 0, 40, 0, 100])
        after = Histogram([40, 0, 0, 0, 0, 0, 0, 30, 0, 130])

        assert compare(after, before).significant
        assert not compare(after, before, confidence=0.999).significant

    def test_a_large_unit_does_not_make_a_small_one_sure(self) -> None:
        """Two excellent units of 20 and 200 that differ by chance stay undecided."""
        assert not compare(Histogram([0] * 10 + [20]), Histogram([6, 0, 0, 0, 0, 0, 0, 24, 0, 170])).significant

    def test_the_scale_is_passed_on(self) -> None:
        """Options of the KPI are options of the comparison, and a known function is its KPI."""
        a, b = Histogram([0, 9, 8, 7, 6, 9]), Histogram([0, 5, 5, 9, 9, 12])

        assert compare(a, b, "csat", top=1) == compare(a, b, csat, top=1)
        assert compare(a, b, "csat", top=1).difference != compare(a, b, "csat").difference
        assert compare(a, b, "ces", points=5).difference == compare(a, b, "mean", low=1, high=5).difference

    def test_an_own_kpi_agrees_with_the_known_one(self) -> None:
        """MOVER of Wilson's limits is Newcombe's interval, and its p is close to the z test's."""
        a, b = Histogram([0, 32, 0, 0, 0, 48]), Histogram([0, 14, 0, 0, 0, 56])
        known, own = compare(a, b, "csat"), compare(a, b, partial(csat, top=2))

        assert (own.low, own.high) == pytest.approx((known.low, known.high))
        assert own.p == pytest.approx(known.p, abs=0.005)

    def test_an_own_kpi_without_interval_has_only_a_difference(self) -> None:
        """Where a function gives no limits there is nothing to recover, and nothing is significant."""
        result = compare(Histogram.of([6, 7]), Histogram.of([5]), partial(mean_score, low=1, high=7))

        assert (result.difference, result.low, result.high, result.p) == (1.5, None, None, None)
        assert not result.significant

    def test_unknown_kpis_are_refused(self) -> None:
        """A misspelt KPI, or a confidence that is none, is an error."""
        with pytest.raises(ValueError, match="unknown KPI"):
            compare(Histogram(), Histogram(), "npss")
        with pytest.raises(ValueError, match="confidence"):
            compare(Histogram(), Histogram(), confidence=95)


class TestCompareMany:
    def units(self) -> dict[str, Histogram]:
        """One unit clearly worse, two alike, one without answers."""
        return {
            "bad": Histogram([80, 0, 0, 0, 0, 0, 0, 10, 0, 10]),
            "good": Histogram([10, 0, 0, 0, 0, 0, 0, 10, 0, 80]),
            "silent": Histogram(),
            "fine": Histogram([12, 0, 0, 0, 0, 0, 0, 10, 0, 78]),
        }

    def test_bands_instead_of_ranks(self) -> None:
        """Units that cannot be told apart share a band; the silent one has none."""
        result = compare_many(self.units())

        assert result.bands == {"bad": (3, 3), "good": (1, 2), "silent": None, "fine": (1, 2)}

    def test_the_family_is_the_pairs_with_answers(self) -> None:
        """Three units with answers are three pairs, whose p-values are adjusted together."""
        result = compare_many(self.units(), adjust="holm")

        assert (result.family, len(result.pairs), result.adjust) == (3, 3, "holm")
        assert all(pair.adjusted_p >= pair.comparison.p for pair in result.pairs)
        assert "silent" not in {name for pair in result.pairs for name in (pair.first, pair.second)}
        assert result.estimates["silent"].value is None
        assert list(result.estimates) == list(self.units())

    def test_each_pair_is_its_comparison(self) -> None:
        """A pair of many is what `compare` says of the two."""
        units = self.units()
        for kpi in ("nps", "csat", "mean"):
            for pair in compare_many(units, kpi).pairs:
                scale = {"low": 0, "high": 10} if kpi == "mean" else {}
                assert pair.comparison == compare(units[pair.first], units[pair.second], kpi, **scale)

    def test_agreeing_units_do_not_break_the_overall_test(self) -> None:
        """Where all of a unit agree its variance is 0, and all variances are adjusted."""
        units = {"all": Histogram([0] * 10 + [9]), "most": Histogram([4] + [0] * 9 + [9])}
        test = compare_many(units).heterogeneity

        assert test.method == "cochran_q_adjusted"
        assert 0 < test.p < 1

    @pytest.mark.parametrize("kpi", [*KPIS, top_answers])
    def test_nobody_answered(self, kpi: object) -> None:
        """Without answers there is nothing to test, and nothing fails."""
        result = compare_many({"a": Histogram(), "b": Histogram()}, kpi)

        assert (result.pairs, result.family, result.heterogeneity.p) == ((), 0, None)
        assert result.bands == {"a": None, "b": None}
        assert compare_many({}, kpi).estimates == {}

    @pytest.mark.parametrize("kpi", [*KPIS, top_answers])
    def test_alike_units_are_alike(self, kpi: object) -> None:
        """Three times the same answers give one band for all and a high p."""
        h = Histogram([0, 5, 6, 7, 20, 30, 4, 1, 0, 0, 9])
        result = compare_many(dict.fromkeys("abc", h), kpi)

        assert set(result.bands.values()) == {(1, 3)}
        assert result.heterogeneity.p == pytest.approx(1)

    @pytest.mark.parametrize("kpi", ["ces", top_answers])
    def test_one_answer_leaves_every_rank_open(self, kpi: object) -> None:
        """A group of one answer is compared as far as the KPI can, and never placed above or below others by it."""
        units = {"one": Histogram.of([5]), "x": Histogram([0, 0, 30, 3, 1, 1]), "y": Histogram([0, 0, 3, 3, 3, 40])}
        result = compare_many(units, kpi)

        assert result.bands["one"] == (1, 3)

    @given(st.lists(histograms, min_size=2, max_size=5), st.sampled_from(["bh", "holm"]))
    def test_bands_are_ranks(self, groups: list[Histogram], adjust: str) -> None:
        """1 <= best <= worst <= k, and the highest estimate may always be the best."""
        result = compare_many({str(i): h for i, h in enumerate(groups)}, adjust=adjust)
        known = {name: e.value for name, e in result.estimates.items() if e.value is not None}

        for name in known:
            best, worst = result.bands[name]
            assert 1 <= best <= worst <= len(known)
        if known:
            assert result.bands[max(known, key=known.get)][0] == 1


class TestHeterogeneity:
    def test_shares_that_cannot_differ(self) -> None:
        """Nobody or everybody satisfied leaves nothing to test."""
        assert chi_square([0, 0], [5, 9]).p is None
        assert linear_trend([5, 9], [5, 9]).p is None

    def test_welch_of_two_groups_is_the_square_of_t(self) -> None:
        """With two groups the analysis of variance is Welch's t test."""
        a, b = Histogram([0, 3, 4, 9, 12, 7]), Histogram([0, 1, 4, 5, 12, 17])
        test = welch_anova([Moments.of(a), Moments.of(b)])

        assert test.p == pytest.approx(compare(a, b, "mean").p)

    def test_welch_is_undefined_without_variance(self) -> None:
        """A group that agrees would outweigh all others."""
        assert welch_anova([Moments(5, 4, 0), Moments(5, 3, 1)]).p is None
        assert welch_anova([Moments(5, 4, 1)]).p is None
        assert compare_many({"a": Histogram.of([5]), "b": Histogram.of([4, 3])}, "ces").heterogeneity.p is None
