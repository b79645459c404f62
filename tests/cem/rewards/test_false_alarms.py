"""A company where nobody games: units differ, chance plays, and hardly ever is a measure stopped."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cem.rewards.signals.facts import MeasureFacts, SurveyFacts
from cem.rewards.signals.finding import find_signals
from cem.rewards.signals.kinds import ASKED_FOR, FEW_INVITED, FEWER_INVITED, HOLD, INVITED_MIX, TOP_SCORES
from cem.scorecards.kpis import Kpi
from metrics import Histogram
from metrics.gaming import Part
from tests.cem.rewards.conftest import terms_of

RUNS, UNITS = 150, [f"unit-{place}" for place in range(14)]
NPS = Kpi("nps_visit", "nps", {"en": "Recommend"}, range(11))
SEGMENTS = {"mass": 0.6, "affluent": 0.3, "business": 0.1}


def honest(chance: np.random.Generator) -> MeasureFacts:
    """A period of fourteen units: each has its own level, coverage and share of odd answers, and none is moved."""

    def part(n: int, share: float) -> Part:
        return Part(int(chance.binomial(n, min(max(share, 0), 1))), n)

    sizes = dict(zip(UNITS, chance.integers(40, 500, len(UNITS)).tolist(), strict=True))
    level = dict(zip(UNITS, chance.normal(0.35, 0.07, len(UNITS)).clip(0.05, 0.8), strict=True))
    coverage = dict(zip(UNITS, chance.normal(0.85, 0.05, len(UNITS)).clip(0.3, 1), strict=True))
    late = chance.uniform(0.07, 0.15)

    def scores(n: int, unit: str) -> Histogram:
        rest = np.array([3, 1, 1, 2, 2, 4, 5, 14, 26, 42]) / 100 * (1 - level[unit])
        return Histogram(chance.multinomial(n, [*rest, level[unit]]).tolist())

    segments = {
        unit: {name: part(round(4 * n * share), coverage[unit]) for name, share in SEGMENTS.items()}
        for unit, n in sizes.items()
    }
    invited = {
        unit: Part(sum(p.k for p in parts.values()), sum(p.n for p in parts.values()))
        for unit, parts in segments.items()
    }
    survey = SurveyFacts(
        invited=invited,
        invited_before={unit: part(12 * n, coverage[unit]) for unit, n in sizes.items()},
        segments=segments,
        asked_for={unit: part(n // 3, 0.003) for unit, n in sizes.items()},
        staff={unit: part(n, 0.003) for unit, n in sizes.items()},
        odd={unit: part(n, chance.normal(0.03, 0.01)) for unit, n in sizes.items()},
    )
    early = {unit: scores(n, unit) for unit, n in sizes.items()}
    after = {unit: scores(int(chance.binomial(n, late)), unit) for unit, n in sizes.items()}
    whole = {unit: early[unit] + after[unit] for unit in UNITS}
    return MeasureFacts(
        measure=terms_of().measure["nps"],
        kpi=NPS,
        survey=survey,
        before={unit: scores(n, unit) for unit, n in sizes.items()},
        early=early,
        late=after,
        days=10,
        top={"counter": {unit: Part(int(h.counts[10]), int(h.n)) for unit, h in whole.items()}},
        operations={"repeat": ({u: part(200, 0.08) for u in UNITS}, {u: part(200, 0.08) for u in UNITS})},
    )


def test_hardly_ever_a_false_alarm() -> None:
    """Of 150 honest periods fewer than one in twenty has any hold."""
    chance = np.random.default_rng(14040904)
    held = sum(any(one.reaction == HOLD for one in find_signals([honest(chance)])) for _ in range(RUNS))

    assert held < 0.05 * RUNS


@pytest.mark.parametrize("signal", [FEW_INVITED, FEWER_INVITED, INVITED_MIX, ASKED_FOR, TOP_SCORES])
def test_each_hold_is_found(signal: str) -> None:
    """In the same company one unit games, and it alone is stopped, by what it does."""
    facts, unit = honest(np.random.default_rng(7)), UNITS[3]
    n = facts.survey.invited[unit].n
    moved: dict[str, Any] = {
        FEW_INVITED: {"invited": {**facts.survey.invited, unit: Part(n // 4, n)}},
        FEWER_INVITED: {"invited": {**facts.survey.invited, unit: Part(n // 2, n)}},
        INVITED_MIX: {"segments": {**facts.survey.segments, unit: {"mass": Part(90, 300), "affluent": Part(145, 150)}}},
        ASKED_FOR: {"asked_for": {**facts.survey.asked_for, unit: Part(12, 60)}},
        TOP_SCORES: {"odd": {**facts.survey.odd, unit: Part(60, 150)}},
    }
    facts = replace(facts, survey=replace(facts.survey, **moved[signal]))
    if signal == TOP_SCORES:
        facts = replace(facts, top={"counter": {**facts.top["counter"], unit: Part(141, 150)}})
    found = [one for one in find_signals([facts]) if one.reaction == HOLD]

    assert signal in {one.signal for one in found}
    assert {one.unit for one in found} == {unit}


def test_top_scores_alone_are_a_question() -> None:
    """An excellent unit without any other signal is looked at and not stopped."""
    facts, unit = honest(np.random.default_rng(7)), UNITS[3]
    facts = replace(facts, top={"counter": {**facts.top["counter"], unit: Part(141, 150)}})
    found = [one for one in find_signals([facts]) if one.signal == TOP_SCORES]

    assert [(one.unit, one.reaction) for one in found] == [(unit, "review")]
