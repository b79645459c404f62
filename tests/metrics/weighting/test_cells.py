"""Raking from counts, against raking answer by answer."""

import random
from typing import Any

import pytest

from metrics import CannotWeight, Histogram, design_mean, nps, rake, raked_kpi
from metrics.net_promoter import category

Rows = list[tuple[str, str, int]]


@pytest.fixture
def rows() -> Rows:
    """Region, channel and score of 600 answers; the regions differ."""
    chance = random.Random(5)
    drawn = [(chance.choice("aaab"), chance.choice("xyyy"), chance.randrange(11)) for _ in range(600)]
    return [(region, channel, min(10, score + 4 * (region == "a"))) for region, channel, score in drawn]


def cells(rows: Rows) -> dict[Any, Histogram]:
    found: dict[Any, list[int]] = {}
    for region, channel, score in rows:
        found.setdefault((region, channel), []).append(score)
    return {groups: Histogram.of(scores) for groups, scores in found.items()}


@pytest.mark.parametrize("b", [0.5, 0.9])
def test_it_is_raking_one_by_one(rows: Rows, b: float) -> None:
    """Value, Kish's effect, extremes and the variance are those of `rake` and its calibrated design, trimmed or not."""
    population = {"region": {"a": 1 - b, "b": b}, "channel": {"x": 0.5, "y": 0.5}}
    weights = rake({"region": [r for r, _, _ in rows], "channel": [c for _, c, _ in rows]}, population, trim=5)
    values = [100 * (category(score) or 0) for _, _, score in rows]
    expected = design_mean(values, weights.design())
    found = raked_kpi(cells(rows), population)

    assert expected is not None
    assert expected.standard_error is not None
    assert found.estimate.value == pytest.approx(expected.value, abs=1e-6)
    assert found.deff == pytest.approx(weights.deff)
    assert found.extremes == pytest.approx(weights.extremes)
    w = weights.weights
    spread = sum(x * (v - expected.value) ** 2 for x, v in zip(w, values, strict=True)) / sum(w)
    assert found.estimate.effective_n == pytest.approx(spread / expected.standard_error**2)
    assert found.after["region"]["b"] == pytest.approx(b)
    assert found.unweighted == nps(sum(cells(rows).values(), Histogram()))


def test_the_same_population_changes_nothing(rows: Rows) -> None:
    """Weighted to what it is already, the value stays, and the margins explain a part of the variance."""
    region = {name: sum(r == name for r, _, _ in rows) for name in "ab"}
    found = raked_kpi({(r,): h for r, h in _by_region(rows).items()}, {"region": region})

    assert found.estimate.value == pytest.approx(found.unweighted.value)
    assert found.deff == pytest.approx(1)
    assert found.estimate.effective_n > len(rows)
    assert found.concerns == ()


def _by_region(rows: Rows) -> dict[str, Histogram]:
    return {name: Histogram.of([s for r, _, s in rows if r == name]) for name in "ab"}


def test_what_cannot_be_weighted(rows: Rows) -> None:
    """A group without answers, groups that never meet, no population, nobody at all."""
    by_region: dict[Any, Histogram] = {(r,): h for r, h in _by_region(rows).items()}
    with pytest.raises(CannotWeight, match="'c'"):
        raked_kpi(by_region, {"region": {"a": 1, "b": 1, "c": 1}})
    apart = {("a", "x"): Histogram.of([9]), ("b", "y"): Histogram.of([3])}
    with pytest.raises(CannotWeight, match="never occur together"):
        raked_kpi(apart, {"region": {"a": 0.9, "b": 0.1}, "channel": {"x": 0.1, "y": 0.9}})
    with pytest.raises(CannotWeight):
        raked_kpi(by_region, {"region": {"a": 0, "b": 0}})
    with pytest.raises(CannotWeight):
        raked_kpi({}, {"region": {"a": 1}})


def test_small_groups_and_large_weights_are_said() -> None:
    """Three answers that stand for half of all customers."""
    cells: dict[Any, Histogram] = {("a",): Histogram([0] * 10 + [300]), ("b",): Histogram([3])}
    found = raked_kpi(cells, {"region": {"a": 0.5, "b": 0.5}})

    assert set(found.concerns) >= {"large_weight", "small_groups", "few_effective_answers"}
    assert found.estimate.low is not None
