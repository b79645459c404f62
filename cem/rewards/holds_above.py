"""Above a hold: what is stopped at a branch still counts in the measure of the region that the branch is part of.

A region is not stopped with its branch, nor the company with its region: one branch's signal would stop everybody's
measure, and a release would have to be given at each level. But whoever decides sees where else the answers count.
"""

from collections.abc import Iterable, Sequence

from cem.rewards.calculation import Line, UnitTrace
from cem.rewards.holds import RELEASED
from cem.rewards.measuring import COMPANY
from cem.rewards.models import IntegrityHold
from cem.rewards.signals.kinds import GATE
from cem.scorecards.offers import Offers


def holds_within(offers: Offers, line: Line, holds: Iterable[IntegrityHold]) -> tuple[IntegrityHold, ...]:
    """Holds of other units, open or kept, whose answers this line counts: its unit's, or those that stand in for it."""
    if line.snapshot is None or line.used not in {"own", "parent"}:
        return ()
    unit = line.snapshot.unit
    below = offers.units.keys() if unit == COMPANY else offers.subtree(unit)
    return tuple(
        hold
        for hold in holds
        if hold.unit != unit
        and hold.unit in below
        and hold.measure in {"", line.measure}
        # A gate that is shut says nothing against the answers.
        and hold.signal != GATE
        and hold.decision != RELEASED
    )


def units_above(offers: Offers, hold: IntegrityHold, traces: Sequence[UnitTrace]) -> tuple[str, ...]:
    """The units of a period in whose scores the answers of a hold count all the same."""
    return tuple(
        sorted(trace.unit for trace in traces if any(holds_within(offers, line, [hold]) for line in trace.lines))
    )
