"""The operational metrics of a scorecard, each beside the perception that it explains."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from cem.operations.lines import Line, read_lines
from cem.operations.places import Place
from cem.scorecards.choices import Choice
from cem.scorecards.tiles import Tile


@dataclass(frozen=True)
class Beside:
    """A metric, with the tile of the KPI that it explains where the scorecard shows just that."""

    line: Line
    tile: Tile | None
    # The scorecard of the perception, where it is one of this survey.
    address: str


def read_section(
    reader: Session, choice: Choice, tiles: tuple[Tile, ...], calendar: str, today: date
) -> tuple[Place, tuple[Beside, ...]]:
    """What is counted where and when the scorecard looks; what explains its KPI in focus comes first."""
    place = Place(choice.period, choice.unit, choice.top, choice.units)
    shown = {tile.kpi.series: tile for tile in tiles}
    found = [
        _beside(line, choice, shown)
        for line in read_lines(reader, place, calendar, today)
        if not choice.touchpoint or line.metric.touchpoint in {"", choice.touchpoint}
    ]
    order = [choice.kpi, *shown]
    return place, tuple(sorted(found, key=lambda one: (_place(order, one), one.line.metric.code)))


def _place(order: list[str], one: Beside) -> int:
    kpi = one.line.metric.kpi
    return order.index(kpi) if kpi in order else len(order)


def _beside(line: Line, choice: Choice, shown: dict[str, Tile]) -> Beside:
    metric = line.metric
    if metric.kpi not in shown:
        return Beside(line, None, "")
    same = metric.touchpoint in {"", choice.touchpoint}
    changes = {"kpi": metric.kpi} | ({} if same else {"touchpoint": metric.touchpoint})
    return Beside(line, shown[metric.kpi] if same else None, choice.address(**changes))
