"""One axis for intervals that are shown side by side."""

from collections.abc import Iterable
from dataclasses import dataclass

from cem.scorecards.kpis import Kpi
from metrics import Estimate


@dataclass(frozen=True)
class Axis:
    """Holds every interval that is drawn on it; what `parts/forest.html` calls a league."""

    low: float
    high: float

    @classmethod
    def of(cls, kpi: Kpi, estimates: Iterable[Estimate | None]) -> "Axis":
        """An axis for estimates of a KPI: no wider than its scale."""
        known = [e for e in estimates if e is not None and e.value is not None]
        lows = [e.value if e.low is None else e.low for e in known]
        highs = [e.value if e.high is None else e.high for e in known]
        least, most = kpi.bounds
        low, high = (
            min((x for x in lows if x is not None), default=least),
            max((x for x in highs if x is not None), default=most),
        )
        room = max((high - low) * 0.15, 1e-9)
        return cls(max(least, low - room), min(most, high + room))

    def place(self, value: float) -> float:
        """Where a value stands, in percent of the axis."""
        return round(100 * (value - self.low) / max(self.high - self.low, 1e-9), 2)
