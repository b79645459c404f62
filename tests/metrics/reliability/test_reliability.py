import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import analyse_scale, cronbach_alpha, intraclass, krippendorff_alpha, spearman_brown
from metrics.reliability.factor_model import one_factor


def scale(seed: int, n: int = 40, k: int = 4) -> np.ndarray:
    """Answers to k questions that measure one thing more or less well."""
    generator = np.random.default_rng(seed)
    factor = generator.normal(size=(n, 1))
    return 4 + factor * generator.uniform(0.3, 1.5, k) + generator.normal(size=(n, k))


seeds = st.integers(0, 10_000)


@given(seeds, st.permutations(range(4)), st.integers(-5, 5))
def test_alpha_knows_no_order_and_no_level(seed: int, order: list[int], shift: int) -> None:
    """Neither the order of questions nor what is added to one changes alpha, and its interval holds it."""
    x = scale(seed)
    moved = x[:, order] + np.array([shift, 0, 0, 0])

    assert cronbach_alpha(moved).value == pytest.approx(cronbach_alpha(x).value)
    estimate = cronbach_alpha(x)
    assert estimate.low < estimate.value < estimate.high < 1


@given(seeds)
def test_two_equal_questions_are_spearman_and_brown(seed: int) -> None:
    """Of two questions of equal variance alpha is the stepped-up correlation."""
    x = scale(seed, k=2)
    x = (x - x.mean(axis=0)) / x.std(axis=0)

    assert cronbach_alpha(x).value == pytest.approx(spearman_brown(np.corrcoef(x.T)[0, 1]))


@given(seeds)
def test_omega_is_a_share(seed: int) -> None:
    """Omega lies in 0..1 and the factor points to where the questions point."""
    model = one_factor(scale(seed))

    assert 0 <= model.omega <= 1
    assert sum(model.loadings) >= 0


def test_omega_of_equal_questions_is_alpha() -> None:
    """Where all questions load alike, alpha does not err."""
    generator = np.random.default_rng(1)
    alike = generator.normal(size=(2000, 1)) + generator.normal(size=(2000, 4))

    assert one_factor(alike).omega == pytest.approx(cronbach_alpha(alike).value, abs=0.005)


def test_omega_does_not_know_units() -> None:
    """Loadings and errors follow a question's unit; the fit does not."""
    x = scale(3)
    plain, scaled = one_factor(x), one_factor(x * 10)

    assert scaled.loadings == pytest.approx([10 * loading for loading in plain.loadings], rel=1e-3)
    assert scaled.chi_square == pytest.approx(plain.chi_square)
    fitted = np.outer(plain.loadings, plain.loadings) + np.diag(plain.errors)
    assert np.diag(fitted) == pytest.approx(x.var(axis=0), rel=1e-3)


def test_what_a_scale_cannot_say() -> None:
    """Few rows, constants and one question: undefined is None, and one question is an error."""
    assert cronbach_alpha([]).value is None
    assert cronbach_alpha([[1, 2]]).value is None
    assert cronbach_alpha([[3, 3], [3, 3]]).value is None
    assert cronbach_alpha([[1, 5], [5, 1]]).value is None
    assert (cronbach_alpha([[1, 1], [5, 5]]).value, cronbach_alpha([[1, 1], [5, 5]]).low) == (1, None)
    assert cronbach_alpha([[1, 2, np.nan], *scale(1, k=3)]).n == 40
    assert cronbach_alpha([[1, 4], [2, 3], [4, 2], [5, 2]]).value < 0
    with pytest.raises(ValueError, match="two questions"):
        cronbach_alpha([[1], [2]])
    assert analyse_scale([]) is None
    constant = analyse_scale([[1, 3, 2], [2, 3, 4], [4, 3, 4]])
    assert (constant.standardised_alpha, constant.items[1].correlation) == (None, None)
    assert analyse_scale(scale(2, k=2)).items[0].alpha_without is None
    doubled = np.column_stack([scale(1, k=2), scale(1, k=2)])
    assert analyse_scale(doubled).lambda6 is None
    assert spearman_brown(-1) is None


