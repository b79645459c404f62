"""A payout curve as a small picture: what each value pays, and where the units stood.

Points are those of SVG, ready to be written: the picture runs left to right in both languages, as all axes do.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from cem.rewards.suggestions import Past, PastUnit
from cem.rewards.terms import Measure
from metrics.payouts.curves import PayoutCurve

WIDTH, TOP, FLOOR = 360, 14, 112
EDGE_START, EDGE_END = 34, 12
# More units than this are shown as dots in one line.
ROWS = 24
ROW = 7
LABEL = 13


@dataclass(frozen=True)
class CurveMark:
    """A point that the plan names: where it stands, what it pays, and in which row its label goes."""

    kind: str
    value: float
    pay: float
    x: float
    y: float
    label_y: float


@dataclass(frozen=True)
class UnitMark:
    """A unit below the curve: its value and interval, and what this curve pays for it."""

    unit: PastUnit
    x: float
    low: float
    high: float
    y: float
    pay: float


@dataclass(frozen=True)
class CurveDrawing:
    line: str
    marks: tuple[CurveMark, ...]
    units: tuple[UnitMark, ...]
    heights: tuple[tuple[float, float], ...]
    bottom: float

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {self.bottom:.0f}"


def draw_curve(measure: Measure, past: Past | None = None) -> CurveDrawing | None:
    """The picture of a measure; None where its points make no curve."""
    try:
        curve = measure.curve
    except ValueError:
        return None
    units = past.units if past else ()
    low, high = _reach(curve, units)
    highest = max(Fraction(1), curve.cap)

    def across(value: float) -> float:
        part = (min(max(value, low), high) - low) / (high - low)
        return round(EDGE_START + part * (WIDTH - EDGE_START - EDGE_END), 1)

    def up(pay: float) -> float:
        return round(FLOOR - float(pay) / float(highest) * (FLOOR - TOP), 1)

    values = _corners(curve, Fraction(str(low)), Fraction(str(high)))
    line = " ".join(f"{across(float(value))},{up(float(curve.pay(value)))}" for value in values)
    marks = _marks(curve, across, up)
    below = max(mark.label_y for mark in marks) + 8
    drawn = tuple(_units(curve, units, across, below))
    bottom = max([below, *(unit.y + 6 for unit in drawn)])
    heights = tuple((float(pay) * 100, up(float(pay))) for pay in sorted({Fraction(0), Fraction(1), highest}))
    return CurveDrawing(line, marks, drawn, heights, bottom)


def _reach(curve: PayoutCurve, units: Sequence[PastUnit]) -> tuple[float, float]:
    points = [float(curve.threshold), float(curve.target), float(curve.stretch)]
    points += [unit.value for unit in units]
    span = (max(points) - min(points)) or 1.0
    ends = [end for unit in units if len(units) <= ROWS for end in (unit.low, unit.high) if end is not None]
    # A unit that hardly anybody answered about must not press all others together.
    low = max(min([*points, *ends]), min(points) - span / 2)
    high = min(max([*points, *ends]), max(points) + span / 2)
    return low - span / 12, high + span / 12


def _corners(curve: PayoutCurve, low: Fraction, high: Fraction) -> list[Fraction]:
    """The values at which the curve turns or jumps, with one just beside each."""
    points = [curve.threshold, curve.target - curve.flat, curve.target, curve.target + curve.flat, curve.stretch]
    beside = (high - low) / 100_000
    inside = {near for point in points for near in (point - beside, point, point + beside) if low < near < high}
    return [low, *sorted(inside), high]


def _marks(curve: PayoutCurve, across: Callable[[float], float], up: Callable[[float], float]) -> tuple[CurveMark, ...]:
    """Threshold, target and stretch; labels that would touch go to the next row."""
    points = {"threshold": curve.threshold, "target": curve.target, "stretch": curve.stretch}
    placed = sorted(((across(float(value)), kind, value) for kind, value in points.items()), key=lambda one: one[0])
    near = any(right[0] - left[0] < 48 for left, right in pairwise(placed))
    return tuple(
        CurveMark(
            kind,
            float(value),
            float(curve.pay(value)),
            x,
            up(float(curve.pay(value))),
            FLOOR + 4 + LABEL * (1 + (place % 3 if near else 0)),
        )
        for place, (x, kind, value) in enumerate(placed)
    )


def _units(
    curve: PayoutCurve, units: Sequence[PastUnit], across: Callable[[float], float], top: float
) -> Iterator[UnitMark]:
    """Each in its own row, from the lowest to the highest, or all in one where there are many."""
    for place, unit in enumerate(sorted(units, key=lambda unit: unit.value)):
        pay = float(curve.pay(unit.value))
        y = top + 6 + (ROW * place if len(units) <= ROWS else 0)
        spread = len(units) <= ROWS and unit.low is not None and unit.high is not None
        low, high = (across(unit.low or 0), across(unit.high or 0)) if spread else (across(unit.value),) * 2
        yield UnitMark(unit, across(unit.value), low, high, y, pay)
