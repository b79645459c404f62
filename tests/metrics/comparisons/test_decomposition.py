import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import Estimate, Histogram, csat, decompose_change, mean_score, nps, proportion


def detractor_share(h: Histogram, confidence: float = 0.95) -> Estimate:
    """Somebody's own KPI."""
    return proportion(sum(h.counts[:7]), h.n, confidence)


segments = st.dictionaries(
    st.sampled_from("abcd"), st.lists(st.integers(0, 20), min_size=11, max_size=11).map(Histogram), min_size=1
)


@given(segments, segments, st.sampled_from(["nps", "csat", "mean"]))
def test_the_parts_add_up(before: dict[str, Histogram], after: dict[str, Histogram], kpi: str) -> None:
    """Mix and within are the whole change, segment by segment too, and the change is that of the KPI of all."""
    split = decompose_change(before, after, kpi)
    estimate = {"nps": nps, "csat": csat, "mean": lambda h: mean_score(h, 0, 10)}[kpi]
    first, second = (estimate(sum(period.values(), Histogram())).value for period in (before, after))

    if split is None:
        assert first is None or second is None
        return
    assert split.change == pytest.approx(second - first)
    assert split.mix.value + split.within.value == pytest.approx(split.change)
    assert sum(part.mix for part in split.segments.values()) == pytest.approx(split.mix.value)
    assert sum(part.within for part in split.segments.values()) == pytest.approx(split.within.value)
    assert sum(part.before for part in split.segments.values()) == pytest.approx(100)


@given(segments, segments)
def test_time_may_run_backwards(before: dict[str, Histogram], after: dict[str, Histogram]) -> None:
    """Exchanging the periods turns every sign and mirrors the intervals."""
    forth, back = decompose_change(before, after), decompose_change(after, before)

    if forth is not None:
        for one, other in ((forth.mix, back.mix), (forth.within, back.within)):
            assert one.value == pytest.approx(-other.value)
            assert one.low == pytest.approx(other.high and -other.high)
        assert {k: (p.mix, p.within) for k, p in forth.segments.items()} == {
            k: (pytest.approx(-p.mix), pytest.approx(-p.within)) for k, p in back.segments.items()
        }


@given(segments)
def test_more_of_the_same_is_no_change(period: dict[str, Histogram]) -> None:
    """Twice the answers of every segment change nothing."""
    doubled = {name: h + h for name, h in period.items()}
    split = decompose_change(period, doubled)

    if split is not None:
        assert (split.mix.value, split.within.value) == pytest.approx((0, 0))


def test_pure_mix_and_pure_within() -> None:
    """Segments that only grow give mix, segments that only improve give within."""
    good, bad = Histogram([10] + [0] * 9 + [90]), Histogram([60] + [0] * 9 + [40])
    grown = decompose_change({"good": good, "bad": bad}, {"good": good + good + good, "bad": bad})
    better = decompose_change({"good": good, "bad": bad}, {"good": good, "bad": good})

    assert grown.within.value == 0
    assert grown.mix.low < grown.mix.value < grown.mix.high
    assert grown.mix.value == pytest.approx(25)
    assert better.mix.value == 0
    assert better.segments["bad"].within == pytest.approx(50)


def test_a_segment_of_one_period_is_mix() -> None:
    """A new segment has no change of its own, and a lost one neither."""
    old, new = Histogram([50] + [0] * 9 + [50]), Histogram([0] * 10 + [100])
    split = decompose_change({"old": old, "lost": old}, {"old": old, "new": new})

    assert split.within.value == 0
    assert split.segments["new"].mix == pytest.approx(split.segments["new"].after / 100 * 75)
    assert split.segments["lost"].within == 0


def test_nothing_to_split() -> None:
    """Without answers in a period there is no change, and where nothing varies no interval."""
    some = {"a": Histogram([0] * 10 + [5])}

    assert decompose_change({}, some) is None
    assert decompose_change(some, {"a": Histogram()}) is None
    assert decompose_change(some, some).within == (0, None, None)
    with pytest.raises(ValueError, match="average"):
        decompose_change(some, some, detractor_share)
