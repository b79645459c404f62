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
