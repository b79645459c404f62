"""Who sticks out, who rose, and who was chosen: reference values, properties, and silence where nothing is there."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from metrics.gaming import Part, beyond_usual, fisher_greater, mix_shift, rose, stick_out

parts = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))).map(lambda both: Part(*both))
LIMIT: dict[str, Any] = {"level": 0.01, "margin": 10, "least": 30}


def test_the_published_case() -> None:
    """117 of 150 against 780 of 1500 has p = 2.8e-10, one-sided."""
    assert fisher_greater(117, 150, 780, 1500) == pytest.approx(2.8e-10, rel=0.02)


@given(parts, parts)
def test_fisher_is_fisher(own: Part, others: Part) -> None:
    """It equals scipy's, which takes much longer to load."""
    table = [[own.k, own.n - own.k], [others.k, others.n - others.k]]

    assert fisher_greater(*own, *others) == pytest.approx(fisher_exact(table, "greater").pvalue, rel=1e-6, abs=1e-300)


def test_fisher_of_what_is_no_share() -> None:
    """More successes than trials are a mistake of the caller; without trials there is nothing to be surprised at."""
    with pytest.raises(ValueError, match="no shares"):
        fisher_greater(2, 1, 0, 10)
    assert fisher_greater(0, 0, 3, 10) == 1


@given(st.lists(parts, min_size=4, max_size=10), st.integers(1, 99))
def test_more_successes_are_never_more_usual(peers: list[Part], k: int) -> None:
    """With each success a share is less usual, whatever the peers are like; too few of them say nothing."""
    less, more = beyond_usual(Part(k, 100), peers), beyond_usual(Part(k + 1, 100), peers)

    if sum(peer.n > 0 for peer in peers) < 4:
        assert less is None
        return
    assert less is not None
    assert more is not None
    assert 0 <= more <= less <= 1
    assert beyond_usual(Part(k, 100), peers[:3]) is None


@given(st.dictionaries(st.sampled_from("abcdefgh"), parts, min_size=2))
def test_who_sticks_out_does_so_by_the_margin(groups: dict[str, Part]) -> None:
    """Nobody is accused of less than the margin, on few cases, or at a level that was not asked for."""
    for name, odd in stick_out(groups, **LIMIT).items():
        assert odd.own == groups[name]
        assert odd.own.n >= LIMIT["least"]
        assert odd.own.percent - odd.others.percent >= LIMIT["margin"]
        assert odd.p < LIMIT["level"]
        assert odd.others == Part(sum(p.k for p in groups.values()), sum(p.n for p in groups.values()))._replace(
            k=sum(p.k for p in groups.values()) - odd.own.k, n=sum(p.n for p in groups.values()) - odd.own.n
        )


def test_honest_units_differ() -> None:
    """Of 300 companies whose units differ by eight points at most 1% accuse anybody; who games is found in most."""
    chance = np.random.default_rng(20251125)
    accused = found = 0
    for _ in range(300):
        sizes, shares = chance.integers(60, 800, 12), chance.normal(0.45, 0.08, 12).clip(0.05, 0.95)
        drawn = [Part(int(chance.binomial(n, p)), int(n)) for n, p in zip(sizes, shares, strict=True)]
        groups = {str(place): part for place, part in enumerate(drawn)}
        accused += bool(stick_out(groups, **LIMIT))
        found += "odd" in stick_out(groups | {"odd": Part(285, 300)}, **LIMIT)

    assert accused <= 3
    assert found >= 240


def test_what_rises_everywhere_is_nobodys_guilt() -> None:
    """All went from 10% to 30%: silence; one of them to 60%: that one."""
    before = {name: Part(20, 200) for name in "abcdef"}
    now = {name: Part(60, 200) for name in "abcdef"}

    assert rose(before, now, **LIMIT) == {}
    assert list(rose(before, now | {"a": Part(120, 200)}, **LIMIT)) == ["a"]
    assert rose({}, now, **LIMIT) == {}


@given(st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(1, 200), st.floats(0, 1)), min_size=2))
def test_a_mix_is_a_distance(drawn: dict[str, tuple[int, float]]) -> None:
    """The distance lies in 0..100, and the named category is the one that was chosen beyond its share."""
    possible = {name: n for name, (n, _) in drawn.items()}
    shift = mix_shift({name: int(n * share) for name, (n, share) in drawn.items()}, possible)

    if shift is not None:
        assert 0 <= shift.distance <= 100
        assert shift.chosen >= shift.possible - 1e-9
        assert 0 <= shift.p <= 1


def test_no_mix_to_test() -> None:
    """Where all were asked, or one category is all there is, nothing was chosen; more than there were is a mistake."""
    assert mix_shift({"a": 50, "b": 50}, {"a": 50, "b": 50}) is None
    assert mix_shift({"a": 5}, {"a": 50}) is None
    assert mix_shift({}, {}) is None
    with pytest.raises(ValueError, match="more were chosen"):
        mix_shift({"a": 3}, {"a": 2, "b": 9})
