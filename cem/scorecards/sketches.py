"""The trend as a few strokes of SVG: what is seen before any script runs, on paper, and small within a tile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cem.scorecards.courses import Point

WIDTH, HEIGHT = 100, 30


@dataclass(frozen=True)
class Sketch:
    """Points of SVG polylines and of the polygons behind them."""

    lines: tuple[str, ...]
    bands: tuple[str, ...]


def limits(point: Point) -> tuple[float, float, float]:
    """Low, value and high of a month that has enough answers."""
    estimate = point.estimate
    assert estimate is not None and estimate.value is not None  # noqa: S101, PT018 - it has enough answers
    assert estimate.low is not None and estimate.high is not None  # noqa: S101, PT018
    return estimate.low, estimate.value, estimate.high


def runs(trend: Iterable[Point]) -> list[list[Point]]:
    """The months with enough answers, in unbroken runs: a line must not bridge months that nobody knows."""
    found: list[list[Point]] = [[]]
    for point in trend:
        if point.estimate is not None and point.estimate.enough():
            found[-1].append(point)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def sketch(trend: Sequence[Point]) -> Sketch | None:
    """None where fewer than two months in a row have enough answers."""
    found = [run for run in runs(trend) if len(run) > 1]
    if not found:
        return None
    ends = [limits(point) for run in found for point in run]
    lowest, highest = min(low for low, _, _ in ends), max(high for _, _, high in ends)
    places = {point.month: WIDTH * place / (len(trend) - 1) for place, point in enumerate(trend)}

    def at(point: Point, value: float) -> str:
        rise = (value - lowest) / ((highest - lowest) or 1)
        return f"{places[point.month]:.1f},{HEIGHT * (1 - rise):.1f}"

    lines = tuple(" ".join(at(point, limits(point)[1]) for point in run) for run in found)
    bands = tuple(
        " ".join([at(p, limits(p)[0]) for p in run] + [at(p, limits(p)[2]) for p in reversed(run)]) for run in found
    )
    return Sketch(lines, bands)
