"""What a unit is scored from: each measure and gate at the place that its scope says, and what people decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from cem.rewards.calculation import UnitInput
from cem.rewards.measuring import COMPANY
from cem.rewards.snapshots import Snapshot
from cem.rewards.terms import Terms
from cem.scorecards.offers import Offers


@dataclass(frozen=True)
class Decided:
    """By unit: what measures last paid, and what people decided about holds."""

    carried: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    excluded: Mapping[str, set[str]] = field(default_factory=dict)
    held: Mapping[str, set[str]] = field(default_factory=dict)
    released: Mapping[str, set[str]] = field(default_factory=dict)


def unit_input(
    terms: Terms,
    offers: Offers,
    snapshots: Mapping[tuple[str, str], Snapshot],
    unit: str,
    decided: Decided | None = None,
) -> UnitInput:
    """What a unit is scored from, each measure and gate at the place that its scope says."""
    decided = decided or Decided()
    parent = offers.units[unit].parent or COMPANY
    place = {"unit": unit, "parent": parent, "company": COMPANY}
    above = {"unit": parent, "parent": COMPANY, "company": COMPANY}

    def taken(parts: Sequence[Any], places: Mapping[str, str]) -> dict[str, Snapshot]:
        found = {part.code: snapshots.get((part.code, places[part.scope])) for part in parts}
        return {code: snapshot for code, snapshot in found.items() if snapshot is not None}

    out = decided.excluded.get(unit, set())
    return UnitInput(
        unit,
        own=taken(terms.measures, place),
        parent=taken(terms.measures, above),
        carried=decided.carried.get(unit, {}),
        gates=taken(terms.gates, place),
        excluded=frozenset(terms.measure) if "" in out else frozenset(out),
        held=frozenset(decided.held.get(unit, ())),
        released=frozenset(decided.released.get(unit, ())),
    )
