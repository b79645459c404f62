import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import CannotWeight, Design, design_mean, design_share, poststratify, rake
from metrics.weighting.raking import trim_weights

# Every group has its own answer first, so that no margin is empty.
samples = st.lists(st.tuples(st.sampled_from("mf"), st.sampled_from("yo")), min_size=4, max_size=40).map(
    lambda rows: [("m", "y"), ("f", "o"), ("m", "o"), ("f", "y"), *rows]
)
counts = st.floats(1, 1000)


def margins(men: float, women: float, young: float) -> dict[str, dict[str, float]]:
    """Sex and age of one population."""
    total = men + women
    young = min(young, 0.9 * total)
    return {"sex": {"m": men, "f": women}, "age": {"y": young, "o": total - young}}


@given(samples, counts, counts, counts)
def test_raking_meets_every_margin(rows: list[tuple[str, str]], men: float, women: float, young: float) -> None:
    """The weights of each group add up to its population, to nine digits."""
    population = margins(men, women, young)
    answers = {"sex": [sex for sex, _ in rows], "age": [age for _, age in rows]}
    weights = rake(answers, population)

    for variable, groups in population.items():
        for group, target in groups.items():
            listed = zip(answers[variable], weights.weights, strict=True)
            assert sum(w for label, w in listed if label == group) == pytest.approx(target, rel=1e-6)
    assert min(weights.weights) > 0
    assert 1 <= weights.effective_n <= len(rows) + 1e-9


@given(samples, counts, counts, counts, st.floats(0.01, 100))
def test_only_proportions_before_matter(
    rows: list[tuple[str, str]], men: float, women: float, young: float, factor: float
) -> None:
    """Weights before, all times the same, change nothing; nor does the order of the variables."""
    population = margins(men, women, young)
    answers = {"sex": [sex for sex, _ in rows], "age": [age for _, age in rows]}
    plain = rake(answers, population)
    turned = {name: answers[name] for name in ("age", "sex")}

    assert rake(answers, population, [factor] * len(rows)).weights == pytest.approx(plain.weights)
    assert rake(turned, population).weights == pytest.approx(plain.weights, rel=1e-5)


@given(samples, counts, counts)
def test_one_margin_is_poststratification(rows: list[tuple[str, str]], men: float, women: float) -> None:
    """With one variable each weight is the population by the answers of its group."""
    labels = [sex for sex, _ in rows]
    weights = poststratify(labels, {"m": men, "f": women})

    expected = {"m": men / labels.count("m"), "f": women / labels.count("f")}
    assert weights.weights == pytest.approx([expected[label] for label in labels])


@given(samples, counts, counts)
def test_the_variance_is_that_of_poststrata(rows: list[tuple[str, str]], men: float, women: float) -> None:
    """For one variable the residuals are those that `Design(calibrated=...)` takes."""
    labels, values = [sex for sex, _ in rows], [len(age) + place % 5 for place, (_, age) in enumerate(rows)]
    weights = poststratify(labels, {"m": men, "f": women})
    plain = Design(len(rows), weights=weights.weights, calibrated=labels)

    assert design_mean(values, weights.design()).standard_error == pytest.approx(
        design_mean(values, plain).standard_error
    )


def test_what_the_margins_explain_is_certain() -> None:
    """A value that is one of the margins has no variance left; a share takes the design too."""
    labels = list("mmffmmff")
    weights = rake({"sex": labels, "age": list("yoyoyooo")}, margins(60, 40, 50))
    is_man = [label == "m" for label in labels]

    known = design_mean(is_man, weights.design())
    assert known.value == pytest.approx(0.6)
    assert known.standard_error == pytest.approx(0, abs=1e-9)
    assert design_share([True, False] * 4, weights.design(clusters="aabbccdd")).low is not None


