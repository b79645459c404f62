"""What a unit is scored from: each measure and gate at the place that its scope says, and what people decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from cem.rewards.calculation import UnitInput
from cem.rewards.measuring import COMPANY
from cem.rewards.snapshots import Snapshot
from cem.rewards.terms import GateTerms, Measure, Terms


@dataclass(frozen=True)
class Decided:
    """By unit: what measures last paid, and what people decided about holds."""

    carried: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    excluded: Mapping[str, set[str]] = field(default_factory=dict)
    held: Mapping[str, set[str]] = field(default_factory=dict)
    released: Mapping[str, set[str]] = field(default_factory=dict)


class UnitInputs:
    """Makes the inputs of units from the snapshots of a run, in which the tree of its day is frozen too."""

    def __init__(self, terms: Terms, snapshots: Iterable[Snapshot], decided: Decided | None = None) -> None:
        self._terms, self._decided = terms, decided or Decided()
        self._snapshots = {(one.measure, one.unit): one for one in snapshots}
        self._parents = {one.unit: one.parent for one in self._snapshots.values()}

    def of(self, unit: str) -> UnitInput:
        """What this unit is scored from."""
        terms, decided = self._terms, self._decided
        parent = self._parents.get(unit, COMPANY)
        place = {"unit": unit, "parent": parent, "company": COMPANY}
        above = {"unit": parent, "parent": COMPANY, "company": COMPANY}
        out = decided.excluded.get(unit, set())
        return UnitInput(
            unit,
            own=self._taken(terms.measures, place),
            parent=self._taken(terms.measures, above),
            carried=decided.carried.get(unit, {}),
            gates=self._taken(terms.gates, place),
            excluded=frozenset(terms.measure) if "" in out else frozenset(out),
            held=frozenset(decided.held.get(unit, ())),
            released=frozenset(decided.released.get(unit, ())),
        )

    def _taken(self, parts: Sequence[Measure | GateTerms], places: Mapping[str, str]) -> dict[str, Snapshot]:
        found = {part.code: self._snapshots.get((part.code, places[part.scope])) for part in parts}
        return {code: snapshot for code, snapshot in found.items() if snapshot is not None}
