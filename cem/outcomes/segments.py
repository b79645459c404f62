"""Segments of the books: how lately and how much (RFM), and value by need with the KPI in each cell."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cem.explorer.cuts import Group
from cem.explorer.tables import Table, kpi_cell, kpi_cells, kpi_sums
from cem.outcomes.followed import Books, Followed, Record
from cem.scorecards.kpis import Kpi
from cem.scorecards.privacy import MINIMUM, hidden, hidden_cells
from metrics import Histogram, rfm_scores
from surveys.languages import N_

# From the scores of recency, and of frequency and money together.
SEGMENTS = {
    "best": (N_("Best customers"), N_("bought lately, often and much")),
    "growing": (N_("Could grow"), N_("bought lately, but seldom or little")),
    "cooling": (N_("Cooling"), N_("buy often and much, but not lately")),
    "at_risk": (N_("Valuable, at risk"), N_("bought often and much, and stopped")),
    "asleep": (N_("Asleep"), N_("bought seldom or little, and long ago")),
}
TIERS = {
    "high": N_("High value"),
    "middle": N_("Middle value"),
    "low": N_("Low value"),
}
# The highest fifth, the next three tenths, and the other half of the customers by their margin.
CUTS = (80, 50)
NO_NEED = "-"


@dataclass(frozen=True)
class Tile:
    """One segment: its customers, and its share of customers and of spend in percent."""

    code: str
    name: str
    meaning: str
    n: int
    share: float
    spend: float


@dataclass(frozen=True)
class Matrix:
    """Value by need; `cuts` are the margins at which the tiers begin."""

    table: Table
    cuts: tuple[float, float]


def find_tiles(books: Books) -> tuple[Tile, ...]:
    """The customers who are still there and have bought; a segment of few is not shown."""
    there = [records[-1] for records in books.values() if records[-1].left_on is None]
    bought = [(record, record.last_purchase_on) for record in there if record.last_purchase_on]
    if len(bought) < MINIMUM:
        return ()
    spend = np.array([record.spend for record, _ in bought])
    scores = rfm_scores(
        [(record.day - last).days for record, last in bought], [record.purchases for record, _ in bought], spend
    )
    much = scores.frequency + scores.monetary >= 8
    lately, late = scores.recency >= 4, scores.recency <= 2
    inside = {
        "best": lately & much,
        "growing": (scores.recency >= 3) & ~much,
        "cooling": ~lately & ~late & much,
        "at_risk": late & much,
        "asleep": late & ~much,
    }
    closed = hidden({code: int(rows.sum()) for code, rows in inside.items()})
    total = float(spend.sum())
    return tuple(
        Tile(
            code,
            *SEGMENTS[code],
            int(rows.sum()),
            100 * float(rows.mean()),
            100 * float(spend[rows].sum()) / total if total else 0.0,
        )
        for code, rows in inside.items()
        if code not in closed
    )


def find_matrix(kpi: Kpi, followed: Followed, books: Books, needs: Mapping[str, dict[str, str]]) -> Matrix | None:
    """The KPI of those who are still there, by their value and what they need; None where no need is known."""
    latest = [books[customer][-1] for customer in followed.customers]
    cuts = _cuts([records[-1] for records in books.values() if records[-1].left_on is None])
    if cuts is None or not any(record.need for record in latest):
        return None
    scores: dict[tuple[str, str], list[int]] = {}
    for record, score in zip(latest, followed.opinion.tolist(), strict=True):
        if record.left_on is None:
            scores.setdefault((_tier(record.margin, cuts), record.need or NO_NEED), []).append(score)
    cells = {place: Histogram.of(given) for place, given in scores.items()}
    return Matrix(_table(kpi, cells, needs), cuts)


def _cuts(there: list[Record]) -> tuple[float, float] | None:
    if len(there) < MINIMUM:
        return None
    high, middle = np.percentile([record.margin for record in there], CUTS).tolist()
    return high, middle


def _tier(margin: float, cuts: tuple[float, float]) -> str:
    return "high" if margin > cuts[0] else "middle" if margin > cuts[1] else "low"


def _table(kpi: Kpi, cells: Mapping[tuple[str, str], Histogram], needs: Mapping[str, dict[str, str]]) -> Table:
    closed = hidden_cells({place: h.n for place, h in cells.items()})
    rows = tuple(Group(code, ours=TIERS[code]) for code in TIERS if any(row == code for row, _ in cells))
    columns = tuple(_need(code, needs) for code in sorted({column for _, column in cells}))
    whole = sum(cells.values(), Histogram())
    return Table(
        rows=rows,
        columns=columns,
        cells=kpi_cells(kpi, cells, closed),
        row_sums=kpi_sums(kpi, {row.code: _sum(cells, 0, row.code) for row in rows}),
        column_sums=kpi_sums(kpi, {column.code: _sum(cells, 1, column.code) for column in columns}),
        whole=kpi_cell(kpi, whole, 0 < whole.n < MINIMUM),
        responses=int(whole.n),
    )


def _need(code: str, needs: Mapping[str, dict[str, str]]) -> Group:
    return Group(code, ours=N_("Need not known")) if code == NO_NEED else Group(code, needs.get(code))


def _sum(cells: Mapping[tuple[str, str], Histogram], side: int, code: str) -> Histogram:
    return sum((h for place, h in cells.items() if place[side] == code), Histogram())
