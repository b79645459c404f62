"""A payout curve as a few strokes of SVG: the curve, its three points, and a result with its interval on it."""

from dataclasses import dataclass
from fractions import Fraction

from cem.rewards.terms import Measure
from metrics.payouts.curves import PayoutCurve, Shape

WIDTH, HEIGHT = 300, 140
# How far the axis goes beyond threshold and stretch, as a part of what lies between them.
BEYOND = 0.25


@dataclass(frozen=True)
class Result:
    """Where a result lies on the drawing: what is paid (`x`, `y`), and what was measured, with its interval.

    The two differ where a guard reads the curve elsewhere; `low` and `high` are None for a census.
    """

    x: float
    y: float
    seen_x: float
    seen_y: float
    low: float | None
    high: float | None

    @property
    def moved(self) -> bool:
        """Whether the guard pays something else than the value alone would."""
        return (self.x, self.y) != (self.seen_x, self.seen_y)


@dataclass(frozen=True)
class CurveDrawing:
    """`line` is the curve as points of a polyline; `ticks` the x of threshold, target and stretch; pays by their y."""

    line: str
    ticks: tuple[float, float, float]
    pays: tuple[tuple[float, int], ...]
    result: Result | None


def draw_curve(
    measure: Measure,
    seen: Fraction | None = None,
    used: Fraction | None = None,
    pay: Fraction | None = None,
    low: Fraction | None = None,
    high: Fraction | None = None,
) -> CurveDrawing:
    """The curve of a measure, better values to the right.

    Where there is a result, `seen` was measured, and `used` is where the guard reads the curve and pays `pay`.
    """
    curve = measure.curve
    points = [float(point) for point in (curve.threshold, curve.target, curve.stretch)]
    room = BEYOND * (points[2] - points[0])
    left, right = points[0] - room, points[2] + room
    top = max(float(curve.cap), 1.0) * 1.08

    def across(at: float) -> float:
        return round(min(1.0, max(0.0, (at - left) / (right - left))) * WIDTH, 1)

    def up(at: float) -> float:
        return round(HEIGHT * (1 - at / top), 1)

    line = " ".join(f"{across(at)},{up(paid)}" for at, paid in _corners(curve, left, right))
    pays = tuple((up(float(paid)), round(100 * paid)) for paid in sorted({Fraction(0), curve.pay_at_target, curve.cap}))
    result = None
    if seen is not None and used is not None and pay is not None:
        ends = (None, None) if low is None or high is None else (across(float(low)), across(float(high)))
        result = Result(across(float(used)), up(float(pay)), across(float(seen)), up(float(curve.pay(seen))), *ends)
    a, b, c = (across(at) for at in points)
    return CurveDrawing(line, (a, b, c), pays, result)


def _corners(curve: PayoutCurve, left: float, right: float) -> list[tuple[float, float]]:
    """Where the curve turns or jumps, from the worst to the best."""
    threshold, target, stretch = (float(point) for point in (curve.threshold, curve.target, curve.stretch))
    start, middle, cap = float(curve.pay_at_threshold), float(curve.pay_at_target), float(curve.cap)
    flat = float(curve.flat) * (-1 if curve.lower_is_better else 1)
    match curve.shape:
        case Shape.CLIFF:
            return [(left, 0), (target, 0), (target, middle), (right, middle)]
        case Shape.STEPS:
            rise = [(threshold, 0), (threshold, start), (target, start), (target, middle), (stretch, middle)]
            return [(left, 0), *rise, (stretch, cap), (right, cap)]
        case _:
            flats = [(target - flat, middle), (target + flat, middle)]
            return [(left, 0), (threshold, 0), (threshold, start), *flats, (stretch, cap), (right, cap)]
