"""What the scores show: only the highest, a flood at the end, low ones taken out, behaviour that got worse."""

from collections.abc import Iterator
from operator import itemgetter

from cem.rewards.signals.answers import compared
from cem.rewards.signals.facts import MeasureFacts, gave
from cem.rewards.signals.invitations import Found
from cem.rewards.signals.kinds import EXCLUSIONS, FLAT_BEHAVIOUR, LATE_FLOOD, LIMITS, TOP_SCORES, Evidence
from metrics import Estimate, adjust_p_values
from metrics.gaming import Part, fisher_greater, stick_out


def find_in_scores(facts: MeasureFacts) -> Found:
    """Signal, unit and evidence."""
    yield from _top_scores(facts)
    yield from _late_flood(facts)
    yield from _exclusions(facts)
    yield from _flat_behaviour(facts)


def _units(facts: MeasureFacts) -> list[str]:
    return sorted(facts.early.keys() | facts.late.keys())


def _top_scores(facts: MeasureFacts) -> Found:
    """Compared at the same touchpoint: where people are served they give other scores than a machine gets."""
    limit, told = LIMITS[TOP_SCORES], dict[str, tuple[float, Evidence]]()
    for touchpoint, parts in facts.top.items():
        # Touchpoint by touchpoint at the same level: it stops nothing unless another signal agrees.
        for unit, odd in stick_out(parts, level=limit.level, margin=limit.margin, least=limit.least).items():
            evidence: Evidence = {"score": facts.best, "touchpoint": touchpoint, **compared(odd.own, odd.others)}
            told[unit] = min(told.get(unit, (1.0, evidence)), (odd.p, evidence), key=itemgetter(0))
    for unit, (_, evidence) in sorted(told.items()):
        yield TOP_SCORES, unit, evidence


def _late_flood(facts: MeasureFacts) -> Found:
    """More answers at the end than elsewhere, and better ones than before: one alone has honest reasons."""
    limit = LIMITS[LATE_FLOOD]
    late = {unit: int(h.n) for unit, h in facts.late.items()}
    parts = {unit: Part(late.get(unit, 0), int(facts.whole(unit).n)) for unit in _units(facts)}
    for unit, odd in stick_out(parts, level=limit.level, margin=limit.margin, least=limit.least).items():
        change = facts.kpi.change(facts.early[unit], facts.late[unit]) if unit in facts.early else None
        if change is None or change.p is None or change.difference is None:
            continue
        better = -change.difference if facts.measure.lower_is_better else change.difference
        if better > 0 and change.p / 2 < limit.level:
            values = _values(before=facts.kpi.estimate(facts.early[unit]), after=facts.kpi.estimate(facts.late[unit]))
            yield LATE_FLOOD, unit, {"days": facts.days, **compared(odd.own, odd.others), **values}


def _values(**estimates: Estimate) -> Evidence:
    return {name: round(estimate.value or 0.0, 2) for name, estimate in estimates.items()}


def _exclusions(facts: MeasureFacts) -> Found:
    """Of the low scores more were taken out by people than of the high ones."""
    limit = LIMITS[EXCLUSIONS]
    tables: dict[str, tuple[Part, Part]] = {}
    for unit, out in facts.excluded.items():
        low, high = (
            Part(k := gave(out, which), k + gave(facts.whole(unit), which)) for which in (facts.bad, facts.good)
        )
        if low.k >= limit.fewest and low.n + high.n >= limit.least:
            tables[unit] = low, high
    chances = [fisher_greater(*low, *high) for low, high in tables.values()]
    for (unit, (low, high)), p in zip(tables.items(), adjust_p_values(chances, "holm"), strict=True):
        if p is not None and p < limit.level and low.percent - high.percent >= limit.margin:
            yield EXCLUSIONS, unit, {"k": low.k, "n": low.n, "high_k": high.k, "high_n": high.n}


def _flat_behaviour(facts: MeasureFacts) -> Found:
    """The KPI is better than in the period before, and what customers do is worse; both beyond chance."""
    limit = LIMITS[FLAT_BEHAVIOUR]
    risen = dict(_risen(facts))
    tests = [
        (unit, metric, before[unit], now[unit])
        for metric, (before, now) in sorted(facts.operations.items())
        for unit in risen
        if before.get(unit, Part(0, 0)).n >= limit.least and now.get(unit, Part(0, 0)).n >= limit.least
    ]
    chances = adjust_p_values([fisher_greater(*now, *before) for _, _, before, now in tests], "holm")
    told = set[str]()
    for (unit, metric, before, now), p in sorted(zip(tests, chances, strict=True), key=lambda pair: pair[1] or 0.0):
        if p is not None and p < limit.level and unit not in told:
            told.add(unit)
            behaviour: Evidence = {
                "metric": metric,
                "metric_before": round(before.percent, 1),
                "metric_after": round(now.percent, 1),
            }
            yield FLAT_BEHAVIOUR, unit, {**risen[unit], **behaviour}


def _risen(facts: MeasureFacts) -> Iterator[tuple[str, Evidence]]:
    limit = LIMITS[FLAT_BEHAVIOUR]
    units = [
        unit
        for unit in _units(facts)
        if min(facts.whole(unit).n, facts.before[unit].n if unit in facts.before else 0) >= limit.least
    ]
    changes = [facts.kpi.change(facts.before[unit], facts.whole(unit)) for unit in units]
    chances = adjust_p_values([change.p for change in changes], "holm")
    for unit, change, p in zip(units, changes, chances, strict=True):
        better = (change.difference or 0.0) * (-1 if facts.measure.lower_is_better else 1)
        if p is not None and p < limit.level and better > 0:
            now = facts.whole(unit)
            values = _values(before=facts.kpi.estimate(facts.before[unit]), after=facts.kpi.estimate(now))
            yield unit, {**values, "n": int(now.n)}
