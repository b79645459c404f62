import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Histogram, Prior, SharePrior, csat, nps, shrink_units
from metrics.shrinkage.beta_binomial import fit_shares, log_likelihood, shrink_shares
from metrics.shrinkage.normal import (
    answers_for_reliability,
    chance_of_top,
    fit_prior,
    inconsistency,
    james_stein,
    shrink,
)

units = st.lists(st.tuples(st.floats(-100, 100), st.floats(0.5, 500)), min_size=2, max_size=15)
league = st.lists(st.lists(st.integers(0, 9), min_size=11, max_size=11).map(Histogram), min_size=5, max_size=12)


@given(units, st.sampled_from(["reml", "pm", "dl"]))
def test_a_shrunken_value_lies_between_its_own_and_the_mean(rows: list[tuple[float, float]], method: str) -> None:
    """Each value is drawn towards the mean of all and not past it, the noisier the further."""
    values, variances = map(list, zip(*rows, strict=True))
    prior = fit_prior(values, variances, method)

    for unit, v in zip(shrink(values, variances, prior), variances, strict=True):
        low, high = sorted([unit.raw, prior.mean])
        assert low - 1e-9 <= unit.value <= high + 1e-9
        assert 0 <= unit.pull <= 1
        assert unit.reliability == pytest.approx(prior.between / (prior.between + v))
        assert unit.low <= unit.value <= unit.high
        assert unit.standard_error**2 <= v + prior.error**2 + 1e-9


@given(units, st.floats(-100, 100), st.sampled_from([-2, 0.1, 10]), st.sampled_from(["reml", "pm", "dl"]))
def test_priors_follow_the_unit_of_measurement(
    rows: list[tuple[float, float]], shift: float, factor: float, method: str
) -> None:
    """Shifted and scaled values have a shifted and scaled prior."""
    values, variances = map(list, zip(*rows, strict=True))
    plain = fit_prior(values, variances, method)
    moved = fit_prior([shift + factor * y for y in values], [factor**2 * v for v in variances], method)

    assert moved.mean == pytest.approx(shift + factor * plain.mean, rel=1e-4, abs=1e-3)
    assert moved.between == pytest.approx(factor**2 * plain.between, rel=1e-4, abs=1e-3)


@given(st.floats(1, 400), st.floats(1, 400), st.floats(-100, 100))
def test_more_answers_pull_less(v: float, more: float, y: float) -> None:
    """The smaller a unit's variance, the nearer it stays to itself."""
    prior = Prior(mean=30, between=49)
    sure, unsure = shrink([y, y], [v, v + more], prior)

    assert abs(sure.value - y) <= abs(unsure.value - y) + 1e-12


def test_reml_is_the_likeliest() -> None:
    """No other variance between units has a higher restricted likelihood."""
    y, v = np.array([52, 38, 61, 20, 45, 70, 33.0]), np.array([36, 25, 144, 81, 9, 225, 16.0])

    def likelihood(between: float) -> float:
        w = 1 / (v + between)
        mean = (w * y).sum() / w.sum()
        return float(0.5 * np.log(w).sum() - 0.5 * np.log(w.sum()) - 0.5 * (w * (y - mean) ** 2).sum())

    best = fit_prior(y.tolist(), v.tolist()).between
    assert all(likelihood(best) >= likelihood(best * factor) for factor in (0.9, 0.99, 1.01, 1.1))


def test_units_that_differ_by_chance() -> None:
    """With no variance between them all units are the mean, with its error."""
    variances = [25.0, 16.0, 36.0]
    prior = fit_prior([10, 11, 9], variances)
    shrunken = shrink([10, 11, 9], variances, prior)

    assert prior.between == 0
    assert [unit.value for unit in shrunken] == pytest.approx([prior.mean] * 3)
    assert [unit.standard_error for unit in shrunken] == pytest.approx([prior.error] * 3)
    assert inconsistency(variances, 0) == 0


def test_chances() -> None:
    """A value at the target has reached it with one half; a certain one with 0 or 1."""
    unit, certain = *shrink([50], [100], Prior(50, 100)), *shrink([50], [1e-300], Prior(50, 0))

    assert unit.chance(50) == 0.5
    assert unit.chance(40) > 0.9
    (share,) = shrink_shares([45], [50], SharePrior(8, 2))
    assert share.chance(85) == pytest.approx(0.80118, abs=1e-5)
    assert (certain.chance(50), certain.chance(51)) == (1, 0)


def test_best_units() -> None:
    """Chances to be among the best add up to the places, repeat with the seed, and favour the better."""
    prior = Prior(40, 100)
    shrunken = shrink([80, 60, 50, 40, 30], [20, 20, 20, 20, 20], prior)
    chances = chance_of_top(shrunken, np.random.default_rng(1), share=0.4)

    assert sum(chances) == pytest.approx(2)
    assert list(chances) == sorted(chances, reverse=True)
    assert chance_of_top(shrunken, np.random.default_rng(1), share=0.4) == chances
    assert chance_of_top((), np.random.default_rng(1)) == ()


