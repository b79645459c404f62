"""Intervals as rows of table cells: what every mail program draws, without pictures and without SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from cem.scorecards.scorecard import Point
from cem.scorecards.sketches import limits
from metrics import Estimate

# The value's own cell, in percent of the bar.
DOT = 2


@dataclass(frozen=True)
class Axis:
    """What all the bars of one table share."""

    low: float
    high: float

    def cells(self, low: float, value: float, high: float) -> list[tuple[int, str]]:
        """Cells from the start on, each with its width in percent and what it is: `empty`, `reach` or `dot`.

        Widths are whole numbers that add up to a hundred: some mail programs drop what stands behind a decimal point.
        """
        middle = min(100 - DOT, max(0, self._place(value) - DOT // 2))
        first, last = min(self._place(low), middle), max(self._place(high), middle + DOT)
        widths = (first, "empty"), (middle - first, "reach"), (DOT, "dot"), (last - middle - DOT, "reach")
        return [(width, what) for width, what in (*widths, (100 - last, "empty")) if width]

    def _place(self, value: float) -> int:
        return round(100 * (value - self.low) / ((self.high - self.low) or 1))


def axis_of(points: Sequence[Point]) -> Axis | None:
    """Room for the intervals of all the months that have enough answers."""
    known = [limits(point) for point in points if point.estimate is not None and point.estimate.enough()]
    if not known:
        return None
    return Axis(min(low for low, _, _ in known), max(high for _, _, high in known))


def bar(axis: Axis, estimate: Estimate) -> list[tuple[int, str]]:
    """The bar of an estimate that has enough answers."""
    assert estimate.value is not None  # noqa: S101 - it has enough answers
    assert estimate.low is not None and estimate.high is not None  # noqa: S101, PT018
    return axis.cells(estimate.low, estimate.value, estimate.high)
