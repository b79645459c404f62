import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr

from metrics.outcomes.links import first_answers, linked_correlation, linked_means, linked_rates, odds_ratio
from metrics.outcomes.recency_frequency import rfm_scores
from metrics.outcomes.wallet import share_of_wallet
from metrics.outcomes.word_of_mouth import word_of_mouth

shares = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
amounts = st.floats(0, 1e6, allow_nan=False)


@given(shares, shares)
def test_a_link_holds_its_own_numbers(one: tuple[int, int], other: tuple[int, int]) -> None:
    """Each value lies in its interval, and groups that change places turn the difference and the odds around."""
    link = linked_rates({"a": one, "b": other}, "a")["b"]
    turned = linked_rates({"a": one, "b": other}, "b")["a"]
    assert link.difference
    assert turned.difference
    assert link.difference.value == pytest.approx(-(turned.difference.value or 0))
    assert link.difference.low == pytest.approx(-(turned.difference.high or 0))
    assert link.difference.low <= link.difference.value <= link.difference.high
    assert link.odds_ratio
    assert turned.odds_ratio
    assert link.odds_ratio.low < link.odds_ratio.value < link.odds_ratio.high
    assert link.odds_ratio.value == pytest.approx(1 / turned.odds_ratio.value)
    assert link.p == pytest.approx(turned.p)


def test_more_groups_are_tested_together() -> None:
    """The p of two comparisons is Holm's: no smaller than alone; an empty group has no comparison."""
    alone = linked_rates({"a": (10, 100), "b": (20, 100)}, "a")["b"].p
    table = linked_rates({"a": (10, 100), "b": (20, 100), "c": (11, 100), "d": (0, 0)}, "a")
    assert alone is not None
    assert table["b"].p == pytest.approx(2 * alone)
    assert table["a"].difference is None
    assert table["d"].rate.value is None
    assert table["d"].p is None
    with pytest.raises(ValueError, match="more have"):
        odds_ratio(3, 2, 1, 2)


@given(st.lists(amounts, min_size=2, max_size=40), st.lists(amounts, min_size=2, max_size=40), amounts)
def test_means_move_with_their_amounts(one: list[float], other: list[float], more: float) -> None:
    """What is added to a whole group is added to the difference, which lies within its interval."""
    before = linked_means({"a": one, "b": other}, "a")["b"].difference
    after = linked_means({"a": one, "b": [value + more for value in other]}, "a")["b"].difference
    assert before
    assert after
    assert before.low <= before.value <= before.high
    assert after.value == pytest.approx(before.value + more, abs=1e-3)


def test_few_have_no_interval() -> None:
    """One customer has a mean and no interval, none has nothing; equal amounts differ for certain or not at all."""
    table = linked_means({"a": [1.0, 1.0], "b": [2.0], "c": [], "d": [3.0, 3.0]}, "a")
    assert (table["b"].mean.value, table["b"].mean.low, table["b"].difference) == (2, None, None)
    assert table["c"].mean.value is None
    assert table["d"].p == 0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=40))
def test_a_customer_counts_once(rows: list[tuple[int, int]]) -> None:
    """The first answer of each customer is taken, and one of each."""
    customers, days = [customer for customer, _ in rows], [day for _, day in rows]
    found = first_answers(customers, days).tolist()
    assert sorted(customers[row] for row in found) == sorted(set(customers))
    assert all(days[row] == min(d for c, d in rows if c == customers[row]) for row in found)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=40), st.floats(0.5, 1000))
def test_the_wallet_has_no_currency(rows: list[tuple[float, float]], rate: float) -> None:
    """The share is the same in any currency, lies in its interval within 0..100, and a second wallet pulls it."""
    ours = np.array([own for own, _ in rows])
    total = ours + [rest for _, rest in rows]
    share, other = share_of_wallet(ours, total), share_of_wallet(ours * rate, total * rate)
    if share.value is None:
        assert not total.sum()
        return
    assert other.value == pytest.approx(share.value, rel=1e-9)
    assert 0 <= share.value <= 100 + 1e-9
    if share.low is not None and share.high is not None:
        assert share.low - 1e-9 <= share.value <= share.high + 1e-9


def test_no_wallet_is_smaller_than_what_is_spent_here() -> None:
    """Spending more here than in all is a fault of the data."""
    with pytest.raises(ValueError, match="between nothing and all"):
        share_of_wallet([2], [1])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40), st.floats(0, 5))
def test_a_larger_multiplier_never_helps(rows: list[tuple[int, int]], multiplier: float) -> None:
    """The net falls with the assumed multiplier, and with 0 it is the good words alone."""
    good, bad = [g for g, _ in rows], [b for _, b in rows]
    talk, worse = word_of_mouth(good, bad, multiplier), word_of_mouth(good, bad, multiplier + 1)
    assert talk.good is not None
    assert talk.bad is not None
    assert talk.net.value == pytest.approx(talk.good - multiplier * talk.bad, abs=1e-6)
    assert worse.net.value <= talk.net.value + 1e-9
    assert word_of_mouth(good, bad, 0).net.value == pytest.approx(talk.good)


def test_no_talk() -> None:
    """Nobody has no word of mouth; a negative multiplier is a fault."""
    assert word_of_mouth([], []).net.value is None
    with pytest.raises(ValueError, match="0 or more"):
        word_of_mouth([1], [0], -1)


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 3), max_size=60), st.integers(1, 10))
def test_equal_customers_share_a_score(rows: list[tuple[int, int, int]], groups: int) -> None:
    """Scores lie in 1..groups, equal values share one, better values have no lower one, and the best have the top."""
    columns = [[row[place] for row in rows] for place in range(3)]
    scored = rfm_scores(*columns, groups)
    for sign, values, scores in zip((-1, 1, 1), columns, scored, strict=True):
        pairs = sorted(zip((sign * value for value in values), scores.tolist(), strict=True))
        assert [score for _, score in pairs] == sorted(scores.tolist())
        assert len(set(pairs)) == len(set(values))
        assert all(1 <= score <= groups for score in scores)
        assert not values or max(scores) == groups


def test_scores_need_numbers() -> None:
    """Columns of different lengths and no groups are faults."""
    with pytest.raises(ValueError, match="three finite"):
        rfm_scores([1], [1, 2], [1])
    with pytest.raises(ValueError, match="group"):
        rfm_scores([1], [1], [1], 0)


@given(st.integers(4, 60), st.floats(-1, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_a_correlation_is_the_reference(n: int, slope: float, confidence: float) -> None:
    """Value and interval are those of scipy."""
    random = np.random.default_rng(n)
    x = random.normal(size=n)
    y = slope * x + random.normal(size=n)
    found, reference = linked_correlation(x, y, confidence), pearsonr(x, y)
    interval = reference.confidence_interval(confidence)
    assert found.value == pytest.approx(reference.statistic)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_correlations_at_the_edge() -> None:
    """A side that never varies has none; three pairs have no interval; a line is certain; pairs have two sides."""
    assert linked_correlation([1, 1, 1, 1], [1, 2, 3, 4]).value is None
    assert linked_correlation([], []).value is None
    three = linked_correlation([1, 2, 3], [1, 3, 2])
    assert (three.value, three.low, three.high) == (pytest.approx(0.5), None, None)
    line = linked_correlation([1, 2, 3, 4], [8, 6, 4, 2])
    assert (line.value, line.low, line.high) == pytest.approx((-1, -1, -1))
    with pytest.raises(ValueError, match="pairs"):
        linked_correlation([1, 2], [1])
