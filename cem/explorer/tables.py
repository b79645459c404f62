"""A table whose cells carry their certainty: a KPI in each, or the share of each answer, and what differs for real."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from cem.explorer.cuts import Cut, Group
from cem.scorecards.kpis import Kpi
from cem.scorecards.privacy import MINIMUM, hidden, hidden_cells
from metrics import Estimate, Histogram, adjust_p_values, proportion
from metrics.crosstabs import Crosstab, crosstab
from surveys.cuts import Held, Value, margin

# A cell is called different where chance would make it so less often than this, of all cells that are.
ALPHA = 0.05

Place = tuple[str, str]
Code = TypeVar("Code")


@dataclass(frozen=True)
class Cell:
    """Without `estimate` there is nothing to show: no answers, or too few (`closed`).

    `differs` is 1 or -1 where the cell is above or below the rest of the table and more than chance would make it.
    """

    estimate: Estimate | None = None
    closed: bool = False
    differs: int = 0

    @property
    def known(self) -> bool:
        return self.estimate is not None and self.estimate.enough()


EMPTY = Cell()


@dataclass(frozen=True)
class Table:
    """Cells by the codes of their row and column, with the sums of both; `tested` is that of a table of shares."""

    rows: tuple[Group, ...]
    columns: tuple[Group, ...]
    cells: Mapping[Place, Cell]
    row_sums: Mapping[str, Cell]
    column_sums: Mapping[str, Cell]
    whole: Cell
    responses: int
    tested: Crosstab | None = None

    def cell(self, row: Group, column: Group) -> Cell:
        return self.cells.get((row.code, column.code), EMPTY)


def kpi_table(counted: Held, kpi: Kpi, rows: Cut, columns: Cut) -> Table:
    """A KPI in each cell of two cuts, each cell compared with all others; `counted` holds scores, rows, columns."""
    by_cell = {(row, column): h for (row, column), h in grouped(counted, [rows, columns]).items()}
    by_row, by_column = _line(counted, rows, 1), _line(counted, columns, 2)
    whole = _histogram((value, n) for (value,), n in margin(counted, 0).items())
    # What is in no group is not shown, and yet a part of what the sums are made of.
    closed = hidden_cells({place: h.n for place, h in by_cell.items()})
    cells: dict[Place, Histogram] = {place: h for place, h in by_cell.items() if all(place)}
    return Table(
        rows=_used(rows.groups, {row for row, _ in cells}),
        columns=_used(columns.groups, {column for _, column in cells}),
        cells=kpi_cells(kpi, cells, closed),
        row_sums=kpi_sums(kpi, by_row),
        column_sums=kpi_sums(kpi, by_column),
        whole=kpi_cell(kpi, whole, 0 < whole.n < MINIMUM),
        responses=int(whole.n),
    )


def share_table(answered: Held, question: Cut, columns: Cut) -> Table:
    """The share of each answer to a question in each group of a cut; the groups are compared answer by answer."""
    counted: Counter[Place] = Counter()
    for (answer, value), n in margin(answered, 0, 1).items():
        row, column = question.group_of.get(answer), columns.group_of.get(value)
        if row is not None and column is not None:
            counted[row, column] += n
    sizes = _total((column, n) for (_, column), n in counted.items())
    closed = hidden(sizes)
    used = _used(columns.groups, {column for column in sizes if column not in closed})
    tested = crosstab([[counted[row.code, column.code] for column in used] for row in question.groups] or [[]])
    cells = {
        (row.code, column.code): Cell(
            proportion(counted[row.code, column.code], sizes[column.code]),
            differs=_direction(tested.adjusted_p[r][c], tested.residuals[r, c]),
        )
        for r, row in enumerate(question.groups)
        for c, column in enumerate(used)
    }
    total = sum(sizes.values())
    answers = _total((row, n) for (row, _), n in counted.items())
    return Table(
        rows=question.groups,
        columns=_used(columns.groups, set(sizes)),
        cells=cells | {(row.code, column): Cell(closed=True) for row in question.groups for column in closed},
        row_sums={row.code: Cell(proportion(answers.get(row.code, 0), total)) for row in question.groups},
        column_sums={},
        whole=Cell(closed=0 < total < MINIMUM),
        responses=total,
        tested=tested,
    )


def grouped(counted: Held, cuts: Sequence[Cut]) -> dict[tuple[str, ...], Histogram]:
    """The scores, which come first, of each combination of groups; what is in no group, or not answered, is in ''."""
    scores: dict[tuple[str, ...], list[tuple[Value, int]]] = defaultdict(list)
    for (given, *sides), n in counted.items():
        groups = ([cut.group_of.get(one, "") for one in side] or [""] for cut, side in zip(cuts, sides, strict=True))
        for combination in product(*groups):
            scores[combination] += [(score, n) for score in given]
    return {groups: _histogram(of_group) for groups, of_group in scores.items()}


def _line(counted: Held, cut: Cut, place: int) -> dict[str, Histogram]:
    """The scores of each group of one cut, which is at this place."""
    sides: Held = Counter()
    for held, n in counted.items():
        sides[held[0], held[place]] += n
    return {group: h for (group,), h in grouped(sides, [cut]).items()}


def _histogram(given: Iterable[tuple[Value, int]]) -> Histogram:
    counts = [0] * 11
    for score, n in given:
        if isinstance(score, int):
            counts[score] += n
    return Histogram(counts)


def _different(kpi: Kpi, cells: Mapping[Place, Histogram]) -> dict[Place, int]:
    """Each cell against all the others together, adjusted for how many cells there are."""
    enough = {place: h for place, h in cells.items() if kpi.estimate(h).enough()}
    whole = sum(cells.values(), Histogram())
    changes = {place: kpi.change(whole - h, h) for place, h in enough.items() if kpi.estimate(whole - h).enough()}
    adjusted = adjust_p_values([change.p for change in changes.values()])
    return {
        place: _direction(q, change.difference) for (place, change), q in zip(changes.items(), adjusted, strict=True)
    }


def _direction(adjusted: float | None, difference: float | None) -> int:
    if adjusted is None or adjusted >= ALPHA or difference is None:
        return 0
    return 1 if difference > 0 else -1


def kpi_cells(kpi: Kpi, cells: Mapping[Place, Histogram], closed: Collection[Place]) -> dict[Place, Cell]:
    """Each cell with whether it differs from the others, of those that are not hidden."""
    differs = _different(kpi, {place: h for place, h in cells.items() if place not in closed})
    return {place: kpi_cell(kpi, h, place in closed, differs.get(place, 0)) for place, h in cells.items()}


def kpi_sums(kpi: Kpi, groups: Mapping[str, Histogram]) -> dict[str, Cell]:
    """The sums of a side, hidden as a list of them would be; what is in no group has none."""
    closed = hidden({group: h.n for group, h in groups.items()})
    return {group: kpi_cell(kpi, h, group in closed) for group, h in groups.items() if group}


def kpi_cell(kpi: Kpi, h: Histogram, closed: bool, differs: int = 0) -> Cell:
    if closed:
        return Cell(closed=True)
    return Cell(kpi.estimate(h), differs=differs) if h.n else EMPTY


def _used(groups: Sequence[Group], codes: Collection[str]) -> tuple[Group, ...]:
    return tuple(group for group in groups if group.code in codes)


def _total(counts: Iterable[tuple[Code, int]]) -> dict[Code, int]:
    sums: Counter[Code] = Counter()
    for code, n in counts:
        sums[code] += n
    return dict(sums)
