"""A payout curve as a small picture: the curve, where the unit stands on it with its interval, and what counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from metrics.payouts.curves import PayoutCurve, Shape
from metrics.payouts.guards import Reason

WIDTH, HEIGHT = 340, 200
# Room for percents beside, and for two lines of marks below.
_SIDE, _FAR, _TOP, _BOTTOM = 44, 16, 22, 44
# Marks nearer than this would stand over each other.
_APART = 52
_READ_ELSEWHERE = frozenset({Reason.LESS_FAVOURABLE_END, Reason.SHRUNKEN, Reason.SHRUNKEN_NOT_PROVEN})
_TINY = Fraction(1, 10**9)


@dataclass(frozen=True)
class Mark:
    """A value of the KPI under the curve: `role` is threshold, target or stretch."""

    x: float
    value: Fraction
    role: str
    named: bool


@dataclass(frozen=True)
class CurveDrawing:
    """Places in a picture of WIDTH by HEIGHT; `value` is the measured one on the curve, `paid` what counted."""

    line: str
    marks: tuple[Mark, ...]
    levels: tuple[tuple[float, Fraction], ...]
    target: float
    reach: tuple[float, float] | None
    value: tuple[float, float] | None
    paid: tuple[float, float] | None
    left: float
    right: float
    floor: float


@dataclass(frozen=True)
class Standing:
    """Where a unit stands: its value with the ends of its interval, where the curve was read, and what it pays."""

    value: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    read_at: Fraction | None = None
    pay: Fraction | None = None
    reason: str | None = None

    @property
    def counted(self) -> tuple[Fraction, Fraction] | None:
        """The value and the pay that counted, where a guard made them other than measured."""
        if self.reason is None or self.pay is None or self.value is None:
            return None
        moved = self.reason in _READ_ELSEWHERE and self.read_at is not None
        return (self.read_at if moved and self.read_at is not None else self.value), self.pay


def draw_curve(curve: PayoutCurve, standing: Standing, *, mirrored: bool) -> CurveDrawing:
    """The picture; `mirrored` where scores run from the right."""
    spots = [spot for spot in (standing.value, standing.low, standing.high, standing.read_at) if spot is not None]
    low, high = _range([curve.threshold, curve.target, curve.stretch], spots)

    def x(value: Fraction) -> float:
        part = float((min(max(value, low), high) - low) / (high - low))
        place = _SIDE + part * (WIDTH - _SIDE - _FAR)
        return round(WIDTH - place if mirrored else place, 1)

    def y(pay: Fraction) -> float:
        return round(HEIGHT - _BOTTOM - float(pay / (curve.cap or 1)) * (HEIGHT - _TOP - _BOTTOM), 1)

    bounds = None
    if standing.low is not None and standing.high is not None:
        ends = sorted((x(standing.low), x(standing.high)))
        bounds = (ends[0], round(max(2.0, ends[1] - ends[0]), 1))
    counted = standing.counted
    return CurveDrawing(
        line=" ".join(f"{x(at)},{y(curve.pay(at))}" for at in _places(curve, low, high)),
        marks=_marks(curve, x),
        levels=tuple((y(pay), pay) for pay in dict.fromkeys((Fraction(0), curve.pay_at_target, curve.cap))),
        target=x(curve.target),
        reach=bounds,
        value=None if standing.value is None else (x(standing.value), y(curve.pay(standing.value))),
        paid=None if counted is None else (x(counted[0]), y(counted[1])),
        left=x(high) if mirrored else x(low),
        right=x(low) if mirrored else x(high),
        floor=y(Fraction(0)),
    )


def _range(points: Sequence[Fraction], spots: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """What the picture reaches over: the curve's own points with some room, and further where the unit stands."""
    span = max(points) - min(points)
    room = span / 4
    # A far outlier would press the curve into a corner: it is drawn at the edge.
    low = max(min([*points, *spots]) - room / 2, min(points) - span)
    high = min(max([*points, *spots]) + room / 2, max(points) + span)
    return min(low, min(points) - room), max(high, max(points) + room)


def _places(curve: PayoutCurve, low: Fraction, high: Fraction) -> list[Fraction]:
    """Where the curve bends or jumps, and just before each: between them it is straight."""
    bends = {curve.threshold, curve.target, curve.stretch}
    if curve.shape is Shape.FLAT:
        bends |= {curve.target - curve.flat, curve.target + curve.flat}
    around = {bend + step for bend in bends for step in (-_TINY, Fraction(0), _TINY)}
    return sorted({low, high, *(place for place in around if low <= place <= high)})


def _marks(curve: PayoutCurve, x: Callable[[Fraction], float]) -> tuple[Mark, ...]:
    """The three points; the target always has its name, the others where there is room."""
    place = {role: x(getattr(curve, role)) for role in ("threshold", "target", "stretch")}
    return tuple(
        Mark(at, getattr(curve, role), role, role == "target" or abs(at - place["target"]) >= _APART)
        for role, at in place.items()
    )