def test_what_one_factor_cannot_say() -> None:
    """Two questions, few answers, constants and copies have no model; three have no test; Heywood is told."""
    assert one_factor(scale(1, k=2)) is None
    assert one_factor(scale(1, n=4)) is None
    assert one_factor(np.column_stack([scale(1), np.ones(40)])) is None
    assert one_factor(np.column_stack([scale(1), scale(1)])) is None
    three = one_factor(scale(1, k=3))
    assert (three.df, three.p, three.cfi, three.rmsea) == (0, None, None, None)
    factor = np.random.default_rng(1).normal(size=(30, 1))
    noise = np.random.default_rng(2).normal(size=(30, 3))
    assert not one_factor(np.hstack([factor, factor + [[1, 2, 3]] * noise])).proper


@given(seeds, st.permutations(range(3)))
def test_raters_may_come_in_any_order(seed: int, order: list[int]) -> None:
    """Agreement does not depend on who is called first; a strict rater hurts agreement and not consistency."""
    x = np.random.default_rng(seed).integers(1, 8, (10, 3)).astype(float)
    plain, turned, strict = intraclass(x), intraclass(x[:, order]), intraclass(x - [3, 0, 0])

    assert turned.agreement.value == pytest.approx(plain.agreement.value)
    assert strict.consistency.value == pytest.approx(plain.consistency.value)
    for estimate in (plain.one_way, plain.agreement, plain.consistency):
        assert estimate.low <= estimate.value + 1e-9
        assert estimate.value <= estimate.high + 1e-9


def test_perfect_agreement_and_nothing_to_agree_on() -> None:
    """Equal raters agree to 1 without an interval; equal subjects leave nothing to agree on."""
    perfect = intraclass([[1, 1], [2, 2], [5, 5]])
    assert (perfect.one_way.value, perfect.agreement.value, perfect.consistency.value) == (1, 1, 1)
    assert perfect.one_way.low is perfect.agreement.low is None
    assert intraclass([[1, 2], [1, 2], [1, 2]]).consistency.value is None
    assert intraclass([[1, 2], [2, 1]]).agreement.value is None
    assert intraclass([[3, 3], [3, 3]]) is None
    assert intraclass([[1, 2]]) is None
    assert intraclass([]) is None


codes = st.lists(st.lists(st.sampled_from([1.0, 2.0, 3.0, np.nan]), min_size=6, max_size=6), min_size=2, max_size=4)


@given(codes)
def test_krippendorff_is_at_most_one(ratings: list[list[float]]) -> None:
    """Alpha is at most 1, is undefined or the same for raters in another order, and nominal codes may be renamed."""
    alpha = krippendorff_alpha(ratings)

    assert alpha is None or alpha <= 1
    assert krippendorff_alpha(ratings[::-1]) == (alpha and pytest.approx(alpha))
    renamed = [[{1.0: 7.0, 2.0: 5.0, 3.0: 6.0}.get(code, code) for code in rater] for rater in ratings]
    assert krippendorff_alpha(renamed) == (alpha and pytest.approx(alpha))


def test_krippendorffs_edges() -> None:
    """Perfect agreement is 1, one code alone or lone ratings are undefined, and the metric must be known."""
    for metric in ("nominal", "ordinal", "interval"):
        assert krippendorff_alpha([[1, 2, 3], [1, 2, 3]], metric) == 1
        assert krippendorff_alpha([[1, 1], [1, 1]], metric) is None
        assert krippendorff_alpha([[1, np.nan], [np.nan, 2]], metric) is None
        assert krippendorff_alpha([], metric) is None
    near, far = [[1, 2, 3, 4], [1, 2, 3, 3]], [[1, 2, 3, 4], [1, 2, 3, 1]]
    assert krippendorff_alpha(near, "ordinal") > krippendorff_alpha(far, "ordinal")
    with pytest.raises(ValueError, match="metric"):
        krippendorff_alpha(near, "ratio")
