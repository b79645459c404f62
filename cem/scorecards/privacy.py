"""Few answers are hidden, and so is what would reveal them."""

from collections.abc import Mapping
from typing import TypeVar

# The fewest answers whose result may be shown: below it, colleagues could tell who said what.
MINIMUM = 5

Group = TypeVar("Group")


def hidden(answers: Mapping[Group, float]) -> frozenset[Group]:
    """The groups to hide of those that add up to a total that is shown.

    Hiding one small group is not enough: the total less the others is that group. So the next smallest are hidden with
    it until the hidden ones together are no longer few.
    """
    some = {group: n for group, n in answers.items() if n}
    closed = {group for group, n in some.items() if n < MINIMUM}
    if not closed:
        return frozenset()
    for group in sorted(some.keys() - closed, key=lambda group: some[group]):
        if sum(some[group] for group in closed) >= MINIMUM:
            break
        closed.add(group)
    return frozenset(closed)


def hidden_cells(answers: Mapping[tuple[Group, Group], float]) -> frozenset[tuple[Group, Group]]:
    """The cells (row, column) to hide of a table whose rows and columns are shown with their sums.

    A cell that is hidden alone in its row or column is what the sum lacks, so each has to hide a second one.
    """
    some = {cell: n for cell, n in answers.items() if n}
    closed = {cell for cell, n in some.items() if n < MINIMUM}
    lines = [
        [cell for cell in some if cell[side] == group] for side in (0, 1) for group in {cell[side] for cell in some}
    ]
    while True:
        more = set[tuple[Group, Group]]()
        for line in lines:
            inside = [cell for cell in line if cell in closed]
            if inside and (len(inside) < 2 or sum(some[cell] for cell in inside) < MINIMUM):
                open_ = sorted((cell for cell in line if cell not in closed), key=lambda cell: (some[cell], str(cell)))
                more.update(open_[:1])
        if not more:
            return frozenset(closed)
        closed |= more