def test_trimming() -> None:
    """Weights are held near their median where the margins allow it, and it is said where they do not."""
    generator = np.random.default_rng(1)
    answers = {name: generator.choice(list("abc"), 400, p=[0.6, 0.3, 0.1]).tolist() for name in ("x", "y", "z")}
    population = {name: dict(zip("abc", (40.0, 30.0, 30.0), strict=True)) for name in answers}
    free, held, impossible = (rake(answers, population, trim=trim) for trim in (None, 8.0, 1.2))
    middle = np.median(free.weights)

    assert max(free.weights) / middle > 20
    assert max(held.weights) / middle < 8.01
    assert min(held.weights) / middle > 1 / 8.01
    assert held.trimmed
    assert not impossible.trimmed
    assert max(impossible.weights) < 1.1 * max(free.weights)
    assert "not_trimmed" in impossible.concerns
    for weights in (held, impossible):
        got = sum(w for label, w in zip(answers["x"], weights.weights, strict=True) if label == "c")
        assert got == pytest.approx(30)


def test_concerns() -> None:
    """Large weights, few effective answers and small groups are said; a balanced sample has none."""
    balanced = poststratify("a" * 30 + "b" * 30, {"a": 10, "b": 11})
    lopsided = poststratify("a" * 60 + "b", {"a": 10, "b": 10})

    assert balanced.concerns == ()
    assert lopsided.concerns == ("large_weight", "few_effective_answers", "small_groups")
    assert lopsided.small_groups == (("groups", "b"),)
    assert lopsided.extremes[1] == pytest.approx(30.5)


def test_failure_is_loud() -> None:
    """An empty group, an unknown one, totals that disagree, contradictions and nothing at all are errors."""
    with pytest.raises(CannotWeight, match="nobody of sex 'f'"):
        rake({"sex": "mm"}, {"sex": {"m": 1, "f": 1}})
    with pytest.raises(CannotWeight, match="are None"):
        rake({"sex": ["m", None]}, {"sex": {"m": 1}})
    with pytest.raises(CannotWeight, match="disagree"):
        rake({"sex": "mf", "age": "yo"}, {"sex": {"m": 1, "f": 1}, "age": {"y": 1, "o": 2}})
    with pytest.raises(CannotWeight, match="never occur together"):
        rake({"sex": "mf", "age": "yo"}, {"sex": {"m": 3, "f": 1}, "age": {"y": 2, "o": 2}})
    for answers, population, base in (
        ({}, {}, None),
        ({"sex": ""}, {"sex": {}}, None),
        ({"sex": "m"}, {"age": {"m": 1}}, None),
        ({"sex": "mf"}, {"sex": {"m": 1, "f": 1}}, [1]),
        ({"sex": "mf"}, {"sex": {"m": 1, "f": 1}}, [1, 0]),
        ({"sex": "mf"}, {"sex": {"m": -1, "f": 3}}, None),
        ({"sex": "mf"}, {"sex": {"m": 0, "f": 0}}, None),
    ):
        with pytest.raises(CannotWeight):
            rake(answers, population, base)


def test_a_group_that_is_nobody_weighs_nothing() -> None:
    """A population of 0 takes its answers out, and the variance does without them."""
    weights = poststratify("aabb", {"a": 5, "b": 0})

    assert weights.weights == (2.5, 2.5, 0, 0)
    assert design_mean([1, 2, 9, 9], weights.design()).value == 1.5


@given(st.lists(st.floats(0.1, 50), min_size=2, max_size=20), st.floats(0.05, 1), st.floats(1, 3))
def test_trimmed_weights_keep_their_sum(given_weights: list[float], low: float, high: float) -> None:
    """All lie within the bounds, the sum stays, and the order too."""
    mean = sum(given_weights) / len(given_weights)
    trimmed = trim_weights(given_weights, low * mean, high * mean)

    assert sum(trimmed) == pytest.approx(sum(given_weights))
    assert low * mean - 1e-9 <= min(trimmed) <= max(trimmed) <= high * mean + 1e-9
    assert [trimmed[i] for i in np.argsort(given_weights)] == sorted(trimmed)


def test_bounds_that_cannot_hold() -> None:
    """A sum that does not fit between the bounds is an error."""
    with pytest.raises(CannotWeight, match="fit"):
        trim_weights([1, 9], high=4)
    with pytest.raises(CannotWeight, match="fit"):
        trim_weights([1, 1], low=2)