def test_impossible_shrinkage_is_refused() -> None:
    """Variances of 0, lone units, unknown methods and a reliability of 1 are errors; Stein needs four."""
    with pytest.raises(ValueError, match="variance"):
        shrink([1], [0], Prior(1, 1))
    with pytest.raises(ValueError, match="two units"):
        fit_prior([1], [1])
    with pytest.raises(ValueError, match="method"):
        fit_prior([1, 2], [1, 1], "guess")
    with pytest.raises(ValueError, match="reliability"):
        answers_for_reliability(1, 80, 49)
    assert james_stein([1, 2, 3], 1) is None
    assert james_stein([2, 2, 2, 2], 1).values == (2, 2, 2, 2)
    assert james_stein([1, 2, 3, 4], 1000).kept == 0


trials = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12)


@given(trials)
def test_a_shrunken_share_lies_between_its_own_and_the_prior(rows: list[tuple[int, int]]) -> None:
    """Shares are drawn towards the prior's mean and never past it; the posterior stays within 0..100."""
    k, n = [a for a, _ in rows], [a + b for a, b in rows]
    prior = fit_shares(k, n)
    if prior is None:
        assert sum(n) == 0
        return
    centre = 100 * prior.alpha / sum(prior)
    assert min(1, sum(n)) - 1e-6 <= sum(prior) <= sum(n) + 1e-6
    for unit, size in zip(shrink_shares(k, n, prior), n, strict=True):
        assert (unit is None) == (size == 0)
        if unit is not None:
            low, high = sorted([unit.raw, centre])
            assert low - 1e-9 <= unit.value <= high + 1e-9
            assert 0 <= unit.low <= unit.value <= unit.high <= 100
            assert unit.reliability == pytest.approx(size / (size + sum(prior)))


@given(trials)
def test_success_and_failure_may_change_names(rows: list[tuple[int, int]]) -> None:
    """Counting failures instead turns the prior round."""
    k, n = [a for a, _ in rows], [a + b for a, b in rows]
    one, other = fit_shares(k, n), fit_shares([b for _, b in rows], n)

    if one is not None:
        assert one == pytest.approx(other[::-1], rel=1e-3)


def test_the_prior_is_the_likeliest() -> None:
    """No prior nearby makes the units' shares more probable."""
    k, n = [18, 12, 19, 9, 16, 3, 28], [20, 20, 20, 20, 20, 10, 40]
    prior = fit_shares(k, n)
    best = log_likelihood(k, n, prior)

    for alpha, beta in ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98), (1.02, 1.02)):
        assert log_likelihood(k, n, SharePrior(prior.alpha * alpha, prior.beta * beta)) < best


def test_impossible_shares_are_refused() -> None:
    """More successes than answers are an error, and no answers have no prior."""
    with pytest.raises(ValueError, match="between 0"):
        fit_shares([3], [2])
    assert fit_shares([], []) is fit_shares([0], [0]) is None


@given(league)
def test_a_league_of_nps(groups: list[Histogram]) -> None:
    """Every unit with answers has its raw NPS and a value between that and the mean; the others have nothing."""
    named = {str(place): h for place, h in enumerate(groups)}
    result = shrink_units(named)

    assert result.reason is None or sum(h.n > 0 for h in groups) < 5
    for name, unit in result.units.items():
        assert (unit is None) == (named[name].n == 0 or result.reason is not None)
        if unit is not None:
            low, high = sorted([unit.raw, result.prior.mean])
            assert unit.raw == pytest.approx(nps(named[name]).value)
            assert low - 1e-9 <= unit.value <= high + 1e-9
            assert unit.standard_error > 0


@given(league)
def test_a_league_of_csat_and_means(groups: list[Histogram]) -> None:
    """CSAT is shrunk in percent, a mean on its scale; a fixed prior gives each unit the same as alone."""
    named = {str(place): h for place, h in enumerate(groups)}
    satisfied = shrink_units(named, "csat", prior=SharePrior(8, 2))
    means = shrink_units(named, "mean", prior=Prior(5, 1), low=0, high=10)

    for name, h in named.items():
        shared, mean = satisfied.units[name], means.units[name]
        assert (shared and shared.raw) == pytest.approx(csat(h).value)
        assert shrink_units({name: h}, "csat", prior=SharePrior(8, 2)).units[name] == shared
        assert (mean and mean.raw) == pytest.approx(None if means.reason else h.mean)


def test_few_units_need_a_prior() -> None:
    """Below five units nothing is fitted, and a unit without answers stays unknown even with a prior."""
    shops = {"A": Histogram([3] + [0] * 9 + [5]), "B": Histogram()}

    assert shrink_units(shops).reason == shrink_units(shops, "csat").reason == "too_few_units"
    assert shrink_units({}).units == {}
    given_prior = shrink_units(shops, prior=Prior(20, 100))
    assert given_prior.units["A"].value != given_prior.units["A"].raw
    assert given_prior.units["B"] is None
    with pytest.raises(ValueError, match="no prior"):
        shrink_units(shops, prior=SharePrior(1, 1))
    with pytest.raises(ValueError, match="no prior"):
        shrink_units(shops, "csat", prior=Prior(1, 1))


def test_units_where_all_agree() -> None:
    """Perfect small units are not sure of themselves; means without any variance cannot be shrunk."""
    perfect = {str(place): Histogram([0] * 10 + [3]) for place in range(6)}

    assert all(unit.standard_error > 0 for unit in shrink_units(perfect).units.values())
    assert all(unit.low < 100 for unit in shrink_units(perfect, "csat", points=10, top=2).units.values())
    assert shrink_units(perfect, "mean").reason == "no_variation"
